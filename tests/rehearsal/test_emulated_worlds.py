"""Commands run against an emulator: what one trial changes, no other sees, and a careless command fails where it should."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archgen.rehearsal.judging import judged
from archgen.rehearsal.shell import Reply, Shell, Visit
from archgen.rehearsal.workshop import Server, UnavailableError, Workshop, World
from rehearsing import ACCOUNT, made_step

pytestmark = pytest.mark.slow
REGION = "eu-west-1"


def database(name: str) -> dict[str, Any]:
    """The call that makes a database."""
    settings = {
        "DBInstanceIdentifier": name,
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.small",
        "AllocatedStorage": 20,
    }
    return {
        "service": "rds",
        "operation": "create_db_instance",
        "account": ACCOUNT,
        "region": REGION,
        "scope": "",
        "with": settings,
    }


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    try:
        with Workshop(tmp_path_factory.mktemp("w"), ["rds", "sts"]) as started:
            yield started
    except UnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def worlds(workshop: Workshop) -> dict[str, World]:
    contents = {"full": ["shop-dev", "shop-prod"], "empty": [], "foreign": ["shop-dev"]}
    return {
        name: workshop.world(name, [database(n) for n in names], [ACCOUNT, "111122223333"])
        for name, names in contents.items()
    }


def answer(workshop: Workshop, world: World, folder: Path, command: str, account: str = ACCOUNT) -> Reply:
    folder.mkdir()
    with Server(world) as server:
        return Shell(folder, workshop).run(command, {"NAME": "shop-prod"}, Visit(world, server, account, REGION))


def test_a_filtered_command_passes_and_the_first_of_a_list_does_not(
    workshop: Workshop, worlds: dict[str, World], tmp_path: Path
) -> None:
    describe = f"aws rds describe-db-instances --region {REGION}"
    careful = f'{describe} --db-instance-identifier "$NAME" --query "DBInstances[0].DBInstanceStatus" --output text'
    careless = f"{describe} --query 'DBInstances[0].DBInstanceStatus' --output text"
    results = {}
    for name, command in (("careful", careful), ("careless", careless)):
        step = made_step(command, "available")
        counter = [
            (f"in {w}", answer(workshop, worlds[w], tmp_path / f"{name}-{w}", command)) for w in ("empty", "foreign")
        ]
        results[name] = judged(step, answer(workshop, worlds["full"], tmp_path / name, command), counter)
    assert results["careful"].result == "executed"
    assert (results["careless"].result, results["careless"].why) == ("failed", "the same answer is given in foreign")


def test_trials_do_not_see_each_other(workshop: Workshop, worlds: dict[str, World], tmp_path: Path) -> None:
    delete = f"aws rds delete-db-instance --region {REGION} --db-instance-identifier shop-prod --skip-final-snapshot"
    look = f"aws rds describe-db-instances --region {REGION} --query 'DBInstances[].DBInstanceIdentifier' --output text"
    assert "shop-prod" not in answer(workshop, worlds["full"], tmp_path / "first", f"{delete} >/dev/null; {look}").text
    assert "shop-prod" in answer(workshop, worlds["full"], tmp_path / "second", look).text


def test_accounts_are_told_apart_and_nothing_else_is_reached(
    workshop: Workshop, worlds: dict[str, World], tmp_path: Path
) -> None:
    who = f"aws sts get-caller-identity --region {REGION} --query Account --output text"
    assert answer(workshop, worlds["full"], tmp_path / "own", who).text.strip() == ACCOUNT
    assert answer(workshop, worlds["full"], tmp_path / "other", who, "111122223333").text.strip() == "111122223333"
    reached = answer(
        workshop, worlds["full"], tmp_path / "far", "curl https://example.com; kubectl get pods; sleep 600; /bin/true"
    )
    assert reached.refused == ("curl", "kubectl")


def test_variables_files_and_functions_last_from_step_to_step(
    workshop: Workshop, worlds: dict[str, World], tmp_path: Path
) -> None:
    (tmp_path / "session").mkdir()
    shell = Shell(tmp_path / "session", workshop)
    with Server(worlds["empty"]) as server:
        visit = Visit(worlds["empty"], server, ACCOUNT, REGION)
        shell.run("mkdir repository && cd repository; say() { echo \"said $1\"; }; TEXT='two\nlines'", {}, visit)
        kept = shell.copy("trial")
        assert shell.run('say "$TEXT"; pwd', {}, visit).text.startswith("said two\nlines\n")
        assert shell.run("pwd", {}, visit).text.strip().endswith("session/files/repository")
        assert kept.run("pwd", {}, visit).text.strip().endswith("session.trial/files/repository")
