"""Renders templates. The only module that does.

Text of a model is not trusted; templates are. Everything that a template prints is escaped for the template's language, unless a
filter names another one: `{{ value | sh }}` in a command, `{{ value | html }}` in HTML (see autoescape.py).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from itertools import islice, takewhile
from pathlib import Path
from types import CodeType
from typing import Any

import jinja2
from jinja2 import FileSystemLoader
from jinja2.bccache import Bucket

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.registry import ExtensionError, folders
from archgen.system.kept import CODE, key_of
from archgen.templating.autoescape import FILTERS, EscapingEnvironment
from archgen.templating.conditions import condition_holds
from archgen.templating.escape import Safe, UnsafeTextError


@cache
def packaged_templates() -> Path:
    """The folder of the templates that come with archgen: in the wheel, or at the top of a checkout."""
    inside = Path(__file__).parents[1] / "templates"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "templates"


class TemplateFailure(Exception):  # noqa: N818  # it carries a diagnostic, which may be about the model
    """A template could not be rendered; `diagnostic` says where and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


# The modules that decide what code a template becomes.
_COMPILERS = (
    *(f"jinja2.{name}" for name in ("compiler", "environment", "lexer", "nodes", "optimizer", "parser")),
    *(f"archgen.templating.{name}" for name in ("autoescape", "escape")),
)


class _CompiledTemplates(jinja2.BytecodeCache):
    """Compiled templates: for as long as the process runs, because `archgen serve` renders the same ones at every change of a model,
    and those that come with archgen also between runs.
    """

    def __init__(self) -> None:
        self._code: dict[str, tuple[str, Any]] = {}  # by name and file: the checksum of the text, and the code
        self._packaged: set[str] = set()  # the keys of those that come with archgen: only these are kept between runs

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The key of a template's code."""
        key = super().get_cache_key(name, filename)
        if filename and Path(filename).is_relative_to(packaged_templates()):
            self._packaged.add(key)
        return key

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put the code into the bucket if it was compiled from the same text."""
        checksum, code = self._code.get(bucket.key, ("", None))
        if checksum != bucket.checksum:
            code = None
        if code is None and bucket.key in self._packaged:
            code = CODE.find(key_of(f"{bucket.key} {bucket.checksum}", *_COMPILERS))
        bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a bucket."""
        self._code[bucket.key] = bucket.checksum, bucket.code
        if bucket.key in self._packaged:
            CODE.add(key_of(f"{bucket.key} {bucket.checksum}", *_COMPILERS), bucket.code)


_COMPILED = _CompiledTemplates()
# The code of texts that are parts of templates, for as long as the process runs. All environments compile a text alike.
_COMPILED_TEXTS: dict[str, CodeType] = {}


@cache
def added_templates() -> tuple[Path, ...]:
    """The folders of templates that installed packages add under the entry point group `archgen.templates`.

    Raises ExtensionError for a template that archgen or another package has already: only a project may replace those.
    """
    added = folders("templates")
    if not added:
        return ()
    taken = {_name_in(packaged_templates(), file): packaged_templates() for file in _files(packaged_templates())}
    found = []
    for folder in added:
        for file in _files(folder.path):
            name = _name_in(folder.path, file)
            other = taken.setdefault(name, folder.path)
            if other != folder.path:
                message = (
                    f"the template '{name}' of the package {folder.package} already exists in {shown_folder(other)}"
                )
                raise ExtensionError(message, "rename it", str(file))
        found.append(folder.path)
    return tuple(found)


def _files(folder: Path) -> list[Path]:
    """The templates in a folder; what belongs to Python is not one."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc"))


def _name_in(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()


def shown_folder(folder: Path) -> str:
    """A folder of templates as messages name it: `templates` for archgen's and a project's, `acme/templates` for a package's."""
    return f"{folder.parent.name}/{folder.name}" if folder != packaged_templates() else "templates"


