"""Runbooks: every command is accepted by the parser of its tool, names are those of the environment, and wrong templates are diagnosed."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import DictLoader

from archgen.artifacts import runbook_pages
from archgen.commands.arguments import parser
from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project
from archgen.rehearsal.commands import commands as found_commands
from archgen.runbooks.procedures import SHARED, Procedure, known, read, runbooks_of, steps
from archgen.runbooks.steps import fill_in
from archgen.templating.autoescape import EscapingEnvironment
from archgen.templating.render import Templates
from conftest import ROOT, archgen, emitted
from shell_commands import aws_error

pytestmark = pytest.mark.slow

KNOWN: dict[str, Any] = json.loads((ROOT / "src/archgen/rehearsal/commands.json").read_text())["tools"]
# Every machine has them, or a runbook says that they are needed.
PLAIN = {
    ".", ":", "[", "awk", "basename", "break", "case", "cat", "cd", "cmp", "curl", "cut", "date", "dig", "dirname", "echo", "exit",
    "export", "false", "find", "for", "grep", "gunzip", "head", "jq", "ls", "mkdir", "mktemp", "mv", "od", "openssl", "printf", "psql",
    "read", "return", "rm", "rmdir", "sed", "select", "seq", "set", "sh", "sleep", "sort", "tail", "tee", "test", "touch", "tr", "true",
    "umask", "uniq", "unset", "wc", "while", "xargs",
    "bq",  # the SDK here does not have it, so its one command was only read
}  # fmt: skip
TEMPLATES = ROOT / "templates/runbooks"
BLNS = [text for text in json.loads((ROOT / "tests/data/blns.json").read_text()) if text.strip()]


def pages(project: Project) -> dict[str, str]:
    """The text of each page about runbooks, by its path."""
    return {a.path: a.content.decode() for a in emitted(project, runbook_pages)}


@pytest.fixture(scope="module")
def every_procedure(reference: Project) -> dict[tuple[str, Coordinate], Procedure]:
    """What to do in every runbook at every coordinate that has it."""
    templates = Templates(ROOT / "templates")
    return {
        (name, coordinate): steps(templates, read(templates, name), architecture)
        for name in known(templates)
        for coordinate, architecture in reference.resolved.architectures.items()
        if name in architecture.document.runbooks
    }


@pytest.fixture(scope="module")
def every_text(every_procedure: dict[tuple[str, Coordinate], Procedure]) -> dict[str, str]:
    """Every text of commands, with one place where it occurs."""
    found: dict[str, str] = {}
    for (name, coordinate), procedure in every_procedure.items():
        for step in (*procedure.preparation, *procedure.steps):
            for text in filter(None, (step.run, step.undo_run)):
                found.setdefault(text, f"{step.id} of {name} at {coordinate}")
    return found


# -- commands --------------------------------------------------------------------------------------------


def test_a_shell_reads_every_text(every_text: dict[str, str]) -> None:
    script = "\n".join(f"f{n}() {{\n{text}\n}}" for n, text in enumerate(every_text))
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert done.stderr == ""
    assert len(every_text) > 500
    assert not [text for text in every_text if "&#" in text]


# Commands of version 2 of the AWS CLI, which cannot be installed with pip.
VERSION_2 = {("sso", "login"), ("login",), ("logout",)}
WRONG = re.compile(r"Unknown options|[Ii]nvalid choice|arguments are required|Unknown parameter|is none of")


def test_every_aws_command_has_the_options_of_its_service(every_text: dict[str, str]) -> None:
    # Environments differ only in names, so one command of each shape is enough.
    shapes: dict[tuple[str, ...], tuple[list[str], str]] = {}
    for text, place in every_text.items():
        for command in (command.words for command in found_commands(text) if command.tool == "aws"):
            options = tuple(word for word in command if word.startswith("--") or word.isidentifier())
            shapes.setdefault((*command[:3], *options), (command, place))
    assert len(shapes) > 150
    for command, place in shapes.values():
        if tuple(command[1:3]) in VERSION_2 or tuple(command[1:2]) in VERSION_2:
            continue
        error = aws_error(command)
        assert error is None or not WRONG.search(error), (place, command, error)


@pytest.mark.parametrize(
    "wrong",
    [
        "aws rds reboot-db-instances --db-instance-identifier x",
        "aws rds reboot-db-instance --db-instance-identifier x --force-fail-over",
        "aws rds reboot-db-instance --force-failover",
        "aws rdss describe-db-instances",
        "aws rds wait db-instance-there --db-instance-identifier x",
        "aws wafv2 list-web-acls --scope CLOUDFRNT --region us-east-1",
        "aws rds describe-events --source-type db-instances",
        "aws elasticache describe-events --source-type replication-groups",
        "aws rds modify-db-instance --db-instance-identifier x --allocated-storage much",
    ],
)
def test_the_parser_catches_wrong_commands(wrong: str) -> None:
    assert aws_error(shlex.split(wrong))


def own_error(arguments: list[str]) -> str | None:
    """What archgen's own parser says about arguments; None if it takes them."""
    # A variable that a person sets has a stand-in, which is not a duration.
    stated = ["12m" if before == "--took" else word for before, word in zip(["", *arguments], arguments, strict=False)]
    try:
        parser().parse_args(stated)
    except SystemExit as stop:
        return f"archgen does not take {arguments}" if stop.code else None
    return None


