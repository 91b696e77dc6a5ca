"""`archgen compare`: the difference between coordinates and revisions, and that its consequences are the real ones."""

from __future__ import annotations

import itertools
import json
import random
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from archgen.comparing.comparison import Comparison, Difference
from archgen.comparing.formats import FORMATS, as_markdown, as_text
from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project, load
from conftest import MODELS, ROOT, archgen, tree

pytestmark = pytest.mark.slow


# What section 9 of the design says about phase 1, and the reason for everything beyond that.
SOURCE = "the source's section 9"
GROWTH = {
    ("changed", "waf", "rules"): f"{SOURCE}: WAF managed rules",
    ("added", "external-dns", ""): f"{SOURCE}: ExternalDNS",
    ("changed", "monitoring", "supporting_products"): f"{SOURCE}: AMP/AMG dashboards",
    ("added", "metrics", ""): "AMP receives metrics from a collector",
    ("added", "pool", ""): f"{SOURCE}: RDS Proxy",
    ("added", "autoscaler", ""): f"{SOURCE}: Karpenter",
    ("changed", "cluster", "node_pools.burst"): f"{SOURCE}: Spot NodePools for burst",
    ("changed", "cluster", "node_pools.x86"): "section 4: images that are not built for ARM yet",
    ("changed", "cluster", "namespaces.app"): "more pods than the quota of the first phase lets in",
    ("changed", "api", "scaling.max"): "burst nodes are for more pods of the API",
}


@pytest.fixture(scope="module")
def comparison(reference: Project) -> Comparison:
    return Comparison(reference.resolved)


def between(comparison: Comparison, one: str, other: str) -> Difference:
    return comparison.of(Coordinate(*one.split(",")), Coordinate(*other.split(",")))


def test_growth_brings_what_the_source_says_and_every_extra_has_a_reason(comparison: Comparison) -> None:
    difference = between(comparison, "aws,prod,mvp", "aws,prod,growth")
    found = set()
    for item in difference.components:
        names = {".".join(map(str, s.path[2:4])) for s in item.settings} or {""}
        found |= {(item.what, item.id, name) for name in names}
    assert found == set(GROWTH)
    assert {c.id for c in difference.connections} == {
        "api--pool", "pool--database", "metrics--monitoring", "external-dns--dns",
    }  # fmt: skip
    # Runbooks are added together with their components.
    assert {s.path[:2] for s in difference.settings} == {
        ("runbooks", "spot-interruption"),
        ("runbooks", "database-scaling"),
    }
    stacks = {c.name.split("/")[2]: c.details for c in difference.consequences if c.kind == "variable file"}
    assert stacks["05-data"] == ("rds_proxy_pool",)
    # Full paths of roles of pods are longer.
    assert {".".join(name.split(".")[:2]) for name in stacks["02-eks-cluster"]} == {
        "eks_blueprints_addons_cluster.charts",  # the release of external-dns has its name and namespace
        "eks_blueprints_addons_cluster.enable_external_dns",
        "eks_blueprints_addons_cluster.external_dns_route53_zone_arns",
        "pod_identities_cluster.metrics",  # the collector of metrics is new
        "pod_identities_cluster.traces",  # Managed Prometheus is new, so collectors may write to it
    }
    managed = {"managed_service_prometheus_monitoring", "managed_service_grafana_monitoring"}
    assert managed <= set(stacks["06-observability"])
    assert "karpenter_autoscaler" in stacks["03-karpenter"]
    manifests = {c.name: c.details for c in difference.consequences if c.kind == "manifest"}
    assert {"NodePool burst", "NodePool x86"} <= set(manifests["infra/aws/03-karpenter/prod"])
    assert "HorizontalPodAutoscaler app/api" in manifests["infra/aws/04-k8s/prod"]
    rows = {c.name: c.details for c in difference.consequences if c.kind == "parity row"}
    assert rows["DB"] == ("pool",)
    assert "Registry" not in rows


