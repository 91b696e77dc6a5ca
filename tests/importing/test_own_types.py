"""Resource types of a project: `resource-types.yaml` next to the model, and entries that an import writes there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.commands.main import main
from archgen.importing.importing import Import
from archgen.importing.own_types import FILE, OwnTypes, read_own_types
from archgen.importing.resource import Resource
from archgen.importing.resource_types import known_types, types_with, using_types
from archgen.importing.terraform_json import read_content
from archgen.importing.type_stubs import with_stubs
from archgen.pipeline import load
from conftest import ROOT

PLANTED = "planted-secret"
ATLAS = """\
# what our provider has
mongodbatlas_cluster:
  kind: document-database # as the team calls it
  product: mongodb-atlas
  named: name
  set: {engine_version: version}
mongodbatlas_user: {role: part, part_of: mongodbatlas_cluster}
"""


def archgen(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def read_table(text: str) -> tuple[OwnTypes, list[tuple[str, int, str]]]:
    """The types of a table, and the code, line and message of each problem."""
    known = known_types()
    own, problems = read_own_types(text, FILE, known.types, known.kinds, ("mongodb-atlas",))
    return own, [(p.code, p.span.line if p.span else 0, p.message) for p in problems]


def resource(type_: str, label: str, **values: Any) -> dict[str, Any]:
    facts = {"address": f"{type_}.{label}", "mode": "managed", "type": type_, "name": label, "values": values}
    return {**facts, "sensitive_values": {"password": True} if "password" in values else {}}


def state(*resources: dict[str, Any]) -> str:
    document = {"format_version": "1.0", "terraform_version": "1.11.4"}
    return json.dumps({**document, "values": {"root_module": {"resources": list(resources)}}})


def atlas(name: str, version: str = "7.0") -> dict[str, Any]:
    return resource("mongodbatlas_cluster", name, name=f"shop-{name}", version=version, password=PLANTED, paused=False)


QUEUE = resource("aws_sqs_queue", "jobs", name="shop-prod-jobs", arn="arn:aws:sqs:eu-central-1:123456789012:jobs")
USER = resource("mongodbatlas_user", "app", cluster="shop-orders", password=PLANTED)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose model was imported from a state with resources of an unknown provider."""
    (tmp_path / "prod.json").write_text(state(QUEUE, atlas("orders"), atlas("users"), USER), encoding="utf-8")
    model = tmp_path / "shop" / "architecture.yaml"
    assert archgen("import", tmp_path / "prod.json", "--at", "aws,prod", "--into", model) == 1
    return tmp_path / "shop"


def again(project: Path, file: str = "prod.json", at: str = "aws,prod") -> int:
    return archgen("import", project.parent / file, "--at", at, "--into", project / "architecture.yaml")


def test_unknown_types_become_entries_without_values(project: Path) -> None:
    text = (project / FILE).read_text(encoding="utf-8")
    assert yaml.safe_load(text) == {
        "mongodbatlas_cluster": {
            "kind": "",
            "seen": {"count": 2, "example": "mongodbatlas_cluster.orders", "attributes": ["name", "version"]},
        },
        "mongodbatlas_user": {
            "kind": "",
            "seen": {"count": 1, "example": "mongodbatlas_user.app", "attributes": ["cluster"]},
        },
    }
    assert not [secret for secret in (PLANTED, "shop-orders", "7.0") if secret in text]


def test_completed_entries_become_components_and_their_comments_stay(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / FILE).write_text(ATLAS, encoding="utf-8")
    capsys.readouterr()
    assert again(project) == 0
    components = yaml.safe_load((project / "architecture.yaml").read_text(encoding="utf-8"))["components"]
    assert components["orders"] == {
        "kind": "document-database",
        "title": "Orders",
        "identifier": "shop-orders",
        "product": "mongodb-atlas",
        "engine_version": "7.0",
        "terraform_addresses": ["mongodbatlas_cluster.orders"],
    }
    assert (project / FILE).read_text(encoding="utf-8") == ATLAS
    printed = capsys.readouterr()
    assert "parts of components: 1" in printed.out
    assert PLANTED not in printed.out + printed.err
    assert load(project / "architecture.yaml").project
    assert again(project) == 0
    assert "the model says already" in capsys.readouterr().err


