"""Pictures and texts of pages that are kept between runs: whatever a model becomes, all files are those of a build that keeps nothing."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archgen.artifacts import _kept_texts, base
from archgen.catalog.cloud_facts import CloudLook, cloud_bases
from archgen.draw import style
from archgen.draw.batch import key_of
from archgen.draw.drawing import draw
from archgen.draw.graph import Graph, Group, Icon, Node
from archgen.pipeline import check, load, make
from archgen.system import own_code
from archgen.system.results import Results, users_results

MODEL = """\
version: 1
name: Shop
clouds:
  aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}
environments:
  test: {name: Test, aws: {account: test, cidr: 10.1.0.0/16}}
  prod: {name: Production, production: true, aws: {account: prod, cidr: 10.0.0.0/16}}
teams: {shop: {name: Shop team}}
components:
  web: {kind: service, title: Web shop, owner: shop, calls: {api: {port: 443, protocol: https}}}
  api: {kind: service, title: Orders API, owner: shop, calls: {orders: {port: 5432, protocol: postgresql}}}
  orders: {kind: postgresql, title: Orders, product: rds-postgresql, engine_version: "17", size: db.t4g.micro,
           storage_gib: 20, backup: {retention_days: 7}}
"""
# A pattern, and what may replace what it matches first; the next edit undoes it where it no longer matches.
EDITS = (
    (r"title: (Web shop|Shop front)", ["title: Web shop", "title: Shop front"]),
    (r"title: (Orders API|VPC)\b", ["title: Orders API", "title: VPC"]),
    (r"name: (Production|Live)", ["name: Production", "name: Live"]),
    (r"production: (true|false)", ["production: true", "production: false"]),
    (r"port: (443|8443)", ["port: 443", "port: 8443"]),
    (r"storage_gib: (20|50)", ["storage_gib: 20", "storage_gib: 50"]),
    (r"web: \{(in: .prod., )?", ["web: {", "web: {in: [prod], "]),
    (r"name: (Shop|Store)\n", ["name: Shop\n", "name: Store\n"]),
    (r"region: eu-west-1, availability_zones: .*", ["region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}",
                                                    "region: eu-west-1, availability_zones: [eu-west-1a]}"]),
    (r"  (web|front): ", ["  web: ", "  front: "]),
    (r"(glossary: .*\n)?components:", ["components:", "glossary: {API: How programs talk.}\ncomponents:",
                                       "glossary: {Orders: What customers want.}\ncomponents:"]),
    (r"components:\n(  # a line\n)?", ["components:\n", "components:\n  # a line\n"]),
)  # fmt: skip


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept before a test."""
    monkeypatch.setenv("ARCHGEN_CACHE", str(tmp_path / "cache"))


def files(folder: Path, text: str) -> dict[str, bytes]:
    """The content of all files that a build makes of a model."""
    folder.mkdir(exist_ok=True)
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, [d.message for d in loaded.diagnostics]
    artifacts, problems = make(check(loaded.project))
    assert artifacts, [d.message for d in problems]
    return {artifact.path: artifact.content for artifact in artifacts}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_files_after_random_edits_are_those_of_a_clean_build(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    text = MODEL
    before = files(tmp_path / "project", text)
    for _ in range(2):
        for pattern, replacements in chance.sample(EDITS, 4):
            text = re.sub(pattern, chance.choice(replacements).replace("\\", r"\\"), text, count=1)
        now = files(tmp_path / "project", text)
        with monkeypatch.context() as m:
            m.setenv("ARCHGEN_CACHE", "off")
            assert now == files(tmp_path / "project", text)
    assert now != before


@pytest.mark.slow
def test_what_has_not_changed_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(tmp_path / "project", MODEL)
    monkeypatch.setattr("archgen.draw.svg.svg", lambda *_given, **_how: pytest.fail("a picture was made again"))
    monkeypatch.setattr(base, "with_definitions", lambda *_given: pytest.fail("a text was finished again"))
    assert files(tmp_path / "project", MODEL) == before


def test_a_picture_has_the_colors_and_icons_that_the_package_of_its_cloud_has_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They come from the facts of a cloud, which an installed package can add, and are in neither the graph nor archgen's code."""
    node = Node("a", "A", Icon(tile="N"))
    root = Group("root", "", "none", (Group("home", "Account", "home", (node,)),))
    graph = Graph("some", "Some", "d", "acme", "flow", root, ())

    def made(**look: Any) -> tuple[str, str]:
        facts = replace(cloud_bases()["aws"], looks={"home": CloudLook(**look)})
        monkeypatch.setattr(style, "cloud_bases", lambda: {"acme": facts})
        style.looks.cache_clear()
        return key_of(graph), str(_kept_texts.svg_of(draw(graph), "page index", str, inline=True))

    try:
        red, green = made(line=("#ff0000", "#ff0000")), made(line=("#00ff00", "#00ff00"))
        with_icon = made(line=("#00ff00", "#00ff00"), icon="aws.management.OrganizationsAccount")
    finally:
        style.looks.cache_clear()
    assert 'stroke="#ff0000"' in red[1]
    assert 'stroke="#00ff00"' in green[1]
    assert red[0] == green[0] != with_icon[0]  # an icon takes space in the title, a color does not


def test_another_version_of_archgen_uses_nothing_of_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _kept_texts.text(["a"], lambda: "made") == _kept_texts.text(["a"], lambda: "again") == "made"
    assert _kept_texts.text(["b"], lambda: "other") == "other"
    monkeypatch.setattr(_kept_texts, "code_of_archgen", lambda: "another")
    assert _kept_texts.text(["a"], lambda: "again") == "again"


def test_nothing_is_kept_if_the_code_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_code, "__file__", str(Path("nowhere") / "system" / "own_code.py"))
    own_code.code_of_archgen.cache_clear()
    try:
        monkeypatch.setattr(Results, "keep", lambda *_given: pytest.fail("something was kept"))
        assert own_code.code_of_archgen() is None
        assert _kept_texts.text(["a"], lambda: "made") == "made"
        assert users_results().usage().results == 0
    finally:
        own_code.code_of_archgen.cache_clear()
