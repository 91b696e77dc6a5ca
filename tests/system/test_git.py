"""Git in real situations: hooks, worktrees, shallow clones, other owners, attributes and links."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from archgen.system.git import LOCAL, top_of
from conftest import archgen

IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> None:
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it is")


def edit(model: Path, old: str = "storage_gib: 20", new: str = "storage_gib: 21") -> None:
    text = model.read_text(encoding="utf-8")
    assert text.count(old) == 1
    model.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path, minimal: Path) -> Path:
    """A repository with the project in a subfolder."""
    shop = tmp_path / "repo" / "teams" / "shop"
    shop.parent.mkdir(parents=True)
    minimal.rename(shop)
    commit(tmp_path / "repo")
    return tmp_path / "repo"


def test_variables_of_a_hook_in_a_worktree_do_not_mislead(repository: Path, tmp_path: Path) -> None:
    worktree = tmp_path / "worktree"
    git(repository, "worktree", "add", "-q", str(worktree))
    shop = worktree / "teams" / "shop"
    edit(shop / "architecture.yaml")
    inherited = {
        "GIT_DIR": git(shop, "rev-parse", "--absolute-git-dir"),
        "GIT_INDEX_FILE": str(tmp_path / "no-index"),
        "GIT_PREFIX": "teams/",
        "GIT_WORK_TREE": str(tmp_path),
    }
    result = archgen("compare", "--from-rev", "main", cwd=shop, env=inherited)
    assert (result.code, result.err) == (0, "")
    assert "storage_gib: 20 → 21" in result.out


def test_every_variable_that_git_calls_local_is_dropped_but_configuration(tmp_path: Path) -> None:
    named = git(tmp_path, "rev-parse", "--local-env-vars").split()
    assert {name for name in named if not name.startswith("GIT_CONFIG_")} <= set(LOCAL)


def test_configuration_from_the_environment_still_counts(repository: Path) -> None:
    shop = repository / "teams" / "shop"
    foreign = {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    assert archgen("compare", "--from-rev", "main", cwd=shop, env=foreign).code == 2
    assert archgen("compare", "--from-rev", "main", cwd=shop, env=foreign | trusted).code == 0


def test_the_message_of_git_about_another_owner_is_passed_on(repository: Path) -> None:
    shop = repository / "teams" / "shop"
    result = archgen("compare", "--from-rev", "main", cwd=shop, env={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})
    assert result.code == 2
    assert "error[ARC-C007]: Git cannot read the repository: detected dubious ownership in repository at" in result.err
    assert "help: Git recommends: git config --global --add safe.directory" in result.err
    assert "unknown revision" not in result.err


def test_a_shallow_clone_names_the_command_that_deepens_it(repository: Path, tmp_path: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    edit(repository / "teams/shop/architecture.yaml")
    commit(repository)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), str(clone))
    for revision in (first, "HEAD~1", "release"):
        result = archgen("compare", "--from-rev", revision, cwd=clone / "teams/shop")
        assert result.code == 2
        assert f"unknown revision '{revision}'" in result.err
        assert "this is a shallow clone" in result.err
        assert "git fetch --unshallow" in result.err
        assert "fetch-depth: 0" in result.err
    git(clone, "fetch", "-q", "--unshallow")
    assert "storage_gib: 20 → 21" in archgen("compare", "--from-rev", first, cwd=clone / "teams/shop").out


def test_a_branch_that_only_the_remote_has_is_suggested(repository: Path, tmp_path: Path) -> None:
    git(repository, "branch", "feature/one")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", repository.as_uri(), str(clone))
    result = archgen("compare", "--from-rev", "feature/one", cwd=clone / "teams/shop")
    assert "help: did you mean 'origin/feature/one'?" in result.err
    assert archgen("compare", "--from-rev", "origin/feature/one", cwd=clone / "teams/shop").code == 0


def test_attributes_change_nothing_of_what_is_compared(repository: Path) -> None:
    shop = repository / "teams" / "shop"
    model = shop / "architecture.yaml"
    parts = model.read_text(encoding="utf-8").partition("  orders: {kind")
    model.write_text(f"include: [parts.yaml]\n{parts[0]}", encoding="utf-8")
    (shop / "parts.yaml").write_text(f"components:\n{parts[1]}{parts[2]}", encoding="utf-8")
    edit(model, "name: Small Shop", "name: Shop $Format:%H$")
    (repository / ".gitattributes").write_text(
        "architecture.yaml export-subst eol=crlf\nparts.yaml export-ignore\n", encoding="utf-8"
    )
    commit(repository)
    model.write_bytes(model.read_bytes().replace(b"\n", b"\r\n"))  # as Git would check it out
    result = archgen("compare", "--from-rev", "HEAD", "--exit-code", cwd=shop)
    assert (result.code, result.err) == (0, "")
    assert "No differences." in result.out


def test_links_in_a_revision_stay_in_it(repository: Path, tmp_path: Path) -> None:
    shop = repository / "teams" / "shop"
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    (shop / "outside").symlink_to(tmp_path / "secret")
    (shop / "real.yaml").write_bytes((shop / "architecture.yaml").read_bytes())
    (shop / "architecture.yaml").unlink()
    (shop / "architecture.yaml").symlink_to("real.yaml")
    commit(repository)
    result = archgen("compare", "--from-rev", "HEAD", "--exit-code", cwd=shop)
    assert (result.code, result.err) == (0, "")


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    result = archgen("compare", "--from-rev", "HEAD", "-m", "gone/architecture.yaml", cwd=tmp_path)
    assert result.code == 2
    assert "the folder gone does not exist" in result.err


def test_the_top_of_a_work_tree(repository: Path, tmp_path: Path) -> None:
    assert top_of(repository / "teams" / "shop") == repository.resolve()
    assert top_of(tmp_path) is None


def converted(root: Path) -> None:
    """Check out again, as Git for Windows does with its default settings."""
    commit(root)
    git(root, "config", "core.autocrlf", "true")
    for name in git(root, "ls-files").splitlines():
        (root / name).unlink()
    git(root, "checkout", "-q", ".")


@pytest.mark.slow
def test_a_checkout_of_git_for_windows_is_clean(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    assert archgen("build", "--no-site", cwd=tmp_path).code == 0
    attributes = tmp_path / ".gitattributes"
    kept = attributes.read_bytes()
    attributes.unlink()
    converted(tmp_path)
    assert b"\r\n" in (tmp_path / "infra/aws/data/prod.tfvars.json").read_bytes()
    assert archgen("build", "--check", cwd=tmp_path).code == 0
    again = archgen("build", "--no-site", cwd=tmp_path)
    assert (again.code, again.out.split()[0]) == (0, "0"), again.err
    assert git(tmp_path, "status", "--porcelain") == ""
    attributes.write_bytes(kept)
    converted(tmp_path)
    assert b"\r\n" not in (tmp_path / "infra/aws/data/prod.tfvars.json").read_bytes(), (
        "what init wrote keeps line feeds"
    )
