"""The runbook for an API that refuses calls, run with programs that answer from texts."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from test_further_kinds import MODEL, TEMPLATES, model
from test_google_steps import run
from test_unanswered_questions import fake, shown, step_of

from archgen.pipeline import load
from archgen.runbooks.procedures import read, steps
from archgen.runbooks.steps import FilledStep

NAMES = {"rest": ("4XXError", "5XXError"), "http": ("4xx", "5xx")}
FOUND = {"REST_API": "a1", "HTTP_API": "h1", "STAGE": "live", "HTTP_STAGE": "live"}


def step(id_: str, cloud: str = "aws") -> FilledStep:
    """A step of the runbook in production."""
    return step_of(model().resolved.standing(cloud, "prod"), "api-throttled", id_)


def ids_of(folder: Path, type_: str) -> set[str]:
    """The steps for an API of a type."""
    text = MODEL.read_text(encoding="utf-8").replace("kind: api-gateway,", f"kind: api-gateway, type: {type_},")
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    a = loaded.project.resolved.standing("aws", "prod")
    return {found.id for found in steps(TEMPLATES, read(TEMPLATES, "api-throttled"), a).steps}


def test_an_api_has_only_the_steps_for_its_type(tmp_path: Path) -> None:
    rest, http, websocket = (ids_of(tmp_path, type_) for type_ in ("rest", "http", "websocket"))
    assert {"rest-find", "rest-limit", "plan", "key", "rest-verify"} <= rest
    assert {"http-find", "http-limit", "http-verify"} <= http
    assert not any(id_.startswith("http-") for id_ in rest)
    assert not any(id_.startswith("rest-") for id_ in http)
    assert {"plan", "key"}.isdisjoint(http)
    assert {id_ for id_ in websocket if not id_.endswith("place")} == {"caller", "other", "done"}
    assert "other" not in rest | http


@pytest.mark.parametrize("kind", NAMES)
def test_questions_that_fail_are_not_zero_calls_or_zero_errors(kind: str, tmp_path: Path) -> None:
    answers = {"Count": "900", NAMES[kind][0]: "300", NAMES[kind][1]: "0"}
    counting, verifying = step(f"{kind}-count"), step(f"{kind}-verify")
    before = {**FOUND, "REST_BEFORE": "80.0 0.0", "HTTP_BEFORE": "80.0 0.0"}
    for one in (counting, verifying):
        assert shown(one, run(tmp_path, one.run or "", {"aws": fake(answers)}, **before))
        for metric in answers:
            answer = run(tmp_path, one.run or "", {"aws": fake(answers, metric)}, **before)
            assert "NO ANSWER" in answer
            assert not shown(one, answer)
        answer = run(tmp_path, one.run or "", {"aws": fake({**answers, "Count": "0.0"})}, **before)
        assert "NOT CALLED" in answer
        assert not shown(one, answer)


@pytest.mark.parametrize(
    ("refused", "failed", "seen"),
    [
        ("30", "0", "FEWER-ARE-REFUSED: 4XX from 40.0 to 3.0 %, 5XX from 1.0 to 0.0 %"),
        ("300", "0", "STILL: 4XX from 40.0 to 30.0 %"),
        ("0", "500", "MORE FAIL: 4XX from 40.0 to 0.0 %, 5XX from 1.0 to 50.0 %"),
    ],
)
def test_fewer_refusals_count_only_if_no_more_calls_fail(refused: str, failed: str, seen: str, tmp_path: Path) -> None:
    first = fake({"Count": "1000", "4XXError": "400", "5XXError": "10"})
    then = fake({"Count": "1000", "4XXError": refused, "5XXError": failed})
    script = f"{step('rest-count').run}\ntouch changed\n{step('rest-verify').run}"
    answer = run(tmp_path, script, {"aws": f"test -e changed && {{ {then}; exit; }}\n{first}"})
    assert "40.0 % WERE 4XX, 1.0 % WERE 5XX" in answer
    assert seen in answer


REST_STAGE = {
    "stageName": "live",
    "methodSettings": {"*/*": {"throttlingRateLimit": 100.0, "throttlingBurstLimit": 200}},
}
REST = """case "$*" in *get-stage*) cat state;;
  *update-stage*) jq -c '.methodSettings["*/*"] = {throttlingRateLimit: 500.0, throttlingBurstLimit: 900}' state > new
    mv new state; echo 500 900;; esac"""


def test_a_second_change_of_a_stage_keeps_the_limit_of_before(tmp_path: Path) -> None:
    (tmp_path / "state").write_text(json.dumps(REST_STAGE))
    limit = step("rest-limit")
    script = f"{limit.run}\n{limit.run}\n{limit.undo_run}"
    answer = run(tmp_path, script, {"aws": REST}, **FOUND, RATE="500", BURST="900")
    assert shown(limit, answer), answer
    last = (tmp_path / "calls").read_text().splitlines()[-1]
    assert "rateLimit,value=100 op=replace,path=/*/*/throttling/burstLimit,value=200" in last


def test_the_way_back_to_a_stage_without_a_limit_is_no_limit(tmp_path: Path) -> None:
    (tmp_path / "state").write_text('{"stageName": "live"}')
    limit = step("rest-limit")
    run(tmp_path, f"{limit.run}\n{limit.undo_run}", {"aws": REST}, **FOUND, RATE="500", BURST="900")
    assert "rateLimit,value=-1 " in (tmp_path / "calls").read_text().splitlines()[-1]


HTTP = """case "$*" in *get-account*) echo 10000 5000;; *get-stage*) cat state;;
  *update-stage*) for word; do case "$word" in {*) jq -c --argjson new "$word" '.DefaultRouteSettings = $new' state > new
    mv new state;; esac; done
    echo 500 900;; esac"""


@pytest.mark.parametrize(
    ("before", "back"), [({"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 200}, (100, 200)), ({}, (10000, 5000))]
)
def test_a_second_change_of_an_http_stage_keeps_its_limit_and_its_other_settings(
    before: dict[str, float], back: tuple[int, int], tmp_path: Path
) -> None:
    settings = {"DefaultRouteSettings": {"DetailedMetricsEnabled": True, **before}}
    (tmp_path / "state").write_text(json.dumps(settings))
    limit = step("http-limit")
    asked = {**FOUND, "HTTP_RATE": "500", "HTTP_BURST": "900"}
    answer = run(tmp_path, f"{limit.run}\n{limit.run}\ncp state changed\n{limit.undo_run}", {"aws": HTTP}, **asked)
    assert shown(limit, answer), answer
    changed, after = (
        json.loads((tmp_path / name).read_text())["DefaultRouteSettings"] for name in ("changed", "state")
    )
    assert changed == {"DetailedMetricsEnabled": True, "ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 900}
    assert after == {"DetailedMetricsEnabled": True, "ThrottlingRateLimit": back[0], "ThrottlingBurstLimit": back[1]}


def test_a_plan_without_a_rate_gets_none(tmp_path: Path) -> None:
    answer = run(tmp_path, step("plan").run or "", {"aws": "echo None"}, PLAN="p", PLAN_RATE="50")
    assert not shown(step("plan"), answer)
    assert "update-usage-plan" not in (tmp_path / "calls").read_text()


LINES = (
    json.dumps({"status": "429", "ip": "198.51.100.7"}),
    json.dumps({"status": 429, "sourceIp": "198.51.100.7"}),
    '198.51.100.8 - - [27/Nov/2026:00:00:00 +0000] "GET /a HTTP/1.1" 429 12 r',
    json.dumps({"status": "200", "ip": "198.51.100.9"}),
)


@pytest.mark.parametrize("kind", NAMES)
def test_callers_are_found_in_logs_of_both_formats(kind: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(json.dumps({"events": [{"message": line} for line in LINES]}))
    aws = 'case "$*" in *get-stage*) echo "arn:aws:logs:eu-west-1:1:log-group:/api/live:*";; *) cat log;; esac'
    callers = step(f"{kind}-callers")
    answer = run(tmp_path, callers.run or "", {"aws": aws}, **FOUND)
    assert shown(callers, answer), answer
    assert "STATUS 429 3 TIMES" in answer
    assert "CALLER 198.51.100.7 2 OF 3 REFUSED" in answer
    assert "--log-group-name /api/live --start-time" in (tmp_path / "calls").read_text()
    (tmp_path / "log").write_text('{"events": []}')
    answer = run(tmp_path, callers.run or "", {"aws": aws}, **FOUND)
    assert "NO CALLS IN THE LOG" in answer
    assert not shown(callers, answer)


def calls(**numbers: int) -> str:
    """The log of a gateway with so many answers of each status."""
    return json.dumps(
        [
            {"httpRequest": {"status": int(status[1:]), "remoteIp": "198.51.100.7"}}
            for status, number in numbers.items()
            for _ in range(number)
        ]
    )


@pytest.mark.parametrize(
    ("after", "seen"),
    [
        (calls(s200=99, s429=1), "FEWER-ARE-REFUSED: 429 from 50 to 1 %"),
        (calls(s200=60, s429=40), "STILL"),
        (calls(s500=50, s200=50), "MORE FAIL"),
        ("[]", "NOT CALLED"),
        ("", "NO ANSWER"),
    ],
)
def test_the_log_of_a_gateway_tells_whether_fewer_calls_are_refused(after: str, seen: str, tmp_path: Path) -> None:
    (tmp_path / "before").write_text(calls(s200=50, s429=50))
    (tmp_path / "after").write_text(after)
    gcloud = 'case "$*" in *freshness=15m*) cat before;; *) cat after; test -s after;; esac'
    verify = step("verify", "gcp")
    answer = run(tmp_path, f"{step('callers', 'gcp').run}\n{verify.run}", {"gcloud": gcloud})
    assert "CALLER 198.51.100.7 50 OF 50 REFUSED" in answer
    assert seen in answer
    assert shown(verify, answer) is seen.startswith("FEWER")


DOCUMENT = """x-google-management:
  quota:
    limits:
      - name: calls
        values:
          STANDARD: 600
