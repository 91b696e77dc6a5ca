"""The order of stacks: what `archgen terraform order` prints is run as it is, with stubs in the place of modules."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from archgen.model.stacks import Stack
from archgen.project import Project
from archgen.terraform.applying import steps
from archgen.terraform.stack_order import in_order
from conftest import ROOT, archgen, missing
from terraforming import stacks, stub_modules, write_terraform_files

pytestmark = [pytest.mark.slow, pytest.mark.terraform]


def stack(*after: str) -> Stack:
    return Stack(purpose="Something.", after=after)


def test_a_stack_comes_after_those_that_it_needs_and_otherwise_in_alphabetical_order() -> None:
    assert in_order({"a": stack("d"), "b": stack(), "c": stack("a"), "d": stack()}) == ["b", "d", "a", "c"]
    assert in_order({"a": stack("elsewhere")}) == ["a"]


def run(root: Path, at: str, *options: str) -> None:
    """Run the printed commands."""
    printed = archgen("terraform", "order", "--at", at, *options, cwd=root)
    assert printed.code == 0, printed.err
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_")} | {"TF_IN_AUTOMATION": "1"}
    shell = ["bash", "-euo", "pipefail", "-c", printed.out]
    done = subprocess.run(shell, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _with_modules_that_need_each_other(root: Path) -> None:
    """Add a module to the stack of the network, and one to that of the data, which takes an output of the first one."""
    (root / "bindings/modules").mkdir(parents=True)
    for name, more in (
        ("registry", "offers: {id: string}"),
        ("reader", "needs: {registry: {module: registry, output: id}}"),
    ):
        inputs = {"name": {"type": "string", "required": True}, "registry": {"type": "string", "default": "null"}}
        module = {
            "source": f"acme/terraform-google-{name}",
            "path": "",
            "version": "1.0.0",
            "commit": "",
            "inputs": inputs,
        }
        (root / f"bindings/modules/gcp-{name}-1.json").write_text(json.dumps(module))
        (root / f"bindings/gcp-{name}-1.yaml").write_text(
            f"module: gcp-{name}-1\nid: {name}\ncloud: gcp\nbinds: environment\nvariable: {name}\ndescription: It.\n"
            f"inputs: {{name: environment}}\n{more}\n"
        )
    model = root / "architecture.yaml"
    text = model.read_text().replace("modules: [network,", "modules: [registry, network,")
    text = text.replace("modules: [private-service-access,", "modules: [reader, private-service-access,")
    model.write_text(text)


def test_the_printed_commands_apply_all_stacks_of_each_environment(tmp_path: Path) -> None:
    for tool in ("terraform", "jq", "bash"):
        if not shutil.which(tool):
            missing(tool)
    assert archgen("init", "--cloud", "gcp", cwd=tmp_path).code == 0
    _with_modules_that_need_each_other(tmp_path)
    write_terraform_files(tmp_path / "architecture.yaml", tmp_path)
    for folder in stacks(tmp_path / "infra"):
        stub_modules(folder, tmp_path / "bindings")
    run(tmp_path, "gcp,dev")
    run(tmp_path, "gcp,prod")
    network, data = tmp_path / "infra/gcp/network", tmp_path / "infra/gcp/data"
    for name in ("dev", "prod"):  # neither has overwritten the state of the other
        state = json.loads((network / f"{name}.tfstate").read_text())
        assert state["serial"] == 1
        assert (data / f"{name}.tfstate").is_file()
    handed = json.loads((data / "prod.from-network.tfvars.json").read_text())
    assert "registry_id" in handed["stack_network"]


def test_the_state_of_the_stack_that_makes_the_bucket_is_moved_into_it(reference) -> None:
    later = archgen("terraform", "order", "--at", "aws,prod", cwd=reference.root).out
    assert "override" not in later  # nothing that would start again with an empty state
    assert "-migrate-state" not in later
    assert later.startswith("# The first time, print the commands with --first")
    printed = archgen("terraform", "order", "--at", "aws,prod", "--first", cwd=reference.root).out
    first = printed.split("\n\n")[1]
    assert first.startswith("# 1. 00-backend (prod)")
    made = first.index("first_override.tf")
    assert made < first.index(" init") < first.index(" apply ") < first.index("\nrm ") < first.index("-migrate-state")
    other = next(part for part in printed.split("\n\n") if "00-backend (prod-eu-central-1)" in part)
    assert "-migrate-state" in other
    assert "-migrate-state" not in printed.replace(first, "").replace(other, "")


def test_states_in_files_are_separate_and_terraform_reads_their_settings(reference: Project, tmp_path: Path) -> None:
    if not shutil.which("terraform"):
        missing("terraform")
    printed = archgen("terraform", "order", "--at", "aws,prod", "--first", cwd=reference.root).out
    overrides = [line for line in printed.splitlines() if line.startswith("printf ") and "first_override.tf" in line]
    assert len(overrides) == 2  # in the home region and in the recovery region, in the same folder
    for command, name in zip(overrides, ("prod", "prod-eu-central-1"), strict=True):
        folder = tmp_path / name / "infra/aws/00-backend"
        folder.mkdir(parents=True)
        subprocess.run(["bash", "-c", command], cwd=tmp_path / name, check=True)
        (folder / "main.tf").write_text('output "a" {\n  value = 1\n}\n')
        for arguments in (["init"], ["apply", "-auto-approve"]):
            subprocess.run(["terraform", *arguments], cwd=folder, check=True, capture_output=True)
        assert (folder / f"{name}.tfstate").is_file()


def test_what_exists_once_keeps_its_state_in_the_bucket_of_its_environment(reference: Project) -> None:
    printed = archgen("terraform", "order", "--at", "gcp,dev", "--first", cwd=reference.root).out
    organization = next(part for part in printed.split("\n\n") if "00-organization" in part)
    assert "first_override" not in organization
    assert "init -backend-config=organization.gcs.tfbackend" in organization


def test_what_only_a_person_can_do_is_printed_where_it_belongs(reference: Project) -> None:
    printed = archgen("terraform", "order", "--at", "aws,prod", cwd=reference.root).out
    parts = {
        part.split(" (")[0].split(". ")[1]: part
        for part in printed.split("\n\n")
        if part.startswith("# ") and ". " in part
    }
    zone = parts["01-dns"]
    assert zone.index(" apply ") < zone.index("delegate the zone") < zone.index("--dns-name innovate.example ")
    edge = parts["01-edge"]
    assert (
        edge.index(" apply ") < edge.index("its name must answer") < edge.index("getent hosts origin.innovate.example ")
    )
    services = parts["00-organization"]
    assert services.index("enable-aws-service-access") < services.index(" init")
    assert "-backend-config=profile=NAME" in services  # its state is in another account
    assert "-backend-config=profile=NAME" not in zone
    assert parts["04-k8s"].index("sign in to the cluster") < parts["04-k8s"].index("open a tunnel")
    assert "--dns-endpoint" in archgen("terraform", "order", "--at", "gcp,prod", cwd=reference.root).out


def test_outputs_that_cannot_be_read_leave_an_earlier_file(reference: Project, tmp_path: Path) -> None:
    printed = archgen("terraform", "order", "--at", "aws,prod", cwd=reference.root).out
    command = next(line for line in printed.splitlines() if "output -json | jq" in line)
    file = command.rsplit(" ", 1)[1]
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text("kept")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "terraform").write_text("#!/bin/sh\nexit 1\n")
    (tools / "terraform").chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env={**os.environ, "PATH": path}, check=False)
    assert done.returncode != 0
    assert (tmp_path / file).read_text() == "kept"


def test_what_is_copied_to_the_recovery_region_comes_after_what_is_there(reference: Project) -> None:
    terraform = reference.resolved.standing("aws", "prod").document.terraform
    assert terraform
    found = list(steps(reference.plans.of["aws"], terraform, "prod"))
    order = [(step.stack, step.instance) for step in found]
    data = order.index(("05-data", "prod"))
    assert order[data - 2 : data] == [("00-backend", "prod-eu-central-1"), ("01-base-infra", "prod-eu-central-1")]
    commands = [command for _why, command in found[data - 1].commands]
    assert commands[0] == "export TF_DATA_DIR=.terraform-prod-eu-central-1"
    assert commands[-1] == "export TF_DATA_DIR=.terraform-prod"


def test_each_block_with_terraform_begins_with_its_folder(reference: Project) -> None:
    """Blocks are run in more than one terminal, and without the folder, Terraform would act on another region."""
    printed = archgen("terraform", "order", "--at", "aws,prod", "--recovery", cwd=reference.root).out
    blocks = [block.splitlines() for block in printed.split("\n\n") if "terraform -chdir" in block]
    assert len(blocks) > 3
    assert {block[1] for block in blocks} == {"export TF_DATA_DIR=.terraform-prod-eu-central-1"}


def test_a_database_is_restored_from_what_a_person_states(reference: Project) -> None:
    terraform = reference.resolved.standing("aws", "prod").document.terraform
    assert terraform
    (data,) = (s for s in steps(reference.plans.of["aws"], terraform, "prod", recovery=True) if s.stack == "05-data")
    commands = [command for _why, command in data.commands]
    file = "prod-eu-central-1.restore.tfvars.json"
    assert f"test -s infra/aws/05-data/{file}" in commands
    assert any("plan -var-file=prod-eu-central-1.tfvars.json" in c and f"-var-file={file}" in c for c in commands)


def _with_recovery(root: Path) -> None:
    """Let the network and the data of the model be applied in its recovery region, too."""
    model = root / "architecture.yaml"
    text = model.read_text()
    text = text.replace("cidr: 10.20.0.0/16}", "cidr: 10.20.0.0/16, recovery_cidr: 10.21.0.0/16}")
    zones = "[europe-west4-a, europe-west4-b, europe-west4-c]"
    there = f"regions: {{recovery: {{name: europe-west4, availability_zones: {zones}}}}}"
    text = text.replace("recovery_region: europe-west4", there)
    text = text.replace("modules: [registry,", "recovery: true, modules: [registry,")
    model.write_text(text.replace("modules: [reader,", "recovery: true, modules: [reader,"))


def test_the_recovery_region_has_other_values_and_another_state(tmp_path: Path) -> None:
    assert archgen("init", "--cloud", "gcp", cwd=tmp_path).code == 0
    _with_modules_that_need_each_other(tmp_path)
    _with_recovery(tmp_path)
    write_terraform_files(tmp_path / "architecture.yaml", tmp_path)
    network = tmp_path / "infra/gcp/network"
    here, there = (json.loads((network / f"{name}.tfvars.json").read_text()) for name in ("prod", "prod-europe-west4"))
    assert not (network / "dev-europe-west4.tfvars.json").exists()
    assert here["target"]["region"] == "europe-west1"
    assert there["target"]["region"] == "europe-west4"
    ranges = [values["network"]["subnets"][0]["subnet_ip"] for values in (here, there)]
    assert [range_.split(".")[1] for range_ in ranges] == ["20", "21"]
    for folder in stacks(tmp_path / "infra"):
        stub_modules(folder, tmp_path / "bindings")
    run(tmp_path, "gcp,prod")
    before = (network / "prod.tfstate").read_bytes()
    run(tmp_path, "gcp,prod", "--recovery")
    assert (network / "prod.tfstate").read_bytes() == before
    assert (network / "prod-europe-west4.tfstate").is_file()
    assert (tmp_path / "infra/gcp/data/prod-europe-west4.from-network.tfvars.json").is_file()


def test_a_stack_that_cannot_recover_is_an_error_at_its_line(tmp_path: Path) -> None:
    assert archgen("init", "--cloud", "gcp", cwd=tmp_path).code == 0
    model = tmp_path / "architecture.yaml"
    model.write_text(model.read_text().replace("modules: [network,", "recovery: true, modules: [network,"))
    result = archgen("validate", cwd=tmp_path)
    assert "error[ARC-F042]: on GCP, no environment can recover, so the stack 'network' cannot be" in result.err
    assert "`recovery_cidr` of the environments that recover there" in result.err


def test_zones_of_the_recovery_region_must_be_stated(tmp_path: Path) -> None:
    assert archgen("init", "--cloud", "gcp", cwd=tmp_path).code == 0
    model = tmp_path / "architecture.yaml"
    text = model.read_text().replace("modules: [network,", "recovery: true, modules: [network,")
    model.write_text(text.replace("cidr: 10.20.0.0/16}", "cidr: 10.20.0.0/16, recovery_cidr: 10.21.0.0/16}"))
    result = archgen("validate", cwd=tmp_path)
    assert "error[ARC-F042]: the zones of europe-west4 are not stated" in result.err


def test_no_text_of_a_model_becomes_a_command(tmp_path: Path) -> None:
    assert archgen("init", "--cloud", "gcp", cwd=tmp_path).code == 0
    model = tmp_path / "architecture.yaml"
    hostile = '"The network.\\ntouch owned"'
    model.write_text(model.read_text().replace("purpose: The network and the firewall.,", f"purpose: {hostile},"))
    printed = archgen("terraform", "order", "--at", "gcp,prod", cwd=tmp_path)
    assert printed.code == 0, printed.err
    assert "touch owned" in printed.out
    assert all(line.startswith("# 1.") for line in printed.out.splitlines() if "touch owned" in line)


def test_manifests_of_the_recovery_region_have_the_ranges_there(reference: Project) -> None:
    terraform = reference.resolved.standing("aws", "prod").document.terraform
    assert terraform
    plan = reference.plans.of["aws"]
    (step,) = (s for s in steps(plan, terraform, "prod", recovery=True) if s.stack == "04-k8s")
    tunnel = ("MACHINE=", "kubectl config set-cluster", "kill ")
    assert [command for _why, command in step.commands if not command.startswith(tunnel)] == [
        "aws eks update-kubeconfig --region eu-central-1 --name innovate-prod-cluster",
        "kubectl apply --server-side -f infra/aws/04-k8s/prod-eu-central-1/namespaces.yaml",
        "kubectl diff -k infra/aws/04-k8s/prod-eu-central-1",
        "kubectl apply --server-side -k infra/aws/04-k8s/prod-eu-central-1",
    ]
    here, there = (
        (ROOT / f"infra/aws/04-k8s/{name}/network-policies.yaml").read_text() for name in ("prod", "prod-eu-central-1")
    )
    assert "10.30." in here
    assert "10.31." in there
    assert "10.30." not in there
