"""`archgen import --into` a model that exists: a second environment becomes `when` and `in`, and the rest of the file stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from archgen.commands.import_ import environments_of
from archgen.commands.import_writing import add_environments
from archgen.commands.main import main
from archgen.importing.connections import GRADES
from archgen.importing.folding import Fold, fold
from archgen.importing.importing import Import
from archgen.importing.terraform_json import TerraformFile, read, read_content
from archgen.pipeline import load
from archgen.reading.formatting import formatted

DATA = Path(__file__).parents[1] / "data" / "imports"
SYSTEMS = ("containers", "serverless", "three-tier")
MODEL = Path("nowhere/architecture.yaml")
NAMES = {"containers": "media", "serverless": "parcels", "three-tier": "shop"}


def archgen(*arguments: str | Path) -> int:
    """The exit code of the command, which runs in this process."""
    return main([str(argument) for argument in arguments])


def source(system: str, environment: str, form: str = "state") -> TerraformFile:
    return read(str(DATA / system / f"{environment}.{form}.json"))


def folded(text: str, file: TerraformFile, environment: str, accept: tuple[str, ...] = ()) -> Fold:
    return fold(MODEL, {MODEL.name: text}, [file], ("aws", environment), accept)


def imported(file: TerraformFile, environment: str, name: str = "Shop") -> str:
    return Import([file], "aws", environment, (), name).text()


def in_turn(files: Mapping[str, TerraformFile], *order: str, name: str = "Shop") -> str:
    """The text of a model after the imports of environments, one after the other."""
    text = imported(files[order[0]], order[0], name)
    for environment in order[1:]:
        result = folded(text, files[environment], environment)
        assert not result.problems, [(d.message, d.help, d.path) for d in result.problems]
        text = result.texts[MODEL.name]
    return text


def both(system: str, form: str = "state") -> dict[str, TerraformFile]:
    return {environment: source(system, environment, form) for environment in ("dev", "prod")}


def resolved(text: str) -> dict[str, dict[str, Any]]:
    """What a model says about components and the network in each environment, with the names of all resources."""
    loaded = load(MODEL, texts={MODEL.name: text})
    assert loaded.project, loaded.diagnostics
    found = {}
    for a in loaded.project.resolved.today():
        components = deepcopy(a.tree.plain()["components"])
        for name, component in components.items():
            component |= {"identifier": a.identifier(name), "calls": component.get("calls", {})}
        network = deepcopy(a.tree.plain().get("network", {}))
        found[a.coordinate.environment] = {
            "components": components,
            "network": network,
            "cidr": a.document.environments[a.coordinate.environment].model_dump(mode="json"),
        }
    return found


def leaves(value: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, child in value.items():
        if isinstance(child, Mapping):
            yield from leaves(child, (*path, key))
        else:
            yield (*path, key), child


@pytest.mark.parametrize("form", ["state", "plan"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_each_environment_has_what_an_import_of_it_alone_says(system: str, form: str) -> None:
    files = both(system, form)
    model = resolved(in_turn(files, "dev", "prod"))
    for environment in ("dev", "prod"):
        assert model[environment] == resolved(imported(files[environment], environment))[environment]


@pytest.mark.slow
@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_written_is_as_the_formatter_leaves_it(system: str) -> None:
    dev, prod = both(system).values()
    first = Import([dev], "aws", "dev", GRADES).text()
    both_ = folded(first, prod, "prod", GRADES).texts[MODEL.name]
    for text in (first, both_):
        assert formatted(text, MODEL.name) == (text, [])


@pytest.mark.parametrize("system", SYSTEMS)
def test_either_order_gives_the_same_environments(system: str) -> None:
    files = both(system)
    assert resolved(in_turn(files, "dev", "prod")) == resolved(in_turn(files, "prod", "dev"))


def test_either_order_in_one_command_gives_the_same_bytes(tmp_path: Path) -> None:
    files = {("aws", environment): [file] for environment, file in both("three-tier").items()}
    one, other = (
        add_environments(tmp_path / "architecture.yaml", dict(order), (), "")
        for order in (files.items(), reversed(files.items()))
    )
    assert (one.problems, one.texts) == (other.problems, other.texts) == ([], one.texts)
    text = one.texts["architecture.yaml"]
    assert "from dev.state.json, prod.state.json" in text
    assert resolved(text) == resolved(in_turn(both("three-tier"), "dev", "prod"))


@pytest.mark.parametrize(
    "words",
    [
        (["d.json", "e.json"], [["aws,dev", "p.json"], ["aws,prod"]]),
        ([], [["aws,dev", "d.json", "e.json"], ["aws,prod", "p.json"]]),
    ],
)
def test_files_are_written_before_or_after_their_environment(words: tuple[list[str], list[list[str]]]) -> None:
    assert environments_of(*words) == {"aws,dev": ["d.json", "e.json"], "aws,prod": ["p.json"]}


def test_a_word_that_belongs_to_no_environment_is_named() -> None:
    found = environments_of(["configured"], [["aws,dev", "d.json"], ["aws,prod", "p.json"]])
    assert found == "it is not clear which environment 'configured' is of"


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_folded_is_short_and_repeats_nothing(system: str) -> None:
    files = both(system)
    one, two = imported(files["dev"], "dev"), in_turn(files, "dev", "prod")
    assert len(two.splitlines()) <= 1.3 * len(one.splitlines())
    model = yaml.safe_load(two)
    for component in (model.get("network", {}), *model["components"].values()):
        base = dict(leaves(component))
        for patch in component.get("when", {}).values():
            assert patch
            assert not [path for path, value in leaves(patch) if base.get(path) == value]


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_same_files_again_change_nothing(system: str) -> None:
    files = both(system)
    text = in_turn(files, "dev", "prod")
    assert in_turn(files, "dev", "prod", "dev", "prod") == text


def test_comments_order_and_formatting_stay() -> None:
    lines = imported(source("three-tier", "dev"), "dev").splitlines()
    text = "".join(f"# about line {n}\n{line}   # {n}\n" for n, line in enumerate(lines) if line)
    after = folded(text, source("three-tier", "prod"), "prod").texts[MODEL.name]
    kept = iter(after.splitlines())
    changed = [line for line in text.splitlines() if line not in kept and (kept := iter(after.splitlines()))]
    assert [line.split(":")[0].strip() for line in changed] == ["aws"]  # the accounts are on one line
    assert all(f"# {n}\n" in after for n, line in enumerate(lines) if line)
    assert yaml.safe_load(after) == yaml.safe_load(in_turn(both("three-tier"), "dev", "prod"))


def test_the_three_tiers_are_one_model() -> None:
    model = yaml.safe_load(in_turn(both("three-tier"), "dev", "prod"))
    components = model["components"]
    assert components["app"]["when"] == {"prod": {"desired": 2, "size": "m6i.large", "min": 2, "max": 6}}
    assert components["orders"]["when"]["prod"]["backup"] == {"retention_days": 30}
    assert components["sessions"]["in"] == ["prod"]
    assert "in" not in components["orders"]
    assert list(model["environments"]) == ["dev", "prod"]


# -- a third environment, calls and settings that only some have ---------------------------------------------


def changed(system: str, environment: str, **values: Any) -> TerraformFile:
    """The state of an environment; a type with None has no resources in it, and others have other values."""
    state = json.loads((DATA / system / f"{environment}.state.json").read_text(encoding="utf-8"))
    root = state["values"]["root_module"]
    root["resources"] = [r for r in root["resources"] if values.get(r["type"], ()) is not None]
    for resource in root["resources"]:
        resource["values"] |= values.get(resource["type"], {})
    text = json.dumps(state).replace("prod", environment)
    return read_content(text.encode(), f"{environment}.json")


def test_a_third_environment_joins_a_condition_that_says_the_same() -> None:
    stage = read_content(
        (DATA / "serverless" / "prod.state.json").read_text(encoding="utf-8").replace("prod", "stg").encode(), "stg"
    )
    files = {**both("serverless"), "stg": stage}
    model = yaml.safe_load(in_turn(files, "dev", "prod", "stg", name="Parcels"))
    assert model["components"]["worker"]["when"] == {"stg | prod": {"memory_mib": 512}}
    assert list(model["environments"]) == ["dev", "stg", "prod"]
    assert resolved(in_turn(files, "dev", "prod", "stg")) == resolved(in_turn(files, "stg", "dev", "prod"))


def test_what_a_new_environment_does_not_have_stays_with_the_others() -> None:
    files = {
        "dev": source("serverless", "dev"),
        "prod": changed(
            "serverless",
            "prod",
            aws_cloudwatch_event_target=None,
            aws_sns_topic=None,
            aws_sqs_queue={"redrive_policy": ""},
        ),
    }
    text = in_turn(files, "dev", "prod")
    components = yaml.safe_load(text)["components"]
    assert components["placed"]["in"] == ["dev"]
    assert components["nightly"]["calls"]["worker"] == {"in": ["dev"], "kind": "event", "data": "sent"}
    assert components["orders"]["when"]["dev"] == {"dead_letters": "failed", "max_receives": 5}
    assert resolved(text) == resolved(in_turn(files, "prod", "dev"))


def test_two_tiers_that_come_before_the_known_ones_keep_their_order() -> None:
    files = both("three-tier")
    only = [r for r in files["dev"].resources if not r.address.startswith(("aws_subnet.public", "aws_subnet.app"))]
    dev = replace(files["dev"], resources=tuple(only))
    assert list(yaml.safe_load(imported(dev, "dev"))["network"]["tiers"]) == ["data"]
    text = in_turn({"dev": dev, "prod": files["prod"]}, "dev", "prod")
    assert list(yaml.safe_load(text)["network"]["tiers"]) == ["public", "app", "data"]


def test_a_setting_that_is_only_assumed_does_not_replace_one_that_no_file_states() -> None:
    text = imported(source("three-tier", "dev"), "dev").replace("read_replicas: 0", "read_replicas: 2")
    result = folded(text, source("three-tier", "prod"), "prod")
    assert resolved(result.texts[MODEL.name])["prod"]["components"]["orders"]["read_replicas"] == 2


@pytest.mark.slow
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_any_two_environments_keep_what_each_of_them_says(data: st.DataObject) -> None:
    system = data.draw(st.sampled_from(SYSTEMS))
    files = {}
    for environment in ("dev", "prod"):
        state = json.loads((DATA / system / f"{environment}.state.json").read_text(encoding="utf-8"))
        root = state["values"]["root_module"]
        dropped = data.draw(st.sets(st.sampled_from(range(len(root["resources"]))), max_size=8))
        root["resources"] = [r for n, r in enumerate(root["resources"]) if n not in dropped]
        files[environment] = read_content(json.dumps(state).encode(), f"{environment}.json")
    # A name that no resource begins with: IDs may differ, and no name of a resource must depend on them.
    text = in_turn(files, "dev", "prod", name="Other")
    model, other = resolved(text), resolved(in_turn(files, "prod", "dev", name="Other"))
    for environment in ("dev", "prod"):
        alone = resolved(imported(files[environment], environment, "Other"))[environment]
        for found in (model, other):
            assert _plain(found[environment]) == _plain(alone)
            assert _calls(found[environment]) >= _calls(alone)  # those that are only permitted here stay
    assert in_turn(files, "dev", "prod", "prod", name="Other") == text


def _plain(environment: dict[str, Any]) -> list[str]:
    """What an environment says, without the IDs of components, which the first import decides."""
    components = []
    for id_, component in environment["components"].items():
        text = json.dumps(component, sort_keys=True).replace(f"other-dev-{id_}", "").replace(f"other-prod-{id_}", "")
        facts = {k: v for k, v in json.loads(text).items() if k not in ("title", "calls", "dead_letters", "protects")}
        components.append(json.dumps(facts, sort_keys=True))
    return [*sorted(components), json.dumps(environment["network"], sort_keys=True)]


def _calls(environment: dict[str, Any]) -> set[tuple[str, str]]:
    """The addresses at both ends of all connections."""
    address = {id_: component["terraform_addresses"][0] for id_, component in environment["components"].items()}
    components = environment["components"].items()
    return {(address[id_], address[called]) for id_, component in components for called in component["calls"]}


# -- models that people wrote, and what contradicts them -----------------------------------------------------


def test_a_value_that_the_model_states_for_this_environment_is_a_conflict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "architecture.yaml"
    text = in_turn(both("serverless"), "dev", "prod").replace("memory_mib: 512", "memory_mib: 1024")
    target.write_text(text, encoding="utf-8")
    assert archgen("import", DATA / "serverless" / "prod.state.json", "--at", "aws,prod", "--into", target) == 1
    said = capsys.readouterr().err
    assert "ARC-I004" in said
    assert "'1024'" in said
    assert "'512' (aws_lambda_function.worker: memory_size)" in said
    assert target.read_text(encoding="utf-8") == text
    assert [file.name for file in tmp_path.iterdir()] == ["architecture.yaml"]


def test_a_component_of_another_kind_is_a_conflict() -> None:
    text = imported(source("serverless", "dev"), "dev").replace("kind: queue", "kind: topic", 1)
    lines = [line for line in text.splitlines() if not any(k in line for k in ("retention", "visibility", "max_mes"))]
    text = "\n".join(lines) + "\n"
    text = text.replace("product: sqs", "product: sns", 1)
    (problem,) = folded(text, source("serverless", "prod"), "prod").problems
    assert (problem.code, problem.path) == ("ARC-I004", ("components", "failed", "kind"))


HAND_WRITTEN = """\
version: 2
name: Parcels
project: parcels
clouds: {aws: {region: eu-central-1}}
environments:
  dev: {name: Development, aws: {account: dev}}
  prod: {name: Production, production: true, aws: {account: prod}}    # since 2024
