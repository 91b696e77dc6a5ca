"""Mutants of a model as plain data: what a careless or hostile author might write, made of the model's own parts.

Every change is drawn from the generator that is handed in, so that the same seed gives the same mutant.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

Model = dict[str, Any]
Step = str | int
Place = tuple[Step, ...]

IDS = (
    "index", "parity", "con", "nul", "reference", "runbooks", "start", "components", "health", "glossary", "readme", "network",
    "flow-checkout", "capability-database", "terraform", "sources", "diagrams", "assets", "context", "aws", "gcp", "prod", "all",
    "a", "a-b", "a-b-c", "x" * 40, "x" * 41, "index-html", "404", "search", "none", "true", "self", "model-config", "in", "when",
)  # fmt: skip
TEXTS = (
    "", " ", "\n", "a\nb", "a\tb", "two\n\nparagraphs\n", "{x}", "{0}", "%s", "%(a)s", "${a}", "%{if}", "{{ 1/0 }}", "{% raw %}", "{## x ##}",
    "../../etc/passwd", "/etc/passwd", ".git/hooks", "C:\\x", "a\\b", "\\1", "\\x", "a/b/c", "__class__", "__proto__", "null", "~", "yes", "1e9",
    "é", "日本語のデータベース", "مرحبا", "👩‍👩‍👧‍👦", "a\u0301\u0323", "<script>alert(1)</script>", "`a` *b* _c_ [d](e) | f", "=cmd()", "'\"", "--", "-->",
    "<!-- archgen: value name -->", "|||", "# head", "::: x", "```", "\u00a0", "x" * 400, "word " * 300, "*.example", "shop.example", "A.B", "10.0.0.0/16",
    "10.0.0.0/8", "2026-11-25", "9999-12-31", "0001-01-01", "2199-12-31", "1970-01-01", "2026-02-30", "components", "components.x", "a.b[3].c", "name",
)  # fmt: skip
NUMBERS = (
    0,
    1,
    -1,
    2,
    3,
    28,
    29,
    65535,
    65536,
    3653,
    2**31,
    2**53,
    2**63,
    2**64,
    10**30,
    -(10**30),
    0.5,
    -0.0,
    1e308,
    1e-300,
    99.9,
    100,
    100.1,
)
EXPRESSIONS = (
    "cidr", "1/0", "2.0**5000", "1e308*10", "((((((1))))))", "components", "components.database", "components.values()", "document.name", "zones[0]",
    "zones[99]", "home ~ region", "lipsum", "range(10**9)", "'x' * 10**9", "subnets('none')", "range_of('app')", "range_of('nowhere')", "host('a b')",
    "seconds(10**400)", "[1,2]|map('upper')|list", "nope", "nope.nope", "''.__class__", "identifier", "identifier('x')", "alerts", "accounts|length",
    "budget + 1", "domain.split('.')", "{'a': [1, {'b': none}]}", "true and not false", "zones|join(',')", "cidr if zones else none", "network.tiers",
)  # fmt: skip
CONDITIONS = (
    "{e}",
    "{c}",
    "{p}",
    "!{e}",
    "{e} & {p}",
    "{c} & {e} & {p}",
    "{e} | {p}",
    "!({e})",
    "{c},{e}",
    "nowhere",
    "",
    "&",
    "{e} & {e}",
    "*",
)


# -- places ----------------------------------------------------------------------------------------------


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place below a value, its own first."""
    yield at
    steps: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*at, step))


def value_at(model: Any, place: Place) -> Any:
    """What stands at a place."""
    for step in place:
        model = model[step]
    return model


def put(model: Any, place: Place, value: Any) -> None:
    """Write over what stands at a place."""
    value_at(model, place[:-1])[place[-1]] = value


def _some(model: Model, random: Random, wanted: Callable[[Place, Any], bool] = lambda _p, _v: True) -> Place | None:
    """A place where something wanted stands; each top-level part is as likely as any other, however large it is."""
    parts = list(model)
    random.shuffle(parts)
    for part in parts:
        found = [p for p in places(model[part], (part,)) if wanted(p, value_at(model, p))]
        if found:
            return random.choice(found)
    return None