def test_every_pair_of_coordinates_compares_and_the_way_back_is_the_mirror(comparison: Comparison) -> None:
    every = list(comparison._old.architectures)
    assert len(list(itertools.combinations(every, 2))) == 153
    mirror = {"added": "removed", "removed": "added", "changed": "changed"}
    for one, other in itertools.combinations(every, 2):
        there, back = comparison.of(one, other), comparison.of(other, one)
        for part in ("components", "connections"):
            assert {(mirror[i.what], i.id) for i in getattr(there, part)} == {
                (i.what, i.id) for i in getattr(back, part)
            }
        assert {(s.path, s.new, s.old) for s in there.settings} == {(s.path, s.old, s.new) for s in back.settings}
        assert there, "two coordinates of the reference model that are alike"
    for coordinate in every:
        assert not comparison.of(coordinate, coordinate)


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it is")


def edit(folder: Path, old: str, new: str) -> None:
    model = folder / "architecture.yaml"
    text = model.read_text()
    assert text.count(old) == 1
    model.write_text(text.replace(old, new))


def test_between_revisions_the_files_that_it_names_are_those_that_a_build_changes(built_project: Path) -> None:
    project = built_project
    commit(project)
    before = tree(project / "infra")
    edit(project, "prod: {backup: {retention_days: 30}}", "prod: {backup: {retention_days: 31}}")
    assert archgen("build", "--no-site", cwd=project).code == 0
    after = tree(project / "infra")
    changed = {f"infra/{name}" for name in after if after[name] != before.get(name) and "tfvars" in name}
    named, pictures = set(), set()
    for cloud in ("aws", "gcp"):
        result = archgen(
            "compare", "--from-rev", "HEAD", "--from", cloud, "--to", cloud, "--format", "json", cwd=project
        )
        data = json.loads(result.out)
        assert data["from"]["revision"] == "HEAD"
        assert data["to"]["revision"] is None
        (item,) = data["components"]
        (setting,) = item["settings"]
        assert (setting["path"], setting["old"], setting["new"]) == (
            "components.database.backup.retention_days", 30, 31,
        )  # fmt: skip
        lines = (project / "architecture.yaml").read_text().splitlines()
        assert "retention_days: 31" in lines[setting["new_line"] - 1]
        named |= {c["name"] for c in data["consequences"] if c["kind"] == "variable file"}
        pictures |= {c["name"] for c in data["consequences"] if c["kind"] == "picture"}
        assert {c["name"] for c in data["consequences"] if c["kind"] == "runbook"} == {
            "database-failover", "point-in-time-restore", "disaster-recovery-promote", "snapshot-copy-and-restore", "database-scaling",
            "zone-failure", "region-failover", "region-return",
        }  # fmt: skip
    assert named == changed != set()
    assert "flow-log" not in pictures


def test_a_revision_is_read_without_touching_the_working_tree(project: Path) -> None:
    commit(project)
    edit(project, "retention_days: 30}}", "retention_days: 29}}")
    before = tree(project)
    result = archgen("compare", "--from-rev", "main", "--exit-code", cwd=project)
    assert result.code == 1
    assert result.out.startswith("aws, prod, mvp at main → aws, prod, mvp\n")
    assert "backup.retention_days: 30 → 29  (architecture.yaml:" in result.out
    assert archgen("compare", "--from-rev", "main", "--to-rev", "main", "--exit-code", cwd=project).code == 0
    after = tree(project)
    assert {n: c for n, c in after.items() if not n.startswith(".git/")} == {
        n: c for n, c in before.items() if not n.startswith(".git/")
    }


def test_what_cannot_be_compared_is_reported(project: Path) -> None:
    outside = archgen("compare", "--from-rev", "main", cwd=project)
    assert (outside.code, "ARC-C007" in outside.err, "not in a Git repository" in outside.err) == (2, True, True)
    commit(project)
    for revision in ("nope", "--all", "", "main:architecture.yaml", "\x1b[2J"):
        result = archgen("compare", f"--from-rev={revision}", cwd=project)
        assert result.code == 2, revision
        assert "error[ARC-C007]: unknown revision" in result.err
        assert "Traceback" not in result.err
        assert "\x1b" not in result.err
    edit(project, "kind: waf", "kind: waff")
    commit(project)
    edit(project, "kind: waff", "kind: waf")
    result = archgen("compare", "--from-rev", "HEAD", cwd=project)
    assert result.code == 2
    assert result.err.startswith("The model at revision 'HEAD' cannot be read:")
    assert "'waff'" in result.err or "`waff`" in result.err
    git(project, "mv", "architecture.yaml", "other.yaml")
    result = archgen("compare", "-m", "other.yaml", "--from-rev", "HEAD", cwd=project)
    assert "other.yaml does not exist at 'HEAD'" in result.err
    result = archgen("compare", "-m", "other.yaml", "--to", "aws,production", cwd=project)
    assert (result.code, "ARC-C004" in result.err, "--to" in result.err) == (2, True, True)


