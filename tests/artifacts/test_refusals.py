"""Validating finds everything that would stop a build, at its place; and inputs that once caused internal errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgen.pipeline import check, load, make
from conftest import DATA, MINIMAL, archgen

SHOP = (DATA / "models/shop.yaml").read_text(encoding="utf-8")
RUNBOOK = "  database-failover: {component: database, owner: platform, rto_minutes: 5, rpo_minutes: 0}\n"
ZONE_FAILURE = RUNBOOK.replace("database-failover", "zone-failure").replace(
    "component: database", "component: load-balancer"
)
STACK = "    data: {purpose: The database., modules: [rds]}"
NOPE = "directory: own, inputs: {a: {expression: nope}}"
DRILL = "rto_minutes: 5"
TEAMS = "teams:\n"
NIGHT = "teams:\n  night: {name: Night, in: dev}\n"
WAIVER = """\
rules:
  waivers:
    known: {rule: OPS901, path: components.firewall, reason: Known., owner: night, until: "2030-01-01", in: dev}
"""
OWN = """\
kinds:
  robot:
    label: Robot
    definition: Moves things.
    needs_product: false
    settings:
      SETTING
"""


def errors(tmp_path: Path, *edits: tuple[str, str], text: str = SHOP) -> list[tuple[str, int, str]]:
    """Code, line and message of each error of a changed model, which cannot be built."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    checked = check(loaded.project, "2026-11-25") if loaded.project else None
    wrong = [d for d in (checked.findings if checked else loaded.diagnostics) if d.severity == "error"]
    if checked and checked.refused:
        assert make(checked)[0] == []
    return [(d.code, d.span.line if d.span else 0, d.message) for d in wrong]


def line_of(text: str, start: str) -> int:
    return text[: text.index(start)].count("\n") + 1


# -- what building refuses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "code", "message"),
    [
        ((RUNBOOK, RUNBOOK.replace("database-failover", "database-falover")), "ARC-R001", "does not exist"),
        ((RUNBOOK, RUNBOOK.replace("database-failover", "node-drain")), "ARC-R001", "is not for a component of kind"),
        ((RUNBOOK, ZONE_FAILURE), "ARC-T001", "there is no component of kind 'kubernetes-cluster'"),
        ((STACK, STACK.replace("modules: [rds]", NOPE)), "ARC-F004", "unknown fact 'nope'"),
    ],
    ids=["no template", "another kind", "no part", "expression"],
)  # fmt: skip
def test_it_is_an_error_of_validate(tmp_path: Path, edit: tuple[str, str], code: str, message: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/variables.tf").write_text('variable "a" {}\n')
    ((found, line, said),) = errors(tmp_path, edit)
    assert found == code
    assert message in said
    assert line == line_of(SHOP, edit[0]) + (len(edit[0]) - len(edit[0].lstrip("\n")))


def test_a_product_without_steps(tmp_path: Path) -> None:
    product = 'products:\n  own-db: {name: Own, short: Own, definition: Ours., tile: OWN, kinds: [postgresql],\n    documentation: "https://own.example"}\n'
    text = SHOP.replace("modules: [rds]", "contents: [all]").replace("products: [rds-postgresql]", "products: [own-db]")
    text = text.replace("text: RDS for PostgreSQL", "text: Own")
    ((code, line, said),) = errors(
        tmp_path,
        ("    product: rds-postgresql\n", "    product: own-db\n"),
        ("teams:\n", f"{product}teams:\n"),
        text=text,
    )
    assert code == "ARC-T003"
    assert "has no procedure for own-db" in said
    assert line == line_of((tmp_path / "architecture.yaml").read_text(), "  database-failover:")


def test_a_fact_that_only_a_later_phase_lacks(tmp_path: Path) -> None:
    """Pages of stacks show what changes in each later phase, so the facts for its modules must exist too."""
    proxy = (
        "  proxy: {kind: database-proxy, title: Proxy, owner: platform, product: rds-proxy, no_capability: A way.}\n"
    )
    added = proxy.replace("}\n", ", in: growth}\n")
    found = errors(
        tmp_path,
        ("runbooks:\n  database", f"{added}\nrunbooks:\n  database"),
        ("modules: [rds]", "modules: [rds, rds-proxy], after: [network]"),
    )
    assert [code for code, _line, _said in found] == ["ARC-F002"]
    assert found[0][1] == line_of((tmp_path / "architecture.yaml").read_text(), "  proxy:")


def test_an_embed_that_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/about.md").write_text(
        "# About\n\n<!-- archgen: value components.databas.size --><!-- /archgen -->\n"
    )
    assert [(code, line) for code, line, _said in errors(tmp_path)] == [("ARC-E001", 3)]
    (tmp_path / "docs/about.md").write_text(
        "# About\n\n<!-- archgen: value components.database.size --><!-- /archgen -->\n"
    )
    assert errors(tmp_path) == []