def _scalar(_place: Place, value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _mapping(_place: Place, value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def _renamed(mapping: Model, old: str, new: str) -> Model:
    return {new if key == old else key: value for key, value in mapping.items()}


# -- what is done to a model -------------------------------------------------------------------------------


def delete(model: Model, random: Random) -> None:
    """A key or an item is gone."""
    if place := _some(model, random, lambda p, _v: len(p) > 1 or random.random() < 0.2):
        del value_at(model, place[:-1])[place[-1]]


def duplicate(model: Model, random: Random) -> None:
    """An entry stands there twice, under another key."""
    if place := _some(model, random, lambda p, _v: len(p) > 1):
        holder, value = value_at(model, place[:-1]), copy.deepcopy(value_at(model, place))
        if isinstance(holder, list):
            holder.append(value)
        else:
            holder[random.choice((*IDS, f"{place[-1]}-2"))] = value


def rename_key(model: Model, random: Random) -> None:
    """A key is called something else, and nothing else knows."""
    if place := _some(model, random, _mapping):
        mapping = value_at(model, place)
        old = random.choice(list(mapping))
        put(model, place, _renamed(mapping, old, random.choice((*IDS, *TEXTS[:40], *_keys(model, random)))))


def rename_id(model: Model, random: Random) -> None:
    """An id is another one wherever it stands, so that the model stays whole."""
    named = [part for part in model if isinstance(model[part], dict) and model[part]]
    part = random.choice(named)
    holder = model[part]
    if part in ("terraform", "network", "observability", "rules", "organization"):
        inner = [key for key in holder if isinstance(holder[key], dict) and holder[key]]
        holder = holder[random.choice(inner)] if inner else holder
    old, new = random.choice(list(holder)), random.choice(IDS)
    _everywhere(model, old, new)


def _everywhere(value: Any, old: str, new: str) -> None:
    if isinstance(value, dict):
        for key in list(value):
            _everywhere(value[key], old, new)
            if value[key] == old:
                value[key] = new
        if old in value and new not in value:
            renamed = _renamed(value, old, new)
            value.clear()
            value.update(renamed)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            _everywhere(item, old, new)
            if item == old:
                value[n] = new


def replace_scalar(model: Model, random: Random) -> None:
    """A value is hostile, of its own type or of another."""
    if place := _some(model, random, _scalar):
        put(model, place, _hostile(value_at(model, place), random))


def _hostile(value: Any, random: Random) -> Any:
    if isinstance(value, bool):
        return random.choice((not value, not value, "yes", 1))
    if isinstance(value, (int, float)):
        return random.choice((value + 1, value - 1, value * 2, -value, *NUMBERS, str(value)))
    return (
        random.choice((*TEXTS, *IDS))
        if random.random() < 0.9
        else random.choice((*NUMBERS, True, [value], {"a": value}))
    )


def soft_text(model: Model, random: Random) -> None:
    """A text that people read is another one."""
    words = (
        "title",
        "name",
        "purpose",
        "summary",
        "text",
        "label",
        "definition",
        "about",
        "question",
        "statement",
        "note",
        "tagline",
        "contact",
    )
    if place := _some(model, random, lambda p, v: isinstance(v, str) and p[-1] in words):
        put(model, place, random.choice(TEXTS))


def soft_number(model: Model, random: Random) -> None:
    """A number is a little more or less."""
    if place := _some(model, random, lambda _p, v: isinstance(v, int) and not isinstance(v, bool)):
        put(model, place, max(0, value_at(model, place) + random.choice((-1, 1, 2, 10))))


def flip(model: Model, random: Random) -> None:
    """A truth value is the other one."""
    if place := _some(model, random, lambda _p, v: isinstance(v, bool)):
        put(model, place, not value_at(model, place))


def swap(model: Model, random: Random) -> None:
    """Two parts change places: mostly two that are called the same."""
    one = _some(model, random, lambda p, _v: len(p) > 1)
    if one is None:
        return
    same = random.random() < 0.7
    other = _some(model, random, lambda p, _v: len(p) > 1 and p != one and (p[-1] == one[-1] or not same))
    if other and one[: len(other)] != other and other[: len(one)] != one:
        first, second = value_at(model, one), value_at(model, other)
        put(model, one, second)
        put(model, other, first)


def transplant(model: Model, random: Random) -> None:
    """A part stands somewhere else, too."""
    one, other = _some(model, random, lambda p, _v: len(p) > 1), _some(model, random, lambda p, _v: len(p) > 1)
    if one and other:
        put(model, other, copy.deepcopy(value_at(model, one)))


def retype(model: Model, random: Random) -> None:
    """A value is of another type."""
    if place := _some(model, random):
        value = value_at(model, place)
        put(
            model,
            place,
            random.choice(([value], {"a": value}, [], {}, "", str(value)[:300], 1, True, [[value]], [value, value])),
        )


def nest(model: Model, random: Random) -> None:
    """A value lies deep inside."""
    if place := _some(model, random):
        value = value_at(model, place)
        for _level in range(random.choice((5, 30, 200))):
            value = {"a": value} if random.random() < 0.5 else [value]
        put(model, place, value)


def vary(model: Model, random: Random) -> None:
    """A mapping says something else under a condition, or exists only under one."""
    if place := _some(model, random, _mapping):
        mapping = value_at(model, place)
        condition = _condition(model, random)
        if random.random() < 0.35:
            mapping["in"] = random.choice((condition, [condition], [condition, _condition(model, random)]))
        else:
            key = random.choice(list(mapping))
            other = _some(model, random, lambda p, _v: p[-1] == key)
            taken = value_at(model, other) if other else mapping[key]
            mapping.setdefault("when", {})
            if isinstance(mapping["when"], dict):
                mapping["when"][condition] = {key: copy.deepcopy(taken)}


def _condition(model: Model, random: Random) -> str:
    def one(axis: str) -> str:
        values = list(model[axis]) if isinstance(model.get(axis), dict) else []
        return str(random.choice(values or ["x"]))

    return random.choice(CONDITIONS[:7] * 3 + CONDITIONS).format(
        e=one("environments"), c=one("clouds"), p=one("phases")
    )


def assume(model: Model, random: Random) -> None:
    """Some keys are marked as assumed."""
    if place := _some(model, random, _mapping):
        keys = list(value_at(model, place))
        value_at(model, place)["assumed"] = random.choice(
            (keys[:2], keys, ["nowhere"], [{"a": 1}], [[keys[0]]], keys[0], [1])
        )


def more_axes(model: Model, random: Random) -> None:
    """One more environment or phase, or one less."""
    axis = random.choice(("environments", "phases", "clouds"))
    values = model.get(axis)
    if not isinstance(values, dict) or not values:
        model["phases"] = {"start": {"name": "Start"}, "later": {"name": "Later"}}
    elif random.random() < 0.4 and len(values) > 1:
        del values[random.choice(list(values))]
    else:
        values[random.choice(IDS)] = copy.deepcopy(random.choice(list(values.values())))


def self_reference(model: Model, random: Random) -> None:
    """Something refers to itself, or two things to each other."""
    components = model.get("components")
    if not isinstance(components, dict) or len(components) < 2:
        return
    one, other = random.sample(list(components), 2)
    for tail, head in random.choice((((one, one),), ((one, other), (other, one)))):
        if isinstance(components[tail], dict):
            key = random.choice(("calls", "runs_on", "protects"))
            components[tail][key] = {head: {"port": 80}} if key == "calls" else head if key == "runs_on" else [head]
    stacks = (model.get("terraform") or {}).get("stacks") if isinstance(model.get("terraform"), dict) else None
    if isinstance(stacks, dict) and stacks and random.random() < 0.5:
        name = random.choice(list(stacks))
        if isinstance(stacks[name], dict):
            stacks[name]["after"] = [name]


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
        setting = {"type": random.choice(types), "about": random.choice(("What it is", *TEXTS))}
        setting |= random.choice(
            ({}, {}, {"minimum": random.choice(NUMBERS)}, {"maximum": 5}, {"choices": ["a", "b"]}, {"required": True})
        )
        settings[name] = setting
    kind = random.choice(("robot", "service", *IDS[:6]))
    _into(model, "kinds")[kind] = {
        "label": "Robot",
        "definition": random.choice(("Moves things.", *TEXTS)),
        "needs_product": random.random() < 0.2,
        "settings": settings,
    }
    values = {"text": "x", "integer": 3, "number": 2.5, "boolean": True, "list": ["a"]}
    given = {name: values[setting["type"]] for name, setting in settings.items() if random.random() < 0.6}
    _into(model, "components")["robot-one"] = {"kind": kind, "title": "Robot", **given}


def _own_product(model: Model, random: Random) -> None:
    _into(model, "products")[random.choice(("thing", *IDS[:5]))] = {
        "name": random.choice(("Thing", *TEXTS)), "short": random.choice(("Thing", "x" * 25, "\n")), "definition": "A thing.", "tile": random.choice(("TH", "日本", "<&>")),
        "documentation": random.choice(("https://thing.example/", "http://a", "https://a b")), "kinds": [random.choice(("service", "waf", "nowhere"))],
    }  # fmt: skip


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
    _into(model, "rules", "own")[random.choice(("sized", *IDS[:5]))] = {
        "statement": random.choice(("Things are sized.", *TEXTS)), "select": {"kinds": ["postgresql"]}, "require": {key: check},
    }  # fmt: skip


def _view(model: Model, random: Random) -> None:
    select = random.choice(
        ({"kinds": ["service", "postgresql"]}, {"neighbours_of": [random.choice(_components(model))], "distance": 5}, {"components": _components(model)[:3]},
         {"tags": ["x"]}, {"zones": ["eu-west-1a"]}, {})
    )  # fmt: skip
    group = random.choice(("place", "owner", "runtime", "none"))
    _into(model, "views")[random.choice(IDS)] = {
        "title": random.choice(("Mine", *TEXTS)),
        "select": select,
        "group_by": group,
    }


def _flow(model: Model, random: Random) -> None:
    pairs = [
        (a, b) for a, c in _into(model, "components").items() if isinstance(c, dict) for b in c.get("calls") or ()
    ] or [("a", "b")]
    steps = [
        dict(zip(("from", "to"), random.choice(pairs), strict=True), text=random.choice(("asks", *TEXTS)))
        for _n in range(random.randint(0, 3))
    ]
    _into(model, "flows")[random.choice(("walk", *IDS[:8]))] = {
        "title": random.choice(("Walk", *TEXTS)),
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
        stack["after"] = [random.choice(IDS)]
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
    _into(model, "terraform")["path"] = random.choice(paths)


def _runbook(model: Model, random: Random) -> None:
    known = ("database-failover", "point-in-time-restore", "zone-failure", "error-budget", "credential-rotation", "region-failover", "node-drain", "cost-anomaly",
             "deploy-and-roll-back", "index", "nowhere", "terraform-state", "snapshot-copy-and-restore", "certificate-failure", "spot-interruption")  # fmt: skip
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
    place = _some(model, random) or ("components",)
    owner = random.choice(list(model["teams"])) if isinstance(model.get("teams"), dict) and model["teams"] else "nobody"
    _into(model, "rules", "waivers")[random.choice(IDS)] = {
        "rule": random.choice(("OPS901", "DR304", "HA201", "NET104", "ARC-E003", "OWN-x")), "path": ".".join(map(str, place)),
        "reason": random.choice(("Accepted.", *TEXTS)), "owner": owner, "until": random.choice(("2027-01-01", "2020-01-01", "9999-12-31")),
    }  # fmt: skip


def _decision(model: Model, random: Random) -> None:
    place = _some(model, random) or ("components",)
    _into(model, "decisions")[random.choice(IDS)] = {
        "title": "Choice", "status": random.choice(("chosen", "deferred", "x")), "choice": random.choice(TEXTS), "about": [".".join(map(str, place)), random.choice(TEXTS)],
    }  # fmt: skip


def _glossary(model: Model, random: Random) -> None:
    _into(model, "glossary")[random.choice((*TEXTS, *IDS))] = random.choice(TEXTS)


def _keys(model: Model, random: Random) -> tuple[str, ...]:
    """Some keys that the model has anywhere."""
    found = sorted({str(p[-1]) for p in places(model) if p})
    return tuple(random.sample(found, min(10, len(found))))


SOFT = (rename_id, soft_text, soft_number, flip, grow, grow, vary)
HARD = (
    delete,
    duplicate,
    rename_key,
    replace_scalar,
    replace_scalar,
    swap,
    transplant,
    retype,
    nest,
    assume,
    more_axes,
    self_reference,
    *SOFT,
)


def mutant(model: Model, random: Random, *, soft: bool) -> tuple[Model, list[str]]:
    """A changed copy of a model, and what was done to it; `soft` changes are those that mostly leave it whole."""
    made = copy.deepcopy(model)
    done = []
    for _n in range(random.choice((1, 1, 1, 2) if soft else (1, 1, 2, 3, 5))):
        change = random.choice(SOFT if soft else HARD)
        try:
            change(made, random)
        except (AttributeError, KeyError, TypeError, IndexError, ValueError):
            continue  # an earlier change took away what this one builds on
        done.append(change.__name__)
    return made, done
