"""Steps that change secrets, or measure what a recovered database lost: run by a shell, with stores that are folders, and on PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_google_steps import run

from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project
from archgen.runbooks.procedures import Procedure, read, steps
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates
from conftest import ROOT

# Stores of secrets: `versions/N` are the values, and `current` has the number of the current one.
AWS = """
value() { for word; do case "$word" in file://*) cat "${word#file://}";; esac; done; }
case "$*" in
  *"get-secret-value"*VersionId*) cat current;;
  *"get-secret-value"*) cat "versions/$(cat current)"; echo;;
  *"put-secret-value"*) new=$(($(ls versions | wc -l) + 1)); value "$@" > "versions/$new"; echo $new > current; echo name;;
  *"update-secret-version-stage"*) while test "$1" != --move-to-version-id; do shift; done; echo "$2" > current; echo name;;
  *"describe-db-clusters"*) echo db.cluster-new.eu-west-1.rds.amazonaws.com;;
esac"""
GCLOUD = """
case "$*" in
  *"instances describe innovate-prod-database-europe-west4 "*) echo 10.1.0.5;;
  *"instances describe innovate-prod-database "*) echo 10.0.0.5;;
  *"versions list"*) ls versions | sort -n | tail -1;;
  *"versions access"*) cat "versions/$4";;
  *"versions add"*) new=$(($(ls versions | wc -l) + 1)); echo $new > current
    for word; do case "$word" in --data-file=*) cp "${word#--data-file=}" versions/$new;; esac; done;;
esac"""
OLD_HOST = "innovate-prod-database.abc.eu-west-1.rds.amazonaws.com"
NEW_HOST = "innovate-prod-database.xyz.eu-central-1.rds.amazonaws.com"


def found(project: Project, runbook: str, cloud: str, phase: str = "mvp") -> dict[str, FilledStep]:
    """The steps of a runbook in production by ID."""
    templates = Templates(ROOT / "templates")
    a = project.resolved.architectures[Coordinate(cloud, "prod", phase)]
    procedure = steps(templates, read(templates, runbook), a)
    assert isinstance(procedure, Procedure)
    return {step.id: step for step in procedure.steps}


class Store:
    """A store of secrets with one version, in a folder in which steps run with temporary files in `tmp`."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        (folder / "versions").mkdir()
        (folder / "tmp").mkdir()
        (folder / "versions/1").write_text(text, encoding="utf-8")
        (folder / "current").write_text("1\n", encoding="utf-8")

    @property
    def current(self) -> str:
        number = (self.folder / "current").read_text(encoding="utf-8").strip()
        return (self.folder / "versions" / number).read_text(encoding="utf-8")

    @property
    def left(self) -> list[str]:
        """The names of the temporary files that remain."""
        return [path.name for path in (self.folder / "tmp").rglob("*") if path.is_file()]

    def run(self, command: str | None, **values: str) -> str:
        programs = {"aws": AWS, "gcloud": GCLOUD}
        return run(self.folder, command or "", programs, TMPDIR=str(self.folder / "tmp"), **values)


@pytest.mark.parametrize("runbook", ["region-failover", "disaster-recovery-promote"])
@pytest.mark.parametrize("phase", ["mvp", "scale"])
def test_the_secret_of_the_recovery_region_gets_the_new_host_once(
    reference: Project, tmp_path: Path, runbook: str, phase: str
) -> None:
    every = found(reference, runbook, "aws", phase)
    step = next(s for s in every.values() if "update-secret-version-stage" in (s.undo_run or ""))
    store = Store(tmp_path, json.dumps({"url": f"postgresql://app:secret@{OLD_HOST}:5432/app"}))
    answer = store.run(step.run, DATABASE_HOST=NEW_HOST)
    assert all(e.shows in answer for e in step.expect), answer
    assert store.current == json.dumps({"url": f"postgresql://app:secret@{NEW_HOST}:5432/app"})
    assert "LEADS-THERE-ALREADY: version 2" in store.run(step.run, DATABASE_HOST=NEW_HOST)
    assert (len(list((tmp_path / "versions").iterdir())), store.left) == (2, [])
    store.run(step.undo_run, PREVIOUS="1")
    assert OLD_HOST in store.current
    names = [id_ for id_, each in every.items() if "DATABASE_HOST=$(" in (each.run or "")]
    assert len(names) == 1
    assert [*every].index(names[0]) < [*every].index(step.id)