def test_a_page_in_the_place_of_a_generated_one(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/README.md").write_text("# Mine\n")
    assert [code for code, _line, _said in errors(tmp_path)] == ["ARC-E002"]


def test_building_reports_the_same_and_has_the_same_exit_code(tmp_path: Path) -> None:
    assert errors(tmp_path, (RUNBOOK, RUNBOOK.replace("database-failover", "node-drain")))
    checked, built = (archgen(*command, cwd=tmp_path) for command in (["validate"], ["build", "--no-site"]))
    assert (checked.code, built.code) == (1, 1)
    findings, *not_stated = re.split(r"\n\d+ rules? could not be checked", checked.err)
    assert findings in built.err
    assert not_stated
    assert not (tmp_path / "docs").exists()


# -- names, domains, days --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        '"a\\nb"',
        '"a\\tb"',
        '" "',
        '"a b.example"',
        '"shop"',
        '"Shop.example"',
        '"-x.example"',
        '"shop.example."',
        '"*.shop.example"',
    ],
)
def test_an_invalid_domain(tmp_path: Path, value: str) -> None:
    dns = f"  names: {{kind: dns, title: Names, owner: platform, product: route-53, domains: [{value}]}}\n"
    found = errors(tmp_path, ("  web:\n    kind: service", f"{dns}  web:\n    kind: service"))
    assert [(code, line) for code, line, _said in found] == [("ARC-M005", line_of(SHOP, "  web:\n    kind"))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    title: Orders", '    title: "Or\\nders"'),
        ("name: Example Shop", 'name: "Example\\tShop"'),
        ("    size: db.t4g.micro", '    size: "db\\n; reboot"'),
        ("{name: Platform, contact", '{name: " ", contact'),
    ],
)
def test_a_name_is_one_line(tmp_path: Path, old: str, new: str) -> None:
    ((code, line, _said),) = errors(tmp_path, (old, new))
    assert (code, line) == ("ARC-M005", line_of(SHOP, old))


def test_prose_has_as_many_lines_as_it_likes(tmp_path: Path) -> None:
    assert errors(tmp_path, ("text: Say here what", 'text: "Say here\\n\\nwhat"}\n#')) == []


@pytest.mark.parametrize(
    "facts",
    [
        'last_tested: "9999-12-31", drill_every_days: 90',
        'next_drill: "9999-12-31", drill_every_days: 90',
        'next_drill: "0001-01-01"',
        'last_tested: "2026-W01-1"',
        'last_tested: "20260131"',
    ],
)
def test_a_day_outside_of_the_calendar(tmp_path: Path, facts: str) -> None:
    ((code, line, _said),) = errors(tmp_path, (DRILL, facts))
    assert (code, line) == ("ARC-M005", line_of(SHOP, RUNBOOK))


@pytest.mark.slow
def test_the_last_day_that_can_be_planned_for_can_be_counted_from(tmp_path: Path) -> None:
    assert errors(tmp_path, (DRILL, 'next_drill: "2199-12-31", drill_every_days: 1')) == []
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project
    assert make(check(loaded.project))[0]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_on_the_command_line_is_one_that_can_be_counted_from(minimal: Path, day: str) -> None:
    result = archgen("validate", "--today", day, cwd=minimal)
    assert result.code == 2
    assert "is not a date between 1970 and 2199" in result.err


