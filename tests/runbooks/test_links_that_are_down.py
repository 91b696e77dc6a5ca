"""Steps for a VPN that is down, run by a shell with programs that answer from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_further_kinds import model
from test_google_steps import run
from test_unanswered_questions import fake, shown, step_of

from archgen.runbooks.steps import FilledStep

BYTES = {"TunnelDataIn": "52000", "TunnelDataOut": "48000"}


def step(cloud: str, id_: str) -> FilledStep:
    """A step for the VPN in production."""
    return step_of(model().resolved.standing(cloud, "prod"), "link-down", id_)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "PASSES-IN-BOTH-DIRECTIONS"),
        ({"TunnelDataIn": "0"}, "NOT IN BOTH"),
        ({"TunnelDataOut": "0"}, "NOT IN BOTH"),
        ({"TunnelDataIn": "0", "TunnelDataOut": "0"}, "NOT IN BOTH"),
    ],
)
def test_traffic_has_to_pass_in_both_directions(changed: dict[str, str], told: str, tmp_path: Path) -> None:
    flows = step("aws", "flows")
    answer = run(tmp_path, flows.run or "", {"aws": fake(BYTES | changed)}, VPN="vpn-1")
    assert told in answer
    assert shown(flows, answer) is (not changed)


@pytest.mark.parametrize("id_", ["traffic", "flows"])
@pytest.mark.parametrize("failing", list(BYTES))
def test_a_question_about_traffic_that_fails_is_not_taken_for_zero(id_: str, failing: str, tmp_path: Path) -> None:
    asked = step("aws", id_)
    answer = run(tmp_path, asked.run or "", {"aws": fake(BYTES, failing)}, VPN="vpn-1")
    assert "NO ANSWER" in answer
    assert not shown(asked, answer)


REPLACED = (  # the tunnels and their states, what is told, and whether the tunnel is replaced
    ("198.51.100.7 DOWN,198.51.100.8 UP", "REPLACEMENT-BEGAN True", True),
    ("198.51.100.7 DOWN,198.51.100.8 DOWN", "REPLACEMENT-BEGAN True", True),
    ("198.51.100.7 UP,198.51.100.8 UP", "REPLACEMENT-BEGAN True", True),
    ("198.51.100.7 UP,198.51.100.8 DOWN", "THE-ONLY-ONE-THAT-WORKS", False),
    ("198.51.100.8 UP,198.51.100.9 UP", "NOT-A-TUNNEL-OF-IT", False),
    ("None", "NO ANSWER", False),
    ("", "NO ANSWER", False),
)


def listed(tunnels: str) -> str:
    """The body of a program that lists tunnels, each with its address and its state."""
    lines = "".join(f"{tunnel}\\n" for tunnel in tunnels.replace(" ", "\\t").split(",") if tunnel)
    return f"""case "$*" in *describe*) printf '{lines}';; *replace*) echo True;; esac"""


@pytest.mark.parametrize(("tunnels", "told", "replaced"), REPLACED)
def test_the_only_tunnel_that_works_is_not_replaced(tunnels: str, told: str, replaced: bool, tmp_path: Path) -> None:
    replace = step("aws", "replace")
    answer = run(tmp_path, replace.run or "", {"aws": listed(tunnels)}, VPN="vpn-1", TUNNEL="198.51.100.7")
    assert told in answer
    assert ("replace-vpn-tunnel" in (tmp_path / "calls").read_text()) is replaced
    assert shown(replace, answer) is replaced


def test_a_question_that_fails_replaces_nothing(tmp_path: Path) -> None:
    replace = step("aws", "replace")
    answer = run(tmp_path, replace.run or "", {"aws": "exit 254"}, VPN="vpn-1", TUNNEL="198.51.100.7")
    assert "NO ANSWER" in answer
    assert "replace-vpn-tunnel" not in (tmp_path / "calls").read_text()


@pytest.mark.parametrize(("states", "up"), [("a UP,b UP", True), ("a UP,b DOWN", False), ("a UP", False), ("", False)])
def test_both_tunnels_have_to_be_up(states: str, up: bool, tmp_path: Path) -> None:
    both = step("aws", "both")
    answer = run(tmp_path, both.run or "", {"aws": listed(states)}, VPN="vpn-1")
    assert shown(both, answer) is up


def test_no_step_prints_or_keeps_the_keys_of_the_tunnels() -> None:
    for cloud in ("aws", "gcp"):
        for id_ in ("look", "tunnels") if cloud == "aws" else ("look", "all"):
            for line in (step(cloud, id_).run or "").splitlines():
                assert "describe-vpn-connections" not in line or "--query" in line
                assert "vpn-tunnels list" not in line or "--format='json(name,status" in line or "value(status)" in line


def tunnel(name: str, status: str = "ESTABLISHED") -> dict[str, object]:
    """A tunnel as gcloud lists it."""
    return {"name": name, "status": status, "router": "https://x/routers/ops-prod-router", "vpnGatewayInterface": 1}


def test_no_tunnel_is_not_a_state(tmp_path: Path) -> None:
    look = step("gcp", "look")
    listed = json.dumps([tunnel("ops-prod-office-link-1", "NO_INCOMING_PACKETS")])
    answer = run(tmp_path, look.run or "", {"gcloud": f"echo '{listed}'"})
    assert "TUNNEL ops-prod-office-link-1 NO_INCOMING_PACKETS on interface 1" in answer
    assert "--filter=vpnGateway~/ops-prod-office-link$ " in (tmp_path / "calls").read_text()
    for gcloud in ("echo '[]'", "exit 1"):
        assert not shown(look, run(tmp_path, look.run or "", {"gcloud": gcloud}))


GOOD = [{"name": "a", "status": "UP", "numLearnedRoutes": 3}, {"name": "b", "status": "UP", "numLearnedRoutes": 1}]
ENDS = (  # the states of the tunnels, the sessions, and whether all is well
    ("ESTABLISHED ESTABLISHED", GOOD, True),
    ("ESTABLISHED", GOOD, False),
    ("ESTABLISHED FIRST_HANDSHAKE", GOOD, False),
    ("", GOOD, False),
    ("ESTABLISHED ESTABLISHED", [], False),
    ("ESTABLISHED ESTABLISHED", [GOOD[0], {"name": "b", "status": "DOWN"}], False),
    ("ESTABLISHED ESTABLISHED", [GOOD[0], {"name": "b", "status": "UP", "numLearnedRoutes": 0}], False),
)


@pytest.mark.slow
@pytest.mark.parametrize(("states", "sessions", "well"), ENDS)
def test_all_tunnels_are_up_and_all_sessions_learn_routes(
    states: str, sessions: list[dict[str, object]], well: bool, tmp_path: Path
) -> None:
    every = step("gcp", "all")
    (tmp_path / "tunnels.json").write_text(json.dumps([tunnel("a"), tunnel("b")]))
    status = json.dumps({"result": {"bgpPeerStatus": sessions}})
    gcloud = f"""case "$*" in *get-status*) echo '{status}';; *list*) for S in {states}; do echo "$S"; done;; esac"""
    assert shown(every, run(tmp_path, every.run or "", {"gcloud": gcloud})) is well


@pytest.mark.parametrize(("status", "restarted"), [("DOWN", True), ("UP", False), ("", False)])
def test_only_a_session_that_is_down_is_restarted(status: str, restarted: bool, tmp_path: Path) -> None:
    session = step("gcp", "session")
    peers = [{"name": "s", "status": status}] if status else []
    answers = json.dumps({"result": {"bgpPeerStatus": peers}})
    gcloud = f"""case "$*" in *get-status*) echo '{answers}';; esac"""
    answer = run(tmp_path, session.run or "", {"gcloud": gcloud}, ROUTER="r", SESSION="s")
    assert shown(session, answer) is restarted
    changes = [line.split()[-3] for line in (tmp_path / "calls").read_text().splitlines() if "update-bgp" in line]
    assert changes == (["--no-enabled", "--enabled"] if restarted else [])
