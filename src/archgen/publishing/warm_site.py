"""The site builder as it was at the end of the last build, which makes single pages of the next site before the rest of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.commands.build import get_context
from mkdocs.plugins import event_priority
from mkdocs.structure.pages import Page

from archgen.publishing.kept_pages import KeptPages, messages_of_builder
from archgen.publishing.site_update import SiteUpdate
from archgen.system.results import Results

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation

_LAST = -1000  # after the events of other plugins


class WarmSite:
    """What the site builder has in memory. It is empty before the first build, and if code of the project takes part in builds.

    `interrupt` is called before each page of a build, and may raise an exception that ends it.
    """

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self.interrupt = interrupt
        self.built: tuple[MkDocsConfig, Files, Navigation, Any] | None = None

    def sources(self) -> dict[str, str]:
        """The file of the project that each file of the site is made from, by its path below the site."""
        if self.built is None:
            return {}
        config, files, _nav, _env = self.built
        docs = Path(config.docs_dir).relative_to(Path(config.config_file_path).parent).as_posix()
        return {file.dest_uri: f"{docs}/{file.src_uri}" for file in files if file.src_dir is not None}

    def make(self, path: str, content: bytes, title: str) -> bytes | None:
        """A file of the next site, from the content of its source and the title of the page; None if it needs the other pages."""
        assert self.built is not None
        config, files, nav, env = self.built
        file = next(file for file in files if file.dest_uri == path)
        page = file.page
        if page is None:
            return content
        file.content_string = content.decode()
        with messages_of_builder(logging.WARNING, quiet=True) as messages:
            page.read_source(config)
            Page.render(page, config, files)
            page.title = title
            page.active = True
            try:
                template = env.get_template(page.meta.get("template", "main.html"))
                made: str = template.render(get_context(nav, files, config, page))
            finally:
                page.active = False
        return None if messages else made.encode("utf-8", errors="xmlcharrefreplace")


class WarmPages(KeptPages):  # type: ignore[no-untyped-call]  # as MkDocs defines its plugins
    """The plugin that keeps pages between builds, which leaves what the site builder has in memory in a `WarmSite`."""

    def __init__(self, results: Results, update: SiteUpdate, site: WarmSite) -> None:
        super().__init__(results, update)
        self._site = site
        self._navigation: Navigation | None = None

    @event_priority(_LAST)
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Remember the navigation."""
        self._site.built = None
        self._navigation = nav
        return super().on_nav(nav, config=config, files=files)

    @event_priority(_LAST)
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """End the build here if it has been superseded."""
        self._site.interrupt()
        return super().on_page_markdown(markdown, page=page, config=config, files=files)

    @event_priority(_LAST)
    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        """Remember the templates, if no code but that of the theme takes part in filling them in."""
        templates = super().on_env(env, config=config, files=files)
        if templates is not env and self._navigation is not None:
            self._site.built = config, files, self._navigation, env
        return templates
