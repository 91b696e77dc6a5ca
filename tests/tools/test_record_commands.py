"""Recording the commands that runbooks call."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from conftest import ROOT
from small_repositories import git, release
from tools.command_trees import UnknownCommandError, argocd_command, gcloud_command, gcloud_tree, kubectl_command
from tools.record_commands import TOOLS, calls_in, main
from tools.recorded import COMMANDS, recorded_problem

GCLOUD = gcloud_tree(
    "# a comment\nSTATIC_COMPLETION_CLI_TREE = "
    + repr(
        {
            "commands": {
                "sql": {
                    "commands": {
                        "instances": {
                            "commands": {
                                "failover": {"commands": {}, "flags": {"--async": "bool", "--edition": ["a", "b"]}}
                            },
                            "flags": {},
                        }
                    },
                    "flags": {},
                }
            },
            "flags": {"--project": "dynamic"},
        }
    )
)

KUBECTL = {
    "--help": "Controls clusters.\n\nBasic Commands (Beginner):\n  get           Display one\n  apply         Apply\n\n"
    "Other Commands:\n  top           Display usage\n\nUsage:\n  kubectl [flags] [options]\n",
    "get --help": "Display one.\n\nExamples:\n  kubectl get  pods\n\nOptions:\n    -A, --all-namespaces=false:\n\tAll.\n\n"
    "    -o, --output='':\n\tOutput format. One of: (json, yaml, custom-columns).\n\nUsage:\n  kubectl get [options]\n",
    "apply --help": "Apply.\n\nAvailable Commands:\n  view-last-applied  View\n\nOptions:\n    --server-side=false:\n\tSo.\n\n"
    "Usage:\n  kubectl apply (-f FILENAME | -k DIRECTORY) [options]\n",
    "top --help": "Display usage.\n\nAvailable Commands:\n  node          Nodes\n  pod           Pods\n\nUsage:\n  kubectl top\n",
    "top nodes --help": "Nodes.\n\nAliases:\nnode, nodes, no\n\nOptions:\n    --sort-by='':\n\tIf non-empty. Either cpu or memory.\n",
    "top nodez --help": "Display usage.\n\nAvailable Commands:\n  node          Nodes\n",
    "options": "The following:\n\n    -n, --namespace='':\n\tThe scope\n",
}

ARGOCD = {
    "argocd.md": "# argocd\n",
    "argocd_app.md": "# argocd app\n",
    "argocd_app_sync.md": "### Options\n\n```\n      --prune           Prune\n"
    "  -o, --output string   Output format. One of: json|yaml|tree=detailed\n```\n\n"
    "### Options inherited from parent commands\n\n```\n      --grpc-web   Web\n```\n",
}

RUNBOOK = """\
Call `gcloud sql instances failover` or look:

1.  **Drain.**

    ```bash
    kubectl get pods --output=json | grep x; git push origin {{ branch | sh }}
    ZONE=$(gcloud sql instances \\
      failover {{ name | sh }} --async)
    argocd app sync {{ name | sh }}
    ```

    ```sql
    kubectl get nothing
    ```
