"""Renders templates. The only module that does.

Text of a model is not trusted; templates are. Everything that a template prints is escaped for the template's language, unless a
filter names another one: `{{ value | sh }}` in a command, `{{ value | html }}` in HTML (see autoescape.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import FileSystemLoader
from jinja2.bccache import Bucket

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.templating.autoescape import FILTERS, EscapingEnvironment
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


class _CompiledTemplates(jinja2.BytecodeCache):
    """Compiled templates for as long as the process runs: `archgen serve` renders the same ones at every change of a model."""

    def __init__(self) -> None:
        self._code: dict[str, tuple[str, Any]] = {}  # by name and file: the checksum of the text, and the code

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put the code into the bucket if it was compiled from the same text."""
        checksum, code = self._code.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a bucket."""
        self._code[bucket.key] = bucket.checksum, bucket.code


_COMPILED = _CompiledTemplates()


class Templates:
    """The templates of a project: its own files take precedence over archgen's."""

    def __init__(self, own: Path | None = None) -> None:
        has_own = own is not None and own.is_dir() and own.resolve() != packaged_templates().resolve()
        folders = ([own] if own and has_own else []) + [packaged_templates()]
        self._exists: dict[str, bool] = {}
        self._environment = EscapingEnvironment(FileSystemLoader([str(folder) for folder in folders]), _COMPILED)
        self._environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]

    def names(self, folder: str) -> list[str]:
        """The names of the templates in a folder, sorted."""
        return sorted(name for name in self._environment.list_templates() if name.startswith(f"{folder}/"))

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
        assert self._environment.loader is not None
        return self._environment.loader.get_source(self._environment, name)[0]

    def is_own(self, name: str) -> bool:
        """Whether a template is the project's, not archgen's. The name may start with `templates/`. Raises TemplateNotFound."""
        assert self._environment.loader is not None
        name = name.removeprefix("templates/")
        file = self._environment.loader.get_source(self._environment, name)[1]
        return not (file or "").startswith(str(packaged_templates()))

    def render(self, name: str, **context: Any) -> Safe:
        """The output of a template. Raises TemplateFailure, which names the template's line."""
        return self._run(name, lambda: self._environment.get_template(name).render(**context))

    def render_text(self, name: str, text: str, skipped_lines: int = 0, **context: Any) -> Safe:
        """The output of `text`, a part of the template `name`; `skipped_lines` is the number of lines before it in the file."""
        padded = "{##" + "\n" * skipped_lines + "##}" + text if skipped_lines else text
        return self._run(name, lambda: self._environment.from_string(padded).render(**context))

    def _run(self, name: str, render: Callable[[], str]) -> Safe:
        """The output of `render`. Raises TemplateFailure for all that can go wrong in a template."""
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
        shown = f"templates/{name}"
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
