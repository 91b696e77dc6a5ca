"""Each rule has an example that it cannot check, or says what it means if the model does not state what it reads."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from archgen.diagnostics.codes import RuleModule, rules
from archgen.diagnostics.explain import explain
from archgen.kinds.kubernetes_cluster import KubernetesCluster, NodePool
from archgen.kinds.network_link import NetworkLink
from archgen.model.base import Entity
from archgen.model.document import CapabilitySide
from archgen.registry import parts

MODELS = ("archgen.model.", "archgen.kinds.", "archgen.clouds.")
ARCHGENS = {code: rule for code, rule in rules().items() if not rule.part.package}
# Names that optional values have elsewhere in a model, but that are always known where rules read them.
KNOWN = {
    "production",  # OPS905 asks which environment is production
    *("cloud", "region", "facts", "phase", "default", "tier", "internet"),  # archgen knows them at each coordinate
    *("catalog", "connections", "short", "path"),  # archgen's own
    *("name", "title", "id", "component", "value", "by"),  # required where rules read them, or what archgen looked up
}
REQUIRED: dict[str, dict[str, type[Entity]]] = {
    "HA203": {"capacity": NodePool},
    "HA221": {"form": NetworkLink},
    "K8S601": {"endpoint": KubernetesCluster},
    "PAR802": {"text": CapabilitySide},
}
# What a rule compares with another value, or reads as a list, so that nothing could be missing.
COMPARED = {"HA214": {"product"}, "REF004": {"kind"}, "PAR802": {"later"}}


def classes(cls: type[Entity]) -> Iterator[type[Entity]]:
    """The classes of which models consist; not those of bindings, imports, runbooks and other tests, nor those that a model declares."""
    for sub in cls.__subclasses__():
        module = sub.__module__
        if module.startswith(MODELS) and getattr(sys.modules[module], sub.__name__, None) is sub:
            yield sub
        yield from classes(sub)


@cache
def optional_values() -> frozenset[str]:
    """The names of all single values that a model need not state; lists and mappings are empty then, which is a statement."""
    for kind in ("kinds", "clouds"):
        assert all(part.module for part in parts(kind))
    fields = [pair for cls in classes(Entity) for pair in cls.model_fields.items()]
    return frozenset(
        name
        for name, field in fields
        if not field.is_required() and isinstance(field.default, (bool, int, float, str, type(None)))
    )


def names_read(module: ModuleType) -> set[str]:
    """The names of attributes that a module reads, also those that it names in a text."""
    read: set[str] = set()
    for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            read.add(node.attr)
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            read |= {n for text in texts for n in text.split(".") if called in ("getattr", "with_key", "with_setting")}
    return read


def undeclared(code: str, rule: RuleModule) -> set[str]:
    """The optional values that a rule reads without saying what it means if they are missing."""
    known = KNOWN | REQUIRED.get(code, {}).keys() | COMPARED.get(code, set())
    return (names_read(rule.part.module) & optional_values()) - known - (rule.absence or {}).keys()


def test_each_rule_has_an_example_that_it_cannot_check_or_can_always_be_checked() -> None:
    assert not [code for code, rule in ARCHGENS.items() if bool(explain(code).unknown) == (rule.absence is not None)]
    assert sum(bool(explain(code).unknown) for code in ARCHGENS) > 70


def test_what_can_be_missing_is_declared_where_a_rule_can_always_be_checked() -> None:
    always = {code: rule for code, rule in ARCHGENS.items() if rule.absence is not None}
    assert {code: names for code, rule in always.items() if (names := undeclared(code, rule))} == {}
    for code, rule in always.items():
        assert rule.absence is not None
        assert rule.absence.keys() <= optional_values() | {"endpoint_in", "text"}, code  # a list, and a file of reviews
        assert all(text.endswith(".") for text in rule.absence.values()), code
        names = set(vars(rule.part.module))
        assert not names & {"Unsaid", "judge", "unsaid", "passed_if_stated", "passed_if_written", "found_if_stated"}, (
            code
        )


def test_a_value_that_is_not_declared_is_found() -> None:
    rule = rules()["OPS903"]
    assert undeclared("OPS903", rule) == set()
    assert rule.absence is not None
    rule.part.module.ABSENCE = {}
    try:
        assert undeclared("OPS903", rule) == {"owner"}
    finally:
        rule.part.module.ABSENCE = rule.absence


def test_what_is_exempt_is_required() -> None:
    for code, fields in REQUIRED.items():
        for name, cls in fields.items():
            assert cls.model_fields[name].is_required(), (code, name)
