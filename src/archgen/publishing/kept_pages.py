"""Keeps what the site builder makes of each page, so that a build converts only pages that have changed.

Converting Markdown takes more than half of the time of a build, and dividing the result into entries of the search index a third.
Both depend on little: the text of the page, the configuration, and the files that its links lead to.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from importlib.metadata import PackageNotFoundError, entry_points, version
from pathlib import Path, PurePath
from platform import python_version
from typing import TYPE_CHECKING, Any

from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

from archgen.publishing.links import keep_references
from archgen.publishing.quick_inline import QuickInline
from archgen.publishing.searched_text import without_pictures
from archgen.publishing.site_helpers import Help
from archgen.publishing.site_update import SiteUpdate
from archgen.publishing.theme_environment import is_known
from archgen.system.kept import key_of
from archgen.system.results import Results, key_of_parts
from archgen.templating.allowed_svg import allowed

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure import StructureItem
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.nav import Navigation

NAME = "archgen/kept-pages"
_LAST = -1000  # after the events of other plugins, whose changes count

# Extensions whose output depends only on the text and their options. Others may read files or keep a state.
_PURE = {
    *(
        "abbr",
        "admonition",
        "attr_list",
        "codehilite",
        "def_list",
        "extra",
        "fenced_code",
        "footnotes",
        "md_in_html",
        "nl2br",
    ),
    *("sane_lists", "smarty", "tables", "toc"),
}
_PURE_OF_PYMDOWN = {
    *("arithmatex", "betterem", "caret", "critic", "details", "highlight", "inlinehilite", "keys", "magiclink", "mark"),
    *("smartsymbols", "superfences", "tabbed", "tasklist", "tilde"),
}
# With these plugins, nothing but the theme and its configuration decides what templates make of a page.
_PLUGINS = {"search", "material/search", "offline", "material/offline", NAME}
_PACKAGES = ("mkdocs", "markdown", "mkdocs-material", "jinja2", "markupsafe", "pymdown-extensions", "pygments", "jieba")
# Where other packages add to these: languages for code blocks, and extensions, which may take the name of another one.
_ADDITIONS = ("pygments.lexers", "pygments.formatters", "pygments.filters", "pygments.styles", "markdown.extensions")


class KeptPages(BasePlugin):  # type: ignore[type-arg,no-untyped-call]  # it has no configuration
    """A plugin of MkDocs that gives pages what was kept of them."""

    def __init__(self, results: Results, update: SiteUpdate) -> None:
        self._results = results
        self._update = update
        self._converting = self._filling_in = Help(None)
        self._nav: Navigation | None = None

    @event_priority(_LAST)
    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Keep entries of the search index, if the plugin of Material for MkDocs makes them."""
        search = config.plugins.get("search") or config.plugins.get("material/search")
        if any(search.config.get(name) for name in ("jieba_dict", "jieba_dict_user")) if search else False:
            return  # these files decide how Chinese text is divided into words
        index = getattr(search, "search_index", None)
        if index is not None and type(index).__module__ == "material.plugins.search.plugin":
            index.add_entry_from_context = partial(self._add_entries, index, index.add_entry_from_context)

    @event_priority(_LAST)
    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Let other processes convert pages, if that has no other effect."""
        self._nav = nav
        if self._results.folder is not None and is_simple(config) and _is_pure(config.markdown_extensions):
            self._converting = Help(partial(_convert, config, files))
        return nav

    @event_priority(_LAST)
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Convert this page only if it has changed."""
        if _is_pure(config.markdown_extensions):
            page.render = partial(self._render, page)  # type: ignore[method-assign]
        return markdown

    @event_priority(_LAST)
    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        """Fill in templates only for pages that have changed, if nothing but the theme takes part in it."""
        self._converting.stop()
        if self._update.is_possible:
            files.copy_static_files = partial(self._update.copy_static_files, files)  # type: ignore[method-assign]
        if not is_simple(config) or self._nav is None:
            return env
        templates = _Templates(env, self._results, cache(partial(_site, config, files)))
        if self._results.folder is not None:
            templates.help = self._filling_in = Help(partial(_fill_in, config, files, self._nav, templates))
        return templates

    @event_priority(_LAST)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """The page; nothing, which is not written, if the site has it already."""
        content = output.encode("utf-8", errors="xmlcharrefreplace")
        # A template can leave a page out by returning nothing.
        return "" if output.strip() and self._update.keeps(page.file.dest_uri, content) else output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Delete what is too much."""
        self._results.tidy()

    def on_shutdown(self) -> None:
        """End the helpers."""
        self._converting.stop()
        self._filling_in.stop()

    def _render(self, page: Page, config: MkDocsConfig, files: Files) -> None:
        """Do what `Page.render` does."""
        try:
            key = key_of_parts("page", _versions(), page.markdown, _facts(page.file), _decisive(config))
        except TypeError:  # the configuration contains code
            return Page.render(page, config, files)
        kept = self._results.find(key)
        if kept is not None and all(_facts(_file(files, to)) == facts for to, facts in kept["targets"]):
            return _restore(page, kept, files)
        self._converting.count()
        looked_up = _LookedUp(files)
        with messages_of_builder() as messages:  # a page with messages is not kept, because they must be repeated
            _render_quickly(page, config, looked_up)  # type: ignore[arg-type]  # passes on everything
        if not messages and not looked_up.used_otherwise:
            self._results.keep(key, {**_made(page), "targets": sorted(looked_up.targets.items())})
        return None

    def _add_entries(self, index: Any, add: Callable[[Page], None], page: Page) -> None:
        """Do what `SearchIndex.add_entry_from_context` does."""
        anchors = [item["id"] for item in _flat(_tokens(page.toc))]
        about = [page.url, str(page.meta.get("title", page.title)), page.meta.get("tags"), page.meta.get("search")]
        try:
            key = key_of_parts("search", _versions(), page.content, anchors, about)
        except TypeError:  # the page's front matter contains a date
            return add(page)
        kept = self._results.find(key)
        if kept is not None:
            index.entries.extend(kept)
            return None
        before, content = len(index.entries), page.content
        page.content = without_pictures(content or "")
        add(page)
        page.content = content
        self._results.keep(key, index.entries[before:])
        return None


def is_simple(config: MkDocsConfig) -> bool:
    """Whether no code takes part in the build but that of the theme, the search, and this module."""
    return set(config.plugins) <= _PLUGINS and not config.hooks


def _convert(config: MkDocsConfig, files: Files, position: int, helpers: int) -> None:
    """Convert pages and divide them for the search, so that the main process finds the results. It begins with the first page, so
    helpers begin with the last."""
    index = getattr(config.plugins.get("search") or config.plugins.get("material/search"), "search_index", None)
    for file in reversed(files.documentation_pages()[position::helpers]):
        page = file.page or Page(None, file, config)
        page.read_source(config)
        page.markdown = config.plugins.on_page_markdown(page.markdown or "", page=page, config=config, files=files)
        page.render(config, files)
        if index is not None:
            index.add_entry_from_context(page)


def _fill_in(config: MkDocsConfig, files: Files, nav: Navigation, env: _Templates, position: int, helpers: int) -> None:
    """Fill in templates, divide pages for the search and find their references, so that the main process finds the results."""
    from mkdocs.commands.build import get_context

    pages = files.documentation_pages()
    for file in pages:  # the one for which the main process was filling in a template
        if file.page is not None:
            file.page.active = False
    for file in reversed(pages[position::helpers]):
        page = file.page
        assert page is not None
        page.active = True
        context = get_context(nav, pages, config, page)
        template = env.get_template(page.meta.get("template", "main.html"))
        context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)
        keep_references(template.render(context))
        page.active = False


class _Templates:
    """The templates of a theme, of which pages are kept."""

    def __init__(self, env: Any, results: Results, describe: Callable[[Navigation], str | None]) -> None:
        self._env, self._results = env, results
        self._describe = describe
        self.help = Help(None)

    def get_template(self, name: str) -> Any:
        """What a template makes of a page; other templates are as in the environment."""
        template = self._env.get_template(name)
        return _KeptTemplate(template, self._results, self._describe, self.help)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)


class _KeptTemplate:
    """A template, of which pages are kept."""

    def __init__(
        self, template: Any, results: Results, describe: Callable[[Navigation], str | None], help_: Help
    ) -> None:
        self._template, self._results, self._describe, self._help = template, results, describe, help_

    def render(self, context: Mapping[str, Any]) -> str:
        """Do what `Template.render` does."""
        page = context.get("page")
        if page is None:  # a page of the theme, such as the one for wrong addresses
            return str(self._template.render(context))
        site = self._describe(context["nav"])
        key = _key_of_output(self._template.name, site, page) if site else None
        kept: str | None = self._results.find(key) if key else None
        if kept is None:
            self._help.count()
            kept = str(self._template.render(context))
            if key:
                self._results.keep(key, kept)
        return kept


def _key_of_output(template: str, site: str, page: Page) -> str | None:
    """The key of what a template makes of a page; None if something about the page cannot be expressed as text."""
    try:
        return key_of_parts("output", _versions(), template, site, _facts_of_page(page))
    except TypeError:
        return None


# Options that name folders of this build, or that are read elsewhere: the navigation and the list of files say what is excluded.
_ELSEWHERE = {
    *("site_dir", "docs_dir", "config_file_path", "nav", "theme", "plugins", "hooks", "mdx_configs"),
    *("exclude_docs", "draft_docs", "not_in_nav"),
}


def _site(config: MkDocsConfig, files: Files, nav: Navigation) -> str | None:
    """The checksum of everything that templates know about the whole site; None if something cannot be expressed as text."""
    options = {name: value for name, value in config.items() if name not in _ELSEWHERE}
    plugins = {name: dict(plugin.config) for name, plugin in config.plugins.items() if name != NAME}
    folders = [Path(folder) for folder in config.theme.dirs]
    theme = [config.theme.name, dict(config.theme), [_checksums(folder) for folder in folders]]
    names = sorted((file.src_uri, file.url, file.inclusion.name) for file in files)
    try:
        extensions = json.dumps(config.mdx_configs, default=lambda v: "code" if callable(v) else _in_words(v))
        stated = _text([options, plugins, extensions, theme])
        # Templates that are not known may read any page.
        others = [] if all(map(is_known, folders)) else [_facts_of_page(f.page) for f in files if f.page is not None]
        return key_of_parts(stated, os.environ.get("SOURCE_DATE_EPOCH"), [_item(item) for item in nav], names, others)
    except TypeError:
        return None


def _checksums(folder: Path) -> list[list[str]]:
    """The files in a folder of a theme that templates can contain, with their checksums. Its version decides the icons of a known one."""
    known = is_known(folder)
    return [
        [file.relative_to(folder).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest()]
        for file in sorted(_files(folder, {".icons"} if known else set()))
        if (not known or file.suffix in (".html", ".yml", ".svg")) and file.is_file()
    ]


def _files(folder: Path, left_out: set[str]) -> Iterator[Path]:
    """What is in a folder and in the folders that symbolic links in it lead to, in which templates are found, too.

    Folders whose names are in `left_out` are not entered.
    """
    visited: set[Path] = set()
    for at, folders, names in os.walk(folder, followlinks=True):
        if (real := Path(at).resolve()) in visited:
            folders.clear()
            continue
        visited.add(real)
        folders[:] = [name for name in folders if name not in left_out]
        yield from (Path(at, name) for name in names)


def _item(item: StructureItem) -> list[object]:
    """An item of the navigation, with those below it."""
    children = [_item(child) for child in getattr(item, "children", None) or ()]
    return [type(item).__name__, item.title, getattr(item, "url", None), children, _text(getattr(item, "meta", None))]


def _facts_of_page(page: Page) -> list[object]:
    """What templates know about a page."""
    addresses = [page.url, page.abs_url, page.canonical_url, page.edit_url, page.file.src_uri]
    around = [item.url if item else None for item in (page.previous_page, page.next_page)]
    state = [page.is_homepage, page.active, str(page.update_date), page.file.inclusion.name]
    return [page.content, page.markdown, _tokens(page.toc), page.title, _text(page.meta), addresses, around, state]


def _text(stated: object) -> str:
    """Front matter or options as text. Mappings keep their order, in which templates show them. Raises TypeError."""
    return json.dumps(stated, default=_in_words)


def _in_words(value: object) -> object:
    """A value that JSON cannot express, such as a date. Raises TypeError for one whose text does not say what it contains."""
    if isinstance(value, Mapping):
        return dict(value)
    if callable(value) or (type(value).__str__ is object.__str__ and type(value).__repr__ is object.__repr__):
        raise TypeError(f"{type(value).__name__} has no text")
    return [type(value).__qualname__, str(value)]


class _LookedUp:
    """The files of a site, and what was asked about them."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self.targets: dict[str, list[str] | None] = {}
        self.used_otherwise = False

    def get_file_from_path(self, path: str) -> File | None:
        """The file with this path, as `Files` answers."""
        found = self._files.get_file_from_path(path)
        self.targets[path] = _facts(found)
        return found

    def __getattr__(self, name: str) -> Any:
        self.used_otherwise = True
        return getattr(self._files, name)