def test_a_model_in_a_folder_of_the_repository_is_read_with_what_it_includes(project: Path) -> None:
    top = project.parent
    commit(top)
    edit(project, "retention_days: 30}}", "retention_days: 29}}")
    result = archgen("compare", "--from-rev", "HEAD", cwd=project)
    assert "backup.retention_days: 30 → 29" in result.out
    above = archgen("compare", "-m", f"{project.name}/architecture.yaml", "--from-rev", "HEAD", cwd=top)
    assert f"({project.name}/architecture.yaml:" in above.out  # named from the working directory
    assert above.out.replace(f"{project.name}/", "") == result.out


@settings(max_examples=40, deadline=None)
@given(st.text())
def test_names_do_not_break_out_of_the_tables(title: str) -> None:
    from archgen.analysis.changes import Item
    from archgen.diagnostics.diagnostic import Span

    at = Coordinate("aws", "prod", "")
    item = Item("added", "api", title, Span("m.yaml", 1, 1, 1, 2))
    difference = Difference(at, at, (item,), (), (), ())
    rows = [line for line in as_markdown(difference).split("\n") if line.startswith("| +")]
    assert len(rows) == 1
    assert rows[0].count("|") == 5
    assert "<script" not in rows[0]
    assert len(as_text(difference).splitlines()) == 4
    assert json.loads(FORMATS["json"](difference, (None, None)))["components"][0]["title"] == title


def test_the_same_model_twice_has_no_differences(project: Path) -> None:
    one, other = load(project / "architecture.yaml").project, load(project / "architecture.yaml").project
    assert one
    assert other
    comparison = Comparison(one.resolved, other.resolved)
    assert not any(comparison.of(at, at) for at in one.resolved.architectures)


def test_the_pages_say_what_the_comparison_says(built: Path) -> None:
    from html import unescape

    def page(name: str) -> list[str]:
        text = (built / f"docs/architecture/{name}.md").read_text()
        return [unescape(line.strip()) for line in text.splitlines()]

    aws, gcp = "\n".join(page("side-by-side")).split('=== "GCP"')
    assert "| <code>backup.retention_days</code> | 7 | 14 | 30 |" in aws
    assert "| <code>cidr</code> | 10.10.0.0/16 | 10.20.0.0/16 | 10.30.0.0/16 |" in aws
    assert "| <code>project</code> |" in gcp
    assert "engine_version" not in aws.split("??? note")[0]
    road = "\n".join(page("road"))
    assert "| <code>rules</code> | rate-limit, owasp | rate-limit, owasp, geo, managed |" in road
    assert "**Move to it when:** Node capacity is exhausted in peaks" in road
    assert "| <code>infra/aws/05-data/prod.tfvars.json</code> | <code>rds_proxy_pool</code> |" in road
    clouds = "\n".join(page("clouds"))
    assert clouds.count("| [DNS](components/dns.md) | [Amazon Route 53](") == 3


def test_a_model_with_nothing_to_compare_has_no_such_pages(minimal: Path) -> None:
    assert archgen("build", "--no-site", cwd=minimal).code == 0
    pages = {file.stem for file in (minimal / "docs/architecture").rglob("*.md")}
    assert not pages & {"side-by-side", "road", "clouds"}


# -- the picture of a difference -------------------------------------------------------------------------


def marks(picture: str) -> dict[str, str]:
    """How an SVG marks each node: added, removed, changed, or not at all."""
    found = {}
    for id_, classes in re.findall(r'<g id="([^"]+)" class="ag-node([^"]*)"', picture):
        found[id_.removeprefix("difference-aws-")] = classes.replace("ag-context", "").strip().removeprefix("ag-")
    return found


