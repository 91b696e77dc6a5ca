"""`archgen init --ci`: what it writes, and the scripts in it, run on real repositories as a runner would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.comparing.dialects import DIALECTS
from archgen.comparing.review_formats import MOST
from archgen.publishing.ci_files import ci_files
from conftest import MINIMAL, ROOT, archgen

pytestmark = pytest.mark.slow
GITHUB = [
    ".github/workflows/architecture-comment.yml",
    ".github/workflows/architecture-pages.yml",
    ".github/workflows/architecture.yml",
]
MARKER = "<!-- archgen-review: shop/architecture.yaml -->"


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yml") if path.name != "mkdocs.yml")


def test_a_new_project_gets_workflows(tmp_path: Path) -> None:
    assert archgen("init", "--ci", "github", cwd=tmp_path).code == 0
    assert (tmp_path / "architecture.yaml").is_file()
    assert files_in(tmp_path) == GITHUB
    again = archgen("init", "--ci", "github", cwd=tmp_path)
    assert again.code == 2
    assert again.err.count("error[ARC-W001]: this file already exists") == 3


def test_a_project_that_exists_gets_only_workflows_at_the_top_of_its_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a/shop").mkdir(parents=True)
    (tmp_path / "a/shop/architecture.yaml").write_text(MINIMAL)
    assert archgen("init", "a/shop", "--ci", "github", cwd=tmp_path).code == 0
    assert files_in(tmp_path) == [name.replace("architecture", "architecture-a-shop") for name in GITHUB]
    assert (tmp_path / "a/shop/architecture.yaml").read_text() == MINIMAL
    assert [path.name for path in (tmp_path / "a/shop").iterdir()] == ["architecture.yaml"]
    text = (tmp_path / ".github/workflows/architecture-a-shop.yml").read_text()
    assert yaml.safe_load(text)["jobs"]["check"]["defaults"]["run"]["working-directory"] == "a/shop"
    assert "@" not in text.replace("uses: actions/checkout@", "").replace("setup-python@", "").replace(
        "upload-artifact@", ""
    )


def test_a_configuration_of_gitlab_stays_and_is_told_what_to_include(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("stages: [test]\n")
    result = archgen("init", "--ci", "gitlab", cwd=tmp_path)
    assert result.code == 0
    assert result.err == (
        "Add the lines to .gitlab-ci.yml, which exists:\ninclude:\n  - local: .gitlab/architecture.yml\n"
    )
    assert (tmp_path / ".gitlab-ci.yml").read_text() == "stages: [test]\n"
    assert (tmp_path / ".gitlab/architecture.yml").is_file()


def test_a_folder_that_needs_quotes_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    folder = tmp_path / "a$(b)"
    folder.mkdir()
    result = archgen("init", "--ci", "github", cwd=folder)
    assert result.code == 2
    assert "has characters other than letters" in result.err
    assert list(folder.iterdir()) == []


# ---------------------------------------------------------------------------------------- the check of a pull request


@dataclass
class Runner:
    """Runs the scripts of workflows, with archgen and a stand-in for GitHub's command line on the path."""

    folder: Path

    def run(self, script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, check=False, capture_output=True, text=True,
            env={**os.environ, "PATH": path, "RUNNER_TEMP": str(self.folder), "GITHUB_STEP_SUMMARY": str(self.folder / "summary"), **env},
        )  # fmt: skip


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/archgen"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archgen "$@"\n')
    command.chmod(0o755)
    return Runner(tmp_path)


def step(workflow: str, name: str) -> str:
    jobs = yaml.safe_load(ci_files("github", "shop", "architecture.yaml")[f".github/workflows/{workflow}"])["jobs"]
    script: str = next(s["run"] for job in jobs.values() for s in job["steps"] if s.get("name") == name)
    return script


@pytest.fixture
def pull_request(tmp_path: Path) -> Path:
    """A shallow clone of a repository with two models: the merge of a pull request, which changes one of them and adds another."""
    origin = tmp_path / "origin"
    for name in ("shop", "other"):
        (origin / name).mkdir(parents=True)
        (origin / name / "architecture.yaml").write_text(MINIMAL)
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "base")
    git(origin, "switch", "-qc", "change")
    (origin / "shop/architecture.yaml").write_text(MINIMAL.replace("retention_days: 7", "retention_days: 9"))
    (origin / "new").mkdir()
    (origin / "new/architecture.yaml").write_text(MINIMAL)
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "change")
    git(origin, "switch", "-q", "main")
    (origin / "README").write_text("The base has moved.\n")
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "moved")
    git(origin, "merge", "-q", "--no-ff", "-m", "merge", "change")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "2", origin.as_uri(), str(clone))
    assert git(clone, "rev-parse", "--is-shallow-repository") == "true"
    return clone


