"""Rules of this repository: imports point down, nothing names a customer or a machine, and locks are complete."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from conftest import ROOT

SRC = ROOT / "src" / "archgen"

# The page that people read is where the layers are stated: one line for each, the lowest last.
LAYERS = re.search(r"```layers\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.DOTALL)


def layers() -> dict[str, int]:
    """The height of each package and top-level module, 0 for the lowest layer."""
    assert LAYERS, "ARCHITECTURE.md has no block of layers"
    lines = [line.split("#")[0].split() for line in LAYERS.group(1).splitlines() if line.strip()]
    return {name: height for height, names in enumerate(reversed(lines)) for name in names}


def imports() -> Iterator[tuple[str, str]]:
    """Every import of one module of archgen by another, also those inside functions and those for types only."""
    modules = {module_name(file) for file in SRC.rglob("*.py")}
    for file in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = [f"{node.module}.{alias.name}" for alias in node.names]
                targets = [name if name in modules else node.module for name in inner]
            else:
                continue
            yield from ((module_name(file), target) for target in targets if target in modules)


def module_name(file: Path) -> str:
    return ".".join(("archgen", *file.relative_to(SRC).with_suffix("").parts)).removesuffix(".__init__")


def room(module: str) -> str:
    """The package of a module, or the module's name if it is not in a package."""
    return [*module.split("."), "__init__"][1]


def test_every_package_has_a_layer_and_a_sentence() -> None:
    rooms = {room(module_name(file)) for file in SRC.rglob("*.py")}
    assert rooms == set(layers())
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for name in rooms - {"__init__"}:
        assert re.search(rf"^\| `{name}(/|\.py)` \|", page, re.MULTILINE), (
            f"ARCHITECTURE.md does not say what {name} is"
        )


def test_imports_point_down() -> None:
    height = layers()
    for module, target in imports():
        here, there = room(module), room(target)
        if module == "archgen":
            assert target == "archgen.api"  # the public names, each imported when it is first used
        elif there not in (here, "__init__"):
            assert height[there] < height[here], f"{module} imports {target}"


def test_no_module_imports_itself_over_others() -> None:
    needs: dict[str, set[str]] = {}
    for module, target in imports():
        if target not in (module, "archgen"):
            needs.setdefault(module, set()).add(target)
    TopologicalSorter(needs).prepare()  # raises CycleError, which names the modules


def test_no_two_public_classes_have_one_name() -> None:
    seen: dict[str, str] = {}
    for file in SRC.rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert node.name not in seen, f"{node.name} is in {module_name(file)} and in {seen[node.name]}"
                seen[node.name] = module_name(file)


@pytest.mark.parametrize(
    ("library", "places"),
    [
        ("jinja2", {"templating", "expressions"}),
        ("markdown_it", {"analysis"}),
        ("diagrams", {"draw"}),
        ("pygraphviz", {"draw"}),
        ("mkdocs", {"publishing"}),
        ("resvg_py", {"draw"}),
        ("fontTools", {"draw"}),
        ("subprocess", {"terraform", "system", "rehearsal"}),
        ("tree_sitter", {"terraform"}),
    ],
)
def test_a_library_is_known_in_one_place(library: str, places: set[str]) -> None:
    users = {
        file.relative_to(SRC).parts[0]
        for file in SRC.rglob("*.py")
        if re.search(rf"^\s*(import {library}|from {library})\b", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert users == places


# The modules that may call each function that takes markup instead of text.
VOUCHED = {
    "rendered": {"templating/render.py", "templating/autoescape.py"},
    "picture": {"draw/svg.py"},
}


def test_only_escape_functions_make_safe_text() -> None:
    for file in SRC.rglob("*.py"):
        name = file.relative_to(SRC).as_posix()
        if name == "templating/escape.py":
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        called = {n.func for n in ast.walk(tree) if isinstance(n, ast.Call)}
        names = {f.id if isinstance(f, ast.Name) else f.attr for f in called if isinstance(f, ast.Name | ast.Attribute)}
        imported = {
            a.name
            for n in ast.walk(tree)
            if isinstance(n, ast.ImportFrom) and n.module == "archgen.templating.escape"
            for a in n.names
        }
        assert "Safe" not in names, f"{name} makes text safe by itself"
        assert not {n for n in imported if n.startswith("_")}, f"{name} reaches into escape.py"
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"cast\(.?Safe|escape\._|# type: ignore.*Safe", text), name
        for function, users in VOUCHED.items():
            used = function in imported or re.search(rf"escape\.{function}\b", text)
            assert not used or name in users, f"{name} vouches for markup"


# The words of one cloud are data: its facts, its products, and the Terraform modules for it.
CLOUD_IDS = {file.stem for file in (SRC / "clouds").glob("*.toml")} - {"private"}


@pytest.mark.parametrize("file", sorted(SRC.rglob("*.py")), ids=lambda file: file.relative_to(SRC).as_posix())
def test_no_code_asks_which_cloud_it_is(file: Path) -> None:
    if file.parent == SRC / "clouds":
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant):
            assert node.value not in CLOUD_IDS, f"{file}:{node.lineno} names a cloud"
        if isinstance(node, ast.Attribute):
            assert node.attr not in CLOUD_IDS, f"{file}:{node.lineno} reads what only one cloud states"


