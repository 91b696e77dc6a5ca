"""Measures archgen against the tools it builds on, and prints ratios. These are benchmarks, not tests.

    make bench

The two sides of a pair run alternately, several times, and the ratio is that of the medians, so that a busy machine affects both alike.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "architecture.yaml"

ONE_MODEL = """
from pydantic import BaseModel
class One(BaseModel):
    name: str
    size: int
One.model_validate({"name": "x", "size": 1})
"""


def process(*command: str, cwd: Path = ROOT, kept: Path | None = None) -> Callable[[], float]:
    """A function that runs a command and returns its duration in seconds. Results are kept between runs in the folder `kept`."""

    def run() -> float:
        started = time.perf_counter()
        env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # where people use archgen, its modules are compiled once
        env["ARCHGEN_CACHE"] = str(kept or "off")
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return time.perf_counter() - started

    return run


def compare(what: str, aim: float, one: Callable[[], float], other: Callable[[], float], rounds: int) -> None:
    """Print the ratio of the median durations of two functions, which are called alternately."""
    one()
    other()
    pairs = [(one(), other()) for _round in range(rounds)]
    first, second = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"{what}: {first / second:.2f} (aim: at most {aim}; {first * 1000:.0f} ms against {second * 1000:.0f} ms)")


def validate() -> None:
    """Validating the reference model at all coordinates, against a script with one pydantic class.

    The statements of its design document are kept from one run to the next, as for users; nothing else of the model is.
    """
    with tempfile.TemporaryDirectory() as name:
        archgen = process(sys.executable, "-m", "archgen", "validate", kept=Path(name))
        script = process(sys.executable, "-c", ONE_MODEL)
        compare("archgen validate / a script that validates one pydantic model", 3, archgen, script, 9)
        one_process = process(sys.executable, "-m", "archgen", "validate", "--jobs", "1", kept=Path(name))
        compare("archgen validate --jobs 1 / the same script", 3, one_process, script, 9)
    version = process(sys.executable, "-m", "archgen", "--version")
    compare("archgen --version / python -c pass", 1.5, version, process(sys.executable, "-c", "pass"), 9)


def build() -> None:
    """A complete build from scratch, against MkDocs alone on the resulting pages; and builds after edits, against the one from scratch."""
    with tempfile.TemporaryDirectory() as name:
        project, kept = Path(name) / "project", Path(name) / "kept"
        copy_maintained(ROOT, project)
        everything = process(
            sys.executable, "-m", "archgen", "build", "--force", "docs/index.md", cwd=project, kept=kept
        )

        def cold() -> float:
            for left in ("docs/architecture", "infra", "schema", ".archgen", "site"):
                shutil.rmtree(project / left, ignore_errors=True)
            (project / "docs/index.md").unlink(missing_ok=True)
            shutil.rmtree(kept, ignore_errors=True)
            return everything()

        cold()
        pages_only = process(sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", cwd=project)
        compare("archgen build / mkdocs build of the same pages", 1.4, cold, pages_only, 5)
        edit_value = edited(project / "architecture", r"(?m)^( +)title: (.+)$", everything)
        compare("archgen build after an edit of a title / archgen build from scratch", 0.1, edit_value, cold, 3)


def copy_maintained(source: Path, project: Path) -> None:
    """Copy the files of a project that people maintain."""
    project.mkdir()
    for item in ("architecture.yaml", "architecture", "mkdocs.yml", "docs"):
        if (source / item).is_dir():
            shutil.copytree(source / item, project / item, ignore=lambda folder, _names: made_in(Path(folder)))
        elif (source / item).is_file():
            shutil.copy(source / item, project / item)


def made_in(folder: Path) -> list[str]:
    """The files in a folder that a build makes."""
    return ["architecture", "index.md"] if folder.name == "docs" else []


def edited(folder: Path, line: str, then: Callable[[], float]) -> Callable[[], float]:
    """A function that changes the first such line in the files of a folder to a text that it never had, and calls `then`."""
    file = next(file for file in sorted(folder.rglob("*.yaml")) if re.search(line, file.read_text(encoding="utf-8")))
    number = itertools.count()

    def change() -> float:
        text = re.sub(line, rf"\1title: Edited {next(number)}", file.read_text(encoding="utf-8"), count=1)
        file.write_text(text, encoding="utf-8")
        return then()

    return change


def serve(source: Path = ROOT, page: str = "architecture/network/", title: str = "PostgreSQL") -> None:
    """Saving a title until the picture of a page shows it in Chromium, against the command that draws this picture alone."""
    sys.path.append(str(ROOT / "tests"))
    from playwright.sync_api import sync_playwright

    from browser import find

    path = find()
    if not path:
        print("Chromium is not installed: serve was not measured")
        return
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        project = Path(name) / "project"
        copy_maintained(source, project)
        command = [sys.executable, "-m", "archgen", "serve", "--port", "0"]
        served = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            assert served.stdout
            address = served.stdout.readline().split()[0]
            assert ": published" in served.stdout.readline()
            tab = browser.new_page()
            tab.goto(address + page)
            numbers = itertools.count()
            model, shown = project / "architecture.yaml", title

            def save() -> float:
                nonlocal shown
                text = model.read_text(encoding="utf-8")
                old, shown = shown, f"Edited{next(numbers)}"
                started = time.perf_counter()
                model.write_text(text.replace(f"title: {old}", f"title: {shown}", 1), encoding="utf-8")
                tab.wait_for_function(f"document.querySelector('svg.ag').textContent.includes('{shown}')", timeout=0)
                seconds = time.perf_counter() - started
                assert served.stdout
                assert ": published" in served.stdout.readline()  # the time of the other pages does not count
                return seconds

            view = page.rstrip("/").rpartition("/")[2]
            alone = process(sys.executable, "-m", "archgen", "diagram", view, "-o", f"{name}/{view}.svg", cwd=project)
            compare(
                "archgen serve: save to the changed picture in Chromium / archgen diagram of that picture",
                2,
                save,
                alone,
                5,
            )
        finally:
            browser.close()
            served.terminate()
            served.wait()


def draw() -> None:
    """Drawing every distinct picture on all cores, against the time that Graphviz takes for the same task on one core."""
    from archgen.draw.batch import draw_all, remembered
    from archgen.draw.drawing import draw as draw_graph
    from archgen.draw.svg import svg
    from archgen.pipeline import load
    from archgen.views import views_of

    project = load(MODEL).project
    assert project
    axes = project.resolved.axes
    graphs = {v.graph(c): None for v in views_of(project.resolved).values() for c in axes.all}
    shown = [graph for graph in graphs if graph.nodes()]
    from by_graphviz import clocked, same_job

    for graph in shown:  # warm up: a process reads icons and fonts once
        svg(draw_graph(graph))
    ratios = []
    for _round in range(5):
        with clocked() as inside:
            for graph in shown:
                same_job(graph)
        started = time.perf_counter()
        batch = draw_all(shown)
        for drawing in batch.of.values():
            svg(drawing)
        ratios.append((time.perf_counter() - started, sum(inside)))
    whole, within = (statistics.median(times) for times in zip(*ratios, strict=True))
    print(
        f"drawing {len(shown)} pictures ({len(views_of(project.resolved)) * len(axes.all)} views at coordinates) / the time inside "
        f"Graphviz for the same job: {whole / within:.2f} (aim: at most 1.5; {whole * 1000:.0f} ms against {within * 1000:.0f} ms)"
    )
    memory = remembered(draw_all(shown))
    print(f"drawn again in a second build without changes: {draw_all(shown, memory).fresh} of {len(shown)}")


def terraform() -> None:
    """Making variable files, against a complete build; and checking all of them, against the time in Terraform's processes."""
    from archgen.artifacts import terraform_files
    from archgen.artifacts.base import Context
    from archgen.artifacts.terraform_jobs import check_all, jobs_of_stacks
    from archgen.pipeline import check, load, make
    from archgen.terraform import run
    from archgen.views._graphs import Graphs

    project = load(MODEL).project
    assert project
    make(check(project))
    started = time.perf_counter()
    make(check(project))
    whole = time.perf_counter() - started
    again = load(MODEL).project  # one that has not planned its stacks yet
    assert again
    started = time.perf_counter()
    assert list(terraform_files.emit(Context(again, Graphs(again.resolved))))
    files = time.perf_counter() - started
    print(
        f"all variable files and roots / making everything without the site: {files / whole:.2f} "
        f"(aim: at most 0.1; {files * 1000:.0f} ms)"
    )
    if not shutil.which("terraform"):
        print("terraform is not installed: its check was not measured")
        return
    jobs, _problems = jobs_of_stacks(project, None, None)
    cores = min(os.cpu_count() or 1, len(jobs))
    before, started = run.spent, time.perf_counter()
    assert not check_all(jobs, partial=False)
    wall = time.perf_counter() - started
    inside = (run.spent - before) / cores
    print(
        f"checking {len(jobs)} variable files / Terraform's own processes on {cores} cores: {wall / inside:.2f} "
        f"(aim: at most 1.3; {wall:.1f} s)"
    )


def comparisons() -> None:
    """Comparing every pair of coordinates of the reference model, against making everything but the site."""
    from archgen.comparing.comparison import Comparison
    from archgen.pipeline import check, load, make

    project = load(ROOT / "architecture.yaml").project
    assert project
    every = project.resolved.axes.all
    started = time.perf_counter()
    comparison = Comparison(project.resolved)
    differences = [comparison.of(one, other) for one, other in itertools.combinations(every, 2)]
    pairs = time.perf_counter() - started
    assert all(differences)
    started = time.perf_counter()
    make(check(project))
    whole = time.perf_counter() - started
    print(
        f"comparing {len(differences)} pairs / making everything without the site: {pairs / whole:.2f} (aim: under 1 of a build)"
    )


def many_views() -> None:
    """Drawing the views of a model with 300 components in 60 groups, an overview and 60 detail views; and of one ten times as large."""
    from archgen.draw.batch import draw_all
    from archgen.pipeline import load
    from archgen.views import views_of

    def seconds(folder: Path, count: int) -> tuple[float, int]:
        model = grouped(folder, count)
        loaded = load(model)
        assert loaded.project, loaded.diagnostics[:3]
        resolved = loaded.project.resolved
        own = [v for v in views_of(resolved).values() if v.part[0] == "views"]
        started = time.perf_counter()
        batch = draw_all([view.graph(resolved.axes.default) for view in own])
        assert not batch.simplified
        return time.perf_counter() - started, len(own)

    with tempfile.TemporaryDirectory() as name:
        small, pictures = seconds(Path(name) / "300", 300)
        large, more = seconds(Path(name) / "3000", 3000)
        print(
            f"300 components in 60 groups: {pictures} pictures in {small:.2f} s; 3,000 in 600: {more} in {large:.2f} s, "
            f"{large / small:.1f} times (aim: under 12)"
        )


