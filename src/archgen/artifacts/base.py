"""What every kind of output shares: the Artifact, where pages live, and the Context that they are made from."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from archgen.addresses import GENERATED, HOME, file_of
from archgen.coordinate import Coordinate
from archgen.diagnostic import Diagnostic, Path, Span
from archgen.escape import Safe, href, trimmed, url
from archgen.glossary import meanings, with_definitions
from archgen.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.document import Document
from archgen.model.json_schema import schema
from archgen.text import Templates
from archgen.textfile import UnreadableError, read_below
from archgen.views import View, capability_views, views_of
from archgen.views._neighbourhood import neighbourhood

if (
    TYPE_CHECKING
):  # what draws is imported where it draws: checking the embeds of pages needs a context without pictures
    from archgen.draw.batch import Batch
    from archgen.draw.drawing import Drawing
    from archgen.pipeline import Project
    from archgen.policy import Judgement

MEMORY = ".archgen/drawings.json"  # the geometry of pictures, so that what has not changed is not drawn again
MOST_MEMORY = 32 * 1024 * 1024  # a hundred times that of a usual model


@dataclass(frozen=True, slots=True)
class Nav:
    """Where a page stands in the navigation: a section of the top level, its title, its position in the section."""

    section: str
    title: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file: its path from the project's folder, its bytes, whether it is committed, and its place in the navigation.

    `embeds` marks a page that a person wrote, with what it embeds filled in.
    """

    path: str
    content: bytes
    committed: bool = False
    nav: Nav | None = None
    embeds: bool = False


Emitted = tuple[list[Artifact], list[Diagnostic]]


def _address(page: str) -> str:
    """The address of a page below the site's root, with directory addresses."""
    if page == HOME:
        return ""
    place = f"{GENERATED}/{page}"
    return place.removesuffix("index") if place.endswith("/index") else f"{place}/"


def relative(page: str, target: str) -> str:
    """The address of `target` as seen from `page`, for HTML that the site builder does not rewrite."""
    path, _, anchor = target.partition("#")
    here, there = _address(page), _address(path)
    address = posixpath.relpath(there or ".", here or ".")
    address = "./" if address == "." else f"{address}/"
    return f"{address}{f'#{anchor}' if anchor else ''}"


def from_file(folder: str, target: str) -> str:
    """The address of a page as seen from a file in a folder of the generated part, such as a standalone SVG."""
    return posixpath.relpath(_address(target) or ".", f"{GENERATED}/{folder}") + "/"


def asset(page: str, path: str) -> str:
    """The address of a generated file that is no page, as seen from a page. `path` is below the generated folder."""
    return posixpath.relpath(f"{GENERATED}/{path}", _address(page) or ".")


def markdown_asset(page: str, path: str) -> str:
    """The same for a Markdown link or picture, which the site builder checks and rewrites."""
    return posixpath.relpath(f"docs/{GENERATED}/{path}", posixpath.dirname(file_of(page)))


def markdown_link(page: str, target: str) -> str:
    """The same for a Markdown link, which the site builder checks and rewrites: a path to the other page's file."""
    path, _, anchor = target.partition("#")
    here = posixpath.dirname(file_of(page))
    return posixpath.relpath(file_of(path), here) + (f"#{anchor}" if anchor else "")


