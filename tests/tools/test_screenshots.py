"""The screenshots of the guide: each is shown there, has the size of its window, and all of them are small."""

from __future__ import annotations

import io
import re
import struct

from PIL import Image

from conftest import ROOT
from tools import screenshots
from tools.screenshots import FOLDER, LARGEST, PHONE, SCREENS, Screen, taken


def test_the_kept_screenshots_are_those_that_the_script_takes() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{name}.webp" for name in SCREENS}
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < LARGEST
    for name, screen in SCREENS.items():
        with Image.open(FOLDER / f"{name}.webp", formats=["WEBP"]) as picture:
            assert picture.size == screen.size
    kinds = {(screen.size == PHONE, screen.scheme) for screen in SCREENS.values()}
    assert kinds == {(phone, scheme) for phone in (True, False) for scheme in ("light", "dark")}


def test_the_guide_shows_each_screenshot_with_words_for_those_who_do_not_see_it() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in FOLDER.parent.glob("*.md"))
    shown = re.findall(r"!\[([^\]]+)\]\(screenshots/([\w-]+)\.webp\)", pages)
    assert sorted(name for _, name in shown) == sorted(SCREENS)
    assert all(len(words) > 60 for words, _ in shown)
    assert "docs/guide/screenshots/home.webp" in (ROOT / "README.md").read_text(encoding="utf-8")


class _Browser:
    """A browser whose pages are gray, and which notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def new_context(self, **options: object) -> _Browser:
        self.asked.append(options)
        self.size = options["viewport"]
        return self

    def new_page(self) -> _Browser:
        return self

    def goto(self, address: str) -> None:
        self.asked.append(address)

    def evaluate(self, _script: str, argument: str) -> None:
        self.asked.append(argument)

    def wait_for_timeout(self, _milliseconds: int) -> None:
        pass

    def close(self) -> None:
        self.asked.append("closed")

    def screenshot(self) -> bytes:
        output = io.BytesIO()
        Image.new("RGB", (self.size["width"], self.size["height"]), "gray").save(output, "PNG")
        return output.getvalue()


def test_a_screenshot_is_of_the_stated_size_and_scheme() -> None:
    browser = _Browser()
    picture = taken(browser, "http://here/", Screen("page/", PHONE, "dark", "#steps"))
    options, *rest = browser.asked
    assert options == {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark", "reduced_motion": "reduce"}
    assert rest == ["http://here/page/", "#steps", "closed"]
    assert struct.unpack("<4sI4s", picture[:12])[::2] == (b"RIFF", b"WEBP")
    assert screenshots.Image.open(io.BytesIO(picture)).size == PHONE
