"""The role or service account that Terraform acts as."""

from __future__ import annotations

from archgen.model.architecture import Architecture


def role_of(a: Architecture) -> str | None:
    """The name of the role or service account that Terraform acts as; None if the model states none."""
    text = a.document.terraform.assume if a.document.terraform else None
    if text is None:
        return None
    return text.replace("{project}", a.document.project).replace("{environment}", a.coordinate.environment)
