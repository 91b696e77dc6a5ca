"""Values that do not fit their type: every message says what would fit, in words and not in regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archgen.commands import explain as explain_command
from archgen.commands.main import main
from archgen.diagnostics import explain as explain_module
from archgen.diagnostics.diagnostic import dotted
from archgen.model.json_schema import schema
from archgen.model.patterns import meaning_of
from archgen.pipeline import load
from conftest import MINIMAL


def said(folder: Path, old: str, new: str) -> list[tuple[str, str, str]]:
    """Code, message and help of everything that is wrong with the minimal model after one change."""
    assert old in MINIMAL
    file = folder / "architecture.yaml"
    file.write_text(MINIMAL.replace(old, new, 1), encoding="utf-8")
    return [(d.code, d.message, d.help) for d in load(file).diagnostics]


@pytest.mark.parametrize(
    ("old", "new", "message", "help_"),
    [
        (
            '"17"',
            "1.30",
            "`engine_version` must be text, not `1.30`",
            'put it in quotes: "1.30"',
        ),
        (
            "[eu-west-1a]",
            "[eu-central-1c]",
            "'eu-central-1c' is not a zone of the region eu-west-1",
            "the names of its zones begin with eu-west-1",
        ),
        ("[eu-west-1a]", "[EU]", "'EU' is not a zone such as eu-west-1a or europe-west1-b", ""),
        (
            "[eu-west-1a]",
            "[eu-west-1a, 0]",
            "item 2 of `availability_zones` must be text, not `0`",
            'put it in quotes: "0"',
        ),
        (
            "[eu-west-1a]",
            "[eu-west-1a, eu-west-1a]",
            "the zone 'eu-west-1a' is listed twice",
            "remove it, or name another zone",
        ),
        ("components:\n", "flows: {f: {title: F, steps: []}}\ncomponents:\n", "`steps` must not be empty", ""),
        ("storage_gib: 20", "storage_gib: 0", "`storage_gib` must be at least 10, not 0", ""),
        (
            "storage_gib: 20",
            'storage_gib: "20"',
            '`storage_gib` must be a whole number, not the text "20"',
            "write 20 without quotes",
        ),
        (
            "storage_gib: 20",
            'storage_gib: 20, multi_zone: "false"',
            '`multi_zone` must be true or false, not the text "false"',
            "write false without quotes",
        ),
        ("name: Live", 'name: ""', "`name` must not be empty", ""),
        (
            "storage_gib: 20",
            "storage_gib: 20GB",
            "`storage_gib` must be a whole number, not `20GB`",
            "write the number alone, in GiB",
        ),
        (
            "port: 5432,",
            "port: 5432 tcp,",
            "`port` must be a whole number, not `5432 tcp`",
            "write the number alone",
        ),
        (
            "    title: Shop\n",
            "    title: Shop\n    scaling: {min: 3, max: 2}\n",
            "`min` is 3, which is more than `max`, which is 2",
            "",
        ),
        (
            "    title: Shop\n",
            "    title: Shop\n    when: {aws and live: {title: Store}}\n",
            "'aws and live' is not a cloud, environment or phase of this model",
            "write 'aws & live': `&` joins a cloud, an environment and a phase, and `|` joins alternatives",
        ),
        (
            "    title: Shop\n",
            "    title: Shop\n    product: bartender\n",
            "the product 'bartender' does not exist",
            "use one of: flask. You can also declare it under `products`",
        ),
        (
            "  orders: {",
            "  Orders: {",
            "'Orders' is not an ID",
            "use lowercase words of letters and digits joined by hyphens, such as my-database",
        ),
    ],
)
def test_a_message_says_what_would_fit(tmp_path: Path, old: str, new: str, message: str, help_: str) -> None:
    found = [(text, help_) for _code, text, help_ in said(tmp_path, old, new)]
    assert (message, help_) in found
    assert len([text for text, _help in found if "Orders" not in text and "orders" not in text]) <= 1, found


def test_a_zone_of_another_cloud_is_not_compared_with_those_of_this_one(tmp_path: Path) -> None:
    cloud, home = "availability_zones: [eu-west-1a]}", "cidr: 10.0.0.0/16}"
    text = MINIMAL.replace(cloud, f"{cloud}\n  gcp: {{region: europe-west3, availability_zones: [europe-west3-a]}}")
    text = text.replace(home, f"{home}\n    gcp: {{project: small-shop, cidr: 10.1.0.0/16}}")
    file = tmp_path / "architecture.yaml"
    file.write_text(text.replace("title: Shop\n", "title: Shop\n    zones: [eu-west-1a]\n"), encoding="utf-8")
    helps = [d.help for d in load(file).diagnostics if "is not a zone of GCP" in d.message]
    assert helps == ["it is one of another cloud. State the zones of this one: when: {gcp: {zones: [europe-west3-a]}}"]


@pytest.mark.parametrize(
    "component",
    [
        "kind: virtual-machine-group, min: 2, max: 4, desired: 5",
        "kind: virtual-machine-group, min: 5, max: 4",
        "kind: function, min_instances: 3, max_instances: 2",
        "kind: ml-service, min_instances: 3, max_instances: 2",
        "kind: kubernetes-cluster, node_pools: {a: {capacity: spot, architecture: arm64, nodes_per_zone: {min: 2, max: 1}}}",
    ],
)
def test_limits_that_are_not_in_order_are_refused(tmp_path: Path, component: str) -> None:
    messages = [
        text for _code, text, _help in said(tmp_path, "  orders: {", f"  x: {{title: X, {component}}}\n  orders: {{")
    ]
    assert any("which is more than" in text for text in messages), messages


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ("port: 0", "`port` must be at least 1, not 0"),
        ("port: [80]", "`port` must be a whole number, not a list"),
        ("copies: true", "`copies` must be a whole number, not `true`"),
        ("copies: Many", "'Many' is not a number, or the setting that states it"),
    ],
)
def test_a_value_that_can_be_a_number_or_a_text_is_wrong_only_once(tmp_path: Path, traits: str, message: str) -> None:
    problems = said(tmp_path, "kind: service\n", f"kind: service\n    traits: {{{traits}}}\n")
    assert [text for _code, text, _help in problems] == [message]


def patterns(node: Any, inside: tuple[str, ...] = ()) -> Iterator[str]:
    """Every pattern that the schema of models asks of a value or a key, without those of conditions."""
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for key, value in node.items():
            if key not in ("when", "in"):
                yield from patterns(value, (*inside, key))
    elif isinstance(node, list):
        for value in node:
            yield from patterns(value, inside)


def test_every_pattern_of_the_model_has_a_meaning() -> None:
    wordless = {pattern for pattern in patterns(schema()) if meaning_of(pattern).startswith("text that matches")}
    # Separate validators word these: an address on the web, and the path of a setting that is assumed.
    assert wordless == {r"""^https://[^\s<>"'/?#\\][^\s<>"']*$""", r"^[a-z][a-z0-9_-]*$"}


