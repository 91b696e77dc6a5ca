"""A package that adds something of every sort works without a change to archgen, and what is wrong with one is said in its file."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from archgen import extending
from archgen.commands.main import main
from archgen.diagnostics.codes import AREAS, rules
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.explain import explain
from archgen.pipeline import check, load
from archgen.terraform.binding_files import (
    binding_files,
    check_contents,
    check_inputs,
    module_file,
    read_binding,
    read_module,
    read_own_bindings,
)
from archgen.terraform.bindings import check_needs, versions
from conftest import MINIMAL, MKDOCS, ROOT, archgen

pytestmark = pytest.mark.slow

PACKAGE = ROOT / "tests/extension_package"
MODEL = (PACKAGE / "architecture.yaml").read_text(encoding="utf-8")


def install(into: Path) -> Path:
    """Install the package into a folder as pip would, and return the folder."""
    shutil.copytree(PACKAGE / "acme_archgen", into / "acme_archgen", ignore=shutil.ignore_patterns("__pycache__"))
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = into / "acme_archgen-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = project["entry-points"].items()
    lines = [f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in entries.items()) for group, entries in groups]
    (info / "entry_points.txt").write_text("".join(lines))
    return into


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was built with the package."""
    folder = tmp_path_factory.mktemp("extended")
    install(folder / "packages")
    project = folder / "project"
    project.mkdir()
    (project / "architecture.yaml").write_text(MODEL)
    (project / "mkdocs.yml").write_text(MKDOCS)
    result = archgen(
        "build", "--no-site", cwd=project, env={"PYTHONPATH": f"{folder / 'packages'}{os.pathsep}{ROOT / 'src'}"}
    )
    assert result.code == 0, result.err
    return project


def test_a_kind_and_its_products_have_pages(built: Path) -> None:
    page = (built / "docs/architecture/components/jobs.md").read_text()
    assert "Amazon SQS" in page
    assert "Pub&#47;Sub" in page
    queues = (built / "docs/architecture/components/jobs.md").read_text()
    kind = next(iter((built / "docs/architecture/reference/kinds").glob("*queue.md"))).read_text()
    assert "How long messages are kept" in kind
    assert "reference/kinds/" in queues


def test_a_view_has_a_page_and_pictures(built: Path) -> None:
    page = (built / "docs/architecture/messaging.md").read_text()
    assert "Which components write to which queues" in page
    picture = (built / "docs/architecture/diagrams/messaging-aws-live.svg").read_text()
    assert all(f">{text}</text>" in picture for text in ("Consumers", "Waiting jobs", "Worker", "SQS"))


def test_an_output_writes_its_page_from_its_own_template_and_its_files(built: Path) -> None:
    assert "[Waiting jobs](components/jobs.md) | 7 days" in (built / "docs/architecture/queues.md").read_text()
    assert (built / "queues/aws-live.csv").read_text() == "queue,product,days\njobs,acme-queue,7\n"
    assert (built / "queues/gcp-live.csv").read_text() == "queue,product,days\njobs,acme-topic,7\n"
    assert "- Messaging: architecture/queues.md" in (built / ".archgen/site.yml").read_text()


def test_bindings_fill_in_terraform_variables_on_both_clouds(built: Path) -> None:
    aws = json.loads((built / "infra/aws/queues/live.tfvars.json").read_text())
    assert aws["sqs_jobs"]["message_retention_seconds"] == 7 * 86400
    assert aws["sqs_jobs"]["create_dlq"] is False
    gcp = json.loads((built / "infra/gcp/queues/live.tfvars.json").read_text())
    assert gcp["pubsub_jobs"]["topic"] == aws["sqs_jobs"]["name"]
    assert "at most 80 characters" in (built / "infra/aws/queues/variables.tf").read_text()
    assert "terraform-aws-modules/sqs/aws" in (built / "infra/aws/queues/main.tf").read_text()