def review(runner: Runner, folder: Path) -> str:
    done = runner.run(step("architecture-shop.yml", "Say what the pull request changes"), folder, NUMBER="12")
    assert done.returncode == 0, done.stderr
    text = (runner.folder / "review/comment.md").read_text()
    assert (runner.folder / "review/number").read_text() == "12\n"
    assert text == (runner.folder / "summary").read_text()
    (runner.folder / "summary").unlink()
    return text


def test_a_review_of_each_model_is_written_in_a_shallow_clone(runner: Runner, pull_request: Path) -> None:
    text = review(runner, pull_request / "shop")
    assert text.startswith(f"{MARKER}\n")
    assert "retention" in text
    assert review(runner, pull_request / "other") == ""
    assert review(runner, pull_request / "new") == ""


def test_a_wrong_model_and_stale_files_fail_the_check(runner: Runner, pull_request: Path) -> None:
    shop = pull_request / "shop"
    stale = runner.run(step("architecture-shop.yml", "Check that committed files are what the model generates"), shop)
    assert stale.returncode == 3
    check = step("architecture-shop.yml", "Check the model")
    model = shop / "architecture.yaml"
    model.write_text(model.read_text().replace("retention_days", "retention_dais"))
    wrong = runner.run(check, shop)
    assert wrong.returncode == 2
    assert "file=shop/architecture.yaml,line=19," in wrong.stdout


# ---------------------------------------------------------------------------------------- the comment

GH = """#!{python}
import json, subprocess, sys
from pathlib import Path

state = Path({state!r})
data = json.loads(state.read_text())
words, options = [], {{}}
given = iter(sys.argv[1:])
for word in given:
    if word in ("--jq", "--method", "--field"):
        options[word] = next(given)
    elif not word.startswith("--"):
        words.append(word)
api, path = words
assert api == "api"
method = options.get("--method", "GET")
kind, _, rest = path.removeprefix("repos/acme/shop/").partition("/")
body = Path(options["--field"].removeprefix("body=@")).read_text() if "--field" in options else None
if method == "GET":
    answer = data["pulls"][rest] if kind == "pulls" else data["comments"]
    subprocess.run(["jq", "-r", options["--jq"]], input=json.dumps(answer), text=True, check=True)
elif method == "POST":
    assert rest == "12/comments"
    data["comments"].append({{"id": 100 + len(data["comments"]), "user": {{"login": "github-actions[bot]"}}, "body": body}})
else:
    number = int(rest.removeprefix("comments/"))
    comment = next(c for c in data["comments"] if c["id"] == number)
    data["comments"].remove(comment)
    if method == "PATCH":
        data["comments"].append({{**comment, "body": body}})
state.write_text(json.dumps(data))
"""


