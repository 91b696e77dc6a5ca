"""What is added to a model as plain data: things of the project's own, right ones and wrong ones."""

from __future__ import annotations

from random import Random
from typing import Any

from mutants.places import EXPRESSIONS, FINE_IDS, IDS, NUMBERS, TEXTS, Model, some


def grow(model: Model, random: Random) -> None:
    """Something of the project's own is added: a kind, a product, a rule, a view, a flow, a stack, a runbook, a paragraph of a page."""
    random.choice(
        (
            _own_kind,
            _own_product,
            _own_rule,
            _view,
            _flow,
            _stack,
            _terraform_path,
            _runbook,
            _waiver,
            _decision,
            _glossary,
        )
    )(model, random)


def _text(fine: str, random: Random) -> str:
    return fine if random.random() < 0.7 else random.choice(TEXTS)


def _id(fine: str, random: Random) -> str:
    return fine if random.random() < 0.5 else random.choice(FINE_IDS if random.random() < 0.8 else IDS)


def _into(model: Model, *keys: str) -> Model:
    for key in keys:
        if not isinstance(model.get(key), dict):
            model[key] = {}
        model = model[key]
    return model


def _components(model: Model) -> list[str]:
    return (
        list(model["components"]) if isinstance(model.get("components"), dict) and model["components"] else ["nobody"]
    )


def _own_kind(model: Model, random: Random) -> None:
    types = ("text", "integer", "number", "boolean", "list")
    names = (
        "note",
        "copies",
        "model_config",
        "model_fields",
        "json",
        "copy",
        "title",
        "kind",
        "place",
        "members",
        "domains",
        "class",
        "label",
        "schema",
        "when",
    )
    settings: dict[str, Any] = {}
    for name in random.sample(names, random.randint(0, 3)):
        setting = {"type": random.choice(types), "about": _text("What it is", random)}
        setting |= random.choice(
            ({}, {}, {"minimum": random.choice(NUMBERS)}, {"maximum": 5}, {"choices": ["a", "b"]}, {"required": True})
        )
        settings[name] = setting
    kind = random.choice(("robot", "service", *IDS[:6]))
    _into(model, "kinds")[kind] = {
        "label": "Robot",
        "definition": _text("Moves things.", random),
        "needs_product": random.random() < 0.2,
        "settings": settings,
    }
    values = {"text": "x", "integer": 3, "number": 2.5, "boolean": True, "list": ["a"]}
    given = {name: values[setting["type"]] for name, setting in settings.items() if random.random() < 0.6}
    _into(model, "components")["robot-one"] = {"kind": kind, "title": "Robot", **given}


def _own_product(model: Model, random: Random) -> None:
    _into(model, "products")[_id("thing", random)] = {
        "name": _text("Thing", random),
        "short": random.choice(("Thing", "x" * 25, "\n")),
        "definition": "A thing.",
        "tile": random.choice(("TH", "日本", "<&>")),
        "documentation": random.choice(("https://thing.example/", "http://a", "https://a b")),
        "kinds": [random.choice(("service", "waf", "nowhere"))],
    }


def _own_rule(model: Model, random: Random) -> None:
    key = random.choice(("size", "title", "backup.retention_days", "multi_zone", "calls", "nowhere", "kind.x"))
    check = random.choice(
        (
            True,
            "x",
            3,
            {"at_least": 3},
            {"matches": "["},
            {"one_of": [1, "a"]},
            {"set": True},
            {"contains": "a"},
            {"equals": 10**30},
        )
    )
    _into(model, "rules", "own")[_id("sized", random)] = {
        "statement": _text("Things are sized.", random),
        "select": {"kinds": ["postgresql"]},
        "assert": {key: check},
    }


def _view(model: Model, random: Random) -> None:
    select = random.choice(
        (
            {"kinds": ["service", "postgresql"]},
            {"neighbors_of": [random.choice(_components(model))], "distance": 5},
            {"components": _components(model)[:3]},
            {"tags": ["x"]},
            {"zones": ["eu-west-1a"]},
            {},
        )
    )
    group = random.choice(("place", "owner", "runtime", "none"))
    _into(model, "views")[_id("mine", random)] = {
        "title": _text("Mine", random),
        "select": select,
        "group_by": group,
    }


