"""Names of environments in tables and tabs, each in the color of its environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from archgen.model.document import Environment
from archgen.templating.escape import markdown

_Mark = Callable[[str, str], str]  # text, and the quotes of attributes, to the text with its color

COLORS = 5  # of environments that do not serve customers; more share them
_TAB = re.compile(r'^(?P<before> *===!? ")(?P<name>[^"]+)(?P<after>")$')
_RULE = re.compile(r"^ *\|(?: *:?-+:? *\|)+ *$")
_COLUMN = "Environment"  # a column with this heading has names of environments


def color_classes(environments: Mapping[str, Environment]) -> dict[str, str]:
    """The class of the style sheet for each environment, by ID: red and brown for production, other colors for the others."""
    classes: dict[str, str] = {}
    production = others = 0
    for id_, environment in environments.items():
        if environment.production:
            classes[id_] = "ag-env-production" if production == 0 else "ag-env-production-2"
            production += 1
        else:
            classes[id_] = f"ag-env-{others % COLORS + 1}"
            others += 1
    return classes


def with_colors(text: str, environments: Mapping[str, Environment], clouds: Iterable[str]) -> str:
    """A Markdown page in which headings of columns, tabs and cells of a column "Environment" that name one have its color.

    The name may be with that of the cloud, a place, or a remark: "AWS Production", "Production in eu-central-1", "Live (serves customers)".
    """
    classes = color_classes(environments)
    by_name = {
        str(markdown(environment.name)): classes[id_] for id_, environment in reversed(list(environments.items()))
    }
    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    before = "|".join(re.escape(str(markdown(cloud))) for cloud in clouds)
    named = re.compile(rf"(?:(?:{before}) )?(?P<name>{names})(?: in [^|]+| \([^|]+\))?")

    def mark(cell: str, quote: str) -> str:
        match = named.fullmatch(cell.strip())
        if match is None:
            return cell
        span = f"<span class={quote}ag-env {by_name[match['name']]}{quote}>{cell.strip()}</span>"
        return cell.replace(cell.strip(), span)

    return "\n".join(_lines(text.split("\n"), mark))


def _lines(lines: list[str], mark: _Mark) -> Iterator[str]:
    """The lines, with names marked."""
    column: int | None = None
    for n, line in enumerate(lines):
        following = lines[n + 1] if n + 1 < len(lines) else ""
        if "|" in line and _RULE.match(following):
            cells = line.split("|")
            column = next((at for at, cell in enumerate(cells) if cell.strip() == _COLUMN), None)
            yield "|".join(mark(cell, '"') for cell in cells)
        elif tab := _TAB.match(line):
            name = mark(tab["name"], "'")
            yield f"{tab['before']}{name}{tab['after']}"
        elif not line.lstrip().startswith("|"):
            column = None
            yield line
        elif column is not None and column < len(cells := line.split("|")):
            yield "|".join(mark(cell, '"') if at == column else cell for at, cell in enumerate(cells))
        else:
            yield line
