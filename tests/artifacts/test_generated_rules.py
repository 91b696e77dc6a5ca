"""The rules that stacks generate for connections, as the page of connections shows them."""

from __future__ import annotations

from archgen.artifacts import connections_page
from archgen.artifacts._generated_rules import generated_rules
from archgen.project import Project, load
from archgen.terraform.aws_groups import rules, rules_of_connections
from conftest import ROOT, emitted


def test_each_connection_has_the_rules_that_let_it_through(reference: Project) -> None:
    aws = generated_rules(reference.resolved.standing("aws", "prod"))
    assert aws is not None
    assert aws["api--database"] == [
        "network policy app/api (egress)",
        "security group cluster (egress)",
        "security group database (ingress)",
    ]
    google = generated_rules(reference.resolved.standing("gcp", "prod"))
    assert google is not None
    assert google["api--traces"] == ["network policy app/api (egress)", "network policy platform/traces (ingress)"]
    assert google["api--cache"] == ["network policy app/api (egress)", "firewall rule innovate-prod-main-to-cache"]
    assert "firewall rule innovate-prod-main-load-balancer--api" in google["load-balancer--api"]


def test_the_page_says_where_there_are_none(reference: Project) -> None:
    (page,) = emitted(reference, connections_page)
    rows = [line for line in page.content.decode().splitlines() if line.lstrip().startswith("| [")]
    assert any("network policy app" in row for row in rows)
    assert any("| none |" in row for row in rows)
    drawn = [line.strip() for line in page.content.decode().splitlines() if ", in place of " in line]
    assert len(drawn) == 6  # each on a line of its own
    assert all(line.count(", in place of ") == 1 for line in drawn)


def test_what_is_outside_of_the_network_is_reached_only_at_its_ranges() -> None:
    project = load(ROOT / "examples/brownfield/architecture.yaml").project
    assert project
    a = project.resolved.standing("aws", project.resolved.axes.environments[-1])
    ends = {(rule.direction, rule.end.name) for rule in rules(a) if rule.connection.head == "mainframe"}
    assert ends == {("egress", "172.16.0.0/16")}  # the data center, not any address


def test_the_security_groups_of_a_connection_are_those_that_are_made(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    told = {(rule.connection.id, rule.direction) for rule in rules_of_connections(a)}
    shown = generated_rules(a)
    assert shown is not None
    for id_, texts in shown.items():
        groups = {text.rpartition("(")[2].rstrip(")") for text in texts if text.startswith("security group ")}
        assert groups == {direction for connection, direction in told if connection == id_}
