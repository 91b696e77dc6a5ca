"""Makes the files that are being looked at before the rest of the next site, for `archgen serve`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from archgen.publishing.warm_site import WarmSite
from archgen.templating.escape import theme_text

if TYPE_CHECKING:
    from archgen.artifacts.base import Artifact

Make = Callable[[Sequence["Artifact"], Collection[str]], list["Artifact"]]


class EarlyFiles:
    """Remembers the last build, and makes some files of the next site with it.

    `looked_at` returns the files that are being looked at, by their paths below the site; `publish` takes their content.
    """

    def __init__(
        self, site: WarmSite, looked_at: Callable[[], list[str]], publish: Callable[[Mapping[str, bytes]], None]
    ) -> None:
        self.site = site
        self._looked_at, self._publish = looked_at, publish
        self._last: Sequence[Artifact] = ()

    def remember(self, artifacts: Sequence[Artifact]) -> None:
        """Remember which artifacts the last build has made."""
        self._last = artifacts

    def make(self, make: Make) -> None:
        """Publish the files that are being looked at, without those that need the other pages. `make` makes artifacts by their paths.

        If there are none, those of a build that did not end are withdrawn.
        """
        sources = self.site.sources()
        wanted = {sources[path]: path for path in self._looked_at() if path in sources}
        files: dict[str, bytes] = {}
        if wanted:
            self._add_files(files, make, wanted)
        self._publish(files)

    def _add_files(self, files: dict[str, bytes], make: Make, wanted: Mapping[str, str]) -> None:
        """Add what can be made of the wanted files; `wanted` has their paths below the site, by the paths of their artifacts."""
        with suppress(Exception):  # whatever it is, the build of all files reports it
            for artifact in self._changed(make(self._last, wanted)):
                path = wanted[artifact.path]
                title = str(theme_text(artifact.nav.title)) if artifact.nav else ""
                content = self.site.make(path, artifact.content, title)
                if content is not None:
                    files[path] = content

    def _changed(self, artifacts: Sequence[Artifact]) -> list[Artifact]:
        """The artifacts that the last build did not make like this."""
        before = {artifact.path: artifact.content for artifact in self._last}
        return [artifact for artifact in artifacts if artifact.content != before.get(artifact.path)]
