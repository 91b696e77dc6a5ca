"""Icon classes are found without importing the diagrams package, exactly those that it has."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import diagrams
import pytest

from archgen.catalog.icon_classes import picture_of, problem_of


def test_the_classes_and_pictures_are_those_of_the_package() -> None:
    package = Path(diagrams.__file__).parent
    for module in ("aws.database", "gcp.network", "k8s.compute", "onprem.database", "firebase.base", "azure.web"):
        classes = vars(importlib.import_module(f"diagrams.{module}"))
        named = {name: cls for name, cls in classes.items() if isinstance(cls, type) and not name.startswith("_")}
        assert named
        for name, cls in named.items():
            assert picture_of(f"{module}.{name}") == package.parent / cls._icon_dir / cls._icon, name


@pytest.mark.parametrize(
    ("icon", "problem"),
    [
        ("aws.database.Dynamodb", ""),
        ("aws.database.DDB", ""),
        ("aws.database.Dynamdb", "no icon 'aws.database.Dynamdb'; did you mean aws.database.Dynamodb?"),
        ("aws.datbase.Dynamodb", "did you mean aws.database.Dynamodb?"),
        ("aws.compute.Dynamodb", "did you mean aws.database.Dynamodb?"),
        ("aws.databse.Nothing", "did you mean a class of aws.database?"),
        ("gis.cplusplus.Mapnik", "the picture of 'gis.cplusplus.Mapnik' is missing"),
        ("aws.database._Database", "is not a class of the diagrams package"),
        ("os.path.join", "no icon 'os.path.join'"),
        ("../aws.database.Dynamodb", "is not a class of the diagrams package"),
        ("", "is not a class of the diagrams package"),
    ],
)
def test_a_name_that_is_no_icon_is_explained(icon: str, problem: str) -> None:
    assert bool(problem) == bool(problem_of(icon))
    assert problem in problem_of(icon)
    assert (picture_of(icon) is None) == bool(problem)


def test_checking_a_class_does_not_import_the_package() -> None:
    check = "from archgen.catalog.icon_classes import problem_of; problem_of('aws.database.DDB')"
    code = f"import sys; {check}; print('diagrams' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )
