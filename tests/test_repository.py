"""The repository keeps its own rules: imports point down, nothing names a customer or a machine, the wheel is whole."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT, archgen

SRC = ROOT / "src" / "archgen"

# Lower layers first; a module may import from its own layer and from those before it.
LAYERS = [
    {
        "diagnostic",
        "graph",
        "extensions",
        "textfile",
        "outfile",
        "streams",
        "markup",
        "catalog",
        "escape",
        "git",
        "allowed_svg",
        "",
    },
    {"coordinate", "syntax", "source", "include", "report", "places", "machine_report", "explain"},
    {"registry", "model", "kinds"},
    {"trace", "difference", "articulation", "availability", "failure", "policy", "own_rules", "glossary"},
    {"rules", "views", "text", "expressions", "autoescape"},
    {"terraform"},
    {"review"},
    {"readiness", "rulebook"},
    {"compare", "parity", "runbooks", "addresses"},
    {"written"},
    {"comparison"},
    {"draw"},
    {"artifacts"},
    {"state", "write", "lookup", "export", "init", "revision", "embeds"},
    {"links", "offline"},
    {"refusals"},
    {"pipeline", "site", "serve"},
    {"terraform_check"},
    {"fix", "profile"},
    {"arguments", "commands", "cli"},
    {"__main__"},
]
# The context of artifacts holds a Project, refusals are asked of one, and the rule on modules needs the bindings.
EXCEPTIONS = {("artifacts", "pipeline"), ("refusals", "pipeline"), ("rules", "terraform")}


def layer(name: str) -> int:
    return next(n for n, names in enumerate(LAYERS) if name in names)


def test_imports_point_down() -> None:
    for file in SRC.rglob("*.py"):
        relative = file.relative_to(SRC)
        here = (
            relative.parts[0].removesuffix(".py") if relative.name != "__init__.py" or len(relative.parts) > 1 else ""
        )
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("archgen"):
                parts = (node.module or "").split(".")
                targets = [parts[1]] if len(parts) > 1 else [a.name for a in node.names]
                for target in (t for t in targets if t != "__version__"):
                    if (here, target) not in EXCEPTIONS:
                        assert layer(target) <= layer(here), f"{relative} imports {target}"


@pytest.mark.parametrize(
    ("library", "places"),
    [
        ("jinja2", {"text.py", "expressions", "autoescape.py"}),
        ("markdown_it", {"trace.py"}),
        ("diagrams", {"draw"}),
        ("pygraphviz", {"draw"}),
        ("mkdocs", {"site.py"}),
        ("resvg_py", {"draw"}),
        ("fontTools", {"draw"}),
        ("subprocess", {"terraform", "git.py"}),
    ],
)
def test_a_library_is_known_in_one_place(library: str, places: set[str]) -> None:
    users = {
        file.relative_to(SRC).parts[0]
        for file in SRC.rglob("*.py")
        if re.search(rf"^\s*(import {library}|from {library})\b", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert users == places


# Who may call each function that takes markup for what it is, not text.
VOUCHED = {"rendered": {"text.py", "autoescape.py"}, "picture": {"draw/svg.py"}}


def test_only_escape_functions_make_safe_text() -> None:
    for file in SRC.rglob("*.py"):
        name = file.relative_to(SRC).as_posix()
        if name == "escape.py":
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        called = {n.func for n in ast.walk(tree) if isinstance(n, ast.Call)}
        names = {f.id if isinstance(f, ast.Name) else f.attr for f in called if isinstance(f, ast.Name | ast.Attribute)}
        imported = {
            a.name
            for n in ast.walk(tree)
            if isinstance(n, ast.ImportFrom) and n.module == "archgen.escape"
            for a in n.names
        }
        assert "Safe" not in names, f"{name} makes text safe by itself"
        assert not {n for n in imported if n.startswith("_")}, f"{name} reaches into escape.py"
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"cast\(.?Safe|escape\._|# type: ignore.*Safe", text), name
        for function, users in VOUCHED.items():
            used = function in imported or re.search(rf"escape\.{function}\b", text)
            assert not used or name in users, f"{name} vouches for markup"


def test_only_the_command_line_prints() -> None:
    for file in SRC.rglob("*.py"):
        if file.name not in ("cli.py", "__main__.py", "streams.py") and file.parent.name != "commands":
            assert not re.search(r"\bprint\(|sys\.std(out|err)", file.read_text(encoding="utf-8")), file


def test_only_these_modules_write_files() -> None:
    for file in SRC.rglob("*.py"):
        # For what archgen makes, its own folder, what a person names, what a site builder wrote into a stage, the copy of a revision.
        if file.name not in ("write.py", "state.py", "outfile.py", "offline.py", "revision.py"):
            assert not re.search(r"\.write_(text|bytes)\(|\.unlink\(|rmtree", file.read_text(encoding="utf-8")), file


def test_validate_loads_nothing_that_only_building_needs() -> None:
    code = "import sys; sys.argv = ['archgen', 'validate']\nfrom archgen import cli\ncli.main(['validate'])\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not {"diagrams", "pygraphviz", "PIL", "mkdocs"} & loaded


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
        if file.suffix not in (".ttf", ".otf", ".png") and file.is_file():
            assert not pattern.search(file.read_text(encoding="utf-8")), name


def test_the_lock_has_a_hash_for_everything() -> None:
    for name in ("site", "test"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
        pinned = [n for n, line in enumerate(lines) if re.match(r"[a-z0-9]", line)]
        assert len(pinned) > 20
        for number in pinned:
            assert "==" in lines[number]
            assert "--hash=sha256:" in lines[number + 1]


def test_the_wheel_builds_a_project_on_its_own(tmp_path: Path, minimal: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "installed")
    for name in (
        "templates/pages/home.md",
        "catalog/aws/data.toml",
        "draw/fonts/LiberationSans-Regular.ttf",
        "terraform/bindings/aws-vpc-6.yaml",
    ):
        assert f"archgen/{name}" in names
    result = archgen("build", "--no-site", cwd=minimal, env={"PYTHONPATH": str(tmp_path / "installed")})
    assert result.code == 0, result.err


def test_every_module_says_what_it_is_in_a_sentence() -> None:
    for file in SRC.rglob("*.py"):
        docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
        assert docstring, file
        assert docstring.split("\n\n")[0].rstrip().endswith((".", ":")), file
