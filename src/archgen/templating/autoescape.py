"""Jinja with one rule added: whatever a template prints is `Safe`, or is escaped for the language that the template is written in.

Jinja's own autoescape knows HTML alone, and takes a text that was partly escaped for one that is. Here only functions of
`escape.py` make safe text. What a macro, a block or a loop has printed is safe; what was joined or changed after that is not.
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

# How a template's text is escaped where it does not say so itself, by the ending of its name.
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
# Jinja's filters that promise what only those above can keep.
MISLEADING = ("e", "escape", "forceescape", "safe", "urlize", "xmlattr")


@cache
def _language(name: str | None) -> Callable[[object], Safe]:
    """The escape for what a template prints. Raises UnsafeTextError where nobody knows its language."""
    ending = PurePosixPath(
        (name or "text.md").removesuffix(".j2")
    ).suffix  # a text without a name is a piece of Markdown
    if ending not in LANGUAGES:
        raise UnsafeTextError(f"nobody knows how to escape text in {name}: say it with a filter")
    return LANGUAGES[ending]


@pass_context
def _finish(context: Context, value: object) -> Safe:
    """A value as a template prints it. Raises UnsafeTextError where it cannot stand there."""
    return value if isinstance(value, Safe) else _language(context.name)(value)


class _Compiler(CodeGenerator):
    """Jinja's compiler, but what a template collects before printing it is safe, and everything printed is finished.

    Jinja itself would print the results of `{% filter %}` and `{% call %}` as they are.
    """

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:
        """What a macro, a recursive loop or the body of a call has printed."""
        self.writeline(f"return {self._collected(frame)}")

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802
        """A filter; without an operand it is that of a block."""
        if node.node is not None:
            super().visit_Filter(node, frame)
            return
        with self._filter_test_common(node, frame, True):
            self.write(self._collected(frame))

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
            self.write(self._collected(inner))
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
        """Print the body of a block into a buffer of its own."""
        inner = frame.inner()
        inner.require_output_check = False
        inner.symbols.analyze_node(node)
        self.enter_frame(inner)
        self.buffer(inner)
        self.blockvisit(node.body, inner)
        return inner

    def _collected(self, frame: Frame) -> str:
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
            autoescape=False,  # that of Jinja, which would escape for HTML what is escaped already
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            comment_start_string="{##",  # `{#` starts the id of a Markdown heading
            comment_end_string="##}",
        )
        self.filters.update(FILTERS)
        for name in MISLEADING:
            del self.filters[name]
