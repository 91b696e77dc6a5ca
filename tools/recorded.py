"""Recorded files: JSON that names the script that wrote it and carries a digest of its content, so that an edit by hand is noticed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "src/archgen/terraform/modules"
CATALOG = ROOT / "src/archgen/catalog"
VERSIONS = CATALOG / "versions.json"
CHECKS = ROOT / "src/archgen/diagnostics/checks.json"
EXPLANATIONS = ROOT / "src/archgen/rules/explanations"
COMMANDS = ROOT / "src/archgen/rehearsal/commands.json"
KUBERNETES = ROOT / "tests/data/kubernetes.json"
KARPENTER_SCHEMAS = ROOT / "tests/data/karpenter.json"
GOOGLE_APIS = ROOT / "tests/data/google_apis.json"
TERRAFORM_TYPES = CATALOG / "terraform_types/arguments"

_DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d")


def recorded_text(content: Mapping[str, Any], script: str) -> str:
    """The content as the text of a recorded file: sorted JSON with `recorded_by` and `digest` added."""
    signed = {**content, "recorded_by": f"tools/{script}.py"}
    return _json({**signed, "digest": _digest(signed)})


def recorded_problem(text: str, script: str) -> str | None:
    """Why this is not the text of a file that the script wrote; None if it is."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        return f"it is not JSON: {error}"
    if not isinstance(found, dict) or found.get("recorded_by") != f"tools/{script}.py":
        return f"it does not say that tools/{script}.py wrote it"
    digest = found.pop("digest", None)
    if digest != _digest(found):
        return "its digest does not fit its content: it was edited by hand"
    if _json({**found, "digest": digest}) != text:
        return "its content is right, but it is not formatted as the script writes it"
    return next((problem for origin in _origins(found) if (problem := _origin_problem(origin))), None)


def update(path: Path, content: Mapping[str, Any], script: str, *, check: bool) -> bool:
    """Whether the recorded file differs from this content. Writes the content unless `check` is set."""
    text = recorded_text(content, script)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    if not check:
        path.write_text(text, encoding="utf-8", newline="\n")
    return True


def read_recorded(path: Path) -> dict[str, Any]:
    """The content of a recorded file; empty if it does not exist."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _origins(content: dict[str, Any]) -> list[dict[str, Any]]:
    """What states a source: the file itself, or each tool in it."""
    return list(content["tools"].values()) if "tools" in content else [content]


def _origin_problem(origin: dict[str, Any]) -> str | None:
    if not origin.get("source"):
        return "it does not name its source"
    if not (origin.get("commit") or origin.get("revision")):
        return f"it does not name the revision of {origin['source']}"
    if not _DAY.fullmatch(str(origin.get("date", ""))):
        return f"it does not give the date of {origin['source']}"
    return None


def _digest(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
