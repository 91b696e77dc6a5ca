"""What AWS stacks leave out is reported, with the help that resolves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.project import load

MODEL = """\
version: 2
name: Shop
project: shop
teams: {{platform: {{name: Platform, contact: {contact}}}}}
clouds: {{aws: {{region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}}}}
environments:
  prod: {{name: Prod, monthly_budget_usd: 100, aws: {{account: main, cidr: 10.0.0.0/16}}}}
network:
  name: main
  tiers:
    app: {{name: App, internet: outbound, prefix_length: 20, netnum: 1}}
    data: {{name: Data, internet: none, prefix_length: 24, netnum: 100}}
  aws: {{nat_gateways: single, internet_gateway: true}}
components:
  tokens: {{kind: secret-store, title: Tokens, product: secrets-manager, rotation_days: 30}}
  cluster: {{kind: kubernetes-cluster, title: Cluster, product: eks, endpoint: private, version: "1.35"}}
  api: {{kind: service, title: API, runs_on: cluster, calls: {{sessions: {{port: 6379}}}}}}
  sessions: {{kind: cache, title: Sessions, product: elasticache, size: cache.t4g.small, engine_version: "7.1"}}
terraform:
  stacks:
    base:
      purpose: Everything.
      modules: [vpc, budgets, secrets-manager, elasticache{more}]
      set: {{{settings}}}
"""


def codes(tmp_path: Path, contact: str = "a channel", more: str = "", settings: str = "") -> list[str]:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL.format(contact=contact, more=more, settings=settings))
    project = load(file).project
    assert project
    return sorted(problem.code for problem in project.plans.problems if problem.code.startswith("ARC-F02"))


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({}, ["ARC-F021", "ARC-F022", "ARC-F023"]),
        ({"contact": "platform@shop.example"}, ["ARC-F022", "ARC-F023"]),
        ({"more": ", security-groups"}, ["ARC-F021", "ARC-F022"]),
        (
            {
                "settings": "secrets-manager: {rotation_lambda_arn: {value: 'arn:aws:lambda:eu-west-1:111122223333:function:f'}}"
            },
            ["ARC-F021", "ARC-F023"],
        ),
    ],
)
def test_a_warning_says_what_is_left_out_until_the_model_states_it(
    tmp_path: Path, given: dict[str, str], left: list[str]
) -> None:
    assert codes(tmp_path, **given) == left


def test_without_a_cdn_the_web_acl_is_regional(tmp_path: Path) -> None:
    waf = "  firewall: {{kind: waf, title: WAF, product: aws-waf, rules: [owasp]}}\nterraform:\n"
    file = tmp_path / "architecture.yaml"
    text = MODEL.replace("terraform:\n", waf).format(contact="a channel", more=", waf, security-groups", settings="")
    file.write_text(text)
    project = load(file).project
    assert project
    (call,) = (c for each in project.plans.of["aws"].calls["base"] for c in each if c.binding.id == "waf")
    assert (call.values["scope"], call.provider) == ("REGIONAL", "")