def test_a_host_that_is_not_in_the_secret_is_said_to_be_elsewhere(reference: Project, tmp_path: Path) -> None:
    step = found(reference, "region-failover", "aws")["address-point"]
    store = Store(tmp_path, '{"password": "x"}')
    assert "NOT-IN-THE-SECRET" in store.run(step.run, DATABASE_HOST=NEW_HOST)
    assert "does not state where the application has the host name from" in (step.text or "")
    assert any(o.see == "`NOT-IN-THE-SECRET`" and "in Git" in o.do for o in step.otherwise)
    assert len(list((tmp_path / "versions").iterdir())) == 1


@pytest.mark.slow
@pytest.mark.parametrize("runbook", ["region-failover", "region-return", "disaster-recovery-promote"])
@pytest.mark.parametrize("form", ["{}", "host={} user=app\nx=10.0.0.55\n"])
def test_on_google_cloud_the_connection_name_or_the_address_moves_and_back(
    reference: Project, tmp_path: Path, runbook: str, form: str
) -> None:
    there = ("innovate-prod:europe-west4:innovate-prod-database-europe-west4", "10.1.0.5")
    here = ("innovate-prod:europe-west1:innovate-prod-database", "10.0.0.5")
    old, new = (there, here) if runbook == "region-return" else (here, there)
    step = next(
        s for id_, s in found(reference, runbook, "gcp").items() if id_.endswith("-point") and s.changes != "nothing"
    )
    for name, (before, after) in {"name": (old[0], new[0]), "address": (old[1], new[1])}.items():
        (tmp_path / name).mkdir()
        store = Store(tmp_path / name, form.format(before))
        answer = store.run(step.run)
        assert all(e.shows in answer for e in step.expect), answer
        assert store.current == form.format(after).rstrip("\n")
        assert "LEADS-THERE-ALREADY" in store.run(step.run)
        assert (len(list((store.folder / "versions").iterdir())), store.left) == (2, [])
        store.run(step.undo_run, VERSION="1")
        assert store.current == form.format(before)
        assert store.left == []


@pytest.mark.parametrize(("cloud", "way_back"), [("aws", "PREVIOUS"), ("gcp", "VERSION")])
def test_a_second_rotation_overwrites_no_way_back(
    reference: Project, tmp_path: Path, cloud: str, way_back: str
) -> None:
    every = found(reference, "credential-rotation", cloud)
    store = Store(tmp_path, '{"password": "first", "user": "app"}')
    text = "\n".join(every[id_].run or "" for id_ in ("generate", "store"))
    for number in ("1", "2"):  # two runs, in terminals that know nothing of each other
        answer = store.run(text + f'\necho "LAST-$FILES-$FIELD-{number}"', FIELD="password")
        assert f"WAY-BACK-IS-VERSION {number}" in answer
        assert "FILES-ARE-IN " in answer
    assert json.loads(store.current)["user"] == "app"
    assert len(json.loads(store.current)["password"]) == 48
    again = store.run(text + "\n" + (every["store"].run or ""), FIELD="password")
    assert "the secret has the new password already" in again
    assert len(list((tmp_path / "versions").iterdir())) == 4
    assert set(store.left) == {"new-password"}
    store.run(f"FILES=$(mktemp -d)\n{every['store'].undo_run}", **{way_back: "1"})
    assert json.loads(store.current)["password"] == "first"
    assert "FILES-ARE-DELETED" in store.run(f"{every['generate'].run}\n{every['tidy'].run}")


