"""The whole program as its users run it."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

import pytest

from archgen.artifacts import component_pages, runbook_pages, terraform_files
from archgen.checking import asking
from archgen.commands.main import main
from archgen.pipeline import load
from archgen.rules import titles
from archgen.views import context
from conftest import MINIMAL, MKDOCS, MODELS, ROOT, archgen, copy_project, emitted, tree

pytestmark = pytest.mark.slow


def edit(root: Path, old: str, new: str) -> None:
    model = root / "architecture.yaml"
    text = model.read_text()
    assert old in text
    model.write_text(text.replace(old, new))


def test_the_site_has_every_page(built: Path) -> None:
    pages = {p.relative_to(built / "site").as_posix() for p in (built / "site").rglob("index.html")}
    expected = {"", "context/", "network/", "parity/", "environments/", "assumptions/", "runbooks/", "runbooks/database-failover/",
                "terraform/", "terraform/01-base-infra/", "terraform/05-data/", "components/", "components/database/"}  # fmt: skip
    assert {f"architecture/{page}index.html" for page in expected} | {"index.html"} <= pages


ELSEWHERE = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Pacific/Auckland"}


def test_two_builds_in_two_directories_are_equal(built: Path, tmp_path: Path) -> None:
    other = copy_project(tmp_path / "a folder with spaces" / "ü")
    assert archgen("build", "--no-site", cwd=other, env=ELSEWHERE).code == 0
    one, two = tree(built), tree(other)
    one = {path: content for path, content in one.items() if not path.startswith("site/")}
    assert set(one) == set(two)
    assert [path for path in one if one[path] != two[path]] == []


def test_two_sites_in_two_directories_are_equal(minimal: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(minimal, tmp_path / "a folder with spaces" / "ü"))
    assert archgen("build", "--offline", cwd=minimal).code == 0
    assert archgen("build", "--offline", cwd=other, env=ELSEWHERE).code == 0
    assert tree(minimal) == tree(other)


def test_a_second_build_touches_nothing(shop: Path, tmp_path: Path) -> None:
    """For the reference model, `make test` runs `archgen build --check` after a build."""
    root = Path(shutil.copytree(shop, tmp_path / "copy"))
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert len(before) > 100
    result = archgen("build", "--no-site", cwd=root)
    assert "0 files written" in result.out
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.slow
def test_check_is_clean_after_a_build_and_names_what_is_stale_after_an_edit(shop: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(shop, tmp_path / "copy"))
    assert archgen("build", "--check", cwd=root).code == 0
    edit(
        root,
        "prod: {multi_zone: true, backup: {retention_days: 30}}",
        "prod: {multi_zone: true, backup: {retention_days: 35}}",
    )
    before = tree(root)
    result = archgen("build", "--check", cwd=root)
    assert result.code == 3
    assert "infra/aws/data/prod.tfvars.json: changed" in result.out
    assert "infra/gcp/data/prod.tfvars.json: changed" in result.out
    assert tree(root) == before
    assert archgen("build", cwd=root).code == 0
    assert (
        json.loads((root / "infra/aws/data/prod.tfvars.json").read_text())["rds_database"]["backup_retention_period"]
        == 35
    )
    page = (root / "site/architecture/components/database/index.html").read_text()
    assert re.search(r"<td>backup › retention days</td>\s*(<td>\d+</td>\s*)*<td>35</td>", page)


@pytest.mark.parametrize("how", ["name", "key"])
def test_renaming_the_database_changes_pages_variables_and_commands(project: Path, how: str) -> None:
    root = project
    if how == "name":
        edit(root, "    name: database ", "    name: ledger ")
    else:
        _rename_the_key(root)
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    outputs = (runbook_pages, component_pages, terraform_files)
    made = {a.path: a.content.decode() for output in outputs for a in emitted(loaded.project, output)}
    id_ = "database" if how == "name" else "ledger"
    variables = json.loads(made["infra/aws/05-data/prod.tfvars.json"])
    assert variables[f"rds_{id_}"]["identifier"] == "innovate-prod-ledger"
    runbook = made["docs/architecture/runbooks/database-failover.md"]
    assert "--db-instance-identifier innovate-prod-ledger --force-failover" in runbook
    # The connection of psql is named after the component's ID.
    assert "identifier innovate-prod-database" not in runbook
    page = "ledger" if how == "key" else "database"
    assert "innovate-prod-ledger" in unescape(made[f"docs/architecture/components/{page}.md"])


def _rename_the_key(root: Path) -> None:
    """Rename the component `database` of the reference model to `ledger`, with everything that refers to it."""
    model = root / "architecture.yaml"
    text = re.sub(r"(?m)^(\s+)database:( \{|$)", r"\1ledger:\2", model.read_text())
    text = re.sub(r"(?m)^    name: database .*\n", "", text)
    text = text.replace("component: database", "component: ledger").replace("--database]", "--ledger]")
    text = re.sub(r"((?:to|from): )database\b", r"\1ledger", text).replace("[cluster, database,", "[cluster, ledger,")
    text = text.replace("cluster, database]", "cluster, ledger]")
    sources = root / "architecture/sources.yaml"
    traced = sources.read_text().replace("components.database", "components.ledger")
    sources.write_text(traced.replace("calls.database", "calls.ledger"))
    model.write_text(text.replace("components.database", "components.ledger").replace("calls.database", "calls.ledger"))


@pytest.mark.slow
def test_a_minimal_model_builds_a_sensible_site(minimal: Path) -> None:
    assert len(MINIMAL.strip().splitlines()) <= 20
    result = archgen("build", cwd=minimal)
    assert result.code == 0, result.err
    home = (minimal / "site/index.html").read_text()
    assert "Small Shop architecture" in home
    assert "RDS PostgreSQL" in home
    pages = {p.parent.name for p in (minimal / "site").rglob("index.html")}
    assert {"network", "context", "orders", "environments"} <= pages
    assert not {"parity", "runbooks", "terraform"} & pages
    assert dead_links(minimal / "site", read_links(minimal / "site")) == []


@pytest.mark.slow
def test_a_new_project_builds_without_changes_and_nothing_is_overwritten(tmp_path: Path) -> None:
    root = tmp_path / "new"
    assert archgen("init", str(root), cwd=tmp_path).code == 0
    assert 55 <= len((root / "architecture.yaml").read_text().splitlines()) <= 90
    result = archgen("build", cwd=root)
    assert result.code == 0, result.err
    assert dead_links(root / "site", read_links(root / "site")) == []
    assert (root / "infra/aws/data/prod.tfvars.json").is_file()
    before = tree(root)
    again = archgen("init", cwd=root)
    assert again.code == 2
    assert "ARC-W001" in again.err
    assert tree(root) == before


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.name)
def test_models_of_other_shapes_build(model: Path, tmp_path: Path) -> None:
    root = tmp_path / model.name
    shutil.copytree(model, root)
    (root / "mkdocs.yml").write_text(MKDOCS)
    result = archgen("build", cwd=root)
    assert result.code == 0, result.err
    assert dead_links(root / "site", read_links(root / "site")) == []
    assert archgen("build", "--check", cwd=root).code == 0


def test_a_gcp_first_model_builds(tmp_path: Path) -> None:
    text = MINIMAL.replace("aws: {role: primary, region: eu-west-1, availability_zones: [eu-west-1a]}",
                           "gcp: {role: primary, region: europe-west1, availability_zones: [europe-west1-b, europe-west1-c]}")  # fmt: skip
    text = text.replace("aws: {account: main, cidr: 10.0.0.0/16}", "gcp: {project: small-shop, cidr: 10.0.0.0/16}")
    text = text.replace("product: rds-postgresql", "product: cloud-sql")
    text += "network:\n  tiers:\n    data: {name: Data, prefix_length: 24}\n"
    (tmp_path / "architecture.yaml").write_text(text)
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert result.code == 0, result.err
    network = unescape((tmp_path / "docs/architecture/network.md").read_text())
    assert "Zone europe-west1-c" in network
    assert "standby" in network


@pytest.mark.slow
def test_a_broken_site_configuration_is_reported_and_the_old_site_stays(minimal: Path) -> None:
    assert archgen("build", cwd=minimal).code == 0
    before = tree(minimal / "site")
    settings = minimal / "mkdocs.yml"
    text = settings.read_text()
    settings.write_text(text.replace("markdown_extensions:\n", "markdown_extensions:\n  - no.such.extension\n"))
    result = archgen("build", cwd=minimal)
    assert result.code == 1
    assert "no.such.extension" in result.err
    assert tree(minimal / "site") == before


def test_a_site_folder_that_archgen_did_not_make_stays(minimal: Path) -> None:
    (minimal / "site").mkdir()
    (minimal / "site/thesis.txt").write_text("mine")
    result = archgen("build", cwd=minimal)
    assert result.code == 1
    assert "ARC-W001" in result.err
    assert (minimal / "site/thesis.txt").read_text() == "mine"


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["diagram"], ["diagram", "network", "--at", "azure", "-o", "x.svg"], ["diagram", "netwrk", "-o", "x.svg"],
     ["diagram", "network", "-o", "x.jpg"], ["diagram", "network", "-o", "no/such/folder/x.svg"], ["validate", "-m", "missing.yaml"],
     ["diagram", "network", "--scale", "1000", "-o", "x.png"], ["build", "--nosite"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_ends_with_2(minimal: Path, arguments: list[str]) -> None:
    before = tree(minimal)
    result = archgen(*arguments, cwd=minimal)
    assert result.code == 2
    assert result.err.strip()
    assert tree(minimal) == before


def test_at_suggests_what_was_meant(minimal: Path) -> None:
    assert "did you mean 'aws'?" in archgen("diagram", "network", "--at", "awz", cwd=minimal).err
    assert "did you mean 'network'?" in archgen("diagram", "netwrk", cwd=minimal).err


def test_help_teaches() -> None:
    result = archgen("--help", cwd=ROOT)
    assert result.code == 0
    for word in ("validate", "build", "diagram", "schema", "--at aws,prod,growth", "exit codes"):
        assert word in result.out


def test_a_full_disk_under_standard_output_gives_no_traceback() -> None:
    import subprocess
    import sys

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "archgen", "schema"], stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT
        )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "xlink:href") and value:
                self.links.append(value)
            elif name == "id" and value:
                self.ids.append(value)


def read_links(site: Path) -> dict[str, _Links]:
    """The links and ids of each page of a built site."""
    pages: dict[str, _Links] = {}
    for file in site.rglob("*.html"):
        if file.name != "404.html":
            reader = _Links()
            reader.feed(file.read_text(encoding="utf-8"))
            pages["/" + file.relative_to(site).as_posix()] = reader
    return pages


def dead_links(site: Path, pages: dict[str, _Links]) -> list[str]:
    """Links, anchors and assets of a built site that lead nowhere, including those in SVG."""
    dead = []
    for page, reader in pages.items():
        for link in reader.links:
            url = urlparse(urljoin(f"http://site{page.removesuffix('index.html')}", link))
            if url.scheme not in ("http", "https") or url.netloc != "site":
                continue
            path = unquote(url.path)
            target = f"{path}index.html" if path.endswith("/") else path
            if not (site / target.lstrip("/")).is_file():
                dead.append(f"{page}: {link}")
            elif url.fragment and target in pages and unquote(url.fragment) not in pages[target].ids:
                dead.append(f"{page}: {link} (anchor)")
    return dead


def test_no_link_is_dead_and_ids_are_unique(built: Path) -> None:
    pages = read_links(built / "site")
    assert dead_links(built / "site", pages) == []
    for page, reader in pages.items():
        repeated = [i for i, count in Counter(reader.ids).items() if count > 1]
        assert not repeated, page


def test_the_reference_has_every_kind_in_use_and_every_product(built: Path) -> None:
    from archgen.catalog import catalog

    folder = built / "docs/architecture/reference"
    page = unescape((folder / "kinds.md").read_text())
    model = load(ROOT / "architecture.yaml").project
    assert model
    used = {component.kind for at in model.resolved.architectures.values() for component in at.components.values()}
    assert [kind for kind in used if f"{{#{kind}}} <code>{kind}</code>" not in page] == []
    page = unescape((folder / "kinds/postgresql.md").read_text())
    assert re.search(r"<code>multi_zone</code>.*\bWhether there is a synchronous standby", page)
    page = unescape((folder / "products.md").read_text())
    assert all(f"<code>{product}</code>" in page for product in catalog().sold_on(("aws", "gcp")).products)
    page = unescape((folder / "model.md").read_text())
    assert "| <code>netnum</code> | whole number, at least 0 |" in page


def test_standalone_pictures_link_to_pages(built: Path) -> None:
    pictures = list((built / "site/architecture/diagrams").glob("*.svg"))
    assert len(pictures) > 80
    assert len({picture.read_bytes() for picture in pictures}) == len(pictures)  # equal pictures share a file
    for picture in pictures:
        for href in re.findall(r'<a xlink:href="([^"]+)"', picture.read_text()):
            assert (picture.parent / href / "index.html").is_file(), href


def test_every_generated_page_says_where_it_comes_from(built: Path) -> None:
    for page in (built / "docs/architecture").rglob("*.md"):
        if page.name == "diagnostics.md" or {"diagnostics", "reference"} & {
            *page.parts
        }:  # they follow from no lines of the model
            continue
        assert re.search(
            r"Generated from <code>architecture(&#47;sources)?&#46;yaml</code>, lines \d+ to \d+", page.read_text()
        ), page


def test_nine_rows_as_the_source_words_them(built: Path) -> None:
    html = (built / "site/architecture/parity/index.html").read_text()
    table = re.sub(r'<br ?/?><span class="ag-docs">.*?</span>', "", html.split("<table>")[1].split("</table>")[0])
    rows = [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]
            for row in table.split("<tr>")[2:]]  # fmt: skip
    cells = [[name, aws, gcp] for name, _status, aws, gcp, *_ in rows]
    assert cells[: len(SOURCE_ROWS)] == SOURCE_ROWS
    # Capabilities that section 12 of the design leaves out have additional rows.
    further = {cell[0] for cell in cells[len(SOURCE_ROWS) :]}
    assert further >= {
        "CDN", "DNS", "DDoS protection", "Cache", "Object storage & SPA hosting", "Key management", "Egress",
        "Private access to cloud APIs", "Image signing", "Audit logging", "Threat detection", "Single sign-on", "Tracing",
        "Profiling", "Log archive", "Connection pooling", "Global failover",
    }  # fmt: skip


# Section 12 of the source design.
SOURCE_ROWS = [
    ["Managed K8s", "EKS", "GKE (Autopilot or Standard)"],
    ["Autoscale burst", "Karpenter + Spot + Graviton", "GKE autoscaling + Spot VMs; Autopilot abstracts nodes"],
    ["Ingress & WAF", "ALB Controller + AWS WAF", "HTTP(S) LB / Gateway API + Cloud Armor"],
    ["Registry", "ECR (scan on push)", "Artifact Registry (vuln scanning)"],
    ["Secrets", "Secrets Manager + External Secrets", "Secret Manager + ESO"],
    ["DB", "RDS for PostgreSQL (Multi-AZ)", "Cloud SQL for PostgreSQL (regional)"],
    ["Observability", "AMP/AMG, CloudWatch, X-Ray", "Managed Prometheus, Cloud Logging/Monitoring, Cloud Trace"],
    ["CI/CD", "GitHub Actions + Argo CD", "Cloud Build / Deploy + Argo CD (optional)"],
    ["IAM to CI", "GitHub OIDC → IAM roles", "GitHub OIDC → GCP Workload Identity"],
]


def test_a_build_runs_every_rule_once_at_every_coordinate(minimal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    real = titles.check
    monkeypatch.setattr(titles, "check", lambda architecture: (asked.append(architecture), real(architecture))[1])
    asking.find_checks.cache_clear()
    try:
        assert main(["build", "--no-site", "-m", str(minimal / "architecture.yaml")]) == 0
    finally:
        asking.find_checks.cache_clear()
    assert len(asked) == 1  # the minimal model has one coordinate


def test_a_defect_while_drawing_is_not_reported_as_an_unknown_view(
    minimal: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defect(_architecture: object, _horizon: object) -> None:
        raise KeyError("a product without an entry in the catalog")

    monkeypatch.setattr(context, "view", defect)
    assert main(["diagram", "context", "-m", str(minimal / "architecture.yaml")]) == 70
    err = capsys.readouterr().err
    assert "a product without an entry in the catalog" in err
    assert "does not exist" not in err
    assert "there is no view" not in err
