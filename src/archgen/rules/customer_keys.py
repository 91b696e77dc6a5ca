"""DATA403: stored data is encrypted with a customer-managed key, in a model that has such keys."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.key_management import KeyManagement
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import passed_if_stated, trait_of

CODE = "DATA403"
TITLE = "Data at rest is not encrypted with a customer-managed key"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each component that stores data and is not protected by a key."""
    keys = list(architecture.of_kind(KeyManagement))
    protected = {target for _name, store in keys for target in store.protects}
    for name, component in architecture.components.items() if keys else ():
        if isinstance(component, KubernetesCluster) and not component.secrets_encryption:
            message = f"the secrets in '{name}' are not encrypted with a customer-managed key"
            yield Diagnostic(CODE, message, "set secrets_encryption: true", ("components", name, "secrets_encryption"))
            continue
        if isinstance(component, KubernetesCluster):
            yield passed_if_stated(architecture, "components", name, "secrets_encryption")
        keeps_data = trait_of(architecture, name, "keeps_data")
        if not keeps_data:
            continue
        if name in protected:
            yield Passed(("components", name))
        elif isinstance(keeps_data, Lack):
            yield Unsaid(("components", name), keeps_data)
        else:
            message = f"'{name}' stores data, but the model states no key of '{keys[0][0]}' for it"
            help_ = f"add {name} to `protects`, or waive this finding if a provider-managed key is enough"
            line = architecture.span(("components", keys[0][0], "protects"))
            yield Diagnostic(CODE, message, help_, ("components", name), span=line)