def _without_global_options(words: list[str]) -> list[str]:
    """The words of a command from its name on: kubectl and terraform take options in front of it."""
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("--context", "--namespace") else words[1:]
    return words


def recorded_error(command: list[str]) -> str | None:
    """What is wrong with a command of a tool whose commands are recorded; None if it is fine."""
    tool = command[0]
    if tool in PLAIN or tool.endswith("*") or tool.isupper():  # the patterns of `case`, and names of variables
        return None
    if tool == "archgen":
        return own_error(command[1:])
    if tool not in KNOWN:
        return f"{tool} is not a known tool"
    commands, words = KNOWN[tool]["commands"], _without_global_options(command[1:])
    name = max((n for n in commands if words[: len(n.split())] == n.split()), key=len, default=None)
    if name is None:
        return f"no such command: {' '.join(words[:4])}"
    allowed = {**KNOWN[tool]["options"], **commands[name]}
    if tool == "git":  # other tests run these procedures on real repositories
        return None
    for word in words[: words.index("--")] if "--" in words else words:
        option, _, value = word.partition("=")
        if not re.fullmatch(r"--?[a-z][a-z-]*", option) or (tool != "terraform" and not option.startswith("--")):
            continue
        if option not in allowed:
            return f"{name}: no such option: {option}"
        # gcloud reads the values of enumerations in any case; kubectl's formats may have a template after "=".
        choices = {choice.lower() for choice in allowed[option]}
        if choices and value.partition("=")[0].lower() not in choices:
            return f"{name}: {option} knows {', '.join(sorted(choices))}, not {value}"
    return None


def test_every_other_command_is_a_recorded_one(every_text: dict[str, str]) -> None:
    gcloud = set()
    for text, place in every_text.items():
        for command in (command for command in found_commands(text) if command.tool != "aws"):
            if command.tool == "gcloud":
                gcloud.add(command.text)
            error = recorded_error(command.words)
            assert error is None, (place, command.words, error)
    assert len(gcloud) > 200


@pytest.mark.parametrize(
    "wrong",
    [
        "gcloud sql instances fail-over x",
        "gcloud sql instances failover x --proyect=y",
        "gcloud redis instances failover x --region=r --data-protection-mode=some-data-loss",
        "kubectl drian x",
        "kubectl drain x --ignore-daemon-sets",
        "kubectl patch nodepool x --type=jsn",
        "argocd app synchronise x",
        "terraform state pop",
        "mkfs /dev/sda",
    ],
)
def test_the_record_catches_wrong_commands(wrong: str) -> None:
    assert recorded_error(shlex.split(wrong))


def test_nothing_is_printed_into_a_command_without_quoting() -> None:
    printed = 0
    lexer = EscapingEnvironment(DictLoader({}))
    for file in TEMPLATES.rglob("*.yaml"):
        for step in (yaml.safe_load(file.read_text()).get("steps") or {}).values():
            for body in filter(None, (step.get("run"), step.get("undo_run"))):
                tokens = [token for token in lexer.lex(body) if token[1] != "whitespace"]
                for n, (line, kind, _text) in enumerate(tokens):
                    if kind == "variable_end":
                        printed += 1
                        before = [text for _line, _kind, text in tokens[n - 2 : n]]
                        assert before == ["|", "sh"], f"{file.relative_to(ROOT)}: line {line} of a command: {body}"
    assert printed > 400