"""


@pytest.mark.parametrize(("document", "good"), [(DOCUMENT, True), (DOCUMENT + DOCUMENT, False), ("paths: {}\n", False)])
def test_exactly_one_limit_is_changed(document: str, good: bool, tmp_path: Path) -> None:
    (tmp_path / "gateway-before.json").write_text('{"apiConfig": "projects/1/locations/global/apis/shop/configs/one"}')
    contents = base64.b64encode(document.encode()).decode()
    (tmp_path / "config").write_text(json.dumps({"openapiDocuments": [{"document": {"contents": contents}}]}))
    limits, edit = step("limits", "gcp"), step("edit", "gcp")
    answer = run(tmp_path, limits.run or "", {"gcloud": "cat config"})
    assert shown(limits, answer) is ("STANDARD" in document)
    assert "configs describe one --api=shop " in (tmp_path / "calls").read_text()
    answer = run(tmp_path, edit.run or "", {}, OLD_LIMIT="600", NEW_LIMIT="1200")
    assert shown(edit, answer) is good
    if good:
        assert (tmp_path / "openapi-next.yaml").read_text() == document.replace("600", "1200")


GATEWAY = """case "$*" in *"gateways describe"*basename*) cat state;;
  *"gateways describe"*) jq -Rc '{state: "ACTIVE", apiConfig: "projects/1/locations/global/apis/shop/configs/\\(.)"}' state;;
  *"gateways update"*) for word; do case "$word" in --api-config=*) echo "${word#--api-config=}" > state;; esac; done;; esac"""


def test_a_second_configuration_keeps_the_way_back_to_the_first_one(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("one\n")
    (tmp_path / "openapi-next.yaml").write_text(DOCUMENT)
    (tmp_path / "config-before.json").write_text('{"gatewayServiceAccount": "projects/-/serviceAccounts/gateway@p"}')
    look, change = step("look", "gcp"), step("raise", "gcp")
    script = f"{look.run}\n{change.run}\n{look.run}\nNEXT_CONFIG=three\n{change.run}\n{change.undo_run}"
    answer = run(tmp_path, script, {"gcloud": GATEWAY}, NEXT_CONFIG="two")
    assert "GATEWAY-USES two" in answer
    assert "GATEWAY-USES three" in answer
    assert (tmp_path / "state").read_text() == "one\n"
    assert "--backend-auth-service-account=gateway@p " in (tmp_path / "calls").read_text()
