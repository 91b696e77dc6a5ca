"""Runbooks name nothing of another environment, and no address that documentation reserves for examples."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from archgen.kinds.dns import Dns
from archgen.model.architecture import Architecture
from archgen.pipeline import Project
from archgen.runbooks.procedures import Procedure, read, steps
from archgen.runbooks.steps import FilledStep
from archgen.runbooks.text import as_text
from archgen.templating.render import Templates
from conftest import ROOT

pytestmark = pytest.mark.slow

WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
RESERVED = re.compile(r"\b(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+|\bexample\.(?:com|org|net)\b|\b2\d{3}-\d\d-\d\dT")


def identifiers(a: Architecture) -> set[str]:
    """What exists in an environment: names of resources, its network, account and domains."""
    domains = {domain for _name, dns in a.of_kind(Dns) for domain in dns.domains}
    names = {a.identifier(name) for name, component in a.components.items() if not component.home}
    return {*names, *domains, *filter(None, (a.network_identifier, a.home_number, a.cidr)), a.home}


def every(project: Project) -> Iterator[tuple[str, Architecture]]:
    """Each runbook in each environment that has it, on each cloud."""
    for architecture in project.resolved.today():
        for name in architecture.document.runbooks:
            yield name, architecture


def filled(name: str, a: Architecture, templates: Templates) -> list[FilledStep]:
    """The steps of a runbook."""
    found = steps(templates, read(templates, name), a)
    assert isinstance(found, Procedure), name
    return [*found.preparation, *found.steps]


def test_a_runbook_names_nothing_that_only_another_environment_has(reference: Project) -> None:
    templates = Templates(ROOT / "templates")
    today = reference.resolved.today()
    of = {a.coordinate: identifiers(a) for a in today}
    shared = {"security", "mgmt", "shared-security"}
    looked_at = 0
    for name, a in every(reference):
        others = set().union(*(of[b.coordinate] for b in today if b.coordinate.cloud == a.coordinate.cloud))
        foreign = others - of[a.coordinate] - shared
        text = as_text(templates, read(templates, name), a)
        found = set(WORD.findall(text)) & foreign
        assert not found, (name, str(a.coordinate), found)
        looked_at += 1
    assert looked_at > 100
    assert any("innovate-stg-database" in names for names in of.values())


def test_a_step_in_a_shared_account_says_so(reference: Project) -> None:
    templates = Templates(ROOT / "templates")
    for name, a in every(reference):
        own = a.home_number
        numbers = {home for home in (reference_number(a, id_) for id_ in a.homes) if home} - {own}
        for step in filled(name, a, templates):
            if step.acts_on in ("workstation", "people"):
                continue  # a sign-in knows all accounts, and acts on none of them
            text = " ".join(filter(None, (step.run, step.do, step.text)))
            for number in numbers & set(WORD.findall(text)):
                assert step.home.number == number, (name, step.id)


def test_the_check_of_the_account_names_the_region_that_it_calls(reference: Project) -> None:
    templates = Templates(ROOT / "templates")
    checked = 0
    for name, a in every(reference):
        for step in filled(name, a, templates):
            if step.stated_as == "place" and (called := re.search(r"--region (\S+)", step.run or "")):
                assert step.region == called[1], (name, step.id)
                checked += step.region != a.cloud.region
    assert checked


def reference_number(a: Architecture, home: str) -> str | None:
    """The number of an account."""
    return a.number_of(home)


def test_no_command_has_an_address_or_a_time_of_an_example(reference: Project) -> None:
    templates = Templates(ROOT / "templates")
    for name, a in every(reference):
        for step in filled(name, a, templates):
            for text in filter(None, (step.run, step.undo_run)):
                assert not RESERVED.search(text), (name, step.id, text)


def test_every_variable_that_is_asked_for_stops_the_command_if_it_is_not_set(reference: Project) -> None:
    templates = Templates(ROOT / "templates")
    for name, a in every(reference):
        for step in filled(name, a, templates):
            for ask in step.asks:
                first = re.search(rf"\$\{{?{ask.name}\b[^}}]*\}}?", step.run or "")
                assert first, (name, step.id, ask.name)
                assert first.group().startswith(f"${{{ask.name}:?"), (name, step.id, first.group())


def test_commands_about_a_cluster_name_its_context(reference: Project) -> None:
    templates = Templates(ROOT / "templates")
    for name, a in every(reference):
        for step in filled(name, a, templates):
            for line in (step.run or "").replace("\\\n", " ").splitlines():
                for call in re.findall(r"\bkubectl\s+(\S+)", line):
                    assert call in ("--context", "config", "kustomize", "version"), (name, step.id, line)


def test_an_answer_to_expect_is_not_only_what_the_command_says_itself(reference: Project) -> None:
    """What a step expects must come from the answer: a name that the command prints itself proves nothing, unless it prints it last."""
    templates = Templates(ROOT / "templates")
    for name, a in every(reference):
        for step in filled(name, a, templates):
            for expected in step.expect:
                printed = re.findall(rf"(?m)^\s*echo\s+['\"]?{re.escape(expected.shows)}", step.run or "")
                assert not printed, (name, step.id, expected.shows)