def test_a_runbook_has_the_names_of_each_environment(built: Path) -> None:
    page = (built / "docs/architecture/runbooks/jobs-waiting.md").read_text()
    assert "aws sqs get-queue-attributes --region eu-west-1" in page
    assert "gcloud pubsub subscriptions describe" in page
    assert "Messages are kept for 7 days" in page


def test_a_rule_is_explained_beside_the_others(built: Path) -> None:
    page = (built / "docs/architecture/diagnostics/acme.md").read_text()
    assert "## ACME101 {#acme101}" in page
    assert re.search(r"Severity: warning. Authority: \[docs.*sqs-dead-letter-queues.html\)", page)


# -- in this process -------------------------------------------------------------------------------------


def forget() -> None:
    """Forget what was found out about installed packages."""
    for name, module in list(sys.modules.items()):
        if name.startswith("acme_archgen"):
            del sys.modules[name]
        elif name.startswith("archgen"):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a project that this process sees with the package installed in `packages`."""
    monkeypatch.syspath_prepend(str(install(tmp_path / "packages")))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a file that changes within a second would be read from it
    (tmp_path / "architecture.yaml").write_text(MODEL)
    (tmp_path / "mkdocs.yml").write_text(MKDOCS)
    monkeypatch.chdir(tmp_path)
    forget()
    yield tmp_path
    forget()


def findings(root: Path) -> list[Diagnostic]:
    loaded = load(root / "architecture.yaml")
    return check(loaded.project).findings if loaded.project else loaded.diagnostics


def test_a_rule_of_a_package_is_a_rule_like_any_other(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = [found for found in findings(root) if found.code == "ACME101"]
    assert found.severity == "warning"
    assert found.span
    assert found.span.line == MODEL.splitlines().index("  jobs:", 15) + 1
    changed = MODEL + "rules: {severities: {ACME101: error}}\n"
    (root / "architecture.yaml").write_text(changed)
    assert main(["validate"]) == 1
    assert "error[ACME101]" in capsys.readouterr().err
    (root / "architecture.yaml").write_text(changed.replace("ACME101", "ACME110"))
    assert main(["validate"]) == 2
    assert "did you mean 'ACME101'?" in capsys.readouterr().err


def test_a_component_that_a_kind_of_a_package_refers_to_is_used(root: Path) -> None:
    assert "REF003" not in [found.code for found in findings(root)]
    (root / "architecture.yaml").write_text(MODEL.replace("    consumers: [worker]\n", ""))
    assert [found.path[1] for found in findings(root) if found.code == "REF003"] == ["worker"]


def test_a_finding_is_as_severe_as_its_rule_or_less(root: Path) -> None:
    file = root / "packages/acme_archgen/rules/dead_letters.py"
    text = file.read_text()
    for severity, stated, expected in (
        ("info", "error", "info"),
        ("error", "warning", "warning"),
        ("error", "", "error"),
    ):
        forget()
        found = text.replace('SEVERITY = "warning"', f'SEVERITY = "{severity}"')
        file.write_text(found.replace("name))", f'name), severity="{stated}")') if stated else found)
        assert [d.severity for d in findings(root) if d.code == "ACME101"] == [expected]


def test_its_explanation_is_printed_and_its_examples_do_what_they_say(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "acme101"]) == 0
    assert capsys.readouterr().out.startswith("ACME101: A queue loses messages that cannot be handled\n")
    head = MODEL[: MODEL.index("components:")]
    for example, expected in ((explain("ACME101").bad, 1), (explain("ACME101").good, 0)):
        (root / "architecture.yaml").write_text(f"{head}{example.text}\n".replace("  gcp: {role", "  # gcp: {role"))
        assert [found.code for found in findings(root)].count("ACME101") == expected


@pytest.mark.parametrize(
    ("old", "new", "help_"),
    [
        ("consumers: [worker]", "consumers: [worke]", "did you mean 'worker'?"),
        ("consumers: [worker]", "dead_letters: job", "did you mean 'jobs'?"),
        ("consumers: [worker]", "subscriptions: {fast: {consumer: wroker}}", "did you mean 'worker'?"),
        ("consumers: [worker]", "delivered_in: [app]", "the model declares no tier yet"),
    ],
)
def test_references_in_a_kind_of_a_package_are_checked(root: Path, old: str, new: str, help_: str) -> None:
    (root / "architecture.yaml").write_text(MODEL.replace(old, new))
    (found,) = [found for found in findings(root) if found.code.startswith("ARC-")]
    assert found.code == "ARC-R001"
    assert help_ in found.help
    assert found.span
    assert found.span.line == MODEL.splitlines().index("    consumers: [worker]") + 1


@pytest.mark.parametrize(
    ("component", "wrong"),
    [
        ("{kind: key-management, title: Keys, product: kms, protects: [oders]}", "oders"),
        ("{kind: service, title: Jobs, runs_on: oders}", "oders"),
        ("{kind: service, title: Jobs, owner: nobodi}", "nobodi"),
        ("{kind: cache, title: Jobs, product: elasticache, supporting_products: [ksm]}", "ksm"),
    ],
)
def test_references_in_kinds_of_archgen_are_checked(tmp_path: Path, component: str, wrong: str) -> None:
    (tmp_path / "architecture.yaml").write_text(
        f"{MINIMAL}  further: {component}\nteams: {{nobody: {{name: Nobody}}}}\n"
    )
    (found,) = [found for found in findings(tmp_path) if f"'{wrong}'" in found.message]
    assert found.code == "ARC-R001"
    assert "did you mean" in found.help


def test_a_call_names_any_protocol_that_is_not_a_known_one_misspelled(root: Path) -> None:
    for protocol, help_ in (
        ("amqp", ""),
        ("sqs", ""),
        ("htps", "did you mean 'https'?"),
        ("x25", ""),  # any other name is accepted
    ):
        (root / "architecture.yaml").write_text(MODEL.replace("protocol: sqs", f"protocol: {protocol}"))
        found = [found for found in findings(root) if found.code == "ARC-M003"]
        assert [help_ in found.help for found in found] == ([True] if help_ else [])


def test_a_kind_that_a_model_declares_adds_protocols(tmp_path: Path) -> None:
    own = "kinds: {bus: {label: Bus, definition: A bus., needs_product: false, protocols: [acme-wire]}}\n"
    text = MINIMAL.replace("calls: {shop: {port: 443, protocol: https}}", "calls: {bus: {protocol: acme-wire}}")
    (tmp_path / "architecture.yaml").write_text(f"{text}  bus: {{kind: bus, title: Bus}}\n{own}")
    assert [found for found in findings(tmp_path) if found.code.startswith("ARC-")] == []


BROKEN = yaml.safe_load((ROOT / "tests/data/broken_packages.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["what"])
def test_what_is_wrong_with_a_package_is_said_in_its_file(
    root: Path, case: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    info = "acme_archgen-1.0.dist-info/entry_points.txt"
    name = info if case["file"] == "info" else f"acme_archgen/{case['file']}"
    file = root / "packages" / name
    assert case["old"] in file.read_text()
    file.write_text(file.read_text().replace(case["old"], case["new"]))
    assert main(case["command"].split()) in (1, 2)
    printed = capsys.readouterr().err
    assert "error[ARC-" in printed
    assert "Please report" not in printed
    assert case["said"] in printed
    assert case["place"] in printed
    assert "help: " in printed


def test_a_template_of_archgen_is_not_replaced_by_a_package(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "packages/acme_archgen/templates/pages/home.md").write_text("Ours.\n")
    assert main(["validate"]) == 2
    assert (
        "the template 'pages/home.md' of the package acme-archgen already exists in templates"
        in capsys.readouterr().err
    )


def test_a_binding_of_no_cloud_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "packages/acme_archgen/bindings/sqs.yaml").write_text("id: sqs\n")
    assert main(["validate"]) == 2
    assert "the name of the binding 'sqs.yaml' is not valid" in capsys.readouterr().err


# -- archgen's own ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_bindings_of_archgen_pass_what_is_asked_of_a_package(cloud: str) -> None:
    for file, _package in binding_files(cloud):
        entry = read_binding(file)
        inputs = read_module(module_file(entry["module"], file))["inputs"] if "module" in entry else {}
        check_inputs(entry, inputs, file)
        check_contents(entry, inputs, file)
        assert read_own_bindings(cloud)[str(file)].items() <= entry.items()


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_bindings_of_archgen_are_named_after_the_versions_of_their_modules_and_offer_what_others_need(
    cloud: str,
) -> None:
    known = versions(cloud)
    for name, binding in known.items():
        if binding.module:
            assert f"{binding.module.version.removeprefix('v')}.".startswith(f"{binding.major}."), name
    check_needs(known, dict.fromkeys(known, ""))


def test_the_guide_names_every_area_of_codes_and_every_group() -> None:
    guide = (ROOT / "docs/guide/extending.md").read_text(encoding="utf-8")
    assert {rule[:-3] for rule in rules()} == set(AREAS)
    for area, about in AREAS.items():
        assert re.search(rf"\| `{area}` \|.* {re.escape(about)} \|", guide), area
    for group in ("kinds", "catalog", "rules", "views", "artifacts", "bindings", "templates"):
        assert f"`archgen.{group}`" in guide


def test_the_examples_of_the_guide_are_those_of_the_package_and_can_be_imported() -> None:
    guide = (ROOT / "docs/guide/extending.md").read_text(encoding="utf-8")
    (toml,) = re.findall(r"```toml\n(\[project\].*?)```", guide, re.DOTALL)
    shown = tomllib.loads(toml)["project"]["entry-points"]
    assert shown == tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    modules = [ast.parse(code) for code in re.findall(r"```python\n(.*?)```", guide, re.DOTALL)]
    imports = [node for module in modules for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    named = {alias.name for node in imports if node.module == "archgen.extending" for alias in node.names}
    assert len(modules) == 4
    assert named <= set(extending.__all__)
    helpers = [
        "everything",
        "grouped",
        "calls_between",
        "node_of",
        "product_node",
        "member_node",
        "edge_of",
        "call_label",
        "picture",
    ]
    assert all(f"`{name}" in guide for name in helpers)


def test_resource_types_of_a_package_are_imported(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = {"name": "shop-prod-jobs", "days": 7}
    resource = {"address": "acme_queue.jobs", "mode": "managed", "type": "acme_queue", "name": "jobs", "values": values}
    state = {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": [resource]}},
    }
    (root / "prod.json").write_text(json.dumps(state))
    command = ["import", "prod.json", "--at", "aws,prod", "--format", "json"]
    assert main(command) == 0
    (found,) = json.loads(capsys.readouterr().out)["components"]
    assert (found["kind"], found["product"]) == ("message-queue", "acme-queue")
    assert found["settings"]["retention_days"]["value"] == 7
    forget()
    table = root / "packages/acme_archgen/catalog/terraform_types/acme.yaml"
    table.write_text(table.read_text().replace("retention_days:", "retentio_days:"))
    assert main(command) == 2
    printed = capsys.readouterr().err
    assert "acme.yaml:5" in printed
    assert "did you mean 'retention_days'?" in printed


def test_every_name_for_packages_exists_and_is_typed() -> None:
    for name in extending.__all__:
        assert getattr(extending, name) is not None
    for wrong in ("nothing", "load"):
        with pytest.raises(AttributeError, match=wrong):
            getattr(extending, wrong)
    source = (ROOT / "src/archgen/extending.py").read_text(encoding="utf-8")
    typed = source[source.index("if TYPE_CHECKING:") : source.index("_HOMES")]
    assert all(re.search(rf"\b{name}\b", typed) for name in extending.__all__)


def test_the_package_type_checks_against_archgen() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "-p", "acme_archgen"],
        cwd=PACKAGE,
        env={
            **os.environ,
            "MYPYPATH": f"{ROOT / 'src'}{os.pathsep}{PACKAGE}",
            "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
