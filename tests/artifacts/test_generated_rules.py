"""The rules that stacks generate for connections, as the page of connections shows them."""

from __future__ import annotations

from archgen.artifacts import connections_page
from archgen.artifacts._generated_rules import generated_rules
from archgen.project import Project
from conftest import emitted


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
