"""Private clusters: the machine of sessions, what lets it reach the API server, and the tunnel that is open while stacks are applied."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from archgen.model.architecture import Architecture
from archgen.project import Project
from archgen.terraform.applying import StackStep, steps
from archgen.terraform.aws_groups import security_groups
from archgen.terraform.aws_sessions import session_machine
from archgen.terraform.tunnels import close_way, open_way
from conftest import ROOT


def values(stack: str, variable: str) -> Any:
    return json.loads((ROOT / f"infra/aws/{stack}/prod.tfvars.json").read_text())[variable]


def step_of(reference: Project, stack: str, environment: str = "prod") -> StackStep:
    terraform = reference.resolved.standing("aws", environment).document.terraform
    assert terraform
    found = steps(reference.plans.of["aws"], terraform, environment)
    return next(step for step in found if (step.stack, step.instance) == (stack, environment))


def test_a_way_in_has_a_machine_that_reaches_what_the_model_says() -> None:
    machine, groups = values("01-base-infra", "session_machine_way_in"), values("01-base-infra", "security_groups")
    assert machine["group"] in groups["groups"]
    assert {key for key in groups["egress"] if key.startswith("way-in-")} == {
        "way-in-443-tcp-to-0.0.0.0/0",
        "way-in-5432-tcp-to-database",
    }
    assert "database-5432-tcp-from-way-in" in groups["ingress"]
    assert not [key for key, rule in groups["ingress"].items() if rule["group"] == "way-in"]
    root = (ROOT / "infra/aws/01-base-infra/main.tf").read_text()
    assert "vpc_security_group_ids = [local.security_groups_ids[each.value.group]]" in root
    assert re.search(r"vpc_zone_identifier += module\.vpc\.private_subnets", root)


def test_the_api_server_accepts_the_machine_and_the_nodes_do_not() -> None:
    assert values("02-eks-cluster", "eks_cluster")["api_callers"] == ["way-in"]
    root = (ROOT / "infra/aws/02-eks-cluster/main.tf").read_text()
    assert "source_security_group_id = var.stack_01_base_infra.security_groups_ids[name]" in root
    assert not any("cluster-443" in key for key in values("01-base-infra", "security_groups")["ingress"])


def test_runbooks_find_the_machine_by_its_name(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    assert session_machine(a, "way-in") == values("01-base-infra", "session_machine_way_in")["name"]
    assert session_machine(a, "cluster") is None


def test_a_way_in_only_to_the_database_still_calls_session_manager(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    way = a.components["way-in"]
    calls = {name: call for name, call in way.calls.items() if name != "cluster"}
    changed = replace(a, components={**a.components, "way-in": way.model_copy(update={"calls": calls})})
    rule = security_groups(changed)["egress"]["way-in-443-tcp-to-0.0.0.0/0"]
    assert rule["description"] == "way-in: Session Manager"


def test_charts_of_a_private_cluster_are_installed_through_a_tunnel(reference: Project) -> None:
    commands = [command for _why, command in step_of(reference, "02-eks-cluster").commands]
    cluster = next(n for n, command in enumerate(commands) if "-target=module.eks_cluster " in command)
    tunnel = next(n for n, command in enumerate(commands) if "aws ssm start-session" in command)
    plan = next(n for n, command in enumerate(commands) if command.endswith("-out=prod.plan"))
    assert cluster < tunnel < plan
    assert commands[tunnel + 1] == "export TF_VAR_cluster_address=https://127.0.0.1:8443"
    assert commands[-1] == 'kill "$TUNNEL"; unset TF_VAR_cluster_address'
    providers = (ROOT / "infra/aws/02-eks-cluster/providers.tf").read_text()
    assert providers.count("tls_server_name ") == 2  # the certificate is still checked, with its real name
    assert 'variable "cluster_address" {' in providers


def test_a_cluster_with_an_allowlist_needs_no_tunnel(reference: Project) -> None:
    assert not any("ssm" in command for _why, command in step_of(reference, "02-eks-cluster", "dev").commands)


def test_manifests_of_a_private_cluster_go_through_a_tunnel(reference: Project) -> None:
    commands = [command for _why, command in step_of(reference, "04-k8s").commands]
    signs_in, tunnel, through = (command.split()[0] for command in commands[:3])
    assert (signs_in, through) == ("aws", "kubectl")
    assert tunnel.startswith("MACHINE=")
    assert commands[-1].startswith("kill ")


def without_way_in(a: Architecture) -> Architecture:
    return replace(a, components={name: c for name, c in a.components.items() if name != "way-in"})


def test_without_a_way_in_it_is_checked_that_the_api_server_answers(reference: Project) -> None:
    a = without_way_in(reference.resolved.standing("aws", "prod"))
    ((why, command),) = open_way(a, "cluster", for_kubectl=False)
    assert "inside the network" in why
    assert command.startswith("curl ")
    assert not list(close_way(a, "cluster"))


def test_the_commands_of_the_tunnel_run(reference: Project, tmp_path: Path) -> None:
    a = reference.resolved.standing("aws", "prod")
    tools = {
        "aws": 'echo "$@" >> log\ncase "$2" in\n'
        "describe-instances) echo i-1;;\ndescribe-cluster) echo https://abc.eks.example;;\n"
        "start-session) exec /bin/sleep 60;;\nesac\n",
        "sleep": "until grep -q start-session log; do /bin/sleep 0.1; done\n",  # the session starts in the background
        "kubectl": 'if [ "$2" = view ]; then echo arn:cluster; else echo "$@" > through; fi\n',
    }
    for name, text in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}")
        (tmp_path / name).chmod(0o755)
    commands = [command for _why, command in (*open_way(a, "cluster", for_kubectl=True), *close_way(a, "cluster"))]
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    shell = ["bash", "-euo", "pipefail", "-c", "\n".join(commands)]
    done = subprocess.run(shell, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    assert "host=abc.eks.example,portNumber=443,localPortNumber=8443" in (tmp_path / "log").read_text()
    assert "arn:cluster --server=https://127.0.0.1:8443" in (tmp_path / "through").read_text()
    assert "--tls-server-name=abc.eks.example" in (tmp_path / "through").read_text()


def test_sign_in_roles_enter_the_cluster_with_the_policy_that_the_model_states(reference: Project) -> None:
    access = values("02-eks-cluster", "cluster_access_cluster")
    assert access["creator_has_access"] is True
    policies = {duty: role["policy"].removeprefix("AmazonEKS") for duty, role in access["roles"].items()}
    admin = "ClusterAdminPolicy"
    assert policies == {"emergency": admin, "operate": admin, "read": "ViewPolicy", "recover": admin}
    patterns = {duty: re.compile(role["pattern"]) for duty, role in access["roles"].items()}
    assert patterns["read"].search("AWSReservedSSO_Read_0123456789abcdef")
    assert not patterns["read"].search("AWSReservedSSO_Reader_0123456789abcdef")
    assert patterns["emergency"].search("break-glass-admin")
    assert "security" not in access["roles"]  # it is in another account