def test_naughty_strings_come_back_from_the_shell_byte_for_byte(reference: Project, tmp_path: Path) -> None:
    """Any text in the place of a name, a region or an id is one word of the command, and runs nothing."""
    own = tmp_path / "runbooks" / "say"
    own.mkdir(parents=True)
    (own / "say.yaml").write_text(
        "steps:\n  say:\n    title: Say it\n    run: |\n      printf '%s\\0' {{ word | sh }} --region={{ word | sh }}\n"
        "    expect: [{shows: it}]\n"
    )
    templates = Templates(tmp_path)
    facts = {"home": "", "home_title": "", "account": None, "region": "", "here": None}
    sayable = [text for text in BLNS if all(ord(c) >= 32 and ord(c) != 127 for c in text)]
    assert len(sayable) > 450
    script = []
    for text in sayable:
        (step,) = fill_in(templates, "runbooks/say/say.yaml", {**facts, "word": text})
        script.append(step.run or "")
    done = subprocess.run(["sh", "-c", "\n".join(script)], capture_output=True, check=True, cwd=tmp_path)
    assert done.stdout == b"".join(f"{text}\0--region={text}\0".encode() for text in sayable)
    assert done.stderr == b""
    assert {path.name for path in tmp_path.iterdir()} == {"runbooks"}


# -- content ---------------------------------------------------------------------------------------------


def test_names_and_regions_are_those_of_each_environment(built: Path) -> None:
    page = (built / "docs/architecture/runbooks/database-failover.md").read_text(encoding="utf-8")
    for environment in ("dev", "stg", "prod"):
        assert f"--db-instance-identifier innovate-{environment}-database" in page
        assert f"gcloud sql instances failover innovate-{environment}-database --project=innovate-{environment}" in page
    assert "444455556666" in page


def test_every_procedure_proves_the_place_first_and_verifies_at_the_end(
    every_procedure: dict[tuple[str, Coordinate], Procedure],
) -> None:
    for (name, coordinate), procedure in every_procedure.items():
        assert procedure.preparation or name == "break-glass", (name, coordinate)
        proves = "get-caller-identity" if coordinate.cloud == "aws" else "gcloud projects describe"
        acting = [step for step in procedure.steps if step.run and step.acts_on in ("cloud", "cluster", "database")]
        if acting and name != "break-glass":  # emergency access needs the role before it can prove anything
            assert proves in (acting[0].run or ""), (name, coordinate)
        changing = [n for n, step in enumerate(procedure.steps) if step.changes != "nothing"]
        if changing and len(procedure.steps) > 1:
            later = procedure.steps[changing[-1] :]
            assert any(step.expect or step.do for step in later), (name, coordinate)


def test_the_runbooks_that_were_asked_for_are_there_with_every_part() -> None:
    templates = Templates(ROOT / "templates")
    assert set(known(templates)) >= {
        "database-failover", "point-in-time-restore", "disaster-recovery-promote", "snapshot-copy-and-restore", "credential-rotation",
        "break-glass", "engineer-access", "node-drain", "spot-interruption", "cluster-upgrade", "waf-block", "certificate-failure",
        "threat-finding", "deploy-and-roll-back", "spa-roll-back", "egress-exhaustion", "zone-failure", "region-failover",
        "cache-failover", "database-scaling", "aurora-migration", "terraform-state", "log-archive-retrieval", "error-budget",
        "latency-budget", "cost-anomaly", "game-day",
    }  # fmt: skip
    assert SHARED not in known(templates)
    for name in known(templates):
        front = read(templates, name).front
        assert front.triggers, name
        assert front.when_not, name
        assert front.follow_up, name
        if front.destructive:
            assert re.search("irreversible|lost|kept", front.reversible), name


def test_the_page_leads_to_alerts_components_pictures_and_back(built: Path, reference: Project) -> None:
    pages_of = {
        page: (built / f"docs/architecture/{page}.md").read_text(encoding="utf-8")
        for page in ("runbooks/database-scaling", "observability", "components/database", "runbooks/index")
    }
    scaling = pages_of["runbooks/database-scaling"]
    assert "[Database under pressure](../observability.md)" in scaling
    assert "[PostgreSQL](../components/database.md) ([in its picture](../context.md#context-aws-database))" in scaling
    assert "<code>rds&#95;database</code> of [05&#45;data](../terraform/05-data.md)" in scaling
    assert "runbooks/database-scaling.md" in pages_of["observability"]
    assert "runbooks/zone-failure.md" in pages_of["components/database"]
    index = pages_of["runbooks/index"]
    order = index.split("{#all}")[1]
    assert order.index("(break-glass.md)") < order.index("(cost-anomaly.md)")  # critical before low
    for name, facts in runbooks_of(reference.resolved).items():
        assert index.count(f"({name}.md)") >= 2, name
        assert facts.owner in reference.resolved.default.document.teams