"""


def kubectl(arguments: list[str]) -> str:
    return KUBECTL.get(" ".join(arguments), "")


def test_gcloud_commands_have_an_inverse_of_each_switch_and_the_values_of_enumerations() -> None:
    found = gcloud_command(GCLOUD, ["sql", "instances", "failover", "x"])
    assert found.name == "sql instances failover"
    assert found.options == {"--async": [], "--edition": ["a", "b"], "--no-async": []}


def test_kubectl_commands_are_found_by_name_or_alias() -> None:
    assert kubectl_command(kubectl, ["get", "pods"]).options == {
        "--all-namespaces": [],
        "--output": ["custom-columns", "json", "yaml"],
    }
    assert kubectl_command(kubectl, ["top", "nodes"]).name == "top nodes"


def test_a_kubectl_command_with_subcommands_can_also_be_run_alone() -> None:
    assert kubectl_command(kubectl, ["apply"]).options == {"--server-side": []}
    assert kubectl_command(kubectl, ["apply", "--server-side"]).name == "apply"


def test_argocd_commands_have_inherited_options_too() -> None:
    found = argocd_command(ARGOCD, ARGOCD.__getitem__, ["app", "sync", "x"])
    assert found.name == "app sync"
    assert found.options == {"--grpc-web": [], "--output": ["json", "tree=detailed", "yaml"], "--prune": []}


@pytest.mark.parametrize(
    ("find", "words", "unknown"),
    [
        (lambda words: gcloud_command(GCLOUD, words), "sql instances fail-over x", "sql instances fail-over"),
        (lambda words: gcloud_command(GCLOUD, words), "sql", "sql"),
        (lambda words: kubectl_command(kubectl, words), "drian x", "drian"),
        (lambda words: kubectl_command(kubectl, words), "top nodez", "top nodez"),
        (lambda words: kubectl_command(kubectl, words), "top", "top"),
        (lambda words: argocd_command(ARGOCD, ARGOCD.__getitem__, words), "app synchronise x", "app synchronise"),
        (lambda words: argocd_command(ARGOCD, ARGOCD.__getitem__, words), "", ""),
    ],
)
def test_a_command_that_the_tool_does_not_have_is_refused(find, words: str, unknown: str) -> None:
    with pytest.raises(UnknownCommandError) as caught:
        find(words.split())
    assert str(caught.value) == unknown


def test_calls_are_found_in_shell_blocks_and_inline_code(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text(RUNBOOK)
    assert [(c.place, c.tool, " ".join(c.words)) for c in calls_in(tmp_path)] == [
        ("x.md:1", "gcloud", "sql instances failover"),
        ("x.md:6", "kubectl", "get pods"),
        ("x.md:6", "git", "push origin"),
        ("x.md:7", "gcloud", "sql instances failover"),
        ("x.md:9", "argocd", "app sync"),
    ]


def program(folder: Path, name: str, answers: dict[str, str]) -> None:
    """A program on the path that prints the answer for its arguments."""
    cases = "".join(f"'{arguments}') cat <<'EOF'\n{text}\nEOF\n;;\n" for arguments, text in answers.items())
    (folder / name).write_text(f'#!/bin/sh\ncase "$*" in\n{cases}esac\n')
    (folder / name).chmod(stat.S_IRWXU)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with runbooks, a checkout of Argo CD, and programs of which only kubectl and gcloud are there."""
    for name in ("runbooks", "bin", "sdk/data/cli", "checkouts/argo-cd"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "runbooks/x.md").write_text(RUNBOOK.replace("; git push origin {{ branch | sh }}", ""))
    (tmp_path / "sdk/data/cli/gcloud_completions.py").write_text(f"TREE = {GCLOUD!r}\n")
    versions = {"Google Cloud SDK": "528.0.0", "core": "2025.06.20"}
    program(
        tmp_path / "bin",
        "gcloud",
        {
            "version --format=json": json.dumps(versions),
            "info --format=value(installation.sdk_root)": str(tmp_path / "sdk"),
        },
    )
    client = {"clientVersion": {"gitVersion": "v1.32.4", "buildDate": "2025-05-15T20:09:34Z"}}
    program(tmp_path / "bin", "kubectl", {**KUBECTL, "version --client --output=json": json.dumps(client)})
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr("tools.record_commands.TOOLS", ("argocd", "gcloud", "kubectl", "terraform"))
    monkeypatch.setattr("shutil.which", lambda name: str(tmp_path / "bin" / name) if name != "terraform" else None)
    repository = tmp_path / "checkouts/argo-cd"
    git(repository, "init", "-q")
    release(repository, "v3.5.1", "2026-08-22", {f"docs/user-guide/commands/{n}": t for n, t in ARGOCD.items()})
    return tmp_path


def record(place: Path, *arguments: str) -> int:
    folders = ("--runbooks", place / "runbooks", "--into", place / "commands.json", "--checkouts", place / "checkouts")
    return main([*map(str, folders), "--today", "2026-11-25", *arguments])


def test_commands_are_recorded_from_installed_tools_and_a_repository(place: Path) -> None:
    assert record(place) == 0
    text = (place / "commands.json").read_text()
    assert recorded_problem(text, "record_commands") is None
    tools = json.loads(text)["tools"]
    assert {name: (tool["revision"], tool["date"], list(tool["commands"])) for name, tool in tools.items()} == {
        "argocd": ("v3.5.1", "2026-08-22", ["app sync"]),
        "gcloud": ("528.0.0", "2025-06-20", ["sql instances failover"]),
        "kubectl": ("v1.32.4", "2025-05-15", ["get"]),
    }
    assert tools["kubectl"]["options"] == {"--namespace": []}
    assert record(place, "--check") == 0


def test_a_tool_that_is_not_here_keeps_its_record(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(place)
    before = (place / "commands.json").read_bytes()
    (place / "checkouts/argo-cd").rename(place / "gone")
    assert record(place) == 0
    assert (place / "commands.json").read_bytes() == before
    said = capsys.readouterr().err
    assert "argocd: kept as recorded: " in said
    assert "terraform: kept as recorded: it is not installed here\n" in said


def test_a_runbook_with_an_unknown_command_is_reported_with_its_line(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = place / "runbooks/x.md"
    file.write_text(file.read_text().replace("argocd app sync", "argocd app synchronise"))
    assert record(place) == 1
    assert "x.md:9: argocd v3.5.1 has no command 'app synchronise'\n" in capsys.readouterr().err
    assert not (place / "commands.json").exists()


def test_everything_that_runbooks_call_even_in_running_text_is_recorded() -> None:
    tools = json.loads(COMMANDS.read_text())["tools"]
    assert sorted(tools) == sorted(TOOLS)
    calls = list(calls_in(ROOT / "templates/runbooks"))
    assert len(calls) > 100
    used = set()
    for call in calls:
        said = " ".join((*call.words, ""))
        names = {(call.tool, name) for name in tools[call.tool]["commands"] if said.startswith(f"{name} ")}
        assert names, call
        used |= names
    assert used == {(tool, name) for tool, entry in tools.items() for name in entry["commands"]}
