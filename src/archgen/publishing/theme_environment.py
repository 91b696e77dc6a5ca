"""The environment in which the site builder fills in the templates of a theme, made so that it takes less time."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mkdocs.theme import Theme

from archgen.templating.theme_templates import make_quick

_MAKERS = ("mkdocs.theme", "mkdocs.utils.templates", "mkdocs.localization")


def use_quick_environment(theme: Theme) -> None:
    """Let a theme make environments that take less time."""
    theme.get_env = partial(_environment, theme)  # type: ignore[method-assign]


def is_known(place: Path) -> bool:
    """Whether a folder or file of templates is one of MkDocs or of Material for MkDocs, which show nothing of other pages but the
    navigation."""
    specs = (find_spec(package) for package in ("mkdocs", "material"))
    return any(spec and spec.origin and place.is_relative_to(Path(spec.origin).parent) for spec in specs)


def _environment(theme: Theme) -> Any:
    """Do what `Theme.get_env` does."""
    environment = Theme.get_env(theme)
    make_quick(environment, theme.dirs, is_known, _MAKERS)
    return environment
