"""States of three systems that Terraform applied, small states, and what an import makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from archgen.importing.importing import Import
from archgen.importing.report import as_json
from archgen.importing.terraform_json import read
from conftest import Result
from conftest import archgen as run

DATA = Path(__file__).parent / "data" / "imports"
SYSTEMS = ("containers", "serverless", "three-tier")
PLANTED = "planted-secret"


def archgen(*arguments: str) -> Result:
    return run(*arguments, cwd=DATA)


def report(file: Path) -> dict:
    return json.loads(as_json(read_files(file).coverage))


def read_files(*files: Path, accept: tuple[str, ...] = ()) -> Import:
    return Import([read(str(file)) for file in files], "aws", "prod", accept)


def imported(*files: Path, accept: tuple[str, ...] = ()) -> dict:
    """The model that is written, as plain data."""
    return yaml.safe_load(read_files(*files, accept=accept).text())


def state_of(*resources: tuple[str, dict[str, Any]], folder: Path) -> Path:
    """A state with resources, each by its address and its values."""
    entries = [
        {
            "mode": "managed",
            "type": address.split(".")[0],
            "name": address.split(".")[1],
            "address": address,
            "values": values,
        }
        for address, values in resources
    ]
    file = folder / "state.json"
    file.write_text(
        json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": entries}}}), encoding="utf-8"
    )
    return file