def grouped(folder: Path, count: int) -> Path:
    """A model with groups of five services, in which the first service calls that of the next group; a view for each, and an overview."""
    folder.mkdir()
    teams = count // 5
    lines = ["version: 1", "name: Many", "clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}",
             "environments: {prod: {name: Prod, aws: {account: main, cidr: 10.0.0.0/16}}}", "components:"]  # fmt: skip
    for n in range(count):
        group, place = divmod(n, 5)
        calls = [n + 1] if place < 4 else []
        calls += [(group + 1) % teams * 5] if place == 0 else []
        text = ", ".join(f"s{c}: {{port: 443, protocol: https}}" for c in calls)
        tags = [f"g{group}", *(["first"] if place == 0 and group % (teams // 20) == 0 else [])]
        lines.append(f"  s{n}: {{kind: service, title: Service {n}, tags: [{', '.join(tags)}], calls: {{{text}}}}}")
    lines += ["views:", "  overview: {title: Overview, select: {tags: [first]}, group_by: none}"]
    lines += [f"  v{g}: {{title: Group {g}, select: {{tags: [g{g}]}}, group_by: none}}" for g in range(teams)]
    model = folder / "architecture.yaml"
    model.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return model


def legibility() -> None:
    """The number of crossings and bends of edges, against Graphviz's for the same graph."""
    from archgen.draw.drawing import draw as draw_graph
    from archgen.pipeline import load
    from archgen.views import views_of
    from by_graphviz import dot_alone, same_job

    project = load(MODEL).project
    assert project
    at = project.resolved.axes.default
    print("crossings and bends of every view at the default coordinate, and crossings by Graphviz:")
    for name, view in views_of(project.resolved).items():
        graph = view.graph(at)
        if not graph.edges:
            continue
        routes = list(draw_graph(graph).routes.values())
        bends = sum(max(0, len(points) - 2) for points in routes)
        print(
            f"  {name:14} {crossings(routes):3} crossings {bends:3} bends; dot alone {crossings(dot_alone(graph)):3} crossings; "
            f"Graphviz's right angles {crossings(same_job(graph)):3} crossings"
        )


def crossings(routes: list[tuple[tuple[float, float], ...]]) -> int:
    """The number of pairs of crossing segments of different routes."""

    def side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    pieces = [(n, a, b) for n, points in enumerate(routes) for a, b in itertools.pairwise(points)]
    return sum(
        1
        for (n, a, b), (m, c, d) in itertools.combinations(pieces, 2)
        if n != m and side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
    )


def grow() -> None:
    """Validating a model with 100 times the components, in many files, against the original; without start-up time."""
    from archgen.pipeline import check, load

    def seconds(model: Path) -> float:
        started = time.perf_counter()
        loaded = load(model)
        assert loaded.project, loaded.diagnostics[:3]
        check(loaded.project)  # finds that the copies have the same titles
        return time.perf_counter() - started

    with tempfile.TemporaryDirectory() as name:
        small, large = (multiplied(Path(name) / str(times), times) for times in (1, 100))
        seconds(small)
        one = statistics.median(seconds(small) for _round in range(9))
        many = statistics.median(seconds(large) for _round in range(3))
        print(
            f"validating 100 times the components / one time: {many / one:.0f} (aim: at most 120; {many:.2f} s against {one:.3f} s)"
        )


def rules() -> None:
    """Running all rules at all coordinates, as a share of validating, without start-up time; and for 100 times the components."""
    from archgen.pipeline import check, load

    def timed(model: Path, rounds: int) -> tuple[float, float]:
        pairs = []
        for _round in range(rounds):
            started = time.perf_counter()
            loaded = load(model)
            read = time.perf_counter()
            assert loaded.project, loaded.diagnostics[:3]
            check(loaded.project, "2026-11-25")
            pairs.append((read - started, time.perf_counter() - read))
        return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)

    timed(MODEL, 1)
    reading, asking = timed(MODEL, 9)
    print(
        f"all rules, with the design document and reviews / validating in all: {asking / (reading + asking):.2f} (aim: at most 0.5; "
        f"{asking * 1000:.0f} ms of {(reading + asking) * 1000:.0f} ms)"
    )
    with tempfile.TemporaryDirectory() as name:
        small, large = (multiplied(Path(name) / str(times), times) for times in (1, 100))
        one, many = timed(small, 9)[1], timed(large, 3)[1]
        print(f"all rules of 100 times the components / one time: {many / one:.0f} (aim: at most 120; {many:.2f} s)")


def memory() -> None:
    """The memory that validating larger models takes: it must grow linearly with the model."""

    def peak(model: Path) -> int:
        code = (
            "import re, sys; from archgen.commands.main import main; code = main(['validate', '--jobs', '1', '-m', sys.argv[1]]);"
            # Not getrusage(), in which a child's peak includes its parent's at the fork.
            "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read()).group(1)); sys.exit(0)"
        )
        done = subprocess.run([sys.executable, "-c", code, model], capture_output=True, text=True, check=True)
        return int(done.stdout.split()[-1])

    with tempfile.TemporaryDirectory() as name:
        one, ten, hundred = (peak(multiplied(Path(name) / str(times), times)) for times in (1, 10, 100))
    print(
        f"memory for 100 times the components beyond one / for 10 times: {(hundred - one) / (ten - one):.1f} "
        f"(linear: {99 / 9:.0f}; {one / 1024:.0f}, {ten / 1024:.0f}, {hundred / 1024:.0f} MiB)"
    )


def multiplied(folder: Path, times: int) -> Path:
    """The reference model with all of its components several times, each copy in a separate file."""
    folder.mkdir()
    for kept in ("architecture", "docs/design"):
        shutil.copytree(ROOT / kept, folder / kept)
    head, rest = MODEL.read_text(encoding="utf-8").split("\ncomponents:\n", 1)
    components, tail = rest.split("\n# ----", 1)
    ids = re.findall(r"(?m)^  ([a-z-]+):$", components)
    files = []
    for number in range(1, times):
        copy = components
        for id_ in ids:
            copy = re.sub(rf"(?m)^(\s+){id_}:( \{{|$)", rf"\g<1>{id_}-{number}:\2", copy)
            copy = copy.replace(f"calls: {{{id_}:", f"calls: {{{id_}-{number}:")
        copy = re.sub(
            r"drawn_instead_of: \[([a-z-]+)--([a-z-]+)\]", rf"drawn_instead_of: [\1-{number}--\2-{number}]", copy
        )
        copy = re.sub(r"(?m)^    name: ([a-z-]+)", rf"    name: \1-{number}", copy)
        copy = copy.replace("runs_on: cluster\n", f"runs_on: cluster-{number}\n")
        files.append(f"part-{number}.yaml")
        (folder / files[-1]).write_text(f"components:\n{copy}\n", encoding="utf-8")
    model = folder / "architecture.yaml"
    head = re.sub(r"(?m)^include: \[(.*?)\]", lambda m: f"include: [{', '.join([m.group(1), *files])}]", head)
    model.write_text(f"{head}\ncomponents:\n{components}\n# ----{tail}", encoding="utf-8")
    return model


if __name__ == "__main__":
    validate()
    grow()
    rules()
    memory()
    build()
    serve()
    draw()
    terraform()
    comparisons()
    many_views()
    legibility()