def test_runbooks_arrive_with_their_components(built: Path, reference: Project) -> None:
    names = {
        phase: set(reference.resolved.architectures[Coordinate("aws", "prod", phase)].document.runbooks)
        for phase in ("mvp", "growth", "scale")
    }
    assert names["growth"] - names["mvp"] == {"spot-interruption"}
    assert names["scale"] - names["growth"] == {"aurora-migration"}
    assert not (built / "docs/architecture/runbooks/spot-interruption.md").exists()


# -- rules -----------------------------------------------------------------------------------------------


def test_one_runbook_in_a_terminal(project: Path) -> None:
    result = archgen("runbook", "show", "database-failover", "--at", "gcp,stg", cwd=project)
    assert result.code == 0
    assert result.out.startswith("# Fail over the database\n")
    assert "gcloud sql instances failover innovate-stg-database --project=innovate-stg" in result.out
    assert "&#" not in result.out
    assert "<code>" not in result.out
    numbers = re.findall(r"(?m)^(\d+)\. ", result.out.partition("## Do this")[2].partition("\n## ")[0])
    assert numbers == [str(n) for n in range(1, 1 + len(numbers))]
    assert len(numbers) > 5
    for part in ("If it does not work", "Roll back", "Notify", "Escalate", "Follow up"):
        assert f"## {part}" in result.out
    planned = archgen("runbook", "show", "spot-interruption", "--at", "aws,prod,growth", cwd=project)
    assert re.search(r"kubectl --context innovate-aws-prod get nodepools?", planned.out)


@pytest.mark.parametrize("at", ["aws,prod", "gcp,prod"])
def test_a_way_back_is_named_before_the_steps_that_promote(project: Path, at: str) -> None:
    shown = archgen("runbook", "show", "deploy-and-roll-back", "--at", at, cwd=project).out.partition("## Do this")[2]
    found = re.match(
        r"\s+To roll back a bad release now, get in, do step (\d+), then go on with step (\d+): (.+)\.\n", shown
    )
    assert found
    check, step, title = found.groups()
    assert re.search(rf"(?m)^{check}\.\s+Check that you ", shown)
    assert re.search(rf"(?m)^{step}\.\s+{re.escape(title)}\. \[", shown)
    assert not re.search(rf"(?ms)^{step}\.\s.*^\d+\.\s+Promote ", shown)


def test_every_step_at_which_a_head_says_to_begin_is_linked(
    built: Path, every_procedure: dict[tuple[str, Coordinate], Procedure]
) -> None:
    page = (built / "docs/architecture/runbooks/deploy-and-roll-back.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(#([\w-]+)\)\.", page))
    assert {"aws-prod-last-good", "aws-prod-git-down", "gcp-stg-good-release"} <= linked
    assert all(f'id="{anchor}"' in page for anchor in linked)
    templates = Templates(ROOT / "templates")
    for name in known(templates):
        for start in read(templates, name).front.starts:
            assert set(start.at) & {s.id for (n, _), p in every_procedure.items() if n == name for s in p.steps}, name


def test_a_step_at_which_nothing_begins_is_reported(project: Path) -> None:
    head = (ROOT / "templates/runbooks/deploy-and-roll-back/runbook.yaml").read_text(encoding="utf-8")
    own = project / "templates/runbooks/deploy-and-roll-back/runbook.yaml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(head.replace("good-release, last-good", "good-release, last-god"), encoding="utf-8")
    result = archgen("validate", cwd=project)
    assert "no file of this runbook has a step 'last-god'" in result.out + result.err
    assert "did you mean 'last-good'?" in result.out + result.err


def test_what_cannot_be_shown_is_reported(project: Path) -> None:
    wrong = archgen("runbook", "show", "database-fallover", cwd=project)
    assert wrong.code == 2
    assert "did you mean 'database-failover'?" in wrong.err
    early = archgen("runbook", "show", "spot-interruption", "--at", "aws,prod,mvp", cwd=project)
    assert early.code == 2
    assert "does not exist at aws, prod, mvp" in early.err
    assert archgen("runbook", "show", cwd=project).code == 2
    assert archgen("runbook", "list", "--today", "now", cwd=project).code == 2