def _file(files: Files, path: str) -> File | None:
    """Do what `Files.get_file_from_path` does. Pages link to the same few paths, and normalizing one takes longer than finding it."""
    return files.src_uris.get(_normalized(path))


@lru_cache(maxsize=1 << 16)
def _normalized(path: str) -> str:
    return PurePath(path).as_posix()


def _facts(file: File | None) -> list[str] | None:
    """What a link to a file depends on."""
    return None if file is None else [file.src_uri, file.dest_uri, file.url, file.inclusion.name]


def _render_quickly(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Do what `Page.render` does, with an extension that saves time."""
    extensions = config["markdown_extensions"]
    config["markdown_extensions"] = [*extensions, QuickInline()]
    try:
        Page.render(page, config, files)
    finally:
        config["markdown_extensions"] = extensions


def _made(page: Page) -> dict[str, Any]:
    """What `Page.render` has set."""
    return {
        "content": page.content,
        "toc": _tokens(page.toc),
        "title": page._title_from_render,
        "anchors": sorted(page.present_anchor_ids or ()),
        "links": [[file.src_uri, links] for file, links in (page.links_to_anchors or {}).items()],
    }


def _restore(page: Page, made: Mapping[str, Any], files: Files) -> None:
    """Set what `Page.render` sets."""
    page.content = made["content"]
    page.toc = get_toc(made["toc"])
    page._title_from_render = made["title"]
    page.present_anchor_ids = set(made["anchors"])
    found = ((files.get_file_from_path(name) or page.file, links) for name, links in made["links"])
    page.links_to_anchors = dict(found)


def _tokens(toc: Iterable[AnchorLink]) -> list[Any]:
    """A table of contents as `get_toc` reads it."""
    return [{"name": i.title, "id": i.id, "level": i.level, "children": _tokens(i.children)} for i in toc]


def _flat(tokens: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for token in tokens:
        yield token
        yield from _flat(token["children"])


def _is_pure(extensions: Iterable[str]) -> bool:
    """Whether the output of all extensions depends only on the text and their options."""
    names = list(extensions)
    if not all(isinstance(name, str) for name in names):  # a plugin or a hook has added an extension
        return False
    short = (name.removeprefix("markdown.extensions.") for name in names)
    return all(name in _PURE or name.removeprefix("pymdownx.") in _PURE_OF_PYMDOWN for name in short)


def _decisive(config: MkDocsConfig) -> object:
    """What conversion reads from the configuration. Raises TypeError if it contains code other than that of extensions."""
    links = config.validation.links
    levels = [links.absolute_links, links.not_found, links.unrecognized_links, links.anchors]
    options = {name: _in_json(options) for name, options in (config.mdx_configs or {}).items()}
    return [config.markdown_extensions, options, [str(level) for level in levels], config.use_directory_urls]


def _in_json(value: object) -> object:
    """Options of extensions, with functions of extensions by their names. Raises TypeError for other functions."""
    if isinstance(value, Mapping):
        return {str(key): _in_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_in_json(item) for item in value]
    if callable(value):
        module = getattr(value, "__module__", "")
        name = getattr(value, "__qualname__", "<locals>")
        if not module.startswith(("pymdownx.", "markdown.")) or "<locals>" in name:
            raise TypeError("this code is not part of an extension, or depends on more than its name")
        return f"{module}.{name}"
    return value


@cache
def _versions() -> list[str]:
    """The versions of everything that makes a page, and the checksum of the modules that take part in it."""
    added = sorted(
        f"{point.group} {point.name} {point.value} {point.dist.version if point.dist else ''}"
        for group in _ADDITIONS
        for point in entry_points(group=group)
    )
    code = key_of("", __name__, QuickInline.__module__, without_pictures.__module__, allowed.__module__).hex()
    return [code, python_version(), *(f"{name} {_version(name)}" for name in _PACKAGES), *added]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@contextmanager
def messages_of_builder(level: int = logging.DEBUG, *, quiet: bool = False) -> Iterator[list[str]]:
    """The messages of the site builder in this block that have at least this level. With `quiet`, none of them is printed."""
    found: list[str] = []
    handler = logging.Handler(level)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    propagated, logger.propagate = logger.propagate, logger.propagate and not quiet
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