class Templates:
    """The templates of a project: its own files take precedence over archgen's, and these over those of installed packages."""

    def __init__(self, own: Path | None = None) -> None:
        of_project = own is not None and own.is_dir() and own.resolve() != packaged_templates().resolve()
        self._added = added_templates()
        places = [*([own] if own and of_project else ()), packaged_templates(), *self._added]
        self.only_archgens = len(places) == 1  # whether neither the project nor a package has templates
        self._exists: dict[str, bool] = {}
        self._sources: dict[str, tuple[str, Path]] = {}
        self._from_archgen: dict[str, bool] = {}
        self._names: list[str] | None = None
        self._texts: dict[str, jinja2.Template] = {}  # compiled, by their texts
        self._environment = EscapingEnvironment(FileSystemLoader([str(place) for place in places]), _COMPILED)
        self._environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]

    def names(self, folder: str) -> list[str]:
        """The names of the templates in a folder, sorted."""
        if self._names is None:
            self._names = sorted(self._environment.list_templates())
        start = bisect_left(self._names, f"{folder}/")
        return list(takewhile(lambda name: name.startswith(f"{folder}/"), islice(self._names, start, None)))

    def has(self, name: str) -> bool:
        """Whether a template exists."""
        if name not in self._exists:
            try:
                self.source(name)
            except jinja2.TemplateNotFound:
                self._exists[name] = False
            else:
                self._exists[name] = True
        return self._exists[name]

    def source(self, name: str) -> str:
        """The source text of a template. Raises TemplateNotFound."""
        return self._read(name)[0]

    def is_from_archgen(self, name: str) -> bool:
        """Whether a template is archgen's, not the project's or an installed package's. `name` can also be what `place` returns.

        Raises TemplateNotFound.
        """
        if name not in self._from_archgen:
            added = any(name.startswith(f"{shown_folder(folder)}/") for folder in self._added)
            is_ours = not added and self._file(name.removeprefix("templates/")).is_relative_to(packaged_templates())
            self._from_archgen[name] = is_ours
        return self._from_archgen[name]

    def place(self, name: str) -> str:
        """A template as messages name it: `templates/pages/home.md`, or with the folders of the package that adds it."""
        try:
            file = self._file(name)
        except jinja2.TemplateNotFound:
            return f"templates/{name}"
        folder = next((folder for folder in self._added if file.is_relative_to(folder)), packaged_templates())
        return f"{shown_folder(folder)}/{name}"

    def _file(self, name: str) -> Path:
        return self._read(name)[1]

    def _read(self, name: str) -> tuple[str, Path]:
        """The source text of a template and its file, read once. Raises TemplateNotFound."""
        if name not in self._sources:
            assert self._environment.loader is not None
            text, file, _is_current = self._environment.loader.get_source(self._environment, name)
            self._sources[name] = text, Path(file or "")
        return self._sources[name]

    def render(self, name: str, **context: Any) -> Safe:
        """The output of a template. Raises TemplateFailure, which names the template's line."""
        return self._run(name, lambda: self._environment.get_template(name).render(**context))

    def render_text(self, name: str, text: str, before: Callable[[], int] | None = None, **context: Any) -> Safe:
        """The output of `text`, a part of the template `name`. `before` counts the lines before it, which only a failure needs.

        Raises TemplateFailure.
        """
        if (
            "{" not in text and "\r" not in text
        ):  # compiling it takes a hundred times longer, and changes only line ends
            return self._environment.rendered(text)
        return self._run(name, lambda: self._compiled(name, text).render(**context), before)

    def holds(self, name: str, condition: str, **context: Any) -> bool | None:
        """Whether a condition, a part of the template `name`, is true. None if it has to be rendered: see conditions.py."""
        return condition_holds(condition, self._environment, context, keep=self._is_own(name))

    def _compiled(self, name: str, text: str) -> jinja2.Template:
        if text not in self._texts:
            environment = self._environment
            if text not in _COMPILED_TEXTS:
                _COMPILED_TEXTS[text] = self._code_of(name, text)
            # The globals themselves, not the map of two that Jinja makes: copying that one takes longer than filling in a short text.
            self._texts[text] = jinja2.Template.from_code(environment, _COMPILED_TEXTS[text], environment.globals)
        return self._texts[text]

    def _code_of(self, name: str, text: str) -> CodeType:
        """The code of a text in a template. That of archgen's own templates is kept between runs."""
        if self._is_own(name):
            return CODE.get(key_of(text, *_COMPILERS), lambda: self._environment.compile(text))
        return self._environment.compile(text)

    def _is_own(self, name: str) -> bool:
        return self.has(name) and self.is_from_archgen(name)

    def _run(self, name: str, render: Callable[[], str], before: Callable[[], int] | None = None) -> Safe:
        """The output of `render`. Raises TemplateFailure for all that can go wrong in a template; `before` as in `render_text`."""
        help_ = ""
        try:
            return self._environment.rendered(render())
        except jinja2.TemplateSyntaxError as error:
            line, message = error.lineno, f"template syntax: {error.message}"
            name = error.name or name
            if str(error.message).startswith("No filter"):
                help_ = f"the filters that escape text are {', '.join(sorted(FILTERS))}"
        except (jinja2.UndefinedError, UnsafeTextError, TypeError, ValueError, KeyError, AttributeError) as error:
            line, message = _line_in_template(error), f"{type(error).__name__}: {error}"
        except jinja2.TemplateNotFound as error:
            line, message = 0, f"the template '{error.name}' does not exist"
        if line and before:
            line += before()
        shown = self.place(name)
        span = Span(shown, line, 1, line, 2) if line else None
        raise TemplateFailure(Diagnostic("ARC-T001", message, help_, span=span, subject=shown)) from None


def _line_in_template(error: BaseException) -> int:
    """The line of the template at which an error was raised; 0 if unknown. Jinja puts template lines into tracebacks."""
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename.endswith((".md", ".md.j2", ".css", ".js", "<template>")):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