def test_the_picture_marks_what_the_comparison_lists(project: Path, comparison: Comparison) -> None:
    growth, scale = (Coordinate("aws", "prod", phase) for phase in ("growth", "scale"))
    for one, other in ((growth, scale), (scale, growth)):
        sides = (
            f"--{name}={','.join((c.cloud, c.environment, c.phase))}" for name, c in (("from", one), ("to", other))
        )
        result = archgen("compare", *sides, "--format", "svg", cwd=project)
        assert result.code == 0
        said = {id_: mark for id_, mark in marks(result.out).items() if mark}
        assert said == {item.id: item.what for item in comparison.of(one, other).components}


def test_added_removed_and_changed_are_distinguishable_without_color(project: Path) -> None:
    """Each has a different sign, badge shape and line style, in the picture and in its legend."""
    looks = {}
    for what, sides in (("added", ("mvp", "growth")), ("removed", ("growth", "mvp"))):
        result = archgen("compare", "--from", sides[0], "--to", sides[1], "--format", "svg", cwd=project)
        for change in (what, "changed"):
            node = re.search(rf'class="ag-node ag-{change}"[^>]*>.*?class="ag-label"', result.out, re.DOTALL)[0]  # type: ignore[index]
            mark = re.search(r'class="ag-mark"[^>]*?(stroke-dasharray="[^"]*")?/>', node)
            badge = re.search(r'<(rect|path) class="ag-badge"[^>]*?(rx="\d+")?/>', node)
            sign = re.search(r'class="ag-sign"[^>]*>([^<]+)<', node)
            assert mark, change
            assert badge, change
            assert sign, change
            looks[change] = (mark[1], badge[1], badge[2], sign[1])
            legend = result.out[result.out.rindex(f'<g class="ag-{change}">') :]
            assert f">{change}</text>" in legend
            assert f">{sign[1]}</text>" in legend
    assert len(looks) == 3
    for part in (0, 3):
        assert len({look[part] for look in looks.values()}) == 3
    assert len({look[1:3] for look in looks.values()}) == 3


@pytest.mark.parametrize("file", ["d.png", "d.pdf", "d.dot", "d.mmd", "d.drawio", "d.svg"])
def test_the_picture_in_every_format(project: Path, file: str) -> None:
    result = archgen("compare", "--from", "mvp", "--to", "growth", "-o", file, cwd=project)
    assert (result.code, result.err) == (0, "")
    content = (project / file).read_bytes()
    starts = {
        "d.png": b"\x89PNG",
        "d.pdf": b"%PDF",
        "d.dot": b"digraph",
        "d.mmd": b"---",
        "d.drawio": b"<mxfile",
        "d.svg": b"<svg",
    }
    assert content.startswith(starts[file])
    if file in ("d.dot", "d.mmd", "d.drawio"):
        assert "+ Connection pool" in unescape(content.decode().replace("#43;", "+"))
    assert (
        archgen("compare", "--from", "mvp", "--to", "growth", "-o", "again", "--format", "svg", cwd=project).code == 0
    )


def test_a_picture_of_nothing_and_one_without_a_place(project: Path) -> None:
    nothing = archgen("compare", "--from", "dev", "--to", "dev", "--format", "svg", cwd=project)
    assert nothing.code == 2
    assert "nothing to draw" in nothing.err
    nowhere = archgen("compare", "--from", "dev", "--to", "prod", "--format", "png", cwd=project)
    assert nowhere.code == 2
    assert "-o difference.png" in nowhere.err


def test_the_road_has_a_picture_of_every_step(built: Path) -> None:
    html = (built / "site/architecture/road/index.html").read_text()
    for name in ("road-growth-aws-", "road-scale-aws-", "road-growth-gcp-", "road-scale-gcp-"):
        assert html.count(f'id="{name}title"') == 1
    assert html.count('class="ag-node ag-added"') >= 6


def test_the_page_of_environments_has_everything_on_request(built: Path) -> None:
    text = unescape((built / "docs/architecture/side-by-side.md").read_text())
    aws = text.split('=== "GCP"')[0]
    shown, subnets, same = aws.split("??? note")
    assert "<code>engine_version</code> | 17 |" in same
    assert "engine_version" not in shown + subnets
    assert shown.index("backup.retention_days") < shown.index("cidr")
    assert "subnets" not in shown
    count = int(re.search(r"Identical in all environments: (\d+) settings", same)[1])  # type: ignore[index]
    assert len(re.findall(r"(?m)^    +\| .*<code>", same)) == count > 200


