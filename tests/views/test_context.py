"""The high-level view shows or names everything, and begins with all that starts something."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_network import MODELS, WITHOUT_NETWORK, everywhere, loaded

from archgen.views.context import view


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reference", *MODELS])
def test_every_component_is_drawn_or_named_below(name: str) -> None:
    for a, horizon in everywhere(name):
        graph = view(a, horizon)
        drawn = set(graph.nodes())
        named = {title for left in graph.left_out for title in left.titles}
        assert {c.title for n, c in a.components.items() if n not in drawn} == named


def test_the_view_begins_with_what_starts_something(tmp_path: Path) -> None:
    a, _graph = loaded(tmp_path, WITHOUT_NETWORK)
    assert set(view(a, a).nodes()) == {"people", "api", "func"}
    text = WITHOUT_NETWORK.replace(
        "{kind: fn, title: Diary, owner: team}", "{kind: fn, title: Diary, owner: team, traits: {starts: true}}"
    )
    a, _graph = loaded(tmp_path, text)
    assert set(view(a, a).nodes()) == {"people", "api", "func", "diary"}