class Context:
    """A project with what all outputs need: its templates, its drawings (each made once), its views."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.resolved = project.resolved
        self.axes = project.resolved.axes
        self.default = project.resolved.default
        self.document = self._with_every_team(project.resolved.default.document)
        self.catalog = project.resolved.default.catalog
        self.model_file = project.files.main.file
        self.templates = Templates(project.templates)
        self._graphs: dict[tuple[str, Coordinate], Graph] = {}

    def _with_every_team(self, document: Document) -> Document:
        """The document with the teams of all coordinates: what exists elsewhere alone may have an owner that exists there alone."""
        teams = {name: t for a in self.resolved.architectures.values() for name, t in a.document.teams.items()}
        return document.model_copy(update={"teams": document.teams | teams | document.teams})

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The schema of the model, with the kinds and products that it may use; several outputs read it, none changes it."""
        return schema(self.resolved.kinds, self.catalog)

    @cached_property
    def meanings(self) -> dict[str, str]:
        """What the words of the glossary mean, for the pages that use them."""
        return meanings(self.resolved)

    @cached_property
    def judgement(self) -> Judgement:
        """What the rules find and what is waived, whatever the day."""
        from archgen.pipeline import judge  # it makes this context

        return judge(self.project)

    @cached_property
    def views(self) -> dict[str, View]:
        """The views that show something at any coordinate, by name."""
        views = self._all_views.items()
        return {n: v for n, v in views if v.part[0] != "capabilities" and self._shows_something(n)}

    @cached_property
    def every_view(self) -> dict[str, View]:
        """The same, and those that only stand in pages of something else."""
        return {n: v for n, v in self._all_views.items() if v.part[0] == "capabilities" or n in self.views}

    @cached_property
    def _all_views(self) -> dict[str, View]:
        """Those too that show nothing anywhere: a page may ask for the picture of one."""
        return views_of(self.resolved) | capability_views(self.resolved)

    def _shows_something(self, name: str) -> bool:
        return any(self.graph(name, c).nodes() for c in self.axes.all)

    def graph(self, name: str, coordinate: Coordinate) -> Graph:
        """What a view shows at a coordinate; each graph is made once."""
        key = (name, coordinate)
        if key not in self._graphs:
            self._graphs[key] = self._all_views[name].graph(coordinate)
        return self._graphs[key]

    @cached_property
    def batch(self) -> Batch:
        """Every picture of every view at every coordinate; those that an earlier build has drawn are not drawn again."""
        from archgen.draw.batch import draw_all, read_memory

        try:
            text = read_below(self.project.root, MEMORY, MOST_MEMORY)
        except UnreadableError:  # everything is drawn anew
            text = None
        graphs = [self.graph(name, c) for name in self.every_view for c in self.axes.all] + list(self._neighbourhoods())
        return draw_all([graph for graph in graphs if graph.nodes()], read_memory(text), fonts=self.project.fonts)

    def _neighbourhoods(self) -> Iterator[Graph]:
        """Each component with its neighbours, where it stands today or else where a later phase has it first."""
        for cloud in self.axes.clouds:
            own = [a for a in self.resolved.architectures.values() if a.coordinate.cloud == cloud]
            for name in dict.fromkeys(name for a in own for name in a.components):
                here = self.home_of(name, cloud)
                if here:
                    yield neighbourhood(here, name)

    def home_of(self, name: str, cloud: str) -> Architecture | None:
        """The architecture that the page of a component describes on a cloud: the last environment that has it today, or else the
        first coordinate that has it. None where the cloud never has it."""
        present = [a for a in self.today(cloud) if name in a.components]
        if present:
            return present[-1]
        own = (a for a in self.resolved.architectures.values() if a.coordinate.cloud == cloud and name in a.components)
        return next(own, None)

    def drawing(self, graph: Graph) -> Drawing:
        """Where everything is in a graph of a view."""
        return self.batch.drawings[graph]

    def inline_svg(self, graph: Graph, page: str) -> Safe:
        """A picture to stand in a page."""
        from archgen.draw.svg import svg

        return trimmed(svg(self.drawing(graph), lambda target: relative(page, target), inline=True))

    def today(self, cloud: str) -> Iterator[Architecture]:
        """Every environment on a cloud, as it stands."""
        return (self.resolved.standing(cloud, environment) for environment in self.axes.environments)

    def page(self, page: str, template: str, nav: Nav, path: Path, **values: Any) -> Artifact:
        """A page from a template. `path` is the part of the model that it comes from."""
        text = self.templates.render(
            f"pages/{template}",
            page=page,
            document=self.document,
            axes=self.axes,
            link=lambda target: url(markdown_link(page, target)),
            relative=lambda target: href(relative(page, target)),
            provenance=self.provenance(path),
            **values,
        )
        return Artifact(file_of(page), with_definitions(text, self.meanings).encode(), nav=nav)

    def provenance(self, path: Path) -> dict[str, Any]:
        """Which lines of the model something comes from, where to edit them, and the model's hash."""
        main = self.project.files.main
        node = self.default.tree.nearest(path)[0]
        start = node.key_span or node.span
        if not path:
            start = Span(main.file, 1, 1, 1, 1)
        end = node.span.end_line - (node.span.end_column == 1) if path else len(main.lines) - 1
        return {
            "file": start.file,
            "first": start.line,
            "last": max(start.line, end),
            "edit": self.edit_link(start),
            "hash": self.project.fingerprint[:12],
        }

    def edit_link(self, place: Span) -> str:
        """Where to edit a line of the model; empty in a model that names no repository."""
        if not self.document.repository:
            return ""
        return f"{self.document.repository}/edit/{self.document.branch}/{place.file}#L{place.line}"