# -- shapes of models ------------------------------------------------------------------------------------


def test_phases_in_which_nothing_varies(tmp_path: Path) -> None:
    text = MINIMAL.replace("environments:\n", "phases: {start: {name: Start}, growth: {name: Growth}}\nenvironments:\n")
    assert errors(tmp_path, text=text) == []
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project
    artifacts, problems = make(check(loaded.project))
    assert not [p for p in problems if p.severity == "error"]
    assert "docs/architecture/road.md" in {artifact.path for artifact in artifacts}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model_config: {about: x}", "`model_config` is reserved by archgen"),
        ("model_fields: {about: x}", "`model_fields` is reserved by archgen"),
        ("members: {about: x}", "`members` is reserved by archgen"),
        ("place: {about: x}", "`place` is reserved by archgen"),
        ("copy: {about: x}", "`copy` is reserved by archgen"),
        ("class: {about: x}", "`class` is reserved by archgen"),
        ("title: {about: x}", "every component already has a key `title`"),
        ("size: {type: text, about: x, minimum: 5}", "`minimum` and `maximum` require a numeric type"),
        ("size: {type: boolean, about: x, maximum: 5}", "`minimum` and `maximum` require a numeric type"),
        ("size: {type: list, about: x, choices: [a]}", "`choices` requires `type: text`"),
        ("size: {type: integer, about: x, choices: [a]}", "`choices` requires `type: text`"),
        ("size: {type: integer, about: x, minimum: 5, maximum: 4}", "is greater than `maximum` 4"),
    ],
)
def test_a_declared_setting_that_is_not_possible(tmp_path: Path, setting: str, message: str) -> None:
    text = f"{MINIMAL}{OWN.replace('SETTING', setting)}"
    found = errors(tmp_path, text=text)
    assert [(code, line) for code, line, _said in found] == [("ARC-M005", line_of(text, "      " + setting))]
    assert message in found[0][2]


@pytest.mark.slow
def test_settings_called_like_those_of_other_kinds(tmp_path: Path) -> None:
    """Settings that archgen reads from built-in kinds are not read from other kinds that have one of the same name."""
    names = ("domains", "network_policies", "scaling")
    settings = "\n      ".join(f"{name}: {{type: integer, about: x}}" for name in names)
    robot = "  robot-one: {kind: robot, title: Robot, domains: 3, network_policies: 4, scaling: 5}\n"
    text = f"{MINIMAL}{robot}{OWN.replace('SETTING', settings)}"
    assert errors(tmp_path, text=text) == []
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project
    assert make(check(loaded.project))[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "edits",
    [
        ((TEAMS, NIGHT), (RUNBOOK, RUNBOOK.replace("owner: platform", "owner: night, in: dev"))),
        ((TEAMS, NIGHT), ("runbooks:\n  data", f"{WAIVER}runbooks:\n  data")),
        (("    data: {name: Private data,", "    data: {name: Private data, in: dev,"),),
    ],
    ids=["runbook", "waiver", "tier"],
)
def test_what_exists_in_another_environment_alone(tmp_path: Path, edits: tuple[tuple[str, str], ...]) -> None:
    """Pages are about all environments, so components that only one environment has are looked up there."""
    assert errors(tmp_path, *edits) == []
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project
    assert make(check(loaded.project))[0]


@pytest.mark.slow
def test_a_warning_about_stacks_does_not_stop_a_build(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(SHOP, encoding="utf-8")
    project = load(tmp_path / "architecture.yaml").project
    assert project
    checked = check(project)
    assert "ARC-F041" in {d.code for d in checked.findings if d.severity == "warning"}
    assert checked.refused == ()
    artifacts, problems = make(checked)
    assert len(artifacts) > 50
    assert problems == []
