"""The kinds of components: an index by what people want to do, and a page for each kind in use; in archgen's manual, for each kind."""

from __future__ import annotations

from archgen.artifacts._families import Family, task_of
from archgen.artifacts._kind_facts import KindFacts
from archgen.artifacts.base import Context, Emitted
from archgen.model.component import TASKS

WITHOUT_PICTURES = True  # so these files can be made while pictures are drawn


def emit(context: Context) -> Emitted:
    """The index and the page of each kind that the model uses or adds; for the manual, of all kinds."""
    facts = KindFacts(context)
    tasks = {id_: task_of(facts.kinds[id_]) for id_ in facts.pages}
    family = Family("Reference", "Kinds of components", tasks.values(), TASKS)
    index = family.index("All kinds")
    artifacts = [
        context.page(
            "reference/kinds",
            "reference_kinds.md",
            index,
            (),
            shared=facts.shared,
            groups=facts.groups(),
            manual=context.manual,
            further=len(facts.kinds) - len(facts.pages),
        )
    ]
    for id_, page in facts.pages.items():
        row = facts.page(id_)
        nav = family.nav(row["label"], tasks[id_])
        artifacts.append(context.page(page, "reference_kind.md", nav, (), kind=row))
    return artifacts, []
