"""`archgen --version`: it needs neither the command line nor the catalog."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archgen import __version__
from archgen.commands.arguments import parser
from conftest import archgen
from processes import command


def test_it_prints_the_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = archgen("--version", cwd=tmp_path)
    assert (result.code, result.out, result.err) == (0, f"archgen {__version__}\n", "")
    with pytest.raises(SystemExit):
        parser().parse_args(["--version"])
    assert capsys.readouterr().out == result.out


def test_it_loads_no_command_and_no_catalog() -> None:
    code = "import sys; sys.argv = ['archgen', '--version']\nfrom archgen.__main__ import main\nmain()\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "archgen.system.streams" in loaded
    assert not {"argparse", "pydantic", "archgen.commands", "archgen.catalog", "pathlib"} & loaded


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_ends_without_a_traceback() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command("--version"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr == ""
