"""Jinja with one rule added: everything that a template prints is `Safe`, or is escaped for the language of the template.

Jinja's own autoescape knows only HTML, and treats partly escaped text as escaped. Here only functions of `escape.py` make safe
text. The output of a macro, a block or a loop is safe; text that was joined or changed after that is not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import PurePosixPath

import jinja2
from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context

from archgen.templating import escape
from archgen.templating.escape import Safe, UnsafeTextError

# The default escape for what a template prints, by the suffix of its name.
LANGUAGES = {".md": escape.markdown, ".html": escape.html, ".css": escape.css}
FILTERS = {
    "anchor": escape.anchor,
    "block": escape.block,
    "code": escape.code,
    "css": escape.css,
    "fenced": escape.fenced,
    "href": escape.href,
    "html": escape.html,
    "md": escape.markdown,
    "number": escape.number,
    "prose": escape.prose,
    "sh": escape.shell,
    "tab": escape.tab,
    "url": escape.url,
    "yaml": escape.yaml_text,
}
# Filters of Jinja that escape only for HTML, or mark text as safe; removed, so that templates use those above.
MISLEADING = ("e", "escape", "forceescape", "safe", "urlize", "xmlattr")


@cache
def _language(name: str | None) -> Callable[[object], Safe]:
    """The default escape of a template. Raises UnsafeTextError if its language is unknown."""
    ending = PurePosixPath((name or "text.md").removesuffix(".j2")).suffix  # text without a name is Markdown
    if ending not in LANGUAGES:
        raise UnsafeTextError(f"archgen does not know how to escape text in {name}: apply a filter to it")
    return LANGUAGES[ending]


@pass_context
def _finish(context: Context, value: object) -> Safe:
    """A value as a template prints it. Raises UnsafeTextError if the template's language cannot express it."""
    return value if isinstance(value, Safe) else _language(context.name)(value)


class _Compiler(CodeGenerator):
    """Jinja's compiler with two changes: text that a template collects is safe, and everything that it prints is escaped.

    Jinja would print the results of `{% filter %}` and `{% call %}` without escaping them.
    """

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:
        """Return the output of a macro, a recursive loop or the body of a call."""
        self.writeline(f"return {self._collected_text(frame)}")

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802
        """Apply a filter; one without an operand is applied to a block."""
        if node.node is not None:
            super().visit_Filter(node, frame)
            return
        with self._filter_test_common(node, frame, True):
            self.write(self._collected_text(frame))

    def visit_AssignBlock(self, node: nodes.AssignBlock, frame: Frame) -> None:  # noqa: N802
        """`{% set name %}…{% endset %}`."""
        self.push_assign_tracking()
        inner = self._collect(node, frame)
        self.newline(node)
        self.visit(node.target, frame)
        self.write(" = ")
        if node.filter is not None:
            self.visit_Filter(node.filter, inner)
        else:
            self.write(self._collected_text(inner))
        self.pop_assign_tracking(frame)
        self.leave_frame(inner)

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802
        """`{% filter name %}…{% endfilter %}`."""
        inner = self._collect(node, frame)
        self.start_write(frame, node)
        self.write("environment.finalize(context, ")
        self.visit_Filter(node.filter, inner)
        self.write(")")
        self.end_write(frame)
        self.leave_frame(inner)

    def visit_CallBlock(self, node: nodes.CallBlock, frame: Frame) -> None:  # noqa: N802
        """`{% call name() %}…{% endcall %}`."""
        inner, macro = self.macro_body(node, frame)
        self.writeline("caller = ")
        self.macro_def(macro, inner)
        self.start_write(frame, node)
        self.write("environment.finalize(context, ")
        self.visit_Call(node.call, frame, forward_caller=True)
        self.write(")")
        self.end_write(frame)

    def _collect(self, node: nodes.AssignBlock | nodes.FilterBlock, frame: Frame) -> Frame:
        """Print the body of a block into a separate buffer."""
        inner = frame.inner()
        inner.require_output_check = False
        inner.symbols.analyze_node(node)
        self.enter_frame(inner)
        self.buffer(inner)
        self.blockvisit(node.body, inner)
        return inner

    def _collected_text(self, frame: Frame) -> str:
        return f"environment.rendered(concat({frame.buffer}))"


class EscapingEnvironment(jinja2.Environment):
    """An environment whose templates print safe text only."""

    code_generator_class = _Compiler
    rendered = staticmethod(escape.rendered)

    def __init__(self, loader: jinja2.BaseLoader, compiled: jinja2.BytecodeCache | None = None) -> None:
        super().__init__(
            loader=loader,
            bytecode_cache=compiled,
            undefined=StrictUndefined,
            finalize=_finish,
            autoescape=False,  # Jinja's autoescape would escape again, for HTML
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            comment_start_string="{##",  # `{#` starts the id of a Markdown heading
            comment_end_string="##}",
        )
        self.filters.update(FILTERS)
        for name in MISLEADING:
            del self.filters[name]