organization: {aws: {accounts: {dev: {name: Development}, prod: {name: Production}}}}
teams: {web: {name: Web}}
defaults: {kinds: {function: {memory_mib: 256}}}
components:
  # What runs.
  worker: {kind: function, title: Parcel worker, owner: web, product: lambda, purpose: It works.}
  orders:
    kind: queue
    title: Orders
    product: sqs
    retention_days: 4    # enough for a weekend
  partner: {kind: external-system, title: Partner, calls: {worker: {protocol: https}}}
"""


def test_a_model_that_a_person_wrote_gets_what_it_does_not_say() -> None:
    result = folded(HAND_WRITTEN, source("serverless", "prod"), "prod")
    assert not result.problems, result.problems
    text = result.texts[MODEL.name]
    model = yaml.safe_load(text)["components"]
    assert model["worker"]["when"]["prod"]["memory_mib"] == 512  # the default stays that of dev
    assert model["worker"]["terraform_addresses"] == ["aws_lambda_function.worker"]
    assert model["worker"]["title"] == "Parcel worker"
    assert "retention_days" not in model["orders"]["when"]["prod"]
    assert model["parcels"]["in"] == ["prod"]
    assert model["partner"] == {
        "kind": "external-system",
        "title": "Partner",
        "calls": {"worker": {"protocol": "https"}},
    }
    assert all(comment in text for comment in ("# since 2024", "# What runs.", "# enough for a weekend"))
    assert folded(text, source("serverless", "prod"), "prod").texts[MODEL.name] == text


def test_a_model_of_another_cloud_is_refused_with_what_to_do() -> None:
    text = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west3}}
environments: {prod: {name: Production, gcp: {project: shop-prod}}}
organization: {gcp: {projects: {shop-prod: {name: Production}}}}
components:
  jobs: {kind: queue, title: Jobs, product: pub-sub}
"""
    assert load(MODEL, texts={MODEL.name: text}).diagnostics == []
    (problem,) = folded(text, source("serverless", "prod"), "prod").problems
    assert problem.code == "ARC-I005"
    assert "separate model" in problem.help


