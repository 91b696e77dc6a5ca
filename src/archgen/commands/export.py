"""`archgen export`: the architecture at one coordinate as JSON, for other tools."""

from __future__ import annotations

import argparse
import json

from archgen.analysis.architecture_json import export
from archgen.commands.shared import UNUSABLE, print_or_write, project_at


def run(options: argparse.Namespace) -> int:
    """Print or write the JSON; returns the exit code."""
    there = project_at(options)
    if there is None:
        return UNUSABLE
    _loaded, project, coordinate = there
    data = export(project.resolved.architectures[coordinate])
    return print_or_write(json.dumps(data, indent=2, ensure_ascii=False) + "\n", options.output)
