"""`defaults`: what a model states once for many components, and where its values come from."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from archgen.analysis.settings import look_up
from archgen.model.json_schema import schema
from archgen.model.resolve import Resolved, resolve
from archgen.pipeline import load
from archgen.reading.yaml_tree import parse
from conftest import archgen

HEAD = """\
version: 1
name: Shop
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a]}
environments:
  dev: {name: Dev, aws: {account: dev, cidr: 10.1.0.0/16}}
  prod: {name: Prod, production: true, aws: {account: prod, cidr: 10.2.0.0/16}}
teams: {web: {name: Web}, data: {name: Data}}
"""
DEFAULTS = """\
defaults:
  kinds:
    service:
      owner: web
      scaling: {min: 1, max: 2}
      when: {prod: {scaling: {min: 3, max: 9}}}
  runtimes:
    cluster: {namespace: shop}
  tags:
    public: {port: 8080}
"""
COMPONENTS = """\
components:
  cluster: {kind: kubernetes-cluster, title: Cluster, product: eks, owner: data, endpoint: private, namespaces: {shop: {purpose: Shop}}}
  web: {kind: service, title: Web, runs_on: cluster, tags: [public]}
  jobs: {kind: service, title: Jobs, runs_on: cluster, owner: data, scaling: {max: 5}}
