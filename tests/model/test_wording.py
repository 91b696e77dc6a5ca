"""How values and settings are written for people: one form, wherever they appear."""

from __future__ import annotations

import pytest

from archgen.model.operations import Image
from archgen.model.wording import EMPTY, MISSING, setting_label, value_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (None, MISSING),
        (0, "0"),
        (99.95, "99.95"),
        ("", ""),
        ("a, b", "a, b"),
        ((), EMPTY),
        ({}, EMPTY),
        (("a", "b"), "a, b"),
        (("One thing, and another.", "A third."), "One thing, and another. A third."),
        ([("a", "b"), ()], "[a, b], [none]"),
        ({"cpu": "250m", "limits": {"memory": "1Gi"}}, "cpu: 250m, limits: {memory: 1Gi}"),
        (
            Image(title="API", component="api", folder="services/api", stages=("build",)),
            "title: API, component: api, folder: services/api, contents: [none], stages: [build]",
        ),
    ],
)
def test_a_value_is_written_in_one_way(value: object, text: str) -> None:
    assert value_text(value).startswith(text)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("size", "size"),
        ("storage_gib", "storage GiB"),
        ("require_tls", "require TLS"),
        ("backup.retention_days", "backup › retention days"),
        (("node_pools", "general", "min_nodes"), "node pools › general › min nodes"),
    ],
)
def test_the_label_of_a_setting(path: str | tuple[str, ...], label: str) -> None:
    assert setting_label(path) == label
