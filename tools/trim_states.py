"""Writes states and plans of archgen's own stacks, which Terraform made, for tests where Terraform is missing.

Only managed resources are kept, without tags, nulls, secrets, and the address of the emulator. Of a plan, its configuration is left out.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "imports"
_LEFT_OUT = frozenset({"tags", "tags_all", "timeouts", "secret_string", "secret_binary"})
_KEPT = ("address", "mode", "type", "name", "index", "sensitive_values")
_EMULATOR = re.compile(r"http://127\.0\.0\.1:\d+/")


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes what `terraform show -json` printed for each stack, as `STACK.state.json` or `STACK.plan.json`; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.trim_states", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", help="files named STACK.state.json or STACK.plan.json")
    parser.add_argument("--into", default="serverless-example", help="the folder in tests/data/imports")
    options = parser.parse_args(arguments)
    for file in options.files:
        (FOLDER / options.into / file.name).write_text(trimmed(file.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def trimmed(text: str) -> str:
    """The text of a state or plan with what an import reads."""
    file = json.loads(text)
    kept = {key: file[key] for key in ("format_version", "terraform_version")}
    values = "planned_values" if "planned_values" in file else "values"
    kept[values] = {"root_module": _module(file[values]["root_module"])}
    plain = json.dumps(kept, indent=1, sort_keys=True) + "\n"
    return _EMULATOR.sub("https://sqs.eu-west-1.amazonaws.com/", plain)


def _module(module: dict[str, Any]) -> dict[str, Any]:
    """A module with its managed resources, and those of the modules in it."""
    resources = [_resource(entry) for entry in module.get("resources", ()) if entry["mode"] == "managed"]
    inside = [child for child in map(_module, module.get("child_modules", ())) if {*child} - {"address"}]
    parts = {"address": module.get("address"), "resources": resources, "child_modules": inside}
    return {key: value for key, value in parts.items() if value}


def _resource(entry: dict[str, Any]) -> dict[str, Any]:
    values = {k: value for k, value in entry.get("values", {}).items() if k not in _LEFT_OUT and value is not None}
    return {**{key: entry[key] for key in _KEPT if key in entry}, "values": values}


if __name__ == "__main__":
    raise SystemExit(main())
