"""Mutants of a model as plain data: what a careless or hostile author might write, made of the model's own parts.

Every change is drawn from the generator that is handed in, so that the same seed gives the same mutant.
"""

from __future__ import annotations

import copy
from random import Random

from mutants.changes import (
    assume,
    delete,
    duplicate,
    flip,
    more_axes,
    nest,
    rename_id,
    rename_key,
    replace_scalar,
    retype,
    self_reference,
    soft_number,
    soft_text,
    swap,
    transplant,
    vary,
)
from mutants.growth import grow
from mutants.places import Model

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
