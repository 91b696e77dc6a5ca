"""What exists only once must be the same from wherever it is seen: a network in an account that belongs to no environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture


def differing_networks(architectures: Iterable[Architecture]) -> Iterator[Diagnostic]:
    """A diagnostic for each further network that differs between environments of a cloud although it exists once.

    `architectures` are those of the environments today. A network exists once if its home is that of no environment.
    """
    first: dict[tuple[str, str], Architecture] = {}
    for a in architectures:
        homes = {a.home_of(environment) for environment in a.document.environments}
        for id_, network in a.document.networks.items():
            if network.home is None or network.home in homes:
                continue
            other = first.setdefault((a.coordinate.cloud, id_), a)
            if other.document.networks[id_] != network:
                message = (
                    f"the network '{id_}' exists once, in {a.home_name(network.home)}, but it differs between "
                    f"{other.coordinate.environment} and {a.coordinate.environment}"
                )
                help_ = "state it without conditions on environments and phases, or give each environment its own"
                yield Diagnostic("ARC-M005", message, help_, ("networks", id_), span=a.stated_at("networks", id_))
