"""Finds a Chromium for the browser tests, or installs one: Debian's if apt may be used, Playwright's otherwise. Prints which."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The Chromium to use: $CHROMIUM, one on the path, or the one that Playwright has installed."""
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Install Debian's package if that is possible without a password, otherwise Playwright's build."""
    may = os.geteuid() == 0 if hasattr(os, "geteuid") else False
    if may and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        if subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, **quiet).returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    """Exit with 1 if there is no Chromium and none could be installed."""
    found = find()
    if not found:
        print("no Chromium here: installing one")
        install()
        found = find()
    print(
        f"browser tests use {found}"
        if found
        else "there is no Chromium for the browser tests, and none could be installed"
    )
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