def test_a_pattern_without_words_is_shown_as_it_is() -> None:
    assert re.search("matches", meaning_of("^x+$"))


def test_a_missing_file_of_archgen_itself_is_named_and_not_blamed_on_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = Path(explain_module.__file__).parent / "explanations" / "GONE.md"
    monkeypatch.setattr(explain_module, "explain", lambda _code: gone.read_text())
    monkeypatch.setattr(explain_command, "explain", lambda _code: gone.read_text())
    assert main(["explain", "HA201"]) == 70
    err = capsys.readouterr().err
    assert str(gone) in err
    assert "reinstall archgen" in err


def test_a_missing_file_of_a_user_is_named_as_unusable_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "-m", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml" in capsys.readouterr().err


def test_a_misspelled_required_key_is_reported_once(tmp_path: Path) -> None:
    problems = said(tmp_path, "storage_gib: 20", "storge_gib: 20")
    assert problems == [("ARC-M002", "unknown key `storge_gib`", "did you mean 'storage_gib'?")]


def test_a_missing_key_is_reported_beside_an_unrelated_unknown_one(tmp_path: Path) -> None:
    problems = said(tmp_path, "storage_gib: 20", "color: 20")
    assert {code for code, _message, _help in problems} == {"ARC-M001", "ARC-M002"}


