"""What the guide says about the way from Terraform to a site: its commands are run as the page has them, with states of the tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from imports import DATA

PAGE = ROOT / "docs" / "guide" / "from-terraform.md"
MODEL = Path("shop/architecture.yaml")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Terraform in a folder such as terraform/prod: `show -json` prints the state of the tests, and later one with a larger database.
TERRAFORM = """\
#!/bin/sh
set -eu
test "${1%/*} $2 $3" = "-chdir=terraform show -json" || test "${1%/*} $2 $3" = "-chdir=../terraform show -json"
sed "s/db.m6g.large/$(cat "SIZE")/" "STATES/${1##*/}.state.json"
"""


def blocks() -> Iterator[tuple[str, str]]:
    """The language and the text of each block of code of the page, in its order."""
    yield from BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def run(script: str, folder: Path, bin_: Path) -> tuple[str, Path]:
    """What commands print, and the folder that they end in. Each must exit with what the comment at its end says, otherwise with 0."""
    printed = ""
    for command in filter(None, script.split("\n")):
        wanted = int(found[1]) if (found := re.search(r"# exits with (\d+)$", command)) else 0
        where = folder / "where"
        done = subprocess.run(
            ["bash", "-c", f'{command}\ncode=$?; pwd > "{bin_ / "where"}"; exit $code'],
            cwd=folder,
            env={**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == wanted, f"{command}\n{done.stdout}"
        printed += done.stdout
        folder = Path((bin_ / "where").read_text(encoding="utf-8").strip())
        assert not where.exists()
    return printed, folder


def contains(text: str, part: str) -> bool:
    """Whether lines are in a text one after the other."""
    return f"\n{part.strip(chr(10))}\n" in f"\n{text}\n"


def change(file: Path, difference: str) -> None:
    """Change a file as a block says: lines with `-` are removed, those with `+` added."""
    lines = difference.strip("\n").split("\n")
    old = "\n".join(line[1:] for line in lines if line[0] != "+")
    new = "\n".join(line[1:] for line in lines if line[0] != "-")
    text = file.read_text(encoding="utf-8")
    assert text.count(f"\n{old}\n") == 1, old
    file.write_text(text.replace(f"\n{old}\n", f"\n{new}\n"), encoding="utf-8")


@pytest.fixture
def bin_(tmp_path: Path) -> Path:
    """A folder of commands: archgen as it is here, and Terraform with the states of the tests."""
    folder = tmp_path / "bin"
    folder.mkdir()
    size = folder / "size"
    size.write_text("db.m6g.large", encoding="utf-8")
    terraform = TERRAFORM.replace("STATES", str(DATA / "three-tier")).replace("SIZE", str(size))
    archgen = f'#!/bin/sh\nexec "{sys.executable}" -m archgen "$@"\n'
    for name, text in (("terraform", terraform), ("archgen", archgen)):
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="the page's commands are those of a shell")
def test_the_commands_of_the_page_do_what_it_says(tmp_path: Path, bin_: Path) -> None:
    top = tmp_path / "work"
    top.mkdir()
    folder, printed = top, ""
    for language, text in blocks():
        if language == "sh":
            if "a week later" in text:
                (bin_ / "size").write_text("db.m6g.xlarge", encoding="utf-8")
            printed, folder = run(text, folder, bin_)
        elif language == "text":
            assert contains(printed, text), f"{text}\nis not in\n{printed}"
        elif language == "yaml":
            assert contains((top / MODEL).read_text(encoding="utf-8"), text), text
        else:
            assert language == "diff"
            change(top / MODEL, text)
            printed = ""
    assert (top / "shop/site/index.html").is_file()
