"""The tables of Terraform resource types agree with the kinds and the products."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from archgen.catalog import catalog, terraform_types
from archgen.catalog.terraform_types import ELSEWHERE, FOLDER, TerraformType
from archgen.model.component import Component, all_kinds
from archgen.model.document import Document
from conftest import MINIMAL

TYPES = terraform_types.terraform_types()
COMPONENTS = [type_ for type_ in TYPES.values() if type_.role == "component"]


def setting_exists(holder: type[BaseModel], path: str) -> bool:
    """Whether a class has a setting at this path, such as `backup.retention_days`."""
    name, _, rest = path.partition(".")
    field = holder.model_fields.get(name)
    if field is None or not rest:
        return field is not None
    inner = [field.annotation, *get_args(field.annotation)]
    return any(isinstance(one, type) and issubclass(one, BaseModel) and setting_exists(one, rest) for one in inner)


def place_exists(place: str) -> bool:
    """Whether a model has this place: `component.calls` of every component, `dns.domains` of a kind, or a part of the document."""
    first, _, rest = place.partition(".")
    if first == "component":
        return setting_exists(Component, rest)
    if first in all_kinds():
        return setting_exists(all_kinds()[first], rest)
    return setting_exists(Document, place)


def test_each_provider_has_a_table_with_its_types_in_order() -> None:
    files = sorted(FOLDER.glob("*.csv"))
    assert [file.stem for file in files] == ["aws", "azurerm", "google", "kubernetes", "terraform"]
    for file in files:
        with file.open(encoding="utf-8", newline="") as opened:
            names = [row["type"] for row in csv.DictReader(opened)]
        assert names == sorted(names)
        if file.stem == "terraform":  # what exists only in a state, such as random values and local files
            assert {TYPES[name].role for name in names} == {"content"}
        elif file.stem == "kubernetes":  # what is in a cluster, from three providers
            assert {name.partition("_")[0] for name in names} == {"helm", "kubectl", "kubernetes"}
        else:
            assert all(name.startswith(f"{file.stem}_") for name in names)
            assert len(names) > 100


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (["aws_x,component,,,,", "aws_x,part,,,,"], "aws.csv: duplicate type 'aws_x'"),
        (["aws_x,thing,,,,"], "aws.csv: 'aws_x' has the unknown role 'thing'"),
    ],
)
def test_a_wrong_table_is_refused(
    rows: list[str], problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "aws.csv").write_text("\n".join(["type,role,kind,product,part_of,settings", *rows]), encoding="utf-8")
    monkeypatch.setattr(terraform_types, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=problem):
        terraform_types.terraform_types.__wrapped__()


@pytest.mark.parametrize("type_", COMPONENTS, ids=lambda type_: type_.name)
def test_the_kind_and_the_product_of_a_component_exist_and_fit_each_other(type_: TerraformType) -> None:
    products = catalog().products
    assert not type_.part_of
    assert type_.kind in ("", *all_kinds())
    assert type_.product in ("", *products)
    if type_.kind and type_.product:
        assert type_.kind in products[type_.product].kinds


@pytest.mark.parametrize("type_", [t for t in COMPONENTS if t.settings], ids=lambda type_: type_.name)
def test_the_settings_of_a_component_exist(type_: TerraformType) -> None:
    kind = all_kinds()[type_.kind]
    for argument, place in type_.settings.items():
        if place.startswith(ELSEWHERE):
            assert place_exists(place.removeprefix(ELSEWHERE)), f"{argument}={place}"
        else:
            assert setting_exists(kind, place), f"{argument}={place}"
            assert not setting_exists(Component, place), f"{argument}={place} is not a setting of the kind alone"


def test_only_a_part_belongs_to_another_type_which_is_a_component() -> None:
    for type_ in TYPES.values():
        if type_.role == "part":
            assert TYPES[type_.part_of].role == "component", type_.name
        else:
            assert not type_.part_of, type_.name
        if type_.role != "component":
            assert (type_.kind, type_.product, dict(type_.settings)) == ("", "", {}), type_.name


@pytest.mark.parametrize(
    "types",
    [
        ("aws_cloudwatch_dashboard", "google_monitoring_dashboard"),
        ("aws_cloudwatch_metric_alarm", "google_monitoring_alert_policy", "azurerm_monitor_metric_alert"),
        ("aws_codepipeline", "google_clouddeploy_delivery_pipeline"),
        ("aws_emr_cluster", "google_dataproc_cluster", "azurerm_hdinsight_spark_cluster"),
        ("aws_flow_log", "google_network_management_vpc_flow_logs_config"),
        ("aws_vpc_peering_connection", "google_compute_network_peering", "azurerm_virtual_network_peering"),
        ("google_netapp_volume", "azurerm_netapp_volume"),
        ("google_netapp_storage_pool", "azurerm_netapp_pool"),
    ],
)
def test_types_that_do_the_same_on_several_clouds_have_one_role_and_kind(types: tuple[str, ...]) -> None:
    assert len({(TYPES[name].role, TYPES[name].kind) for name in types}) == 1


def test_no_path_leads_to_a_setting_that_does_not_exist() -> None:
    database = all_kinds()["relational-database"]
    assert setting_exists(database, "backup.retention_days")
    assert not setting_exists(database, "backup.retention_hours")
    assert not setting_exists(database, "size.unit")
    assert place_exists("dns.domains")
    assert not place_exists("dns.ports")
    assert not place_exists("weather")


def test_validating_a_model_does_not_read_the_tables(tmp_path: Path) -> None:
    model = tmp_path / "architecture.yaml"
    model.write_text(MINIMAL, encoding="utf-8")
    code = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == 'open' else None)\n"
        "from archgen.pipeline import check, load\n"
        "loaded = load(Path(sys.argv[1]))\n"
        "assert loaded.project\n"
        "check(loaded.project, '2026-11-25')\n"
        "print(json.dumps([name for name in opened if name.endswith('.csv')]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(model)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []
