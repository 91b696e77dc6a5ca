"""Recording a drill: which facts of a runbook change, and whether its objective was met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.model.document import RunbookFacts
from archgen.reading.changes import AddKey, Change, DeleteKey, SetValue
from archgen.reading.yaml_tree import YamlNode
from archgen.runbooks.steps import duration_text


def verdict(facts: RunbookFacts, took_minutes: int) -> str:
    """Whether a drill met the recovery time objective, as a sentence."""
    took = f"It took {duration_text(took_minutes)}"
    if facts.rto_minutes is None:
        return f"{took}. The runbook has no recovery time objective to compare this with."
    objective = f"the recovery time objective of {duration_text(facts.rto_minutes)}"
    late = took_minutes - facts.rto_minutes
    return (
        f"{took}, which meets {objective}."
        if late <= 0
        else f"{took}, which misses {objective} by {duration_text(late)}."
    )


def drill_changes(name: str, stated: YamlNode, values: Mapping[str, Any]) -> Iterator[Change]:
    """The changes of a model that record a drill of the runbook `name`; `stated` is its entry in the file, and `values` the new facts.

    A planned date that has come is deleted, so that the interval counts from the drill.
    """
    keys = stated.value if isinstance(stated.value, dict) else {}
    for key, value in values.items():
        path = ("runbooks", name, key)
        yield SetValue(path, value) if key in keys else AddKey(path[:-1], key, value)
    planned = keys.get("next_drill")
    if planned is not None and "drill_every_days" in keys and str(planned.value) <= str(values["last_tested"]):
        yield DeleteKey(("runbooks", name, "next_drill"))
