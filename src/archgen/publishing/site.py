"""Builds and publishes the site. The only module that knows MkDocs."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.publishing.links import broken_in
from archgen.publishing.offline import ARCHIVE, archive, make_offline
from archgen.publishing.site_logo import logo_problems
from archgen.publishing.site_update import SiteUpdate
from archgen.publishing.state_folder import put, staging, swap
from archgen.system.results import users_results
from archgen.templating.render import Templates

if TYPE_CHECKING:
    from archgen.publishing.warm_site import WarmSite

CONFIG = "mkdocs.yml"


class _Collector(logging.Handler):
    """Collects the warnings and errors of the site builder."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage().strip()
        if message:
            self.messages.append(message)


def build_site(root: Path, warm: WarmSite | None = None) -> list[Diagnostic]:
    """Build the project's `mkdocs.yml` in strict mode, and replace the old site only if nothing is wrong. Returns the problems.

    With `warm`, what the site builder has in memory is left there.
    """

    def publish(new: Path, stage: Path, update: SiteUpdate) -> list[Diagnostic]:
        files = update.files()
        if problems := _link_problems(files):
            return problems
        if not update.is_possible:
            return put_in_place(new, target, stage)
        try:
            update.carry_out(files)
        except OSError as error:
            help_ = (
                "fix the cause and build again; until then, the site may have pages of this build and of the last one"
            )
            return [_unwritable(error, help_)]
        return []

    target = root / "site"
    return _build(root, publish, None if _foreign_folder(target) else target, warm=warm)


def put_in_place(new: Path, target: Path, stage: Path) -> list[Diagnostic]:
    """Replace the old site by a finished one; the old one is deleted with the stage. A folder that archgen did not make is kept."""
    if foreign := _foreign_folder(target):
        return [foreign]
    swap(new, target, stage)
    return []


def put_archive(content: bytes, root: Path, stage: Path) -> list[Diagnostic]:
    """Replace the old archive by a finished one, unless it is a symbolic link."""
    target = root / ARCHIVE
    if target.is_symlink():
        return [_link(target)]
    put(content, target, stage)
    return []


def build_archive(root: Path, own: Path | None) -> list[Diagnostic]:
    """Build the site again as `site-offline.zip`, which opens from a disk. `own` is the folder of the project's templates."""

    def publish(new: Path, stage: Path, update: SiteUpdate) -> list[Diagnostic]:
        make_offline(new, Templates(own).source("assets/worker.js"))
        if problems := _link_problems(update.files()):
            return problems
        return put_archive(archive(new), root, stage)

    return _build(root, publish, offline=True)


def _build(
    root: Path,
    publish: Callable[[Path, Path, SiteUpdate], list[Diagnostic]],
    old: Path | None = None,
    *,
    offline: bool = False,
    warm: WarmSite | None = None,
) -> list[Diagnostic]:
    """Build into a new folder, and call `publish` with it, with the stage that it is in, and with the update of the site in `old`.

    What is in `old` already is not written into the new folder.
    """
    if not (root / CONFIG).is_file():
        help_ = "add one (docs/guide/site.md shows it), or build with --no-site"
        return [Diagnostic("ARC-S001", "the project has no mkdocs.yml", help_, subject=CONFIG)]
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")  # no build date in the output
    try:
        from mkdocs.commands.build import build
        from mkdocs.config import load_config
        from mkdocs.exceptions import Abort, ConfigurationError

        from archgen.publishing.kept_pages import NAME, KeptPages, is_simple
        from archgen.publishing.theme_environment import use_quick_environment
        from archgen.publishing.warm_site import WarmPages
    except ImportError:
        help_ = "pip install 'archgen[site]', or build with --no-site"
        return [Diagnostic("ARC-S001", "MkDocs is not installed", help_, subject=CONFIG)]
    collector = _Collector()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(collector)
    propagated, logger.propagate = logger.propagate, False
    try:
        with staging(root) as stage:
            new = stage.resolve() / "site"
            more: dict[str, Any] = (
                {"plugins": [*_plugins(root), "offline"], "use_directory_urls": False} if offline else {}
            )
            config = load_config(config_file=str(root / CONFIG), site_dir=str(new), strict=True, **more)
            if problems := list(logo_problems(root, CONFIG, Path(config.docs_dir), dict(config.theme))):
                return problems
            # Code of the project may read what has been written.
            update = SiteUpdate(old if is_simple(config) else None, new)
            if is_simple(config):
                use_quick_environment(config.theme)
            results = users_results()
            config.plugins[NAME] = WarmPages(results, update, warm) if warm else KeptPages(results, update)
            config.plugins.on_startup(command="build", dirty=False)
            try:
                build(config)
            except ValueError:  # MkDocs has said which page has a link that is not an address, such as https://[x
                if not collector.messages:
                    raise
                return [_diagnostic(root, message) for message in dict.fromkeys(collector.messages)]
            finally:
                config.plugins.on_shutdown()
            return publish(new, stage, update)
    except (Abort, ConfigurationError) as error:
        messages = collector.messages or [str(error)]
        return [_diagnostic(root, message) for message in dict.fromkeys(messages)]
    except OSError as error:
        return [_unwritable(error)]
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagated


def _plugins(root: Path) -> list[Any]:
    """The plugins in the project's `mkdocs.yml` and in the file that it inherits from, with their options."""
    from mkdocs.utils.yaml import yaml_load

    with (root / CONFIG).open("rb") as stream:
        plugins = yaml_load(stream).get("plugins", ["search"])
    return [{name: options} for name, options in plugins.items()] if isinstance(plugins, dict) else list(plugins)


# The wording of MkDocs: https://github.com/mkdocs/mkdocs/blob/1.6.1/mkdocs/structure/pages.py
_ABOUT_A_LINK = re.compile(r"Doc file '(?P<file>[^']+)' contains an? .*?link '(?P<link>[^']*)'")


def _diagnostic(root: Path, message: str) -> Diagnostic:
    """A message of the site builder as a diagnostic; one about a link is located at its line in the page."""
    about = _ABOUT_A_LINK.search(message)
    file = root / "docs" / about["file"] if about else None
    if about is None or file is None or not file.is_file():
        return Diagnostic("ARC-S001", message, "", subject=CONFIG)
    name = f"docs/{about['file']}"
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        column = line.find(about["link"])
        if column >= 0:
            span = Span(name, number, column + 1, number, column + 1 + len(about["link"]))
            return Diagnostic("ARC-S001", message, "", span=span)
    return Diagnostic("ARC-S001", message, "", subject=name)


def _link_problems(files: Mapping[str, Path]) -> list[Diagnostic]:
    """The problems of the links in a new site, located in `site/`, where it would be published."""
    return [replace(d, span=d.span and d.span._replace(file=f"site/{d.span.file}")) for d in broken_in(files)]


def _foreign_folder(target: Path) -> Diagnostic | None:
    """A diagnostic if there is a `site` folder that a site builder did not make, which must not be replaced."""
    if target.is_symlink():
        return _link(target)
    if not target.exists() or (target.is_dir() and (not any(target.iterdir()) or (target / "sitemap.xml").is_file())):
        return None
    help_ = "move it out of the way, or build with --no-site"
    return Diagnostic("ARC-W001", "archgen did not create this folder", help_, subject=target.name)


def _unwritable(error: OSError, help_: str = "") -> Diagnostic:
    return Diagnostic("ARC-W002", f"the site cannot be written: {error.strerror or error}", help_, subject="site")


def _link(target: Path) -> Diagnostic:
    """The diagnostic for a target that is a symbolic link: archgen does not write through links, which could lead anywhere."""
    message = "the output is a symbolic link, which archgen does not follow"
    return Diagnostic("ARC-W002", message, "delete the link", subject=target.name)
