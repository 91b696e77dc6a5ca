"""Addresses of a repository at which a line can be edited, and at which readers can report a problem with a page."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

Host = Literal["github", "gitlab"]
_HOSTS: tuple[Host, ...] = ("github", "gitlab")


def host_of(repository: str) -> Host | None:
    """The software of the host of a repository: its name begins with `github.` or `gitlab.`; None if it is not known."""
    name = (urlsplit(repository).hostname or "").lower()
    return next((host for host in _HOSTS if name.startswith(f"{host}.")), None)


def edit_address(repository: str, branch: str, file: str, line: int) -> str:
    """The address at which a line of a file can be edited."""
    between = "/-/edit" if host_of(repository) == "gitlab" else "/edit"
    return f"{repository.rstrip('/')}{between}/{branch}/{quote(file)}#L{line}"


def feedback_address(repository: str, title: str, page: str, file: str, line: int) -> str:
    """The address of a new issue that names a page, and the line of the model that it comes from; empty for an unknown host."""
    text = f"Page: {title}{f' ({page})' if page else ''}\nModel: {file}, line {line}\n\nWhat is wrong or missing:\n"
    match host_of(repository):
        # https://docs.github.com/issues/tracking-your-work-with-issues/using-issues/creating-an-issue
        case "github":
            query = urlencode({"title": f"{title}: ", "body": text}, quote_via=quote)
            return f"{repository.rstrip('/')}/issues/new?{query}"
        # https://docs.gitlab.com/user/project/issues/create_issues/
        case "gitlab":
            query = urlencode({"issue[title]": f"{title}: ", "issue[description]": text}, quote_via=quote)
            return f"{repository.rstrip('/')}/-/issues/new?{query}"
    return ""