def test_the_mapping_that_an_unknown_key_belongs_to_is_named(tmp_path: Path) -> None:
    problems = said(tmp_path, "components:\n", "waivers: []\ncomponents:\n")
    assert problems == [("ARC-M002", "unknown key `waivers`", "`waivers` belongs below `rules`")]
    ((_code, _message, help_),) = said(tmp_path, "components:\n", "contact: us\ncomponents:\n")
    assert "belongs below" not in help_  # each of many teams has one


def test_another_version_of_the_format_is_named(tmp_path: Path) -> None:
    (problem,) = said(tmp_path, "version: 1", "version: 3")
    message = "this archgen reads versions 1 and 2 of the model's format, not '3'"
    assert problem == ("ARC-M003", message, "write version: 2, without quotes")


def test_a_rule_is_turned_off_with_ignore(tmp_path: Path) -> None:
    rules = 'version: 1\nrules: {severities: {HA201: "off"}}'
    (problem,) = said(tmp_path, "version: 1", rules)
    assert problem == ("ARC-M003", "`HA201` cannot be 'off'", "write HA201: ignore to turn the rule off")


@pytest.mark.parametrize(("option", "known"), [("--formt", "--force"), ("--xyz", "")])
def test_an_unknown_option_leads_to_the_help_of_its_command(option: str, known: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["build", option])
    assert caught.value.code == 2
    suggestion = f"; did you mean '{known}'?" if known else ""
    expected = f"archgen: unrecognized arguments: {option}{suggestion}\nTry: archgen build --help\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["aws", "gcp"], "; did you mean 'archgen compare --from aws --to gcp'?"),
        (["dev"], "; did you mean 'archgen compare --from dev'?"),
        (["a b", "prod"], "; did you mean 'archgen compare --from 'a b' --to prod'?"),
        (["dev", "stg", "prod"], ""),
    ],
)
def test_coordinates_without_options_lead_to_the_command_with_them(given: list[str], said: str, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        main(["compare", *given])
    assert (
        capsys.readouterr().err
        == f"archgen: unrecognized arguments: {' '.join(given)}{said}\nTry: archgen compare --help\n"
    )


def test_what_is_wrong_in_every_part_of_a_model_is_reported_at_once(tmp_path: Path) -> None:
    text = MINIMAL.replace("name: Live", "name: [Live]").replace("title: Shop", "title: [Shop]")
    text = text.replace("storage_gib: 20", "storage_gib: many")
    file = tmp_path / "architecture.yaml"
    file.write_text(text, encoding="utf-8")
    assert [dotted(d.path) for d in load(file).diagnostics] == [
        "environments.live.name",
        "components.shop.title",
        "components.orders.storage_gib",
    ]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["validat"], "invalid choice: 'validat'; did you mean 'validate'?"),
        (["export", "--format", "jsn"], "invalid choice: 'jsn'; did you mean 'json'?"),
        (["serve", "--port", "99999"], "'99999' is not a port; specify a number from 0 to 65535"),
    ],
)
def test_a_wrong_argument_is_answered_with_what_is_possible(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert text in capsys.readouterr().err


def test_a_misspelled_key_that_is_needed_is_reported_once_with_the_right_spelling(tmp_path: Path) -> None:
    assert said(tmp_path, "title: Orders", "titel: Orders, sise: x") == [
        ("ARC-M002", "unknown key `titel`", "did you mean 'title'?"),
        ("ARC-M002", "unknown key `sise`", "did you mean 'size'?"),
    ]
    # `max_storage_gib` is more similar, but it is not missing.
    assert said(tmp_path, "storage_gib: 20", "a_storage_gib: 20") == [
        ("ARC-M002", "unknown key `a_storage_gib`", "did you mean 'storage_gib'?")
    ]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("infra/{cloud}/{stak}", "'infra/{cloud}/{stak}' may contain {cloud} and {stack}, and no other braces"),
        ("../{cloud}/{stack}", "'../{cloud}/{stack}' must not contain `..`"),
        ("aux/{cloud}/{stack}", "'aux' is not a valid name for a folder on Windows"),
    ],
)
def test_the_folder_of_stacks_is_portable_and_has_known_placeholders(tmp_path: Path, path: str, message: str) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(f'{MINIMAL}terraform: {{path: "{path}", stacks: {{}}}}\n', encoding="utf-8")
    assert [(d.code, d.message) for d in load(file).diagnostics] == [("ARC-M005", message)]
