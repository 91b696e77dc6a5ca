"""Folds what files say about one environment into a model that exists already.

What is equal stays as it is. What differs becomes `when` for this environment, and what only some environments have gets `in`.
Everything else of the model's files stays, with its comments, its order and its formatting.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path as FilePath
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.importing.clusters import is_object
from archgen.importing.environment_view import EnvironmentView
from archgen.importing.fold_places import environment_changes, presence_changes
from archgen.importing.fold_values import ValueChanges
from archgen.importing.importing import Import
from archgen.importing.known import known_components
from archgen.importing.terraform_json import TerraformFile
from archgen.model.resolve import read_axes
from archgen.project import Loaded, load
from archgen.reading.changes import Change, ChangeError
from archgen.reading.edits import changed_texts
from archgen.reading.include import read_files
from archgen.reading.yaml_tree import YamlNode

CONFLICT = "ARC-I004"
OTHER_CLOUD = "ARC-I005"


@dataclass(frozen=True, slots=True)
class Fold:
    """The texts of a model's files with an environment folded in, what was imported, and why that is not possible if it is not.

    `loaded` is the model to which the places of the problems belong. `notes` says what a person should look at.
    """

    texts: Mapping[str, str]
    found: Import
    loaded: Loaded
    problems: list[Diagnostic] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def fold(
    model: FilePath,
    texts: Mapping[str, str],
    sources: Iterable[TerraformFile],
    at: tuple[str, str],
    accept: Iterable[str] = (),
) -> Fold:
    """Fold files of an environment into a model. `texts` has the texts of all files of the model, which is valid."""
    before = load(model, texts=texts)
    assert before.project is not None
    assert before.files.root is not None
    root, resolved = before.files.root, before.project.resolved
    cloud, environment = at
    name, project = (str(node.value) if (node := root.get((key,))) else "" for key in ("name", "project"))
    found = Import(list(sources), cloud, environment, tuple(accept), name, project, known_components(root))
    if environment in (*resolved.axes.clouds, *resolved.axes.phases):
        message = f"the model has a cloud or a phase '{environment}', so no environment can have this name"
        return Fold(texts, found, before, [Diagnostic("ARC-M006", message, "choose another name", subject=model.name)])
    if cloud not in resolved.axes.clouds:
        return Fold(texts, found, before, [_other_cloud(cloud, before)])
    if problem := _lacking_network(found, root, resolved.axes.environments):
        return Fold(texts, found, before, [problem])
    view_of = partial(_view, model, kinds=resolved.kinds, at=at)
    is_new = environment not in resolved.axes.environments or root.get(("environments", environment, cloud)) is None
    try:
        changes, problems = environment_changes(root, found)
        after, view = _changed(texts, changes, view_of)
        changes = presence_changes(view, found, is_new=is_new)
        joined = {
            name for name in found.model["components"] if is_new or not view.presence(("components", name)) & view.here
        }
        after, view = _changed(after, changes, view_of)
        values = ValueChanges(view, found, joined, is_new=is_new)
        problems += values.conflicts
        if not problems:
            after, view = _changed(after, values.changes(), view_of)
    except ChangeError as error:
        help_ = "write the place in block form or move its comments, then import again"
        problem = Diagnostic(CONFLICT, f"the file cannot be changed there: {error}", help_, subject=model.name)
        return Fold(texts, found, before, [problem])
    if problems:
        return Fold(texts, found, before, problems)
    loaded = load(model, texts=after)
    return Fold(after, found, loaded, loaded.diagnostics, [*values.notes, *_notes_on_clusters(found)])


def _notes_on_clusters(found: Import) -> list[str]:
    """What a person has to add if it is not known in which of several clusters objects are."""
    objects = [component.id for component in found.placed.components if is_object(component)]
    if not objects or found.cluster:
        return []
    return [f"it is not known which cluster {', '.join(objects)} run on: state it as `runs_on`, with the namespace"]


def _other_cloud(cloud: str, before: Loaded) -> Diagnostic:
    assert before.files.root is not None
    node = before.files.root.get(("clouds",))
    help_ = f"import the files into a separate model, then state its products here under `when: {{{cloud}: …}}`"
    message = f"the model does not have the cloud '{cloud}', and archgen import does not add a cloud to a model"
    return Diagnostic(OTHER_CLOUD, message, help_, ("clouds",), span=node.key_span if node else None)


def _lacking_network(found: Import, root: YamlNode, environments: Collection[str]) -> Diagnostic | None:
    """The diagnostic for objects of an environment that the model does not have, if an environment needs more than they say."""
    node = root.get(("network",))
    if found.has_terraform or found.environment in environments or node is None:
        return None
    message = (
        f"the model has a network and no environment '{found.environment}', whose range Kubernetes objects do not state"
    )
    help_ = "import the Terraform files of the environment first, or together with the objects"
    return Diagnostic(CONFLICT, message, help_, ("network",), span=node.key_span)


def _changed(
    texts: Mapping[str, str], changes: Iterable[Change], view_of: Callable[..., EnvironmentView]
) -> tuple[Mapping[str, str], EnvironmentView]:
    after, _files = changed_texts(texts, changes)
    return after, view_of(texts=after)


def _view(
    model: FilePath, texts: Mapping[str, str], kinds: Mapping[str, type[Any]], at: tuple[str, str]
) -> EnvironmentView:
    """The model with these texts, seen from an environment. Raises ChangeError if its files or axes are no longer usable."""
    files, problems = read_files(model, texts)
    axes = read_axes(files.root)[0] if files.root is not None else None
    if files.root is None or axes is None:
        raise ChangeError(problems[0].message if problems else "it would have errors")
    return EnvironmentView(files.root, axes, kinds, *at)
