"""`python -m archgen`: the command line, for machines where console scripts are not on the path."""

import sys

from archgen.cli import main

sys.exit(main())