def test_an_environment_is_written_into_the_files_of_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "parts.yaml").write_text(
        "components:\n  worker: {kind: function, title: Worker, product: lambda}    # here\n"
    )
    lines = HAND_WRITTEN.splitlines(keepends=True)
    target = tmp_path / "architecture.yaml"
    target.write_text("include: [parts.yaml]\n" + "".join(line for line in lines if "worker:" not in line))
    arguments = ("import", DATA / "serverless" / "dev.state.json", "--at", "aws,dev", "--into", target)
    assert archgen(*arguments) == 0
    assert "parts.yaml" in capsys.readouterr().err
    assert "when: {dev: {" in (tmp_path / "parts.yaml").read_text()
    assert "# here" in (tmp_path / "parts.yaml").read_text()
    assert load(target).diagnostics == []
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert archgen(*arguments) == 0
    assert "the model says already" in capsys.readouterr().err
    assert before == {file.name: file.read_bytes() for file in tmp_path.iterdir()}


def test_a_model_that_would_not_be_valid_is_not_written(tmp_path: Path) -> None:
    target = tmp_path / "architecture.yaml"
    target.write_text(HAND_WRITTEN, encoding="utf-8")
    state = DATA / "serverless" / "prod.state.json"
    assert archgen("import", state, "--at", "aws,aws", "--into", target) == 2
    assert archgen("import", state, "--at", "aws,stg", "--into", target, "--name", "Other") == 2
    assert target.read_text(encoding="utf-8") == HAND_WRITTEN
    target.write_text("components: {", encoding="utf-8")
    assert archgen("import", state, "--at", "aws,prod", "--into", target) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("dev.json", "--at", "aws,dev", "prod.json", "--at", "aws,prod", "third.json"),
        ("--at", "aws,dev", "--at", "aws,prod", "prod.json"),
        ("--at", "aws,dev"),
    ],
)
def test_files_without_an_environment_and_environments_without_files_are_refused(arguments: tuple[str, ...]) -> None:
    assert archgen("import", *arguments) == 2
