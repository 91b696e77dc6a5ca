"""What installed packages declare is found as importlib.metadata finds it, without loading it where that is possible."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import DistributionFinder, distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

from archgen import registry
from archgen.registry import declared

DECLARED = "[archgen.of_this_test]\na = b\n"


@pytest.fixture(autouse=True)
def _read_again() -> Iterator[None]:
    registry._declarations.cache_clear()
    yield
    registry._declarations.cache_clear()


def test_what_is_read_in_folders_is_what_python_finds() -> None:
    found = {text for one in distributions() if (text := one.read_text("entry_points.txt"))}
    assert set(registry._in_folders(sys.path)) == found
    assert found
    assert not declared("[archgen.of_this_test]")


def test_a_package_is_found_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = tmp_path / "a-1.dist-info"
    metadata.mkdir()
    (metadata / "entry_points.txt").write_text(DECLARED)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "missing"), str(tmp_path), *sys.path])
    assert declared("[archgen.of_this_test]")


def test_a_package_is_found_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "a.zip"
    with ZipFile(archive, "w") as file:
        file.writestr("a-1.dist-info/entry_points.txt", DECLARED)
    monkeypatch.setattr(sys, "path", [*sys.path, str(archive)])
    assert declared("[archgen.of_this_test]")


def test_other_finders_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder(DistributionFinder):
        def find_distributions(self, context: DistributionFinder.Context | None = None) -> list:  # type: ignore[type-arg, override]
            return [Package()]

        def find_spec(self, *_arguments: object) -> None:
            return None

    class Package:
        def read_text(self, _name: str) -> str:
            return DECLARED

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert declared("[archgen.of_this_test]")
