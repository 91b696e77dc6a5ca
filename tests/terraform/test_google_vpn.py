"""HA VPN on Google Cloud: gateways, tunnels and BGP sessions, with secrets that no file contains."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archgen.terraform.applying import steps
from archgen.terraform.google import gcp_apis
from conftest import missing, project_of
from terraforming import terraform, values_of, write_roots
from tools.check_google_roots import check

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1, availability_zones: [europe-west1-b]}}
environments: {prod: {name: Prod, gcp: {project: shop-prod, cidr: 10.0.0.0/16}}}
network:
  name: main
  tiers:
    app: {name: App, internet: outbound, prefix_length: 20, netnum: 1}
sites:
  frankfurt: {name: Frankfurt, form: data-center, ranges: [172.16.0.0/12]}
components:
  tunnel: {kind: network-link, form: vpn, title: Tunnel, product: cloud-vpn, tunnels: 4, joins: [environment, frankfurt]}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made:
      purpose: All.
      modules: [network, vpn]
      set:
        vpn:
          peer: {value: {asn: 65010, addresses: [198.51.100.1, 198.51.100.2]}}
          router_asn: {value: 64520}
          sessions: {expression: "[{'address': '169.254.0.2', 'range': '169.254.0.1/30'}, {'address': '169.254.0.6', 'range': '169.254.0.5/30'}, {'address': '169.254.0.10', 'range': '169.254.0.9/30'}, {'address': '169.254.0.14', 'range': '169.254.0.13/30'}]"}
"""  # noqa: E501  # an expression is on one line


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of the stack, with its values."""
    folder = tmp_path_factory.mktemp("roots")
    write_roots(project_of(tmp_path_factory.mktemp("shop"), MODEL), folder)
    return folder / "infra/gcp/made"


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, Any]:
    return values_of(root)


def test_a_vpn_has_the_tunnels_of_the_model_and_the_other_end_of_the_stack(made: dict[str, Any]) -> None:
    tunnel = made["vpn_tunnel"]
    assert (tunnel["name"], tunnel["tunnels"], tunnel["router_asn"]) == ("shop-prod-tunnel", 4, 64520)
    assert tunnel["peer"] == {"asn": 65010, "addresses": ["198.51.100.1", "198.51.100.2"]}
    assert len(tunnel["sessions"]) == 4


def test_secrets_of_tunnels_are_read_at_the_apply_and_written_nowhere(root: Path) -> None:
    main = " ".join((root / "main.tf").read_text().split())
    assert "shared_secret_wo = ephemeral.google_secret_manager_secret_version.vpn_tunnel[each.key].secret_data" in main
    assert "shared_secret = " not in main
    providers = (root / "providers.tf").read_text()
    assert 'required_version = ">= 1.11"' in providers
    version = next(line for line in providers.splitlines() if "version = " in line and "required" not in line)
    assert ">= 7.8" in version


def test_the_order_says_how_secrets_get_into_secret_manager(tmp_path: Path) -> None:
    project = project_of(tmp_path, MODEL)
    stated = project.resolved.default.document.terraform
    assert stated
    commands = " ".join(str(step) for step in steps(project.plans.of["gcp"], stated, "prod"))
    assert "seq 1 4" in commands
    assert "gcloud secrets create shop-prod-tunnel-" in commands


def test_a_project_with_a_vpn_has_the_api_of_its_secrets(tmp_path: Path) -> None:
    assert "secretmanager.googleapis.com" in gcp_apis(project_of(tmp_path, MODEL).resolved.default)


def test_a_link_of_other_networks_or_another_form_is_not_made(tmp_path: Path) -> None:
    for change in (("form: vpn", "form: private-line"), ("[environment, frankfurt]", "[frankfurt, munich]")):
        sites = MODEL.replace("sites:\n", "sites:\n  munich: {name: Munich, form: office}\n")
        folder = tmp_path / change[0][:4].strip("[")
        write_roots(project_of(folder / "model", sites.replace(*change)), folder)
        assert "vpn_tunnel" not in values_of(folder / "infra/gcp/made")


def test_a_vpn_without_a_number_of_tunnels_is_an_error(tmp_path: Path) -> None:
    project = project_of(tmp_path, MODEL.replace("tunnels: 4, ", ""))
    (problem,) = (p for p in project.plans.problems if p.code == "ARC-F002")
    assert "the model does not state the `tunnels` of the component" in (problem.help or "")


def test_a_vpn_without_its_other_end_is_reported(tmp_path: Path) -> None:
    project = project_of(tmp_path, MODEL.partition("      set:\n")[0])
    (problem,) = (p for p in project.plans.problems if p.code == "ARC-F026")
    assert "the addresses and the number of the other end of its VPN" in problem.message


def test_the_root_of_a_vpn_fits(root: Path, record_property: Callable[[str, str], None]) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    record_property("checks", "gcp kinds/vpn plan")
    record_property("how", "read: references, as a plan")
    (result,) = check(root, None)
    assert result.errors == ""
    checked = terraform("fmt", "-check", "-diff", ".", cwd=root)
    assert checked.returncode == 0, checked.stdout


def test_fewer_sessions_than_tunnels_and_other_ranges_are_refused(root: Path, tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    shutil.copytree(root, tmp_path / "made")
    wrong = json.loads((root / "prod.tfvars.json").read_text())
    wrong["vpn_tunnel"]["sessions"] = [{"address": "10.0.0.2", "range": "10.0.0.1/30"}]
    wrong["vpn_tunnel"]["peer"]["addresses"] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"]
    (tmp_path / "made/prod.tfvars.json").write_text(json.dumps(wrong))
    (result,) = check(tmp_path / "made", None)
    errors = " ".join(result.errors.split())
    for message in ("State a BGP session for each tunnel", "must be a /30 in 169.254", "one, two or four addresses"):
        assert message in errors
