"""The schemas in editors: completions, hovers and diagnostics of real YAML language servers, which are recorded.

The transcripts are tests/lsp/*.txt: what was asked, and the answer without addresses of the machine. `--accept` rewrites them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archgen.artifacts.schema_file import PART, PATH, text, written
from archgen.model.json_schema import part_schema
from archgen.model.project_schema import project_schema
from archgen.pipeline import load
from archgen.publishing.new_project import new_project, start
from conftest import DATA, ROOT
from language_server import CURSOR, Server, running

LSP = ROOT / "tests" / "lsp"
MODEL = (DATA / "models/queues.yaml").read_text(encoding="utf-8")
SERVERS = ("old", "newest")
MODELINE = f"# yaml-language-server: $schema=./{PATH}\n"


@dataclass(frozen=True, slots=True)
class Ask:
    """A change to a file, and a text that the only message, the completions, or the hover at the cursor must contain."""

    title: str
    file: str
    old: str = ""
    new: str = ""
    message: str = ""
    offered: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    shown: str = ""


VALID = (
    Ask("the reference model", "reference/architecture.yaml"),
    Ask("the file that it includes", "reference/architecture/sources.yaml"),
    Ask("a new project", "init/architecture.yaml"),
    Ask("a file that the new project includes", "init/parts/team.yaml"),
    Ask("a model that declares a kind", "own/architecture.yaml"),
    Ask("a model that declares a kind, with the schema of the project", "own/known.yaml"),
)
ASKED = (
    Ask("a key is completed", "init/architecture.yaml", "    storage_gib: 20\n", f"    storage_gib: 20\n    {CURSOR}\n",
        offered=("max_storage_gib", "iam_authentication"), withheld=("scaling", "title")),
    Ask("a kind is completed", "init/architecture.yaml", "kind: waf", f"kind: {CURSOR}", offered=("waf", "postgresql")),
    Ask("a product is completed, by its kind", "init/architecture.yaml", "product: rds-postgresql", f"product: {CURSOR}",
        offered=("rds-postgresql", "cloud-sql"), withheld=("aws-waf",)),
    Ask("one of the choices is completed", "init/architecture.yaml", "status: equivalent", f"status: {CURSOR}",
        offered=("equivalent", "gap")),
    Ask("a key under a condition is completed", "init/architecture.yaml", "{multi_zone: true, backup",
        f"{{{CURSOR}multi_zone: true, backup", offered=("size",), withheld=("scaling", "when")),
    Ask("a key of an included file is completed", "init/parts/team.yaml", "teams:\n", f"{CURSOR}\nteams:\n",
        offered=("capabilities", "components"), withheld=("include",)),
    Ask("a setting of a declared kind is completed", "own/architecture.yaml", "    order: fifo\n", f"    order: {CURSOR}\n",
        offered=("fifo", "standard")),
    Ask("a declared product is completed", "own/architecture.yaml", "product: own-queue\n", f"product: {CURSOR}\n",
        offered=("own-queue",), withheld=("alb",)),
    Ask("an owner is completed from the project's teams", "own/known.yaml", "title: Jobs\n", f"title: Jobs\n    owner: {CURSOR}\n",
        offered=("shop",)),
    Ask("a region is completed", "own/known.yaml", "title: Jobs\n", f"title: Jobs\n    regions:\n      {CURSOR}\n",
        offered=("home", "recovery")),
    Ask("a condition of the project is completed", "own/known.yaml", "title: Jobs\n", f"title: Jobs\n    in: [{CURSOR}]\n",
        offered=("prod", "aws & prod"), withheld=("gcp",)),
    Ask("a product is completed, on the clouds of the project", "own/known.yaml", "components:\n",
        f"components:\n  store: {{kind: cache, title: Store, product: {CURSOR}}}\n", offered=("elasticache",), withheld=("memorystore",)),
    Ask("a condition of the project is completed under when", "own/known.yaml", "title: Jobs\n",
        f"title: Jobs\n    when:\n      {CURSOR}\n", offered=("prod", "aws & prod")),
    Ask("a key is explained", "init/architecture.yaml", "multi_zone: false", f"multi{CURSOR}_zone: false",
        shown="synchronous standby"),
    Ask("a setting of a declared kind is explained", "own/architecture.yaml", "retention_days: 4", f"retention{CURSOR}_days: 4",
        shown="How long messages are kept"),
    Ask("an unknown key", "init/architecture.yaml", "multi_zone: false", "multizone: false",
        message="Property multizone is not allowed."),
    Ask("an unknown key under a condition", "init/architecture.yaml", "prod: {multi_zone: true", "prod: {multizone: true",
        message="Property multizone is not allowed."),
    Ask("an unknown key of components under a condition", "init/architecture.yaml", "  visitors: {kind",
        "  when: {prod: {web: {ttle: Shop}}}\n  visitors: {kind", message="Property ttle is not allowed."),
    Ask("a wrong type", "init/architecture.yaml", "storage_gib: 20", 'storage_gib: "20"', message='Expected "integer"'),
    Ask("a version without quotes", "init/architecture.yaml", 'engine_version: "17"', "engine_version: 17",
        message='Expected "string"'),
    Ask("a missing key", "init/architecture.yaml", "    title: Web firewall\n", "", message='Missing property "title"'),
    Ask("none of the choices", "init/architecture.yaml", "status: equivalent", "status: same", message="Valid values:"),
    Ask("an unknown kind", "init/architecture.yaml", "kind: waf", "kind: wfa", message="Valid values:"),
    Ask("assumed of a wrong type", "init/architecture.yaml", "assumed: [contact]", "assumed: contact",
        message="Expected one of boolean, array"),
    Ask("assumed that is not true", "init/architecture.yaml", "assumed: [contact]", "assumed: false",
        message="Value must be true"),
    Ask("a condition that is none", "init/architecture.yaml", "    multi_zone: false\n", "    in: [prod growth]\n",
        message="A condition joins IDs"),
    Ask("a value of several types", "init/architecture.yaml", "    multi_zone: false\n", "    traits: {copies: {b: 1}}\n",
        message="Expected one of"),
    Ask("an unknown key in an included file", "init/parts/team.yaml", "teams:", "taems:", message="Property taems is not allowed."),
    Ask("a setting of a declared kind out of its range", "own/architecture.yaml", "retention_days: 4", "retention_days: 40",
        message="maximum"),
    Ask("a team that the project has not", "own/known.yaml", "title: Jobs\n", "title: Jobs\n    owner: shopp\n",
        message='Valid values: "shop"'),
)  # fmt: skip


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three projects: the reference, a new one with an included file, and one that declares a kind, with its own schema."""
    root = tmp_path_factory.mktemp("editors")
    (root / "reference").symlink_to(ROOT)
    assert not start(root / "init", new_project(("aws",), date(2026, 11, 25)))[1]
    part = "# yaml-language-server: $schema=../schema/architecture-part.schema.json\nteams:\n  shop: {name: Shop}\n"
    own = MODELINE + MODEL.replace("components:", "teams: {shop: {name: Shop}}\ncomponents:", 1)
    written_files = {
        "init/parts/team.yaml": part,
        f"init/{PART}": written(part_schema(json.loads(text()))),
        "own/architecture.yaml": own,
        "own/known.yaml": own.replace(PATH, "schema/project.schema.json"),
    }
    for name, content in written_files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    loaded = load(root / "own/architecture.yaml").project
    assert loaded
    (root / "own/schema").mkdir()
    resolved = loaded.resolved
    (root / f"own/{PATH}").write_text(text(resolved.kinds, resolved.default.catalog))
    (root / "own/schema/project.schema.json").write_text(written(project_schema(resolved)))
    return root


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, projects: Path) -> Iterator[tuple[str, Server]]:
    with running(f"yaml-language-server-{request.param}", projects) as started:
        yield request.param, started


