"""Kinds and products from a model or an installed package."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
import yaml
from PIL import Image

from archgen.catalog.entries import CATEGORIES
from archgen.catalog.product import ProductRedundancy, ServiceLevel
from archgen.draw import icons as icons_of_pictures
from archgen.draw import style
from archgen.model.mentions import mentions
from archgen.model.own import OwnProduct
from archgen.pipeline import check, load
from archgen.publishing.public_edition import public_edition
from conftest import DATA, MKDOCS, archgen

MODEL = (DATA / "models/queues.yaml").read_text(encoding="utf-8")


def codes(model: Path) -> list[str]:
    loaded = load(model)
    return [d.code for d in (check(loaded.project).findings if loaded.project else loaded.diagnostics)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "architecture.yaml").write_text(MODEL)
    (tmp_path / "mkdocs.yml").write_text(MKDOCS)
    return tmp_path


@pytest.mark.slow
def test_a_model_with_declared_kinds_and_products_builds(root: Path) -> None:
    assert archgen("build", cwd=root).code == 0
    page = (root / "docs/architecture/components/jobs.md").read_text()
    assert "Managed queue" in page
    assert "Message queue" in page
    assert "retention days" in page
    assert "How long messages are kept" in (root / "docs/architecture/reference/kinds/message-queue.md").read_text()
    assert ">SQS<" in (root / "docs/architecture/diagrams/context-aws-prod.svg").read_text()


@pytest.mark.slow
def test_its_schema_knows_them(root: Path) -> None:
    assert archgen("build", "--no-site", cwd=root).code == 0
    schema = json.loads((root / "schema/architecture.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(yaml.safe_load(MODEL))) == []
    for old, new in (
        ("order: fifo", "order: lifo"),
        ("retention_days: 4", "retention_days: 40"),
        ("product: own-queue", "product: s3"),
    ):
        assert list(validator.iter_errors(yaml.safe_load(MODEL.replace(old, new)))), new


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("retention_days: 4", "retention_days: 40", "ARC-M005"),
        ("order: fifo", "order: fifoo", "ARC-M003"),
        ("    retention_days: 4\n", "", "ARC-M001"),
        ("    order: fifo", "    ordr: fifo", "ARC-M002"),
        ("  own-queue:\n", "  eks:\n", "ARC-R001"),
        ("kinds: [message-queue]", "kinds: [mesage-queue]", "ARC-R001"),
        ("product: own-queue", "product: s3", "ARC-R003"),
        ("label: Message queue", "label: Message queue\n    when: {aws: {label: X}}", "ARC-C002"),
        ("tile: SQS", "tile: [SQS]", "ARC-M004"),
    ],
)
def test_mistakes_in_them_are_diagnosed(root: Path, old: str, new: str, code: str) -> None:
    assert old in MODEL
    (root / "architecture.yaml").write_text(MODEL.replace(old, new, 1))
    assert code in codes(root / "architecture.yaml")
    assert codes(root / "architecture.yaml").count(code) == 1


def test_an_unknown_kind_of_a_product_is_reported_at_its_place(root: Path) -> None:
    text = MODEL.replace("kinds: [message-queue]", "kinds: [mesage-queue]")
    (root / "architecture.yaml").write_text(text)
    found = [d for d in load(root / "architecture.yaml").diagnostics if d.code == "ARC-R001"]
    assert [d.help for d in found] == ["did you mean 'message-queue'?"]
    (span,) = [d.span for d in found]
    assert span
    assert text.splitlines()[span.line - 1][span.column - 1 :].startswith("mesage-queue")


EXTENSION = {
    "queues/__init__.py": '"""An extension."""\n',
    "queues/message_queue.py": '''"""A message queue."""
from archgen.model.component import Component


class MessageQueue(Component):
    """Holds messages until someone takes them."""

    label = "Message queue"
    retention_days: int = 4
    """How long messages are kept."""
''',
    "queues/aws/queues.toml": """[own-queue]
name = "Amazon SQS"
short = "SQS"
kinds = ["message-queue"]
tile = "SQS"
definition = "Managed queue."
documentation = "https://docs.aws.amazon.com/sqs/"
""",
    "queues-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: queues\nVersion: 1.0\n",
    "queues-1.0.dist-info/entry_points.txt": "[archgen.kinds]\nmessage_queue = queues.message_queue\n"
    "[archgen.catalog]\nqueues = queues\n",
}


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder on the path with an installed extension."""
    for name, text in EXTENSION.items():
        file = tmp_path / "packages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "packages"