# Programs that a rehearsal starts.
PROGRAMS = ("aws_cli.py", "aws_client.py", "emulator.py")


def test_only_the_command_line_prints() -> None:
    for file in SRC.rglob("*.py"):
        if file.name not in ("__main__.py", "streams.py", *PROGRAMS) and file.parent.name != "commands":
            assert not re.search(r"\bprint\(|sys\.std(out|err)", file.read_text(encoding="utf-8")), file


def test_only_these_modules_write_files() -> None:
    for file in SRC.rglob("*.py"):
        if file.parent.name == "rehearsal":  # writes into a temporary folder only
            continue
        # For what archgen makes, its own folder, what a person names, what a site builder wrote into a stage, a site, the copy of a
        # revision, the user's cache folder.
        if file.name not in (
            "write.py",
            "state_folder.py",
            "outfile.py",
            "offline.py",
            "site_update.py",
            "git_revision.py",
            "results.py",
        ):
            assert not re.search(r"\.write_(text|bytes)\(|\.unlink\(|rmtree", file.read_text(encoding="utf-8")), file


def test_validate_loads_nothing_that_only_building_needs() -> None:
    arguments = ["validate", "--jobs", "1"]  # with two, one of the processes would not be seen
    code = f"import sys\nfrom archgen.commands.main import main\nmain({arguments})\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {"diagrams", "pygraphviz", "PIL", "mkdocs", "markdown", "ruamel.yaml", "xml.dom.minidom"} & loaded
    # Modules of archgen that take time to import: for drawing, for files of packages, and for reports to machines.
    late = ("draw.drawing", "draw.svg", "draw.batch", "terraform.binding_format", "checking.rulebook", "reading.edits")
    late += ("artifacts.base", "artifacts.embeds")  # its pages embed nothing but values
    assert not {f"archgen.{module}" for module in late} & loaded


@pytest.mark.slow
def test_what_stops_a_build_is_found_without_the_rules_which_another_process_loads() -> None:
    code = """
import sys
from pathlib import Path
from archgen.artifacts.refusals import of_stacks
from archgen.project import read
project = read(Path("architecture.yaml")).project
print(list(of_stacks(project)), *(name for name in sys.modules if name.startswith("archgen.rules.")))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_tool_knows_no_customer() -> None:
    for folder in (SRC, ROOT / "templates"):
        for file in folder.rglob("*"):
            if file.suffix in (".py", ".md", ".toml", ".yaml", ".css", ".js"):
                assert "innovate" not in file.read_text(encoding="utf-8").lower(), file


def test_no_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    hosts = "|".join(
        (
            "files.pythonhosted" + r"\.org",
            "pypi" + r"\.org/simple",
            "registry.npmjs" + r"\.org",
            "deb.debian" + r"\.org",
        )
    )
    pattern = re.compile(rf"{hosts}|/{'root'}/|/{'work'}/")
    for name in listed:
        file = ROOT / name
        if file.suffix not in (".ttf", ".otf", ".png", ".webp") and file.is_file():
            assert not pattern.search(file.read_text(encoding="utf-8")), name


def test_the_lock_has_a_hash_for_everything() -> None:
    for name in ("site", "test"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        pinned = [n for n, line in enumerate(lines) if re.match(r"[a-z0-9]", line)]
        assert len(pinned) > 20
        for number in pinned:
            assert "==" in lines[number]
            assert "--hash=sha256:" in lines[number + 1]


def test_every_module_says_what_it_is_in_a_sentence() -> None:
    for file in SRC.rglob("*.py"):
        docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
        assert docstring, file
        assert docstring.split("\n\n")[0].rstrip().endswith((".", ":")), file


def test_tests_mirror_the_packages() -> None:
    packages = {room(module_name(file)) for file in SRC.rglob("*.py") if file.parent != SRC} - {
        "commands",
        "kinds",
    }
    folders = {file.parent.name for file in (ROOT / "tests").glob("*/test_*.py")}
    # Kinds are data that all tests use; commands run in tests of the whole program.
    assert folders == packages | {"tools", "whole"}
    assert not list((ROOT / "tests").glob("test_*.py"))


def test_no_function_is_unused() -> None:
    texts = [
        file.read_text(encoding="utf-8")
        for file in (*SRC.rglob("*.py"), *(ROOT / "tools").glob("*.py"), *(ROOT / "templates").rglob("*.*"))
    ]
    words = Counter(word for text in texts for word in re.findall(r"\w+", text))
    found_by_name = {"emit", "emit_last", "check", "check_all", "check_on", "check_project", "view", "run"}
    for file in SRC.rglob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name not in found_by_name:
                assert words[node.name] > 1, f"{module_name(file)}.{node.name} is not used"
