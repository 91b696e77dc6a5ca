"""Runs the commands of a step in a shell whose variables and files come from the steps before, and go to the steps after."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from archgen.records import dataclass
from archgen.rehearsal.workshop import Server, Workshop, World
from archgen.runbooks.steps import assignment

LIMIT = 90  # seconds for the commands of one step
# Variables that belong to the shell itself, or to the rehearsal, and do not move to the next step.
_OWN = "AWS_*|BASH*|COMP_*|DIRSTACK|EPOCH*|EUID|FUNCNAME|GROUPS|HOME|HOST*|IFS|LINENO|MACHTYPE|OLDPWD|OPT*|OSTYPE|PATH"
_OWN += "|PIPESTATUS|PPID|PS4|PWD|RANDOM|REHEARSAL_*|SECONDS|SHELL*|SHLVL|SRANDOM|TERM|UID|_*"
_SCRIPT = f"""\
__save() {{
  for __name in $(compgen -v); do case $__name in {_OWN}) ;; *) declare -p "$__name";; esac; done > "$REHEARSAL_STATE.new"
  (unset -f __save; declare -f) >> "$REHEARSAL_STATE.new"
  pwd > "$REHEARSAL_STATE.folder"
  mv "$REHEARSAL_STATE.new" "$REHEARSAL_STATE"
}}
export REHEARSAL_SHELL=$$
[ -f "$REHEARSAL_STATE" ] && . "$REHEARSAL_STATE"
[ -f "$REHEARSAL_STATE.folder" ] && cd "$(cat "$REHEARSAL_STATE.folder")"
trap __save EXIT
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the commands of a step printed, with their exit code, the calls of the AWS CLI, and the programs that a rehearsal refuses."""

    text: str
    code: int
    calls: tuple[tuple[tuple[str, ...], int], ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """Where the commands of a step run: a server with a copy of a world, and the account and region that the person signed in to.

    `patience` is after how many pauses a loop that waits is ended.
    """

    world: World
    server: Server
    account: str
    region: str
    patience: int = 100


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder with the state of a shell session."""

    folder: Path
    workshop: Workshop

    def copy(self, name: str) -> Shell:
        """Another shell with the same variables and files."""
        there = self.folder.with_name(f"{self.folder.name}.{name}")
        shutil.copytree(self.folder, there, symlinks=True)
        state = there / "state.folder"
        if state.exists():
            state.write_text(state.read_text(encoding="utf-8").replace(str(self.folder), str(there)), encoding="utf-8")
        return Shell(there, self.workshop)

    def empty(self) -> None:
        """Delete the files that steps made, and go back to the folder in which the session began."""
        shutil.rmtree(self.folder / "files")
        (self.folder / "state.folder").unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the files of the session."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, command: str, values: Mapping[str, str], visit: Visit) -> Reply:
        """The answer to commands. `values` are variables that the person sets first."""
        for name in ("calls", "refused", "pauses"):
            (self.folder / name).write_text("", encoding="utf-8")
        (self.folder / "files").mkdir(exist_ok=True)
        (self.folder / "home").mkdir(exist_ok=True)
        self._sign_in(visit)
        asked = "".join(f"{assignment(name, value)}\n" for name, value in values.items())
        (self.folder / "script").write_text(_SCRIPT + asked + command + "\n", encoding="utf-8")
        text, code = _output(["bash", "--noprofile", "--norc", str(self.folder / "script")], self.folder / "files", {
            "AWS_CONFIG_FILE": str(self.folder / "config"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{visit.server.port}",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
            "AWS_PROFILE": visit.account,
            "AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "credentials"),
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "GIT_TERMINAL_PROMPT": "0",
            "HOME": str(self.folder / "home"),
            "LC_ALL": "C.UTF-8",
            "PATH": str(self.workshop.programs),
            "REHEARSAL_CALLS": str(self.folder / "calls"),
            "REHEARSAL_PATIENCE": str(visit.patience),
            "REHEARSAL_PAUSES": str(self.folder / "pauses"),
            "REHEARSAL_REFUSED": str(self.folder / "refused"),
            "REHEARSAL_STATE": str(self.folder / "state"),
        })  # fmt: skip
        calls = [json.loads(line) for line in (self.folder / "calls").read_text(encoding="utf-8").splitlines()]
        refused = (self.folder / "refused").read_text(encoding="utf-8").split()
        return Reply(text, code, tuple((tuple(words), code) for words, code in calls), tuple(sorted(set(refused))))

    def _sign_in(self, visit: Visit) -> None:
        """Write a profile for each account of the world, named by its number."""
        lines = []
        for account, keys in visit.world.keys.items():
            lines += [
                f"[profile {account}]",
                f"region = {visit.region}",
                f"aws_access_key_id = {keys['AccessKeyId']}",
                f"aws_secret_access_key = {keys['SecretAccessKey']}",
                f"aws_session_token = {keys['SessionToken']}",
            ]
        (self.folder / "config").write_text("\n".join(lines) + "\n", encoding="utf-8")
        name = "[user]\nname = Rehearsal\nemail = rehearsal@example.com\n[init]\ndefaultBranch = main\n"
        (self.folder / "gitconfig").write_text(name, encoding="utf-8")


def _output(words: list[str], folder: Path, environment: dict[str, str]) -> tuple[str, int]:
    """What a process and all that it starts print on both streams, and its exit code; 124 if it takes longer than the limit."""
    process = subprocess.Popen(
        words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    )  # fmt: skip
    try:
        out, _ = process.communicate(timeout=LIMIT)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        code = 124
    return out.decode("utf-8", "replace"), code