@pytest.mark.slow
def test_an_installed_package_brings_kinds_and_products(root: Path, installed: Path) -> None:
    model = yaml.safe_load(MODEL)
    del model["kinds"], model["products"], model["components"]["jobs"]["order"]
    (root / "architecture.yaml").write_text(yaml.safe_dump(model, sort_keys=False))
    assert archgen("validate", cwd=root).code == 2
    env = {"PYTHONPATH": str(installed)}
    result = archgen("build", "--no-site", cwd=root, env=env)
    assert result.code == 0, result.err
    assert "Managed queue" in (root / "docs/architecture/components/jobs.md").read_text()
    assert "How long messages are kept" in (root / "docs/architecture/reference/kinds/message-queue.md").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("queues/message_queue.py", "import no_such_module\n"),
        ("queues/aws/queues.toml", '[own-queue]\nname = "Amazon SQS"\nshort = "SQS"\ncolour = "red"\n'),
        (
            "queues-1.0.dist-info/entry_points.txt",
            "[archgen.kinds]\nmessage_queue = queues.message_queue:MessageQueue\n",
        ),
    ],
)
def test_a_broken_package_is_named(root: Path, installed: Path, file: str, text: str) -> None:
    (installed / file).write_text(text)
    result = archgen("validate", cwd=root, env={"PYTHONPATH": str(installed)})
    assert result.code == 2
    assert "queues" in result.err or "own-queue" in result.err


def test_an_icon_that_does_not_exist_is_an_error_at_its_line(root: Path, installed: Path) -> None:
    file = installed / "queues/aws/queues.toml"
    file.write_text(file.read_text() + 'icon = "aws.integration.SimpleQueueServiceSq"\n')
    model = yaml.safe_load(MODEL)
    del model["kinds"], model["products"], model["components"]["jobs"]["order"]
    (root / "architecture.yaml").write_text(yaml.safe_dump(model, sort_keys=False))
    result = archgen("validate", cwd=root, env={"PYTHONPATH": str(installed)})
    assert result.code == 2
    assert (
        "no icon 'aws.integration.SimpleQueueServiceSq'; did you mean aws.integration.SimpleQueueServiceSqs?"
        in result.err
    )
    assert "queues/aws/queues.toml:8" in result.err