def test_the_secret_of_a_migration_gets_the_host_of_the_cluster_once(reference: Project, tmp_path: Path) -> None:
    step = found(reference, "aurora-migration", "aws", "scale")["secret"]
    store = Store(tmp_path, json.dumps({"host": "db.old.eu-west-1.rds.amazonaws.com"}))
    (tmp_path / "innovate-prod-database-rds.json").write_text('{"host": "db.old.eu-west-1.rds.amazonaws.com"}')
    answer = store.run(step.run)
    assert all(e.shows in answer for e in step.expect), answer
    assert json.loads(store.current) == {"host": "db.cluster-new.eu-west-1.rds.amazonaws.com"}
    assert "LEADS-THERE-ALREADY" in store.run(step.run)
    assert (len(list((tmp_path / "versions").iterdir())), store.left) == (2, [])
    store.run(step.undo_run, PREVIOUS="1")
    assert "db.old" in store.current


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings with which psql reaches a server with a table of orders, the newest of 2026-11-26 02:00 UTC."""
    programs = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.environ["PATH"].split(":"))]
    tools = next((folder for folder in programs if (folder / "initdb").is_file()), None)
    if tools is None or not shutil.which("psql"):
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tmp_path_factory.mktemp("server", numbered=True))
    user = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    if user:  # the server does not run as root
        for each in (folder, *folder.parents[:3]):
            each.chmod(0o755)
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def tool(*words: str) -> None:
        subprocess.run([str(tools / words[0]), *words[1:]], check=True, capture_output=True, cwd=folder, **user)  # type: ignore[call-overload]

    tool("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync")
    tool(
        "pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", f"-k {folder} -c listen_addresses=''", "start"
    )
    (folder / "services").write_text(
        "".join(
            f"[innovate-{name}-database]\nhost={folder}\ndbname=postgres\nuser=postgres\n"
            for name in ("aws-prod-eu-central-1", "gcp-prod-europe-west4")
        )
    )
    settings = {"PGSERVICEFILE": str(folder / "services")}
    words = ["psql", "-h", str(folder), "-U", "postgres", "-c"]
    sql = "create table orders as select '2026-11-26 02:00+00'::timestamptz as at; create table none (at timestamptz)"
    subprocess.run([*words, sql], check=True, capture_output=True)
    yield settings
    tool("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


@pytest.mark.slow
@pytest.mark.parametrize("runbook", ["region-failover", "disaster-recovery-promote"])
@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_the_loss_is_measured_against_the_objective(
    reference: Project, tmp_path: Path, database: dict[str, str], runbook: str, cloud: str
) -> None:
    every = found(reference, runbook, cloud)
    step = next(step for id_, step in every.items() if id_.endswith("recovery-point"))
    newest = "(select max(at) from orders where 'it''s' <> '$x')"

    def answer(lost: str, newest: str = newest) -> str:
        return run(tmp_path, step.run or "", {}, LOST_AT=lost, NEWEST=newest, **database)

    good = answer("2026-11-27T01:59:00Z")  # the objective allows 24 hours
    assert all(e.shows in good for e in step.expect), good
    assert "NEWEST-ROW-IS 2026-11-26 02:00:00+00 LOST 23:59:00" in good
    for lost, expression, shown in (
        ("2026-11-27T02:01:00Z", newest, "OLDER-THAN-THE-OBJECTIVE"),
        ("2026-11-26T02:01:00Z", "(select max(at) from none)", "NO-ROWS"),
        ("2026-11-26T02:01:00Z", "(select max(at) from missing)", "does not exist"),
    ):
        text = answer(lost, expression)
        assert shown in text
        assert not any(e.shows in text for e in step.expect if "OBJECTIVE" in e.shows)
        assert any(shown in o.see for o in step.otherwise)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize("phase", ["mvp", "scale"])
def test_users_come_only_after_the_loss_was_measured_and_the_host_was_given_once(
    reference: Project, cloud: str, phase: str
) -> None:
    every = found(reference, "region-failover", cloud, phase)
    order = [id_ for id_ in every if not id_.endswith("-place")]
    measured = order.index("recovery-point-recovery-point")
    assert order.index("way-to-database-check") < measured < order.index("address-point") < order.index("switch")
    assert "since when" in (every["decide"].do or "")
    changing = [s.id for s in every.values() if "secret" in f"{s.title} {s.do}".lower() and s.changes != "nothing"]
    assert [id_ for id_ in changing if id_ != "address-detach"] == ["address-point"]
    assert "host" not in (every["application"].text or "")
