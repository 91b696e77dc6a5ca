"""IDs that only the emulator knows are known to the steps that ask for them."""

from __future__ import annotations

from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project
from archgen.rehearsal.emulator import Contents
from archgen.rehearsal.seeds import seeds
from archgen.templating.render import Templates
from conftest import ROOT


def test_a_value_refers_to_what_an_earlier_call_made(reference: Project) -> None:
    calls = seeds(Templates(ROOT / "templates"), reference.resolved.architectures[Coordinate("aws", "prod", "mvp")])
    values = {call["value"]: call for call in calls if "value" in call}
    assert {"INSTANCE", "NAT", "ROLE", "KEY"} <= set(values)
    kept = {call["as"] for call in calls if "as" in call}
    assert all(call["is"][1:].split(".")[0] in kept for call in values.values() if call["is"].startswith("@"))
    assert values["ROLE"]["is"] == "innovate-prod-api"
    world = Contents()
    world.kept["aws, prod, mvp/nat"] = {"NatGateway": {"NatGatewayId": "nat-1"}}
    world._call({**values["NAT"], "scope": "aws, prod, mvp"})
    assert world.values == {"aws, prod, mvp/NAT": "nat-1"}
    assert world._resolved({"after": ":loadbalancer/", "of": "arn:x:loadbalancer/app/api/1"}, "") == "app/api/1"
