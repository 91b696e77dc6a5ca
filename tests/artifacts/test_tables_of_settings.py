"""Tables of environments: where a component exists, and settings that some environments do not state."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from conftest import archgen

MODEL = """\
version: 1
name: T
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b, eu-west-1c]}
environments:
  one: {name: One, aws: {account: a, cidr: 10.1.0.0/16}}
  two: {name: Two, aws: {account: b, cidr: 10.2.0.0/16}}
  three: {name: Three, production: true, aws: {account: c, cidr: 10.3.0.0/16}}
teams: {team: {name: Team}}
kinds:
  fn: {label: Function, definition: A function., needs_product: false, settings: {reserved: {type: integer, about: Concurrency.}}}
components:
  people: {kind: actor, title: People}
  partner: {kind: actor, title: Partner, in: [one, three]}
  both: {kind: actor, title: Both, in: [two, three]}
  first: {kind: actor, title: First, in: [one, two]}
  last: {kind: actor, title: Last, in: [three]}
  func: {kind: fn, title: Function, owner: team, zones: [eu-west-1b], traits: {copies: 1}, when: {three: {reserved: 5}}}
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "architecture.yaml").write_text(MODEL)
    assert archgen("build", "--no-site", cwd=folder).code in (0, 1)
    return folder / "docs/architecture"


@pytest.mark.slow
def test_the_environments_of_a_component_are_listed_completely(pages: Path) -> None:
    text = unescape((pages / "side-by-side.md").read_text())
    rows = [line.strip() for line in text.splitlines() if "(components/" in line and line.count("|") == 3]
    assert rows == [
        "| [Partner](components/partner.md) | One, Three |",
        "| [First](components/first.md) | One, Two |",
        "| [Both](components/both.md) | Two, Three |",
        "| [Last](components/last.md) | Three |",
    ]


def test_a_setting_that_is_not_set_is_a_dash(pages: Path) -> None:
    text = unescape((pages / "components/func.md").read_text())
    assert "| reserved | — | — | 5 |" in text


def test_counts_of_one_are_singular(tmp_path: Path) -> None:
    model = MODEL.split("components:", maxsplit=1)[0].replace("  one:", "  #one:").replace("  two:", "  #two:")
    (tmp_path / "architecture.yaml").write_text(f"{model}components:\n  people: {{kind: actor, title: People}}\n")
    assert "is valid: 1 component, 1 coordinate." in archgen("validate", cwd=tmp_path).out


def test_zones_and_traits_that_a_component_states_are_on_its_page(pages: Path) -> None:
    text = unescape((pages / "components/func.md").read_text(encoding="utf-8"))
    assert "| zones | eu-west-1b |" in text
    assert "| traits › copies | 1 |" in text
    assert "carrier" not in text
