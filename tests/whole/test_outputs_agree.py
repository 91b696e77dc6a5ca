"""What is published is read back: a number or a name that appears in two outputs is the same in both.

Read are the JSON of `archgen export` (command), the component pages and runbooks of the built site (page, runbook), the Terraform
variable files (variables) and the pictures (picture). Each reader below knows one form and nothing about how it was made.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT, archgen

CLOUDS = {"aws": "AWS", "gcp": "Google Cloud"}
Fact = tuple[str, ...]  # such as ("setting", "aws", "prod", "database", "storage GiB")
BINDINGS = ROOT / "src/archgen/terraform/bindings"


def text_of(value: Any) -> str:
    """A value of JSON as people read it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        between = " " if all(text_of(item).endswith(".") for item in value) else ", "  # of sentences, and of values
        return between.join(text_of(item) for item in value) or "none"
    return str(value)


def flatten(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, inside in value.items():
        if isinstance(inside, dict):
            yield from flatten(inside, f"{prefix}{key}.")
        else:
            yield prefix + key, inside


def key_of(label: str) -> str:
    """A setting's key without what differs between its label and its path."""
    return re.sub(r"[^a-z0-9]+", " ", label.lower()).strip()


# -- readers ---------------------------------------------------------------------------------------------


@cache
def exported(root: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """What `archgen export` prints for each cloud and environment in its current phase."""
    environments = yaml.safe_load((root / "architecture.yaml").read_text(encoding="utf-8"))["environments"]
    found = {}
    for cloud in CLOUDS:
        for environment in environments:
            done = archgen("export", "--at", f"{cloud},{environment}", cwd=root)
            assert done.code == 0, done.err
            found[cloud, environment] = json.loads(done.out)
    return found


def from_command(root: Path) -> Iterator[tuple[Fact, str]]:
    for (cloud, environment), data in exported(root).items():
        at = (cloud, environment)
        derived = data["derived"]
        yield ("network", *at), derived["network"]["cidr"]
        yield ("subnets", *at), " ".join(sorted(set(re.findall(CIDR, json.dumps(derived["subnets"])))))
        for name, component in data["model"]["components"].items():
            yield ("name", name), component["title"]
            yield ("identifier", *at, name), derived["identifiers"][name]
            for key, value in flatten(component):
                if value is not None and value != []:
                    yield ("setting", *at, name, key_of(key)), text_of(value)


class Tables(HTMLParser):
    """The tables of a page, each with the labels of the tabs around it; and the page's first heading."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[tuple[str, ...], list[list[str]]]] = []
        self.heading = ""
        self._sets: list[list[Any]] = []  # for each set of tabs around: its labels, the number of the block, its depth
        self._depth = 0
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        classes = (dict(attributes).get("class") or "").split()
        if tag == "div":
            self._depth += 1
            if "tabbed-set" in classes:
                self._sets.append([[], -1, self._depth])
            elif "tabbed-block" in classes:
                self._sets[-1][1] += 1
        elif tag == "table":
            self.tables.append((tuple(labels[n] for labels, n, _d in self._sets if 0 <= n < len(labels)), []))
        elif tag == "tr" and self.tables:
            self.tables[-1][1].append([])
        elif (
            (tag in ("td", "th") and self.tables)
            or (tag == "label" and self._sets)
            or (tag == "h1" and not self.heading)
        ):
            self._into = []
        elif tag == "small" and self._into is not None and not self.heading:  # other words next to the title
            self.heading = " ".join("".join(self._into).split())

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            if self._sets and self._sets[-1][2] == self._depth:
                self._sets.pop()
            self._depth -= 1
        if self._into is None:
            return
        text = " ".join("".join(self._into).split())
        if tag in ("td", "th") and self.tables:
            self.tables[-1][1][-1].append(text)
        elif tag == "label" and self._sets:
            self._sets[-1][0].append(text)
        elif tag == "h1":
            self.heading = self.heading or text.removesuffix("¶")
        else:
            return
        self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data)


def from_pages(root: Path) -> Iterator[tuple[Fact, str]]:
    names = {e["name"]: id_ for id_, e in next(iter(exported(root).values()))["model"]["environments"].items()}
    clouds = {name: id_ for id_, name in CLOUDS.items()}
    for page in sorted((root / "site/architecture/components").glob("*/index.html")):
        parser = Tables()
        parser.feed(page.read_text(encoding="utf-8"))
        component = page.parent.name
        yield ("name", component), parser.heading
        for tabs, rows in parser.tables:
            cloud = next((clouds[tab] for tab in tabs if tab in clouds), None)
            if not rows or rows[0][:1] not in (["Differs"], ["The same everywhere"]) or cloud is None:
                continue
            columns = [names.get(head) for head in rows[0][1:]]
            for label, *cells in rows[1:]:
                everywhere = (
                    [(environment, cells[0]) for environment in names.values()] if rows[0][1] == "Value" else []
                )
                for environment, cell in everywhere or zip(columns, cells, strict=False):
                    if environment and cell:
                        what = ("identifier",) if label == "identifier" else ("setting",)
                        key = () if label == "identifier" else (key_of(label),)
                        yield (*what, cloud, environment, component, *key), cell


def from_variables(root: Path) -> Iterator[tuple[Fact, str]]:
    """Inputs of modules that a binding takes from one setting, where one component is what the module makes."""
    for file in sorted(BINDINGS.glob("*.yaml")):
        binding = yaml.safe_load(file.read_text(encoding="utf-8"))
        if "like" in binding:
            continue  # an older version, which the reference does not use
        products = binding.get("binds") or []
        settings = {
            input_: re.sub(r"^stated\('([a-z_]+)'\)", r"component.\1", expression)
            for input_, expression in binding.get("inputs", {}).items()
            if isinstance(expression, str)
        }
        plain = {i: e for i, e in settings.items() if re.fullmatch(r"name|component(\.[a-z_]+)+", e)}
        for (cloud, environment), data in exported(root).items():
            components = data["model"]["components"]
            bound = [
                name
                for name, c in components.items()
                if c.get("product") and c["product"] in products and c["kind"] in binding.get("kinds", [c["kind"]])
            ]
            if cloud != binding["cloud"] or len(bound) != 1:
                continue
            variable = f"{binding['variable']}_{bound[0].replace('-', '_')}"
            values = _given(root / "infra" / cloud, environment, variable)
            for input_, expression in plain.items() if isinstance(values, dict) else ():
                if isinstance(values.get(input_), (str, int, float, bool)):
                    yield _named(expression, cloud, environment, bound[0]), text_of(values[input_])


def _named(expression: str, cloud: str, environment: str, component: str) -> Fact:
    if expression == "name":
        return ("identifier", cloud, environment, component)
    return ("setting", cloud, environment, component, key_of(expression.partition(".")[2]))


def _given(folder: Path, environment: str, variable: str) -> Any:
    for file in sorted(folder.glob(f"*/{environment}.tfvars.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        if variable in data:
            return data[variable]
    return None


CIDR = r"\b\d+\.\d+\.\d+\.\d+/\d+\b"


def from_pictures(root: Path) -> Iterator[tuple[Fact, str]]:
    """The ranges in pictures of networks, and what components are called in every picture."""
    today = {at: data["coordinate"]["phase"] for at, data in exported(root).items()}
    for (cloud, environment), phase in today.items():
        picture = root / f"site/architecture/diagrams/network-{cloud}-{environment}-{phase}.svg"
        texts = [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", picture.read_text("utf-8"))]
        ranges = {cidr for text in texts for cidr in re.findall(CIDR, text)}
        whole = {cidr for text in texts for cidr in re.findall(CIDR, text) if text.startswith("VPC ")}
        yield from ((("network", cloud, environment), cidr) for cidr in whole)
        yield ("subnets", cloud, environment), " ".join(sorted(ranges - whole))


READERS = {"command": from_command, "page": from_pages, "variables": from_variables, "picture": from_pictures}


def disagreements(root: Path) -> tuple[list[str], dict[tuple[str, str], int]]:
    """Facts that two outputs have with different values, and how many facts each two outputs share."""
    seen: dict[Fact, dict[str, str]] = defaultdict(dict)
    for output, read in READERS.items():
        for fact, value in read(root):
            seen[fact].setdefault(output, value)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    different = []
    for fact, values in seen.items():
        for one, other in combinations(values, 2):
            shared[one, other] += 1
            if values[one] != values[other]:
                different.append(f"{' '.join(fact)}: {values[one]!r} in {one}, {values[other]!r} in {other}")
    return different, shared


# -- tests -----------------------------------------------------------------------------------------------


def test_what_two_outputs_say_is_the_same(built: Path) -> None:
    different, shared = disagreements(built)
    assert not different
    assert shared["command", "page"] > 400
    assert shared["command", "variables"] > 100
    assert shared["page", "variables"] > 60
    assert shared["command", "picture"] >= 6


def test_what_is_made_once_for_the_organization_has_one_name(built: Path) -> None:
    pages = built / "docs/architecture/components"
    archive, sign_on = (html.unescape((pages / f"{name}.md").read_text()) for name in ("log-archive", "single-sign-on"))
    assert archive.count("| identifier | innovate-prod-log-archive | <a") == 2
    assert "innovate-dev-log-archive" not in archive
    # No stack makes it, and its account is shared: whether there is one for each environment is not known.
    assert "| identifier |" not in sign_on.partition('=== "GCP"')[0]


def test_a_table_of_variables_has_lines_or_no_column_for_them(built: Path) -> None:
    text = html.unescape((built / "docs/architecture/terraform/01-base-infra.md").read_text())
    tables = re.findall(r"(?: *\|.*\n)+", text)
    lined = [table for table in tables if table.splitlines()[0].endswith("Line |")]
    assert 0 < len(lined) < len(tables)
    assert all("edit/main" in table for table in lined)


def regions_in(one: Any) -> list[Any]:
    """The regions that the model of an export states on its clouds."""
    return [region for cloud in one["model"]["clouds"].values() for region in (cloud.get("regions") or {}).values()]


def test_names_in_runbooks_are_those_of_the_model(built: Path) -> None:
    data = exported(built)
    identifiers = {name for one in data.values() for name in one["derived"]["identifiers"].values()}
    identifiers |= {one["derived"]["network"]["identifier"] for one in data.values()}
    accounts = {one["derived"]["home"]["account_id"] for (cloud, _e), one in data.items() if cloud == "aws"}
    project = next(iter(data.values()))["model"]["project"]
    named: set[str] = set()
    numbers: set[str] = set()
    for page in sorted((built / "site/architecture/runbooks").glob("*/index.html")):
        text = html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))
        named |= set(re.findall(rf"\b{project}-(?:dev|stg|prod)-[a-z]+(?:-[a-z]+)*", text))
        numbers |= set(re.findall(r"(?<![\w-])\d{12}(?![\w-])", text))
    # Profiles are named after what people do in an environment, and contexts after the region of a cluster.
    duties = {"read", "operate", "recover", "security", "directory", "emergency"}
    regions = {re.sub(r"-?\d+$", "", region["name"]) for one in data.values() for region in regions_in(one)}
    unknown = {
        name
        for name in named
        if not any(name == known or name.startswith(f"{known}-") for known in identifiers)
        and name.split("-", 2)[2] not in duties | regions
    }
    assert not unknown
    assert len(named & identifiers) > 20
    assert numbers & accounts
    placeholder = {"000000000000"}  # of the break-glass runbook: the account is in the sealed envelope
    assert numbers - placeholder <= {a for one in data.values() for a in re.findall(r"\b\d{12}\b", json.dumps(one))}


@pytest.mark.parametrize(
    ("file", "old", "new", "output"),
    [
        ("site/architecture/components/database/index.html", "<td>30</td>", "<td>31</td>", "page"),
        (
            "infra/aws/05-data/prod.tfvars.json",
            '"backup_retention_period": 30',
            '"backup_retention_period": 29',
            "variables",
        ),
        (
            "site/architecture/diagrams/network-aws-prod-mvp.svg",
            "10&#46;30&#46;0&#46;0&#47;16",
            "10&#46;40&#46;0&#46;0&#47;16",
            "picture",
        ),
    ],
)
def test_one_changed_number_is_found(built: Path, tmp_path: Path, file: str, old: str, new: str, output: str) -> None:
    for name in ("architecture.yaml", "architecture", "infra"):
        source = built / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    for part in ("components", "diagrams"):
        shutil.copytree(built / "site/architecture" / part, tmp_path / "site/architecture" / part)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    different, _shared = disagreements(tmp_path)
    assert any(output in line for line in different)
