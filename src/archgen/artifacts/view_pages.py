"""A page for each view, and its pictures as files for every environment as it stands."""

from __future__ import annotations

from archgen.artifacts._pictures import picture_file, pictures
from archgen.artifacts.base import GENERATED, Artifact, Context, Emitted, Nav, from_file
from archgen.draw.svg import svg


def emit(context: Context) -> Emitted:
    """The overview, a page for each view, and the standalone SVG files."""
    made: list[Artifact] = []
    shown = list(context.views.items())
    made.append(
        context.page(
            "index",
            "architecture.md",
            Nav("Architecture", "Overview", 0),
            (),
            views=[{"name": name, "title": view.title, "question": view.question} for name, view in shown],
        )
    )
    for position, (name, view) in enumerate(shown):
        made.append(
            context.page(
                name,
                "view.md",
                Nav("Architecture", view.title, position + 1),
                view.part if context.default.tree.get(view.part) else ("components",),
                title=view.title,
                question=view.question,
                tabs=pictures(context, name, name),
            )
        )
        for architecture in context.resolved.today():
            graph = context.graph(name, architecture.coordinate)
            text = svg(context.drawing(graph), lambda target: from_file("diagrams", target))
            made.append(Artifact(f"docs/{GENERATED}/{picture_file(name, architecture.coordinate)}", text.encode()))
    return made, []
