"""Measures `archgen import`: how much processor time it takes and how much memory it needs, compared with only parsing the JSON of a state.

Run from the root of the repository: `python bench/import_speed.py 10000 20` for 10,000 resources of 20 KB each.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archgen.importing.importing import Import
from archgen.importing.report import as_text
from archgen.importing.terraform_json import read

SYSTEM = Path(__file__).parents[1] / "tests/data/imports/serverless/prod.state.json"
RECORDS = 8  # of DNS, for each copy of the system, all in one zone


def main() -> None:
    """Print the processor seconds and the memory of parsing a state, and then of importing it."""
    number, kilobytes = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.json"
        file.write_text(json.dumps(state_of(number, kilobytes)), encoding="utf-8")
        print(f"{number} resources, {file.stat().st_size / 1024**2:.0f} MiB")
        parsing = _seconds(lambda: json.loads(file.read_bytes()))
        print(f"json.loads: {parsing:.1f} s, at most {_memory():.0f} MiB")
        importing = _seconds(lambda: import_text(file))
        print(f"import: {importing:.1f} s ({importing / parsing:.1f} times), at most {_memory():.0f} MiB")


def import_text(file: Path) -> str:
    """The report and the model of a state."""
    found = Import([read(str(file))], "aws", "prod")
    return as_text(found.coverage) + found.text()


def state_of(number: int, kilobytes: int) -> dict[str, Any]:
    """A state with copies of a system, each in a module, with attributes of this size that say nothing."""
    entries = json.loads(SYSTEM.read_text(encoding="utf-8"))["values"]["root_module"]["resources"]
    filler = [{"text": f"value {n} of many", "number": n, "flag": False} for n in range(kilobytes * 17)]
    modules: list[dict[str, Any]] = []
    count = 0
    while count < number:
        copy = len(modules)
        resources = json.loads(json.dumps(entries).replace("parcels-prod", f"parcels{copy}-prod"))
        resources += [_record(copy, record) for record in range(RECORDS)]
        for entry in resources:
            entry["address"] = f"module.m{copy}.{entry['address']}"
            entry["values"]["filler"] = filler
        modules.append({"address": f"module.m{copy}", "resources": resources[: number - count]})
        count += len(resources)
    return {"format_version": "1.0", "values": {"root_module": {"child_modules": modules}}}


def _record(copy: int, record: int) -> dict[str, Any]:
    values = {
        "zone_id": "Z0123456789ABC",
        "name": f"r{record}.{copy}.example.com",
        "type": "A",
        "records": ["192.0.2.1"],
    }
    return {
        "address": f"aws_route53_record.r{record}",
        "type": "aws_route53_record",
        "name": f"r{record}",
        "values": values,
    }


def _seconds(run: Callable[[], Any]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