def _flow(model: Model, random: Random) -> None:
    pairs = [
        (a, b) for a, c in _into(model, "components").items() if isinstance(c, dict) for b in c.get("calls") or ()
    ] or [("a", "b")]
    steps = [
        dict(zip(("from", "to"), random.choice(pairs), strict=True), text=_text("asks", random))
        for _n in range(random.randint(0, 3))
    ]
    _into(model, "flows")[_id("walk", random)] = {
        "title": _text("Walk", random),
        "steps": steps,
    }


def _stack(model: Model, random: Random) -> None:
    folder = random.choice(
        (
            "own/{cloud}",
            "own",
            "infra/{cloud}/data",
            ".git/x",
            "docs/{cloud}",
            "OWN/{cloud}",
            "{stack}",
            "a/../b",
            "site",
            "own/{cloud}/x",
        )
    )
    inputs = {
        f"v{n}": random.choice(({"expression": e}, {"value": random.choice(("x", 1, ["a"], True))}))
        for n, e in enumerate(random.sample(EXPRESSIONS, 3))
    }
    stack: Model = {"purpose": "Ours.", "directory": folder, "inputs": inputs}
    modules = random.choice((None, None, ["vpc"], ["rds", "nowhere"], ["eks"], ["network"], ["cloud-sql"]))
    if modules:
        stack["modules"] = modules
    if random.random() < 0.3:
        stack["after"] = [_id("mine", random)]
    _into(model, "terraform", "stacks")[random.choice(("ours", "99-own", *IDS[:6]))] = stack


def _terraform_path(model: Model, random: Random) -> None:
    paths = (
        "infra",
        "infra/{cloud}",
        "infra/{stack}",
        "{stack}/{cloud}",
        ".archgen/{cloud}/{stack}",
        "x/{y}",
        "infra/{cloud}/{stack}",
        "Infra/{cloud}/{stack}",
    )
    if isinstance(model.get("terraform"), dict):
        model["terraform"]["path"] = random.choice(paths)


def _runbook(model: Model, random: Random) -> None:
    known = (
        "database-failover",
        "point-in-time-restore",
        "zone-failure",
        "error-budget",
        "credential-rotation",
        "region-failover",
        "node-drain",
        "cost-anomaly",
        "deploy-and-roll-back",
        "index",
        "nowhere",
        "terraform-state",
        "snapshot-copy-and-restore",
        "certificate-failure",
        "spot-interruption",
    )
    teams = list(model["teams"]) if isinstance(model.get("teams"), dict) and model["teams"] else ["nobody"]
    facts: Model = {"component": random.choice(_components(model)), "owner": random.choice(teams)}
    dates = ("2026-01-31", "9999-12-31", "2199-12-31", "0001-01-01", "1970-01-01")
    facts |= random.choice(
        (
            {},
            {"last_tested": random.choice(dates), "drill_every_days": 90},
            {"next_drill": random.choice(dates), "drill_every_days": 1},
        )
    )
    _into(model, "runbooks")[random.choice(known)] = facts


def _waiver(model: Model, random: Random) -> None:
    place = some(model, random) or ("components",)
    owner = random.choice(list(model["teams"])) if isinstance(model.get("teams"), dict) and model["teams"] else "nobody"
    _into(model, "rules", "waivers")[_id("mine", random)] = {
        "rule": random.choice(("OPS901", "DR304", "HA201", "NET104", "ARC-E003", "OWN-x")),
        "path": ".".join(map(str, place)),
        "reason": _text("Accepted.", random),
        "owner": owner,
        "until": random.choice(("2027-01-01", "2020-01-01", "9999-12-31")),
    }


def _decision(model: Model, random: Random) -> None:
    place = some(model, random) or ("components",)
    _into(model, "decisions")[_id("mine", random)] = {
        "title": "Choice",
        "status": random.choice(("chosen", "deferred", "x")),
        "choice": random.choice(TEXTS),
        "about": [".".join(map(str, place)), random.choice(TEXTS)],
    }


def _glossary(model: Model, random: Random) -> None:
    _into(model, "glossary")[random.choice((*TEXTS, *IDS))] = random.choice(TEXTS)
