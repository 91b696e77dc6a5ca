"""The kinds of components: an index by what people want to do, a page for each kind in use, and pages of the others by task."""

from __future__ import annotations

from archgen.artifacts._families import LAST, Family, task_of
from archgen.artifacts._kind_facts import KindFacts
from archgen.artifacts.addresses import OTHER_KINDS
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.component import TASKS

SECTION, GROUP = "Reference", "Kinds of components"


def emit(context: Context) -> Emitted:
    """The index of all kinds, with those that the project adds, the page of each kind in use, and pages of the other kinds."""
    facts = KindFacts(context)
    tasks = {id_: task_of(facts.kinds[id_]) for id_ in facts.pages}
    family = Family(SECTION, GROUP, tasks.values(), TASKS)
    index = family.index("All kinds")
    artifacts = [
        context.page("reference/kinds", "reference_kinds.md", index, (), shared=facts.shared, groups=facts.groups())
    ]
    for id_, page in facts.pages.items():
        row = facts.page(id_)
        nav = family.nav(row["label"], tasks[id_])
        artifacts.append(context.page(page, "reference_kind.md", nav, (), kind=row))
    for position, (task, rows) in enumerate(facts.others()):
        nav = Nav(SECTION, TASKS[task], LAST + position, "Other kinds")
        title = f"Other kinds: {TASKS[task][0].lower()}{TASKS[task][1:]}"
        page = f"{OTHER_KINDS}{task}"
        artifacts.append(context.page(page, "reference_other_kinds.md", nav, (), title=title, kinds=rows))
    return artifacts, []
