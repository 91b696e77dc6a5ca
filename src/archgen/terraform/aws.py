"""The facts about AWS that expressions of bindings can use, collected from the modules for each topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.model.architecture import Architecture
from archgen.terraform import (
    aws_add_ons,
    aws_apis,
    aws_audit,
    aws_balancing,
    aws_clusters,
    aws_containers,
    aws_databases,
    aws_deliveries,
    aws_edge,
    aws_files,
    aws_groups,
    aws_identity,
    aws_keys,
    aws_machines,
    aws_messages,
    aws_sessions,
    aws_subnets,
    aws_transit,
)
from archgen.terraform.built import builds


def facts(a: Architecture) -> dict[str, Any]:
    """The facts of all topics."""
    return {
        "builds": lambda module: builds(a, module),
        **aws_audit.facts(a),
        **aws_balancing.facts(a),
        **aws_clusters.facts(a),
        **aws_containers.facts(a),
        **aws_databases.facts(a),
        **aws_add_ons.facts(a),
        **aws_apis.facts(a),
        **aws_deliveries.facts(a),
        **aws_edge.facts(a),
        **aws_files.facts(a),
        **aws_groups.facts(a),
        **aws_identity.facts(a),
        **aws_machines.facts(a),
        **aws_keys.facts(a),
        **aws_messages.facts(a),
        **aws_sessions.facts(a),
        **aws_subnets.facts(a),
        **aws_transit.facts(a),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {"builds": "Whether a stack of this coordinate has a module, by the ID of its binding."}

# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "builds": (str,),
    **aws_audit.FUNCTIONS,
    **aws_balancing.FUNCTIONS,
    **aws_clusters.FUNCTIONS,
    **aws_containers.FUNCTIONS,
    **aws_databases.FUNCTIONS,
    **aws_add_ons.FUNCTIONS,
    **aws_apis.FUNCTIONS,
    **aws_deliveries.FUNCTIONS,
    **aws_edge.FUNCTIONS,
    **aws_files.FUNCTIONS,
    **aws_groups.FUNCTIONS,
    **aws_identity.FUNCTIONS,
    **aws_machines.FUNCTIONS,
    **aws_keys.FUNCTIONS,
    **aws_messages.FUNCTIONS,
    **aws_sessions.FUNCTIONS,
    **aws_subnets.FUNCTIONS,
    **aws_transit.FUNCTIONS,
}