@dataclass
class PullRequest:
    """Pull request 12 on a stand-in for GitHub, and the workflow that comments on it."""

    runner: Runner

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.runner.folder / "state.json").read_text())
        return data

    @property
    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.data["comments"]]

    def comment(
        self, text: str | None, *, number: str = "12\n", reviewed: str = "abc", linked: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        artifact = self.runner.folder / "review"
        artifact.mkdir(exist_ok=True)
        (artifact / "comment.md").unlink(missing_ok=True)
        if text is not None:
            (artifact / "comment.md").write_text(text)
        (artifact / "number").unlink(missing_ok=True)
        (artifact / "number").write_text(number)
        if linked:
            (artifact / linked).unlink()
            (artifact / linked).symlink_to(self.runner.folder / "secret")
        script = step("architecture-shop-comment.yml", "Keep one comment up to date")
        return self.runner.run(
            script, self.runner.folder, GITHUB_REPOSITORY="acme/shop", REVIEWED=reviewed, MARKER=MARKER
        )


@pytest.fixture
def commented(runner: Runner) -> PullRequest:
    if not shutil.which("jq"):
        pytest.skip("jq is not installed")
    state = runner.folder / "state.json"
    other = "<!-- archgen-review: other/architecture.yaml -->\nother"
    comments = [
        {"id": 1, "user": {"login": "a-person"}, "body": f"{MARKER}\nquoted"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": other},
    ]
    state.write_text(
        json.dumps({"pulls": {"12": {"head": {"sha": "abc"}}, "13": {"head": {"sha": "def"}}}, "comments": comments})
    )
    command = runner.folder / "bin/gh"
    command.write_text(GH.format(python=sys.executable, state=str(state)))
    command.chmod(0o755)
    return PullRequest(runner)


def test_one_comment_is_kept_up_to_date_and_removed(commented: PullRequest) -> None:
    before = commented.bodies
    for text in ("one `$(touch x)` 'a'", "two"):
        done = commented.comment(f"{MARKER}\n{text}\n")
        assert done.returncode == 0, done.stderr
        assert commented.bodies == [*before, f"{MARKER}\n{text}\n"]
    for _ in range(2):
        assert commented.comment("").returncode == 0
        assert commented.bodies == before


def test_what_the_pull_request_puts_into_the_artifact_is_not_trusted(commented: PullRequest) -> None:
    before = commented.data
    done = commented.comment(f"{MARKER}\nx\n", number="13\n")
    assert "Commit abc is not the newest one of pull request 13" in done.stdout
    assert commented.comment(f"{MARKER}\nx\n", number="13/../12?$(touch x)").returncode != 0
    done = commented.comment("Buy this.\n")
    assert done.returncode == 1
    assert "does not begin with" in done.stdout
    assert commented.data == before


def test_the_artifact_cannot_make_the_workflow_read_other_files_or_too_much(commented: PullRequest) -> None:
    secret = commented.runner.folder / "secret"
    secret.write_text(f"{MARKER}\nsecret\n")
    before = commented.data
    for name in ("comment.md", "number"):
        assert commented.comment(f"{MARKER}\nx\n", linked=name).returncode == 1
        assert commented.data == before
    done = commented.comment(f"{MARKER}\n" + "x" * 4 * MOST)
    assert (done.returncode, commented.data) == (1, before)
    assert "too long" in done.stdout


def test_without_a_review_the_comment_stays(commented: PullRequest) -> None:
    assert commented.comment(f"{MARKER}\nx\n").returncode == 0
    before = commented.data
    done = commented.comment(None)
    assert done.returncode == 0
    assert "could not be reviewed" in done.stdout
    assert commented.data == before


def test_the_mark_is_that_of_a_review_in_any_folder() -> None:
    texts = ci_files("github", "a--b.c", "architecture.yaml")
    workflow = yaml.safe_load(texts[".github/workflows/architecture-a--b.c-comment.yml"])
    marker = workflow["jobs"]["comment"]["steps"][-1]["env"]["MARKER"]
    assert f"{marker}\n" == DIALECTS["github-comment"].hidden("a--b.c/architecture.yaml")


@pytest.mark.parametrize("folder", [".", "a--b.c/d"])
def test_gitlab_shows_the_review_in_the_merge_request(folder: str) -> None:
    """GitLab refuses other characters in the title (`EXPOSE_AS_REGEX` in its source), and does not show paths that begin with `./`."""
    artifacts = gitlab_job(folder, "-check")["artifacts"]
    assert re.fullmatch(r"\w[-\w ]*", artifacts["expose_as"])
    assert artifacts["paths"] == [f"{'architecture' if folder == '.' else 'architecture-a--b.c-d'}-review.md"]


def gitlab_job(folder: str, name: str) -> dict[str, Any]:
    texts = ci_files("gitlab", folder, "architecture.yaml")
    jobs = yaml.safe_load(next(text for name, text in texts.items() if name.startswith(".gitlab/")))
    job: dict[str, Any] = next(job for each, job in jobs.items() if each.endswith(name))
    return job


def test_the_job_for_gitlab_writes_a_review_which_is_empty_for_a_new_model(runner: Runner, pull_request: Path) -> None:
    base = git(pull_request, "rev-parse", "HEAD^1")
    for name in ("shop", "new"):
        job = gitlab_job(name, "-check")
        lines = [line for line in job["script"] if "pip install" not in line]
        end = next(n for n, line in enumerate(lines) if "archgen review" in line)
        script = "\n".join(lines[: end + 1])
        known = {"CI_PROJECT_DIR": str(pull_request), "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, **job["variables"]}
        done = runner.run(script, pull_request, **known)
        assert done.returncode == 0, done.stderr
        text = (pull_request / f"architecture-{name}-review.md").read_text()
        assert text.startswith(MARKER) if name == "shop" else text == ""


# ---------------------------------------------------------------------------------------- the action

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def run_action(runner: Runner, folder: Path, name: str, **env: str) -> tuple[int, dict[str, str]]:
    """The exit code of a step of the action, and its outputs."""
    outputs = runner.folder / "outputs"
    outputs.write_text("")
    script = next(step["run"] for step in ACTION["runs"]["steps"] if step.get("name") == name)
    inputs = {
        "COMMAND": "check", "BASE": "HEAD^1", "PROFILE": "internal", "PLAN": "", "AT": "", "FAIL_ON": "error", "NUMBER": "12",
    }  # fmt: skip
    done = runner.run(
        script, folder, **inputs | {"GITHUB_OUTPUT": str(outputs), "GITHUB_REPOSITORY": "acme/shop"} | env
    )
    return done.returncode, dict(line.split("=", 1) for line in outputs.read_text().splitlines())


def test_the_action_reviews_each_model_and_keeps_a_comment(commented: PullRequest, pull_request: Path) -> None:
    before = commented.bodies
    code, outputs = run_action(commented.runner, pull_request, "Review", MODEL="shop/architecture.yaml")
    assert (code, outputs["changed"]) == (0, "true")
    text = Path(outputs["comment"]).read_text()
    for _ in range(2):
        model = {"MODEL": "shop/architecture.yaml", "TEXT": outputs["comment"]}
        assert run_action(commented.runner, pull_request, "Keep one comment up to date", **model)[0] == 0
        assert commented.bodies == [*before, text]
    for model in ("other/architecture.yaml", "new/architecture.yaml"):
        code, outputs = run_action(commented.runner, pull_request, "Review", MODEL=model)
        assert (code, outputs["changed"], Path(outputs["comment"]).read_text()) == (0, "false", "")
    model = {"MODEL": "shop/architecture.yaml", "TEXT": outputs["comment"]}
    assert run_action(commented.runner, pull_request, "Keep one comment up to date", **model)[0] == 0
    assert commented.bodies == before


def test_the_action_says_how_plans_differ_from_the_model(runner: Runner, pull_request: Path) -> None:
    bucket = {
        "address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b",
        "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"bucket": "b"},
    }  # fmt: skip
    plan = {"format_version": "1.0", "planned_values": {"root_module": {"resources": [bucket]}}}
    (pull_request / "plans").mkdir()
    (pull_request / "plans/of it.json").write_text(json.dumps(plan))
    given = {"MODEL": "other/architecture.yaml", "PLAN": "plans/of it.json\n", "AT": "aws,live"}
    code, outputs = run_action(runner, pull_request, "Review", **given)
    assert (code, outputs["changed"]) == (0, "true")
    text = Path(outputs["comment"]).read_text()
    assert "aws&#95;s3&#95;bucket.b" in text
    assert "../plans/of it.json" in text
    assert run_action(runner, pull_request, "Review", **given | {"PLAN": "plans/missing.json"})[0] == 2


def test_the_action_counts_findings_and_fails(runner: Runner, pull_request: Path) -> None:
    model = {"MODEL": "shop/architecture.yaml", "COMMAND": "validate"}
    text = pull_request / model["MODEL"]
    text.write_text(text.read_text().replace("retention_days", "retention_dais"))
    assert run_action(runner, pull_request, "Check", **model) == (2, {"findings": "1"})
    assert run_action(runner, pull_request, "Check", **model | {"COMMAND": "review"}) == (0, {})
    assert run_action(runner, pull_request, "Review", **model | {"COMMAND": "x"})[0] == 2


def test_the_action_fails_without_the_revision_to_compare_with(runner: Runner, pull_request: Path) -> None:
    code, outputs = run_action(runner, pull_request, "Review", MODEL="shop/architecture.yaml", BASE="HEAD~5")
    assert (code, outputs) == (2, {})


# ---------------------------------------------------------------------------------------- the release and the image


def test_a_release_needs_the_right_tag_and_a_date(runner: Runner) -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))
    name = "Compare the tag with the version and the list of changes"
    script = next(step["run"] for step in workflow["jobs"]["build"]["steps"] if step.get("name") == name)
    hatchling = runner.folder / "bin/hatchling"
    hatchling.write_text("#!/bin/sh\necho 1.2.3\n")
    hatchling.chmod(0o755)
    changes = runner.folder / "CHANGELOG.md"
    changes.write_text("## 1.2.3 (unreleased)\n")
    assert "the tag is v1.2, but" in runner.run(script, runner.folder, GITHUB_REF_NAME="v1.2").stdout
    assert "has no heading" in runner.run(script, runner.folder, GITHUB_REF_NAME="v1.2.3").stdout
    changes.write_text("## 1.2.3 (2027-01-31)\n")
    assert runner.run(script, runner.folder, GITHUB_REF_NAME="v1.2.3").returncode == 0


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    program = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if not program:
        pytest.skip("hadolint is not installed; `make test` installs it on Linux")
    done = subprocess.run([program, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_gets_all_that_the_wheel_is_made_of() -> None:
    copied = re.findall(r"^COPY ([^-].*) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    permitted = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert sorted(f"!{source}" for source in sources) == sorted(line for line in permitted if line.startswith("!"))
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert set(hatch["wheel"]["force-include"]) <= set(sources)