def test_drift_reads_the_same_table(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / FILE).write_text(ATLAS, encoding="utf-8")
    again(project)
    changed = state(QUEUE, atlas("orders", "8.0"), USER)
    (project.parent / "prod.json").write_text(changed, encoding="utf-8")
    capsys.readouterr()
    where = ("--at", "aws,prod", "--model", project / "architecture.yaml")
    assert archgen("drift", project.parent / "prod.json", *where, "--format", "json") == 1
    found = json.loads(capsys.readouterr().out)["differences"]
    assert [(d["kind"], d["path"]) for d in found] == [
        ("missing", "components.users"),
        ("different", "components.orders.engine_version"),
    ]


def test_entries_grow_with_other_environments_in_either_order() -> None:
    dev = [Resource("s", f"acme_box.b{n}", "acme_box", f"b{n}", (), None, {"size": 1}) for n in (1, 2)]
    prod = [
        Resource("s", "acme_box.a", "acme_box", "a", (), None, {"zone": "x"}),
        Resource("s", "acme_air.a", "acme_air", "a", (), None, {}),
    ]
    texts = []
    for order in ((dev, prod), (prod, dev)):
        text = ""
        for resources in order:
            text = with_stubs(read_table(text)[0], [resources])
        texts.append(text)
    assert texts[0] == texts[1]
    assert list(yaml.safe_load(texts[0])) == ["acme_air", "acme_box"]
    box = yaml.safe_load(texts[0])["acme_box"]
    assert box["seen"] == {"count": 2, "example": "acme_box.a", "attributes": ["size", "zone"]}
    assert with_stubs(read_table(texts[0])[0], [prod, dev]) == texts[0]


