"""moto's server as a program whose state can be copied: each world of resources is filled once, and every trial gets a copy of it.

A process that has a world in memory forks for each trial, so a copy takes milliseconds and no trial sees what another one
changed. The program needs moto only: `python emulator.py SOCKET` also runs with an interpreter in which archgen is not installed.

It listens on a Unix socket and answers one JSON object in a line with another one:

    {"do": "load", "places": [[SERVICE, ACCOUNT, REGION], ...]}   what these need is in memory, for all worlds that are made later
    {"do": "world", "socket": PATH, "calls": [...], "accounts": [...]}   a new process, which makes the calls and listens at PATH
    {"do": "serve"}                                   a server with a copy of the world: {"port": ..., "pid": ...}
    {"do": "end"}                                     the process ends

A call is {"service", "operation", "with", "account", "region", "as", "scope", "optional"}. `as` keeps the answer, and the text
`@NAME.PATH` in a later call of the same scope is the value at a JMESPath in it. {"of", "after"} is the part of a text after another
one. A call {"value", "is", "scope"} keeps such a value by name, for the answer to the request for a world.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

ROLE = "arn:aws:iam::{}:role/rehearsal"


class Contents:
    """The resources of a world, in the memory of this process."""

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, str]] = {}  # credentials by account
        self.kept: dict[str, Any] = {}  # answers by scope and name
        self.failures: list[str] = []
        self.values: dict[str, str] = {}  # by scope and name
        self._clients: dict[tuple[str, str, str], Any] = {}

    def fill(self, calls: list[dict[str, Any]], accounts: list[str]) -> None:
        """Make keys for accounts, then make calls, in order. Those that fail are noted, except optional ones."""
        from moto import mock_aws

        mock = mock_aws()
        mock.start(reset=False)
        try:
            for account in accounts:
                self._keys_of(account)
            for call in calls:
                self._call(call)
        finally:
            mock.stop(remove_data=False)

    def _call(self, call: dict[str, Any]) -> None:
        place = f"{call['service']} {call['operation']} ({call.get('scope', '')})"
        try:
            if "value" in call:
                self.values[f"{call['scope']}/{call['value']}"] = str(self._resolved(call["is"], call["scope"]))
                return
            arguments = _lasting(self._resolved(call.get("with", {}), call.get("scope", "")))
            answer = self._made(call, arguments)
        except Exception as error:  # moto raises any class for what it does not implement
            if not call.get("optional"):
                self.failures.append(f"{place}: {type(error).__name__}: {error}"[:400])
            return
        if "as" in call:
            answer.pop("ResponseMetadata", None)
            self.kept[f"{call.get('scope', '')}/{call['as']}"] = answer

    def _made(self, call: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
        if call["operation"] == "state_cost_and_usage":
            return self._state_costs(call["account"], arguments)
        client = self._client(call["service"], call["region"], call["account"])
        return dict(getattr(client, call["operation"])(**arguments))

    def _state_costs(self, account: str, answer: dict[str, Any]) -> dict[str, Any]:
        """Let the emulator give this answer to the next new question about costs."""
        from moto.backends import get_backend
        from moto.utilities.utils import get_partition

        get_backend("ce")[account][get_partition("us-east-1")].cost_usage_results_queue.append(answer)
        return {}

    def _client(self, service: str, region: str, account: str) -> Any:
        import boto3

        place = service, region, account
        if place not in self._clients:
            keys = self._keys_of(account)
            self._clients[place] = boto3.client(
                service,
                region_name=region,
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["SessionToken"],
            )
        return self._clients[place]

    def _keys_of(self, account: str) -> dict[str, str]:
        if account not in self.keys:
            import boto3

            client = boto3.client("sts", "us-east-1", aws_access_key_id="rehearsal", aws_secret_access_key="rehearsal")
            answer = client.assume_role(RoleArn=ROLE.format(account), RoleSessionName="rehearsal")
            self.keys[account] = {name: str(value) for name, value in answer["Credentials"].items()}
        return self.keys[account]

    def _resolved(self, value: Any, scope: str) -> Any:
        if isinstance(value, dict):
            if set(value) == {"of", "after"}:
                return str(self._resolved(value["of"], scope)).rpartition(value["after"])[2]
            return {key: self._resolved(inner, scope) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._resolved(inner, scope) for inner in value]
        if isinstance(value, str) and value.startswith("@"):
            import jmespath

            name, _, path = value[1:].partition(".")
            found = jmespath.search(path, self.kept[f"{scope}/{name}"])
            if found is None:
                raise LookupError(f"nothing at {value}")
            return found
        return value


def _lasting(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call; metrics without a time are repeated for an hour, since commands ask for the last minutes."""
    data = arguments.get("MetricData", [])
    if not data or any("Timestamp" in datum for datum in data):
        return arguments
    times = [time.time() + 120 * number for number in range(-5, 30)]
    return {**arguments, "MetricData": [{**datum, "Timestamp": at} for at in times for datum in data]}


