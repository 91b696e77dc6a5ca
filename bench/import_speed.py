"""Measures `archgen import`: how much processor time it takes and how much memory it needs, compared with only parsing the JSON of a state.

Run from the root of the repository: `python bench/import_speed.py 10000 20` for 10,000 resources of 20 KB each.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
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
        parsing, memory = measured("parse", file)
        print(f"json.loads: {parsing:.1f} s, at most {memory:.0f} MiB")
        importing, memory = measured("import", file)
        print(f"import: {importing:.1f} s ({importing / parsing:.1f} times), at most {memory:.0f} MiB")


def measured(step: str, file: Path) -> tuple[float, float]:
    """The processor seconds and the most memory, in MiB, that a step takes in a separate process."""
    told = subprocess.run([sys.executable, __file__, step, str(file)], check=True, capture_output=True, text=True)
    seconds, memory = told.stdout.split()
    return float(seconds), float(memory)


def measure(step: str, file: Path) -> None:
    """Run a step and print its processor seconds and its most memory in MiB."""
    start = time.process_time()
    if step == "parse":
        json.loads(file.read_bytes())
    else:
        import_text(file)
    print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


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


if __name__ == "__main__":
    if sys.argv[1] in ("parse", "import"):
        measure(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
