"""Makes the pages of archgen's manual in `manual/docs`, and builds it: `python -m tools.manual` writes `manual/site/index.html`.

The guide and the decisions are those of `docs/`. The reference is generated from `manual/architecture.yaml`, a model with all clouds.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from archgen.artifacts import assets, diagnostics_page, kind_pages, reference_pages
from archgen.artifacts.base import Artifact, Context
from archgen.artifacts.navigation import entries
from archgen.pipeline import check, graph, load
from archgen.publishing.site import build_site

ROOT = Path(__file__).parents[1]
WRITTEN = ("guide", "decisions")
_GENERATED = "docs/architecture/"  # where the reference is in the site of a model; in the manual it is at the top


def main() -> int:
    """Make and build the manual; the exit code is 1 if something is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "manual", help="folder in which the manual is made")
    parser.add_argument("--no-site", action="store_true", help="make the pages only")
    options = parser.parse_args()
    try:
        make_pages(options.output)
    except ValueError as error:
        parser.error(str(error))
    problems = [] if options.no_site else build_site(options.output)
    for problem in problems:
        print(f"{problem.subject or problem.span}: {problem.message}", file=sys.stderr)
    return 1 if problems else 0


def make_pages(folder: Path) -> None:
    """Write all pages and the navigation into a folder; pages of an earlier run are removed.

    Raises ValueError for a faulty model, and for a folder with other pages.
    """
    docs = folder / "docs"
    if docs.exists() and not (docs / "diagnostics.md").is_file():
        raise ValueError(f"{docs} contains other pages than those of the manual: choose another folder")
    shutil.rmtree(docs, ignore_errors=True)
    for name in WRITTEN:
        shutil.copytree(ROOT / "docs" / name, docs / name)
    for file in ("index.md", "mkdocs.yml"):
        target = (docs if file == "index.md" else folder) / file
        if target != ROOT / "manual" / file:
            shutil.copy(ROOT / "manual" / file, target)
    artifacts = _reference()
    for artifact in artifacts:
        target = docs / artifact.path.removeprefix(_GENERATED)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(artifact.content)
    (folder / ".archgen").mkdir(exist_ok=True)
    text = yaml.safe_dump(_settings(artifacts, docs), sort_keys=False, width=120)
    (folder / ".archgen" / "site.yml").write_text(text, encoding="utf-8", newline="\n")


def _reference() -> list[Artifact]:
    """The generated pages, with all kinds, products and diagnostics, and the style sheet and script of pages."""
    loaded = load(ROOT / "manual" / "architecture.yaml")
    if loaded.project is None:
        raise ValueError("; ".join(d.message for d in loaded.diagnostics))
    context = Context(loaded.project, graph(loaded.project), None, check(loaded.project).lasting, manual=True)
    modules = (kind_pages, reference_pages, diagnostics_page, assets)
    return [artifact for module in modules for artifact in module.emit(context)[0]]


def _settings(artifacts: Iterable[Artifact], docs: Path) -> dict[str, Any]:
    """The settings that `manual/mkdocs.yml` inherits: the navigation, the style sheet and the script."""
    pages = sorted((a for a in artifacts if a.nav), key=lambda a: (a.nav.order, a.path) if a.nav else ())
    guide, decisions = (sorted(f"{name}/{f.name}" for f in (docs / name).glob("*.md")) for name in WRITTEN)
    first = {f"{name}/index.md" for name in WRITTEN}
    return {
        "extra_css": ["assets/archgen.css"],
        "extra_javascript": ["assets/archgen.js"],
        "nav": [
            {"Home": "index.md"},
            {"Guide": sorted(guide, key=lambda page: page not in first)},
            {"Reference": entries(pages, _GENERATED)},
            {"Decisions": sorted(decisions, key=lambda page: page not in first)},
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