def listen(door: socket.socket, world: Contents) -> None:
    """Answer requests until one says `end` or the process that started this one has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _end_with_parent()
    while True:
        connection, _ = door.accept()
        with connection, connection.makefile("rw") as stream:
            request = json.loads(stream.readline())
            if request["do"] == "end":
                return
            if request["do"] == "load":
                _load(request["places"])
                _keep_objects()
                _print(stream, {})
            elif not os.fork():
                _answer(request, stream, world, door)


def _keep_objects() -> None:
    """Let no copy of this process look at the objects that there are when it looks for garbage: that would copy all of them."""
    gc.collect()
    gc.freeze()


def opened(path: str) -> socket.socket:
    """A socket that listens at a path."""
    Path(path).unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX)
    door.bind(path)
    door.listen(64)
    return door


@cache
def _application() -> Any:
    """The server's application, whose parts for services all worlds and trials share."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    return DomainDispatcherApplication(create_backend_app)


def _load(places: list[list[str]]) -> None:
    """Load what services need, and make their empty backends in accounts and regions, which some of them take a second for."""
    import boto3
    from moto import backends
    from moto.core.utils import get_service_model

    parts, make_part = _application().app_instances, _application().create_app
    get_backend: Any = backends.get_backend  # its types know only the names of services that are written out
    for service, account, region in places:
        with contextlib.suppress(ImportError, ValueError, KeyError):
            get_backend(service)[account][region]  # services that have no regions raise KeyError
            get_service_model(service)
            if service not in parts:
                parts[service] = make_part(service)
        boto3.client(service, region, aws_access_key_id="rehearsal", aws_secret_access_key="rehearsal")


def _share_definitions() -> None:
    """Let all clients and all of moto read the definition of a service only once."""
    import botocore.loaders
    import botocore.session

    once = cache(botocore.loaders.create_loader)
    botocore.loaders.create_loader = once
    botocore.session.create_loader = once


def _replace_validator() -> None:
    """Let moto load API Gateway without the package with which it checks imported API documents; rehearsals import none."""
    name = "openapi_spec_validator"
    if importlib.util.find_spec(name):
        return

    def validate(document: Any) -> NoReturn:
        raise NotImplementedError(f"{name} is not installed")

    package, validation, exceptions = map(ModuleType, (name, f"{name}.validation", f"{name}.validation.exceptions"))
    vars(package)["validate"] = validate
    vars(exceptions)["OpenAPIValidationError"] = type("OpenAPIValidationError", (Exception,), {})
    sys.modules.update({module.__name__: module for module in (package, validation, exceptions)})


def _answer(request: dict[str, Any], stream: Any, world: Contents, door: socket.socket) -> None:
    """Be the world or the server that was asked for, in this process, which ends here."""
    try:
        door.close()
        if request["do"] == "world":
            world.fill(request["calls"], request["accounts"])
            _keep_objects()
            own = opened(request["socket"])
            _print(stream, {"keys": world.keys, "failures": world.failures, "values": world.values})
            stream.close()
            listen(own, world)
        else:
            _serve(stream)
    finally:
        os._exit(0)


def _print(stream: Any, answer: dict[str, Any]) -> None:
    stream.write(json.dumps(answer) + "\n")
    stream.flush()


def _serve(stream: Any) -> None:
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _end_with_parent()
    server = make_server("127.0.0.1", 0, _application(), threaded=True)
    _print(stream, {"port": server.port, "pid": os.getpid()})
    stream.close()
    server.serve_forever()


def _end_with_parent() -> None:
    """End this process when the one that started it has ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Listen at the socket that is named as the argument."""
    os.environ["MOTO_ACM_VALIDATION_WAIT"] = "0"
    _share_definitions()
    _replace_validator()
    import moto.server  # noqa: F401  # loaded once for all copies

    listen(opened(sys.argv[1]), Contents())


if __name__ == "__main__":
    main()
