"""References in the Terraform code of bindings: `@kms.key_arn`, `@self.name`, `@label`, `@provider` and `@depends_on`.

`@BINDING.OUTPUT` is an output of the module of another binding; with a `?` after it, it is null where no stack has that module.
`@BINDING.*.OUTPUT` is a map with that output of all modules of a binding, by the ids of their components; empty where there are none.
`@self` is the variable of the binding itself, `@module` its module, `@label` the name of both, `@provider` the line that selects a
provider, and `@depends_on` the line with what must be applied before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from archgen.records import dataclass

_REFERENCE = re.compile(
    r"@(?:(?P<word>self|label|provider|depends_on)\b|module\.(?P<own>[a-z_][a-z0-9_]*)|(?P<module>[a-z][a-z0-9-]*)\.(?P<all>\*\.)?(?P<output>[a-z_][a-z0-9_]*)(?P<may>\?)?)"
)


@dataclass(frozen=True, slots=True)
class Need:
    """The source of an input that takes the output of another module; `module` is the id of that module's binding.

    With `of_all`, it is a map of the output of all modules of the binding.
    """

    module: str
    output: str
    optional: bool = False
    of_all: bool = False


def needs_in(code: str) -> Iterator[Need]:
    """The outputs of other modules that a text refers to, in order, each once."""
    seen = set()
    for match in _REFERENCE.finditer(code):
        if match["module"]:
            need = Need(match["module"], match["output"], bool(match["may"]), bool(match["all"]))
            if need not in seen:
                seen.add(need)
                yield need


def fill(
    code: str,
    variable: str,
    lines: Mapping[str, str],
    output: Callable[[Need], str | None],
    own: Callable[[str], str],
) -> str:
    """A text with Terraform expressions in the place of references. `output` returns the expression of an output, None if there is none.

    `own` returns that of an output of the variable's own module. `lines` has the lines for `@provider` and `@depends_on`, which can be
    empty. Raises LookupError for an output that does not exist and is not optional.
    """

    def replaced(match: re.Match[str]) -> str:
        match match["word"]:
            case "self":
                return f"var.{variable}"
            case "label":
                return variable
            case "provider" | "depends_on" as word:
                return lines[word]
        if match["own"]:
            return own(match["own"])
        need = Need(match["module"], match["output"], bool(match["may"]), bool(match["all"]))
        found = output(need)
        if found is None and not need.optional:
            raise LookupError(f"{need.module}.{need.output}")
        return found or "null"

    return _REFERENCE.sub(replaced, code)