def problems(root: Path, *changes: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Code, message and the text at the place of each problem in the model after changes."""
    text = MODEL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (root / "architecture.yaml").write_text(text)
    lines = text.splitlines()
    return [
        (d.code, d.message, lines[d.span.line - 1][d.span.column - 1 : d.span.end_column - 1] if d.span else "")
        for d in load(root / "architecture.yaml").diagnostics
    ]


@pytest.mark.parametrize(
    ("icon", "code", "message"),
    [
        ("aws.integration.SQSS", "ARC-M005", "did you mean aws.integration.SQS?"),
        ("nothing", "ARC-M005", "'nothing' is not a class of the diagrams package"),
        ("icons/none.svg", "ARC-V008", "No such file"),
        ("../icon.svg", "ARC-V008", "the icon '../icon.svg' cannot be used"),
        ("/etc/passwd.png", "ARC-V008", "the icon '/etc/passwd.png' cannot be used"),
        ("architecture.yaml/", "ARC-V008", "cannot be used"),
        ("icons/link.png", "ARC-V008", "outside of the model's folder"),
        ("icons/folder.png", "ARC-V008", "not a regular file"),
        ("icons/text.png", "ARC-V008", "it is not a PNG file"),
        ("icons/picture.svg", "ARC-V008", "it is a PNG file"),
        ("icons/script.svg", "ARC-V008", "it contains <script>"),
    ],
)
def test_an_icon_that_cannot_be_used_is_reported_at_its_place(
    root: Path, tmp_path_factory: pytest.TempPathFactory, icon: str, code: str, message: str
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "icon.png"
    outside.write_bytes(b"\x89PNG\r\n\x1a\n")
    icons = root / "icons"
    (icons / "folder.png").mkdir(parents=True)
    (icons / "link.png").symlink_to(outside)
    (icons / "text.png").write_text("GIF89a")
    (icons / "picture.svg").write_bytes(b"\x89PNG\r\n\x1a\n")
    (icons / "script.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script/></svg>')
    for old, new in (("tile: SQS", f"icon: {icon}"), ("    label: Message queue", f"    icon: {icon}\n    label: Q")):
        found = problems(root, (old, new))
        assert [(c, place) for c, _, place in found if place == icon] == [(code, icon)]
        assert message in next(text for _, text, place in found if place == icon)


def test_a_product_needs_an_icon_or_a_tile(root: Path) -> None:
    ((code, message, _),) = problems(root, ("    tile: SQS\n", ""))
    assert (code, message) == ("ARC-M005", "a product requires `icon`, or `tile` with up to five letters")


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path fill="#ff0000" d="M0 0h2v2H0z"/></svg>'


@pytest.mark.slow
def test_icons_of_products_and_kinds_are_in_pictures_of_every_format(root: Path) -> None:
    (root / "icons").mkdir()
    (root / "icons/red.svg").write_text(SVG)
    Image.new("RGB", (40, 20), "#00ff00").save(root / "icons/green.png")
    text = MODEL.replace("tile: SQS", "icon: icons/red.svg") + "\n  robot: {kind: robot, title: Robot}\n"
    robot = "  robot: {label: Robot, definition: A robot., needs_product: false, icon: icons/green.png}\n"
    text = text.replace("kinds:\n", "kinds:\n" + robot, 1).replace("calls: {jobs:", "calls: {robot: {}, jobs:", 1)
    (root / "architecture.yaml").write_text(text)
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    architecture = loaded.project.resolved.default
    uris = {architecture.catalog.products["own-queue"].icon, architecture.components["robot"].icon}
    assert all(uri and icons_of_pictures.usable(uri) for uri in uris)
    colors = [icons_of_pictures.png_of(str(uri)) for uri in sorted(map(str, uris))]
    assert len({Image.open(io.BytesIO(png)).convert("RGBA").getpixel((48, 48)) for png in colors}) == 2
    for view in ("x.svg", "x.drawio", "x.png", "x.pdf"):
        result = archgen("diagram", "context", "-o", view, cwd=root)
        assert result.code == 0, result.err
    assert (root / "x.svg").read_text().count("data:image/png;base64,") == 3  # with the icon of people
    assert "<path fill=" not in (root / "x.svg").read_text()
    assert (root / "x.drawio").read_text().count("data:image/png,") == 3
    shown = Image.open(root / "x.png").convert("RGB").getcolors(1_000_000)
    large = [color for count, color in shown or () if count > 1000]
    for wanted in ((255, 0, 0), (0, 255, 0)):  # scaling may change a channel by 1
        assert any(max(abs(a - b) for a, b in zip(color, wanted, strict=True)) <= 1 for color in large), large
    assert (root / "x.pdf").read_bytes().count(b"/Subtype /Image") >= 3


@pytest.mark.parametrize(
    ("settings", "code", "message", "place"),
    [
        ("[retention_days]", "ARC-R006", "Amazon SQS does not have the setting `order`", "fifo"),
        (
            "[order, retention_day]",
            "ARC-R001",
            "no kind of the product 'own-queue' has the setting 'retention_day'",
            None,
        ),
        (
            "[order]",
            "ARC-R006",
            "requires the setting `retention_days`, which the product 'own-queue' does not list",
            None,
        ),
        ("[purpose, retention_days, order]", "ARC-R001", "has the setting 'purpose'", "purpose"),
    ],
)
def test_a_component_has_only_the_settings_of_its_product(
    root: Path, settings: str, code: str, message: str, place: str | None
) -> None:
    found = problems(root, ("    tile: SQS", f"    tile: SQS\n    settings: {settings}"))
    assert any(c == code and message in text and place in (None, shown) for c, text, shown in found), found


def test_a_product_with_all_settings_is_accepted(root: Path) -> None:
    assert problems(root, ("    tile: SQS", "    tile: SQS\n    settings: [order, retention_days]")) == []


def test_what_a_model_says_of_its_product_gets_into_the_catalog(root: Path) -> None:
    added = "    tile: SQS\n    redundancy: regional\n    sla: {percent: 99.9, url: 'https://sqs.example/sla', single_zone: 99}"
    assert problems(root, ("    tile: SQS", added)) == []
    project = load(root / "architecture.yaml").project
    assert project
    product = project.resolved.default.catalog.products["own-queue"]
    assert product.redundancy == ProductRedundancy("regional", None, None)
    assert product.sla == ServiceLevel(99.9, "https://sqs.example/sla", 99)
    for wrong in ("redundancy: multi", "sla: {percent: 101, url: 'https://sqs.example'}", "sla: {percent: 99}"):
        assert len(problems(root, ("    tile: SQS", f"    tile: SQS\n    {wrong}"))) == 1


LEAD = (
    "      order: {choices: [fifo, standard]",
    "      lead: {type: component, about: Who reads it.}\n      order: {choices: [fifo, standard]",
)


@pytest.mark.slow
def test_a_setting_may_refer_to_a_component(root: Path) -> None:
    ((code, message, place),) = problems(root, LEAD, ("    order: fifo", "    order: fifo\n    lead: peopel"))
    assert (code, message, place) == ("ARC-R001", "the component 'peopel' does not exist", "peopel")
    assert problems(root, LEAD, ("    order: fifo", "    order: fifo\n    lead: people")) == []
    project = load(root / "architecture.yaml").project
    assert project
    jobs = project.resolved.default.components["jobs"]
    named = [m for m in mentions(jobs, ("components", "jobs")) if m.what == "component"]
    assert [(m.path, m.id) for m in named] == [(("components", "jobs", "lead"), "people")]
    assert archgen("build", "--no-site", cwd=root).code == 0
    assert "| lead | [people](people.md) |" in (root / "docs/architecture/components/jobs.md").read_text()


@pytest.mark.parametrize("setting", ["type: integer, ", "type: component, ", "choices: [a, b], "])
def test_only_texts_can_identify_an_organization(root: Path, setting: str) -> None:
    rack = f"      rack: {{{setting}about: Where it stands., identifies: true}}\n"
    messages = [
        message for code, message, _ in problems(root, ("      order:", f"{rack}      order:")) if code == "ARC-M005"
    ]
    assert messages == ["`identifies` requires `type: text` or `type: list`, without `choices`"]


def test_the_public_edition_leaves_out_settings_that_identify(root: Path) -> None:
    rack = "      rack: {about: Where it stands., identifies: true}\n      racks: {type: list, about: Where., identifies: true}\n"
    changes = (
        ("      order: {", f"{rack}      order: {{"),
        (
            "    order: fifo",
            "    order: fifo\n    rack: acme-r-0815\n    racks: [acme-7, acme-8]\n    purpose: In acme-r-0815.",
        ),
    )
    assert problems(root, *changes) == []
    project = load(root / "architecture.yaml").project
    assert project
    edition, found = public_edition(project, root / "public")
    assert edition, found
    jobs = edition.project.resolved.default.components["jobs"]
    assert (jobs.rack, jobs.racks) == (None, ())
    assert "acme" not in jobs.purpose
    assert {"acme-r-0815", "acme-7", "acme-8"} <= set(edition.withheld)


def test_a_kind_like_another_inherits_what_identifies_and_what_refers(root: Path) -> None:
    rack = "      rack: {about: Where it stands., identifies: true, required: true}\n      lead: {type: component, about: Who reads it.}\n"
    other = "  fast-queue: {label: Fast queue, definition: A faster one., like: message-queue, needs_product: false}\n"
    fast = "  fast: {kind: fast-queue, title: Fast, rack: acme-r-0816, lead: jobs}\n  jobs:\n"
    changes = (
        ("      order: {", f"{rack}      order: {{"),
        ("kinds:\n", f"kinds:\n{other}"),
        ("  jobs:\n", fast),
        ("    order: fifo", "    order: fifo\n    rack: acme-r-0815"),
    )
    assert problems(root, *changes) == []
    project = load(root / "architecture.yaml").project
    assert project
    edition, found = public_edition(project, root / "public")
    assert edition, found
    components = edition.project.resolved.default.components
    assert components["jobs"].rack not in ("", "acme-r-0815")
    assert "acme" not in f"{components['jobs'].rack} {components['fast'].rack}"
    fast_queue = project.resolved.default.components["fast"]
    assert "jobs" in [m.id for m in mentions(fast_queue, ()) if m.what == "component"]


def test_the_public_edition_keeps_icons(root: Path) -> None:
    (root / "icons").mkdir()
    (root / "icons/red.svg").write_text(SVG)
    assert problems(root, ("tile: SQS", "icon: icons/red.svg")) == []
    project = load(root / "architecture.yaml").project
    assert project
    edition, found = public_edition(project, root / "public")
    assert edition, found
    icon = edition.project.resolved.default.catalog.products["own-queue"].icon
    assert icon == project.resolved.default.catalog.products["own-queue"].icon
    assert icons_of_pictures.usable(icon)


def test_the_help_of_an_unknown_kind_says_how_to_declare_one(root: Path) -> None:
    (root / "architecture.yaml").write_text(MODEL.replace("    kind: message-queue", "    kind: warp-core"))
    (problem,) = load(root / "architecture.yaml").diagnostics
    assert problem.code == "ARC-M003"
    assert "kinds: {warp-core: {label: Warp core" in problem.help
    assert problem.help.startswith("search for a kind with: archgen kinds warp-core.")


def test_products_of_models_and_of_packages_have_the_categories_that_tiles_have_colors_for() -> None:
    assert get_args(OwnProduct.model_fields["category"].annotation) == CATEGORIES
    assert set(style.CATEGORIES) == set(CATEGORIES)