def test_new_entries_leave_the_text_of_others_as_it_is() -> None:
    own, problems = read_table(ATLAS)
    assert not problems
    text = with_stubs(own, [[Resource("s", "vault_mount.m", "vault_mount", "m", (), None, {"path": "kv"})]])
    added = 'vault_mount:\n  kind: ""\n  seen: {count: 1, example: vault_mount.m, attributes: [path]}\n'
    assert text == ATLAS + added


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("aws_sqs_queue: {kind: topic}", 1, "already known (component queue)"),
        ("\nacme_box: {kind: cash}", 2, "the kind 'cash' does not exist"),
        ("acme_box:\n  kind: cache\n  set: {sise: x}", 3, "has no setting 'sise'"),
        ("acme_box:\n  kind: cache\n  set: {size: {from: x, as: upper}}", 3, "'upper' is not a way to convert"),
        ("acme_box:\n  kind: cache\n  set:\n    size: {as: list}", 4, "where 'size' comes from"),
        ("acme_box: {kind: cache, product: memcashed}", 1, "the product 'memcashed' does not exist"),
        ("acme_box: {role: part, part_of: acme_box_of_none}", 1, "the resource type 'acme_box_of_none'"),
        ("acme_box: {role: part, kind: cache}", 1, "the role 'part' has no kind"),
        ("acme_box: {role: component}", 1, "a component needs a kind"),
        ("acme_box: {kind: cache, connects: [{from: a}]}", 1, "both ends"),
        ("k8s_rollout: {kind: service}", 1, "is not the name of a resource type"),
        ("acme_box: {role: boss}", 1, "boss"),
        ("acme_box: {kind: cache, sett: {}}", 1, "sett"),
        ("acme_box: {kind: cache, set: {size: {divide: 0}}}", 1, "divide"),
        ("acme_box: 3", 1, "3"),
        ("- acme_box", 1, "a table of resource types is a mapping"),
        ("acme_box: {role: limit}", 1, "only Kubernetes objects"),
        ("acme_box: {role: part}", 1, "a part needs the type that it belongs to"),
        ("acme_box: {kind: cache, part_of: aws_sqs_queue}", 1, "only a part has one"),
        ("acme_box: {role: part, part_of: acme_box}", 1, "'acme_box' is not that of a component"),
        ("acme_box: {role: part, part_of: aws_vpc}", 1, "'aws_vpc' is not that of a component"),
        ("acme_box: {kind: cache, product: {redis: mongodb-atlas}}", 1, "`by` needs a product"),
        ("acme_box: {kind: cache, product: {by: engine}}", 1, "`by` needs a product"),
        ("acme_box: {kind: cache, connects: [{from: a, to: self, data_: both}]}", 1, "no setting 'data_'"),
        ("acme_box:\n  kind: cache\n  set: {kind: type}", 3, "`set` cannot have 'kind'"),
        ('acme_box: {kind: cache, set: {size: {from: x, divide: "3"}}}', 1, "`divide` must be a number"),
        ("acme_box: {kind: cache, assume: {size: [a]}}", 1, "write a single value"),
        ("acme_box: {kind: cache, set: {size: {from: x, values: {a: [1]}}}}", 1, "texts only"),
        ("acme_box: {kind: [", 1, ""),
        ("acme_box: {kind: cache, joins: [a]}", 1, "joins nothing"),
        ("acme_box: {kind: network-link, far_end: site}", 1, "has a far end"),
        ("acme_box: {kind: network-link, joins: [a], far_end: moon}", 1, "far_end"),
        ("acme_box: {kind: cache, pool: {named: [name]}}", 1, "only a cluster"),
        ("acme_box: {role: part, part_of: aws_eks_cluster, pool: {set: {siz: x}}}", 1, "no setting 'siz'"),
        ("acme_box: {role: part, part_of: aws_eks_cluster, pool: {set: {sizes: {from: x, as: up}}}}", 1, "'up' is not"),
        ("acme_box: {role: part, part_of: aws_eks_cluster, pool: {like: aws_vpcs, blocks: x}}", 1, "'aws_vpcs'"),
        ("acme_box: {role: relation, attaches: [{from: a}]}", 1, "to"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_located_and_nothing_of_the_table_is_used(text: str, line: int, words: str) -> None:
    own, problems = read_table(text)
    assert problems
    assert (problems[0][1], words in problems[0][2]) == (line, True), problems
    assert not own.types


def test_an_entry_can_have_lists_as_the_tables_of_archgen_do() -> None:
    own, problems = read_table(
        "acme_users:\n  kind: user-directory\n  set: {sign_in_with: {from: by, values: {mail: [email]}}}\n"
        "  other_role: [{from: form, is: [group], is_not: [], role: content}, {from: form, is_not: [pool], role: signal}]\n"
    )
    assert not problems
    mapping = own.mappings["acme_users"]
    assert mapping.settings[0].values == {"mail": ["email"]}
    assert [(role.values, role.others) for role in mapping.other_roles] == [(("group",), False), (("pool",), True)]


def test_links_and_node_pools_of_other_providers_are_read_as_those_of_archgen_are() -> None:
    own, problems = read_table(
        "acme_k8s: {kind: kubernetes-cluster, named: name, assume: {product: eks, endpoint: public}}\n"
        "acme_nodes:\n  role: part\n  part_of: acme_k8s\n"
        "  pool: {named: [name], set: {sizes: {from: size, as: list}, fixed: count, capacity: {is: on-demand}}}\n"
        "acme_tunnel: {kind: network-link, joins: [vpc, box], far_end: site}\n"
        "acme_router: {role: relation, leads_to: [vpc], attaches: [{from: router, to: vpc}]}\n"
        "acme_box: {role: relation, is_site: true}\n"
    )
    assert not problems
    assert own.mappings["acme_tunnel"].joins == ("vpc", "box")
    assert own.mappings["acme_tunnel"].far_end == "site"
    assert own.mappings["acme_router"].leads_to == ("vpc",)
    assert own.mappings["acme_router"].attaches[0].to == "vpc"
    assert own.mappings["acme_box"].is_site
    nodes = resource("acme_nodes", "web", name="web", size="large", count=2, cluster="shop-cluster")
    content = state(resource("acme_k8s", "main", name="shop-cluster"), nodes)
    with using_types(types_with(known_types(), own)):
        found = Import([read_content(content.encode(), "x.json")], "aws", "prod").model
    (cluster,) = found["components"].values()
    web = {"capacity": "on-demand", "architecture": "amd64", "sizes": ["large"], "nodes_per_zone": {"min": 2, "max": 2}}
    assert cluster["node_pools"] == {"web": {**web, "assumed": ["architecture"]}}


def test_each_entry_that_an_import_writes_can_be_read_again() -> None:
    names = ("toggle", "acme_box", "k8s_manifest", "Acme_Box", "acme box: {}\n<<")
    text = with_stubs(OwnTypes(), [[Resource("s", f"{name}.a", name, "a", (), None, {}) for name in names]])
    own, problems = read_table(text)
    assert (problems, sorted(own.undecided)) == ([], ["acme_box", "toggle"])


def test_keys_of_resources_are_values_and_are_not_written() -> None:
    one = Resource("s", f'acme_box.a["{PLANTED}"]', "acme_box", "a", (), PLANTED, {"size": 1})
    text = with_stubs(OwnTypes(), [[one]])
    assert (yaml.safe_load(text)["acme_box"]["seen"]["example"], PLANTED in text) == ("acme_box.a", False)


def test_unknown_types_become_entries_also_if_there_is_no_component_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prod.json").write_text(state(atlas("orders")), encoding="utf-8")
    (tmp_path / "shop").mkdir()
    assert again(tmp_path / "shop") == 1
    assert "no model is written" in capsys.readouterr().err
    assert [file.name for file in (tmp_path / "shop").iterdir()] == [FILE]
    (tmp_path / "shop" / FILE).write_text(ATLAS, encoding="utf-8")
    assert again(tmp_path / "shop") == 0
    assert load(tmp_path / "shop" / "architecture.yaml").project


def test_a_type_for_which_archgen_has_no_kind_can_be_completed() -> None:
    own, problems = read_table("aws_vpc_endpoint_service: {kind: load-balancer}")
    assert (problems, own.types["aws_vpc_endpoint_service"].kind) == ([], "load-balancer")


def test_an_import_with_a_broken_table_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / FILE).write_text("mongodbatlas_cluster: {kind: documents}\n", encoding="utf-8")
    before = (project / "architecture.yaml").read_bytes()
    capsys.readouterr()
    assert again(project) == 2
    assert "resource-types.yaml:1:24: error[ARC-I007]: the kind 'documents' does not exist" in capsys.readouterr().err
    assert (project / "architecture.yaml").read_bytes() == before


def test_own_kinds_and_products_of_the_model_can_be_named(project: Path) -> None:
    model = project / "architecture.yaml"
    declared = (
        "kinds:\n  ledger:\n    label: Ledger\n    definition: Keeps entries.\n    needs_product: false\n"
        "    settings: {version: {about: Its version.}}\n"
    )
    text = model.read_text(encoding="utf-8").replace("\ncomponents:", f"\n{declared}\ncomponents:")
    model.write_text(text, encoding="utf-8")
    table = "mongodbatlas_cluster: {kind: ledger, set: {version: version}}\nmongodbatlas_user: {role: content}\n"
    (project / FILE).write_text(table, encoding="utf-8")
    assert again(project) == 0
    orders = yaml.safe_load(model.read_text(encoding="utf-8"))["components"]["orders"]
    assert (orders["kind"], orders["version"]) == ("ledger", "7.0")


def test_the_tables_in_the_guide_are_valid() -> None:
    guide = (ROOT / "docs" / "guide" / "import.md").read_text(encoding="utf-8")
    section = guide.partition("## Resource types of your own")[2].partition("\n## ")[0]
    tables = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    assert len(tables) == 2
    for table in tables:
        own, problems = read_table(table)
        assert problems == []
        assert own.text == table
