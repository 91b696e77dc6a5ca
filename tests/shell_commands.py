"""The commands in the shell blocks of a page, each as a list of words with variables filled in, and checks of them by their tools."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from types import FunctionType
from typing import Any

import pytest

BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)
OPERATORS = {"|", "||", "&&", ";", ">", ">>", "<", "2>"}
TIME = "2026-01-31T12:00:00Z"


def blocks(text: str) -> list[str]:
    """The shell blocks of a page, without indentation."""
    found = []
    for block in BLOCK.findall(text):
        lines = block.rstrip().splitlines()
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        body = "\n".join(line[indent:] for line in lines)
        assert _read_by_a_shell(body) == "", body
        found.append(body)
    return found


@cache
def _read_by_a_shell(body: str) -> str:
    """The errors of a shell that parses the text without running it."""
    done = subprocess.run(["bash", "-n"], input=body, text=True, check=False, capture_output=True)
    return done.stderr


def commands(text: str) -> list[list[str]]:
    """Every command of a page, including those in `$(…)` and after `|`."""
    variables: dict[str, str] = {}
    found: list[list[str]] = []
    for body in blocks(text):
        for line in body.replace("\\\n", " ").splitlines():
            found += _of_line(line.strip(), variables)
    return found


def _of_line(line: str, variables: dict[str, str]) -> Iterator[list[str]]:
    assigned = re.fullmatch(r"([A-Z_]+)=(.*)", line)
    inside = re.fullmatch(r"\$\((.*)\)", assigned[2]) if assigned else None
    if assigned and inside:
        yield from _of_line(inside[1], variables)
        variables[assigned[1]] = TIME if inside[1].startswith("date ") else "i-0123456789abcdef0"
        return
    if assigned and " " not in _without_quotes(assigned[2]):
        variables[assigned[1]] = "".join(shlex.split(assigned[2]))
        return
    for nested in re.findall(r"\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)", line):
        yield from _of_line(nested, variables)
    line = re.sub(r"\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)", "substituted-value-0123456789", line)
    line = re.sub(r"\$\{?([A-Z_]+)(?:##\*/)?\}?", lambda m: variables.get(m[1], f"unset:{m[1]}"), line)
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>;&")
    lexer.whitespace_split = True
    command: list[str] = []
    skip = False
    for word in lexer:
        if set(word) <= set("|<>;&") and word:
            if "<" in word or ">" in word:
                skip = True  # the file
                if command and command[-1] == "2":
                    command.pop()
                continue
            if command:
                yield command
            command = []
        elif skip:
            skip = False
        else:
            command.append(word)
    if command:
        yield command


def _without_quotes(text: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "", text)


# -- the AWS CLI -------------------------------------------------------------------------------------------


def aws_error(command: list[str]) -> str | None:
    """The error of the AWS CLI, or of its models, for a command; None if it would call AWS."""
    from awscli import clidriver
    from awscli.customizations import waiters

    called: list[tuple[Any, ...]] = []

    def instead(_self: object, *arguments: Any, **_more: Any) -> int:
        called.append(arguments)
        return 0

    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(out), contextlib.redirect_stdout(out):
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        patch.setattr(clidriver.CLIOperationCaller, "invoke", instead)
        patch.setattr(waiters.WaiterCaller, "invoke", instead)
        patch.setattr("botocore.session.create_loader", _loader)  # `botocore` is what awscli brings
        patch.setattr("botocore.hooks.accepts_kwargs", _accepts_kwargs)
        for custom in CUSTOM:
            patch.setattr(custom, instead)
        try:
            code = clidriver.create_clidriver().main(command[1:])  # a new driver, since a used one keeps options
        except SystemExit as stop:
            code = stop.code
    if code != 0 or not called:
        return f"{code}: {out.getvalue()}"
    return _model_error(*called[0][:3]) if len(called[0]) >= 3 and isinstance(called[0][2], dict) else None


@cache
def _loader(search_path: str | None = None) -> Any:
    """What reads the models of services. One for all commands: it keeps what it has read, and nothing about a command."""
    from botocore.loaders import create_loader

    return create_loader(search_path)


def _accepts_kwargs(handler: Any) -> bool:
    """Whether a handler accepts any keyword. Every new driver asks this about the same hundreds of functions."""
    function = getattr(handler, "__func__", handler)  # a method would keep its driver alive
    return _asked_once(function) if isinstance(function, FunctionType) else bool(_asked_once.__wrapped__(handler))


@cache
def _asked_once(function: Any) -> bool:
    from botocore.compat import accepts_kwargs

    return bool(accepts_kwargs(function))


@cache
def _session() -> Any:
    import botocore.session

    session = botocore.session.get_session()
    session.register_component("data_loader", _loader())
    return session


# Commands that consist of several operations, with the method that runs after their arguments were parsed.
CUSTOM = (
    "awscli.customizations.eks.update_kubeconfig.UpdateKubeconfigCommand._run_main",
    "awscli.customizations.s3.subcommands.S3TransferCommand._run_main",
    "awscli.customizations.sessionmanager.StartSessionCaller.invoke",
    "awscli.customizations.cloudtrail.validation.CloudTrailValidateLogs._run_main",
)


def _model_error(service: str, operation: str, parameters: dict[str, Any]) -> str | None:
    """The errors in the parameters of an operation by its model: types, lengths, required members, and enumerations."""
    from botocore.validate import ParamValidator

    shape = _session().get_service_model(service).operation_model(operation).input_shape
    if shape is None:
        return None
    tokens = {
        n: "x" * 36 for n, m in shape.members.items() if m.metadata.get("idempotencyToken") and n not in parameters
    }
    report = ParamValidator().validate({**tokens, **parameters}, shape)
    wrong = [report.generate_report()] if report.has_errors() else []
    return "; ".join([*wrong, *_enums(parameters, shape, operation)]) or None


def _enums(value: Any, shape: Any, path: str) -> Iterator[str]:
    match shape.type_name:
        case "structure":
            for name, member in shape.members.items():
                if name in value:
                    yield from _enums(value[name], member, f"{path}.{name}")
        case "list":
            for item in value:
                yield from _enums(item, shape.member, path)
        case "map":
            for item in value.values():
                yield from _enums(item, shape.value, path)
        case "string" if getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{path}: {value} is none of {', '.join(shape.enum)}"
