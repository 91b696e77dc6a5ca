"""The site of a project as archgen builds it, and as it builds it where nothing is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.publishing.site import build_site
from conftest import tree


def site(root: Path) -> dict[str, bytes]:
    """The site after a build without problems."""
    assert build_site(root) == []
    return tree(root / "site")


def clean_site(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What a build makes where nothing is kept."""
    with monkeypatch.context() as m:
        m.setenv("ARCHGEN_CACHE", "off")
        return site(root)