def test_values_of_a_teams_own_code_are_consequences(project: Path) -> None:
    model = project / "architecture.yaml"
    own = """terraform:
  stacks:
    legacy:
      purpose: What existed before.
      directory: legacy/{cloud}
      inputs:
        retention: {expression: components.database.backup.retention_days}
        fixed: {value: 1}
"""
    text = model.read_text()
    head = "terraform:\n  path: infra/{cloud}/{stack}\n  stacks:\n"
    assert text.count(head) == 1
    model.write_text(text.replace(head, own))
    data = json.loads(archgen("compare", "--from", "dev", "--to", "prod", "--format", "json", cwd=project).out)
    files = {c["name"]: c["details"] for c in data["consequences"] if c["kind"] == "variable file"}
    assert files["legacy/aws/prod.tfvars.json"] == ["retention"]


# -- order in the file -------------------------------------------------------------------------------------


def shuffled(value: object, rng: random.Random, path: tuple[str, ...] = ()) -> object:
    """The same model with the keys of every mapping in another order, except for the two mappings whose order has a meaning."""
    if isinstance(value, list):
        return [shuffled(item, rng, (*path, "")) for item in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    if path not in (("environments",), ("phases",)):
        rng.shuffle(keys)
    return {key: shuffled(value[key], rng, (*path, key)) for key in keys}


@pytest.mark.parametrize("model", [ROOT, *MODELS], ids=lambda path: "reference" if path == ROOT else path.name)
def test_the_order_of_keys_makes_no_difference(model: Path, tmp_path: Path) -> None:
    root = tmp_path / "shuffled"
    root.mkdir()
    for folder in ("architecture", "docs/design", "parts"):  # files to which the models refer
        if (model / folder).is_dir():
            shutil.copytree(model / folder, root / folder)
    data = yaml.safe_load((model / "architecture.yaml").read_text(encoding="utf-8"))
    text = yaml.safe_dump(shuffled(data, random.Random(5)), sort_keys=False, allow_unicode=True)
    (root / "architecture.yaml").write_text(text, encoding="utf-8")
    one, other = load(model / "architecture.yaml").project, load(root / "architecture.yaml").project
    assert one
    assert other
    comparison = Comparison(one.resolved, other.resolved)
    for a in one.resolved.today():
        assert as_text(comparison.of(a.coordinate, a.coordinate)).endswith("No differences.\n")


def test_moving_a_component_and_tiers_makes_no_difference(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    commit(tmp_path)
    model = tmp_path / "architecture.yaml"
    lines = model.read_text(encoding="utf-8").splitlines(keepends=True)
    visitors = next(line for line in lines if line.startswith("  visitors:"))
    lines.remove(visitors)
    lines.insert(next(n for n, line in enumerate(lines) if line.startswith("runbooks:")), visitors)
    data = next(line for line in lines if line.startswith("    data: {name: Private"))
    lines.remove(data)
    lines.insert(next(n for n, line in enumerate(lines) if line.startswith("    public: {name")), data)
    model.write_text("".join(lines), encoding="utf-8")
    result = archgen("compare", "--from-rev", "main", "--exit-code", cwd=tmp_path)
    assert (result.code, result.out.splitlines()[-1]) == (0, "No differences.")


def test_the_order_of_environments_and_phases_makes_a_difference(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    commit(tmp_path)
    lines = (tmp_path / "architecture.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    dev = next(n for n, line in enumerate(lines) if line.startswith("  dev: {name"))
    lines[dev], lines[dev + 1] = lines[dev + 1], lines[dev]
    (tmp_path / "architecture.yaml").write_text("".join(lines), encoding="utf-8")
    result = archgen("compare", "--from-rev", "main", "--from", "prod", "--to", "prod", "--exit-code", cwd=tmp_path)
    assert result.code == 1
    assert "environments: dev, prod → prod, dev  (architecture.yaml:" in result.out