@pytest.mark.slow
def test_an_editor_knows_the_models(server: tuple[str, Server], projects: Path, expect: Any) -> None:
    name, started = server
    pinned = json.loads((LSP / "package-lock.json").read_text())["packages"]
    version = pinned[f"node_modules/yaml-language-server-{name}"]["version"]
    asked = [*enumerate((*VALID, *ASKED))]
    places = {number: started.open(_opened(projects, ask, number), _changed(projects, ask)) for number, ask in asked}
    said = [_answer(started, ask, _opened(projects, ask, number), places[number]) for number, ask in asked]
    expect(LSP / f"{name}.txt", "\n".join([f"yaml-language-server {version}\n", *said]))


def _changed(projects: Path, ask: Ask) -> str:
    before = (projects / ask.file).read_text(encoding="utf-8")
    assert ask.old in before, ask
    return before.replace(ask.old, ask.new, 1)


def _opened(projects: Path, ask: Ask, number: int) -> Path:
    """The name under which a text is opened, unique for each question."""
    file = projects / ask.file
    return file if ask in VALID else file.with_name(f"{number}-{file.name}")


def _answer(server: Server, ask: Ask, file: Path, place: dict[str, int] | None) -> str:
    """One part of the transcript, checked for the expected text."""
    lines = [f"== {ask.title}", f"   {ask.file}"]
    lines += [f" - {line}".rstrip() for line in ask.old.splitlines() if line not in ask.new.splitlines()]
    lines += [f" + {line}".rstrip() for line in ask.new.splitlines() if line not in ask.old.splitlines()]
    if place is None:
        return "\n".join([*lines, *_diagnostics(server, ask, file)]) + "\n"
    if ask.shown:
        shown = re.sub(r"\n*Source: .*", "", server.hover(file, place))
        assert ask.shown in shown, ask
        return "\n".join([*lines, "textDocument/hover", *(f"   {line}" for line in shown.split("\n") if line)]) + "\n"
    offers = server.completions(file, place)
    labels = [offer["label"] for offer in offers]
    assert set(ask.offered) <= set(labels), ask
    assert not set(ask.withheld) & set(labels), ask
    offered = sorted(f"   {offer['label']}{_about(offer)}" for offer in offers)
    return "\n".join([*lines, "textDocument/completion", *offered]) + "\n"


def _about(offer: dict[str, Any]) -> str:
    said = offer.get("documentation") or ""
    said = said["value"] if isinstance(said, dict) else said
    return f": {said}" if said and "\n" not in said else ""


def _diagnostics(server: Server, ask: Ask, file: Path) -> list[str]:
    found = server.diagnostics(file)
    assert len(found) == bool(ask.message), (ask, found)
    assert all(ask.message in problem["message"] for problem in found), (ask, found)
    return ["textDocument/publishDiagnostics", *(_problem(problem) for problem in found or ())] + (
        [] if found else ["   none"]
    )


def _problem(problem: dict[str, Any]) -> str:
    start = problem["range"]["start"]
    return f"   {start['line'] + 1}:{start['character'] + 1}: {problem['message']}"


def test_the_servers_are_pinned_by_hash_and_no_registry_is_named() -> None:
    packages = json.loads((LSP / "package-lock.json").read_text())["packages"]
    assert len(packages) > 10
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
