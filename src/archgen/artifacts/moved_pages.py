"""Files at addresses that pages once had, which lead to where their contents are now."""

from __future__ import annotations

import posixpath

from archgen.artifacts.addresses import MOVED, moved_pages
from archgen.artifacts.base import Artifact, Context, Emitted


def emit(context: Context) -> Emitted:
    """A file of HTML for each old address. Links are relative, so that it works on any server and from a disk."""
    artifacts = []
    for address, (old, new) in zip(moved_pages(), MOVED.items(), strict=True):
        text = context.templates.render("assets/moved.html", target=f"{posixpath.relpath(new, old)}/")
        artifacts.append(Artifact(address.file, text.encode()))
    return artifacts, []
