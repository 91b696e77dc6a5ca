"""`archgen serve`: the site while one works on it."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from archgen.serve import watched
from conftest import archgen


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str, subprocess.Popen[str]]]:
    """A new project, its address, and the process that serves it."""
    assert archgen("init", cwd=tmp_path).code == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "archgen", "serve", "--port", "0", "--today", "2026-11-25"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    address = process.stdout.readline().split()[0]
    try:
        assert "first build: published after" in process.stdout.readline()
        yield tmp_path, address, process
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


def get(address: str, path: str = "", host: str | None = None) -> str:
    request = urllib.request.Request(address + path, headers={"Host": host} if host else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def test_a_saved_model_is_published_and_a_broken_one_leaves_the_last_good_site(
    served: tuple[Path, str, subprocess.Popen[str]],
) -> None:
    root, address, process = served
    page = get(address, "architecture/components/database/")
    assert "/_archgen/state?seen=" in page
    model = root / "architecture.yaml"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("title: Orders", "title: Ledger of orders"), encoding="utf-8")
    assert json.loads(get(address, "_archgen/state?seen=1")) == {"builds": 2, "site": 2, "problems": ""}
    assert "Ledger of orders" in get(address, "architecture/components/database/")
    model.write_text(text.replace("retention_days: 7", "retension_days: 7"), encoding="utf-8")
    state = json.loads(get(address, "_archgen/state?seen=2"))
    assert state["site"] == 2
    assert "did you mean 'retention_days'?" in state["problems"]
    broken = get(address, "architecture/components/database/")
    assert "Ledger of orders" in broken
    assert "retension_days" in broken  # the page says what is wrong, as text
    model.write_text(text, encoding="utf-8")
    assert json.loads(get(address, "_archgen/state?seen=2"))["builds"] == 3  # what a page has missed is told at once
    assert json.loads(get(address, "_archgen/state?seen=3"))["site"] == 3
    assert process.stdout is not None
    published = re.compile(r"architecture\.yaml: published after \d+\.\d s")
    assert any(published.match(process.stdout.readline()) for _line in range(60))


def test_only_this_machine_is_answered_under_its_own_name(served: tuple[Path, str, subprocess.Popen[str]]) -> None:
    _root, address, _process = served
    port = int(address.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(address, host="evil.example:80")
    outside = [i[4][0] for i in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for host in (h for h in outside if not h.startswith("127.")):
        with pytest.raises(OSError), socket.create_connection((host, port), timeout=2):  # noqa: PT011  # each system says it its own way
            pass
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(address, "../architecture.yaml")


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = archgen("serve", "--port", str(taken.getsockname()[1]), cwd=tmp_path)
    assert result.code == 2
    assert "error[ARC-W005]: cannot listen on port" in result.err


def test_what_a_build_writes_is_no_reason_to_build(project: Path) -> None:
    before = watched(project, ("architecture.yaml",))
    assert "architecture.yaml" in before
    assert "docs/guide/index.md" in before
    assert "mkdocs.yml" in before
    time.sleep(0.02)
    assert archgen("build", "--no-site", cwd=project).code == 0
    assert watched(project, ("architecture.yaml",)) == before


def test_many_edits_do_not_grow_it(minimal: Path) -> None:
    code = """
import re, sys
from pathlib import Path
from archgen.pipeline import load, validate, make
def peak(): return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1))
model = Path("architecture.yaml"); text = model.read_text()
seen = []
for n in range(24):
    model.write_text(text.replace("name: ", f"name: N{n} ", 1))
    project = load(model).project
    validate(project); make(project)
    seen.append(peak())
print(seen[9], seen[-1])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=minimal, capture_output=True, text=True, check=True)
    early, late = map(int, done.stdout.split())
    assert late < early * 1.1 + 4096, (early, late)