"""


def resolved(text: str) -> Resolved:
    source, problems = parse(text, "m.yaml")
    assert source.root is not None
    found, more = resolve(source.root)
    assert found, (problems, more)
    return found


def problems(text: str) -> list[tuple[str, int]]:
    source, _problems = parse(text, "m.yaml")
    assert source.root is not None
    return [(d.code, d.span.line if d.span else 0) for d in resolve(source.root)[1]]


def value(model: Resolved, environment: str, path: tuple[str, ...]) -> tuple[str, int | None]:
    found = look_up(model.standing("aws", environment), path)
    return found.text, found.line


def test_a_component_has_the_defaults_of_its_kind_runtime_and_tags() -> None:
    model = resolved(HEAD + DEFAULTS + COMPONENTS)
    web = model.standing("aws", "dev").components["web"]
    assert (web.owner, web.namespace, web.port, web.scaling.min) == ("web", "shop", 8080, 1)  # type: ignore[attr-defined]
    assert model.standing("aws", "prod").components["web"].scaling.min == 3  # type: ignore[attr-defined]


def test_what_a_component_states_wins_also_over_a_condition_of_a_default() -> None:
    model = resolved(HEAD + DEFAULTS + COMPONENTS)
    for environment, least in (("dev", 1), ("prod", 3)):
        jobs = model.standing("aws", environment).components["jobs"]
        assert (jobs.owner, jobs.scaling.min, jobs.scaling.max) == ("data", least, 5)  # type: ignore[attr-defined]
        assert jobs.port is None  # type: ignore[attr-defined]  # it has no such tag


def test_every_value_keeps_its_line() -> None:
    model = resolved(HEAD + DEFAULTS + COMPONENTS)
    assert value(model, "dev", ("components", "web", "owner")) == ("web", 12)
    assert value(model, "dev", ("components", "web", "scaling", "min")) == ("1", 13)
    assert value(model, "prod", ("components", "web", "scaling", "min")) == ("3", 14)
    assert value(model, "dev", ("components", "web", "port")) == ("8080", 18)
    assert value(model, "dev", ("components", "jobs", "scaling", "max")) == ("5", 22)
    assert value(model, "dev", ("components", "jobs", "scaling", "min")) == ("1", 13)


def test_defaults_of_a_kind_may_say_what_it_runs_on() -> None:
    text = HEAD + DEFAULTS.replace("      owner: web\n", "      owner: web\n      runs_on: cluster\n")
    model = resolved(text + COMPONENTS.replace("runs_on: cluster, ", ""))
    assert model.standing("aws", "dev").components["web"].namespace == "shop"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("port: 8080", "prot: 8080", [("ARC-M002", 18)]),
        ("port: 8080", "port: http", [("ARC-M004", 18)]),
        ("    service:\n", "    servcie:\n", [("ARC-R001", 11), ("ARC-M001", 22)]),
        ("    service:\n", "    service:\n      in: [prod]\n", [("ARC-C002", 12)]),
        ("    service:\n", "    service:\n      kind: cache\n", [("ARC-C002", 12)]),
        ("{min: 1, max: 2}", "{min: 1, max: 2, when: {dev: {max: 3}}}", [("ARC-C002", 13)]),
        ("namespace: shop", "runs_on: web", [("ARC-C002", 16)]),
        ("    cluster: {", "    clutser: {", [("ARC-R001", 16)]),
        ("    public: {", "    pubilc: {", [("ARC-R001", 18)]),
        ("  tags:\n", "  tag:\n", [("ARC-M002", 17)]),
        ("{port: 8080}", "[port]", [("ARC-M004", 18)]),
    ],
)
def test_an_error_about_a_default_points_to_its_line(old: str, new: str, expected: list[tuple[str, int]]) -> None:
    text = HEAD + DEFAULTS
    assert old in text
    assert set(problems(text.replace(old, new, 1) + COMPONENTS)) == set(expected)


def test_a_key_that_only_some_kinds_have_is_an_error_for_the_others() -> None:
    text = HEAD + DEFAULTS.replace("namespace: shop", "namespace: shop, disruption_budget: {min_available: 1}")
    keda = "  keda: {kind: cluster-add-on, title: KEDA, product: keda, owner: data, runs_on: cluster}\n"
    source, _problems = parse(text + COMPONENTS + keda, "m.yaml")
    assert source.root is not None
    (problem,) = resolve(source.root)[1]
    assert problem.message == "the kind 'cluster-add-on' of 'keda' has no setting `disruption_budget`"
    assert problem.span
    assert problem.span.line == 16


def test_two_defaults_that_differ_are_an_error_that_the_component_settles() -> None:
    text = HEAD + DEFAULTS.replace("namespace: shop", "namespace: shop, port: 9000")
    source, _problems = parse(text + COMPONENTS, "m.yaml")
    assert source.root is not None
    (problem,) = resolve(source.root)[1]
    assert problem.code == "ARC-C008"
    assert problem.message == (
        "the defaults of the runtime 'cluster' and of the tag 'public' set `port` of 'web' differently"
    )
    assert problem.help == "state it at the component: components.web.port"
    assert problem.span
    assert (problem.span.line, problem.related[0][1].line) == (18, 16)
    settled = COMPONENTS.replace("title: Web,", "title: Web, port: 80,")
    assert resolved(text + settled).standing("aws", "dev").components["web"].port == 80  # type: ignore[attr-defined]
    same = text.replace("9000", "8080")
    assert resolved(same + COMPONENTS)


def test_defaults_can_be_in_an_included_file(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(f"{HEAD}include: [defaults.yaml]\n{COMPONENTS}")
    (tmp_path / "defaults.yaml").write_text(DEFAULTS)
    shown = archgen("show", "components.web.scaling.min", cwd=tmp_path)
    assert [line.split() for line in shown.out.splitlines()] == [
        ["dev", "1", "defaults.yaml:5"],
        ["prod", "3", "defaults.yaml:6"],
    ]
    (tmp_path / "defaults.yaml").write_text(DEFAULTS.replace("port: 8080", "port: 0"))
    (problem,) = load(tmp_path / "architecture.yaml").diagnostics
    assert problem.span
    assert (problem.span.file, problem.span.line) == ("defaults.yaml", 10)


def test_editors_accept_defaults_and_refuse_typos_in_them() -> None:
    validator = jsonschema.Draft202012Validator(schema())

    def errors(text: str) -> list[str]:
        return [error.message for error in validator.iter_errors(yaml.safe_load(text))]

    postgres = (
        "    postgresql: {engine_version: '17', size: db.t4g.micro, storage_gib: 20, backup: {retention_days: 7}}\n"
    )
    text = HEAD + DEFAULTS.replace("  runtimes:", f"{postgres}  runtimes:") + COMPONENTS
    text += "  store: {kind: postgresql, title: Store, product: rds-postgresql}\n"
    assert errors(text) == []
    assert resolved(text)
    lacking = HEAD + COMPONENTS  # `scaling.min` of a service is only in the defaults
    assert errors(lacking) == ["'min' is a required property"]
    for old, new in (
        ("      owner: web", "      onwer: web"),
        ("      owner: web", "      in: [prod]"),
        ("  tags:", "  tag:"),
        ("port: 8080", "prot: 8080"),
        ("    service:\n", "    servcie:\n"),
    ):
        assert old in text
        assert errors(text.replace(old, new, 1)), new
