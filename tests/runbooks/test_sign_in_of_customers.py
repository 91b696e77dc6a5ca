"""Steps for customers who cannot sign in, run by a shell with programs that answer from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_further_kinds import model
from test_google_steps import run
from test_unanswered_questions import shown, step_of

from archgen.runbooks.steps import FilledStep

POOL = "eu-west-1_pool"


def step(cloud: str, id_: str) -> FilledStep:
    """A step for the user directory in production."""
    return step_of(model().resolved.standing(cloud, "prod"), "user-directory-outage", id_)


def cognito(signed: str = "860.0\\t900.0", throttled: str = "0.0", refreshed: str = "50.0\\t50.0") -> str:
    """The body of a program that has two clients and these metrics of each; an empty metric is a question that fails."""
    answers = {"SignInSuccesses": signed, "SignInThrottles": throttled, "TokenRefreshSuccesses": refreshed}
    asked = {
        metric: f"printf '{value}\\n'" if value else "exit 254"  # a question that fails
        for metric, value in answers.items()
    }
    cases = "".join(f"*'--metric-name {metric} '*) {body};; " for metric, body in asked.items())
    return f'case "$*" in *list-user-pool-clients*) printf "c1\\tc2\\n";; {cases} esac'


VERIFIED = (  # what the cloud answers, what is told, and whether sign-ins work
    (cognito(), "SIGN-INS-SUCCEED: 1720 of 1800", True),
    (cognito(signed="0.0\\t0.0"), "NO SIGN-INS", False),
    (cognito(signed="0.0\\t40.0"), "STILL: 0 of 80", False),
    (cognito(throttled="3.0"), "STILL", False),
    (cognito(signed=""), "NO ANSWER", False),
    (cognito(throttled=""), "NO ANSWER", False),
    ("exit 254", "NO ANSWER", False),
    ('case "$*" in *list-user-pool-clients*) echo;; esac', "NO ANSWER", False),
)


@pytest.mark.parametrize(("aws", "told", "works"), VERIFIED)
def test_sign_ins_are_counted_over_all_clients(aws: str, told: str, works: bool, tmp_path: Path) -> None:
    verify = step("aws", "verify")
    answer = run(tmp_path, verify.run or "", {"aws": aws}, POOL=POOL)
    assert told in answer, answer
    assert shown(verify, answer) is works


def test_a_question_about_one_client_that_fails_says_so(tmp_path: Path) -> None:
    count = step("aws", "count")
    answer = run(tmp_path, count.run or "", {"aws": cognito()}, POOL=POOL)
    assert answer.count("860 of 900 sign-ins succeeded, 0 were throttled, 50 of 50 renewals succeeded") == 2
    for failing in ({"signed": ""}, {"throttled": ""}, {"refreshed": ""}):
        answer = run(tmp_path, count.run or "", {"aws": cognito(**failing)}, POOL=POOL)
        assert "NO ANSWER for c1" in answer
        assert not shown(count, answer)


def test_the_triggers_are_named_with_their_errors(tmp_path: Path) -> None:
    triggers = step("aws", "triggers")
    arn = "arn:aws:lambda:eu-west-1:222222222222:function"
    config = {"PreSignUp": f"{arn}:check", "PreTokenGenerationConfig": {"LambdaArn": f"{arn}:claims:live"}}
    for errors, told in (("echo 7.0", "had 7.0 errors"), ("exit 254", "had NO ANSWER about its errors")):
        aws = f"""case "$*" in *LambdaConfig*) echo '{json.dumps(config)}';; *Errors*) {errors};; esac"""
        answer = run(tmp_path, triggers.run or "", {"aws": aws}, POOL=POOL)
        assert "TRIGGERS: 2" in answer
        assert f"FUNCTION check {told}" in answer
        assert f"FUNCTION claims {told}" in answer


def test_no_secret_is_printed_or_kept() -> None:
    client = step("aws", "client").run or ""
    assert "ClientSecret" not in client
    assert "--query" in client
    for id_ in ("look", "providers"):
        text = step("gcp", id_).run or ""
        assert "signerKey" not in text
        assert "clientSecret" not in text
    assert 'rm -f "$KIND.json.part"' in (step("gcp", "providers").run or "")


# Two certificates in base64: one that is valid until 2120, and one that expired in 2021.
CERTIFICATES = {
    "valid": (
        "MIIBBTCBraADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXAwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMAwxCjAIBg"
        "NVBAMMAXAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATw2ZCgWCayz52LQ27J/ZynAUEFm1cwX9Z99mHyjbMZ9BMvM9ektX/4zBXGz2oReVmr"
        "NQPhpmGX6CaVJq0dpnPBMAoGCCqGSM49BAMCA0cAMEQCIBeZgNOrqJhjT6UA0X9jnStcrreQHEIYD/d+Kz/t8oibAiAolS8db48le3gJbM0Vlj"
        "vzRHFYL8h1DE8QwA6QA/QFkw=="
    ),
    "expired": (
        "MIIBBDCBq6ADAgECAgEBMAoGCCqGSM49BAMCMAwxCjAIBgNVBAMMAXAwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAwWjAMMQowCAYDVQ"
        "QDDAFwMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9aldBeeQ9l45c7Qv9cro5m84nfUCBCxZQ6bsH88x8E6uSNJmxVgWsy6NYIRMNznT4/Ej"
        "kGVoidDOLqBSy8AToDAKBggqhkjOPQQDAgNIADBFAiEAgtJT007jiTMSd90UQqBmgn+KdSWcdIsHA17tfUu/6RICIBUNo2C8LoJwGBsb4c/gwj"
        "NRZyt8e/ONh4wcIDe+e4dW"
    ),
}


@pytest.mark.parametrize(("kind", "told"), [("valid", "Certificate will not expire"), ("expired", "Certificate will expire")])  # fmt: skip
def test_certificates_of_identity_providers_are_read_from_their_metadata(kind: str, told: str, tmp_path: Path) -> None:
    federation = step("aws", "federation")
    wrapped = "\n".join(CERTIFICATES[kind][i : i + 64] for i in range(0, len(CERTIFICATES[kind]), 64))
    (tmp_path / "metadata.xml").write_text(f"<a><ds:X509Certificate>\n{wrapped}\n</ds:X509Certificate></a>")
    programs = {"aws": "echo https://idp.example/metadata", "curl": "cp metadata.xml provider-answer.txt"}
    answer = run(tmp_path, federation.run or "", programs, POOL=POOL, PROVIDER="Partner")
    assert shown(federation, answer)
    assert told in answer


def test_a_provider_that_does_not_answer_is_not_taken_for_one_that_does(tmp_path: Path) -> None:
    federation = step("aws", "federation")
    programs = {"aws": "echo https://idp.example", "curl": "exit 22"}
    answer = run(tmp_path, federation.run or "", programs, POOL=POOL, PROVIDER="Partner")
    assert not shown(federation, answer)
    assert "https://idp.example/.well-known/openid-configuration" in (tmp_path / "calls").read_text()


@pytest.mark.parametrize(("kind", "told"), [("valid", "Certificate will not expire"), ("expired", "Certificate will expire")])  # fmt: skip
def test_certificates_that_google_cloud_keeps_are_read(kind: str, told: str, tmp_path: Path) -> None:
    providers = step("gcp", "providers")
    pem = f"-----BEGIN CERTIFICATE-----\n{CERTIFICATES[kind]}\n-----END CERTIFICATE-----\n"
    saml = {
        "name": "projects/p/inboundSamlConfigs/saml.partner",
        "enabled": True,
        "idpConfig": {"idpCertificates": [{"x509Certificate": pem}]},
    }
    (tmp_path / "saml").write_text(json.dumps({"inboundSamlConfigs": [saml]}))
    oauth = {"name": "projects/p/oauthIdpConfigs/oidc.shop", "clientSecret": "hunter2"}
    (tmp_path / "oauth").write_text(json.dumps({"oauthIdpConfigs": [oauth]}))
    curl = 'case "$*" in *inboundSaml*) cat saml;; *oauthIdp*) cat oauth;; *) echo {};; esac'
    answer = run(tmp_path, providers.run or "", {"curl": curl, "gcloud": "echo token"})
    assert shown(providers, answer), answer
    assert "PROVIDER saml.partner, on: true" in answer
    assert "PROVIDER oidc.shop, on: false" in answer
    assert told in answer
    kept = [*tmp_path.glob("*.json"), *tmp_path.glob("*.part")]
    assert len(kept) == 3
    assert not any("hunter2" in file.read_text() for file in kept)


def test_a_question_about_providers_that_fails_says_so(tmp_path: Path) -> None:
    providers = step("gcp", "providers")
    curl = 'case "$*" in *oauthIdp*) exit 22;; *) echo {};; esac'
    answer = run(tmp_path, providers.run or "", {"curl": curl, "gcloud": "echo token"})
    assert "ASKED-FOR inboundSamlConfigs" in answer
    assert not shown(providers, answer)


def series(**times: int) -> str:
    """The body of a program that answers how often each code was given, such as `c200`."""
    found = [
        {"metric": {"labels": {"response_code": code[1:]}}, "points": [{"value": {"int64Value": str(number)}}]}
        for code, number in times.items()
    ]
    return f"echo '{json.dumps({'timeSeries': found})}'"


ANSWERED = (
    (series(c200=95, c400=5), "SIGN-INS-ARE-ANSWERED: 95 of 100", True),
    (series(c400=5), "STILL", False),
    (series(c200=95, c429=1), "STILL", False),
    (series(c200=95, c503=1), "STILL", False),
    (series(c200=95, c403=1), "STILL", False),
    ("echo {}", "NO SIGN-INS", False),
    ("exit 22", "NO ANSWER", False),
)


@pytest.mark.parametrize(("curl", "told", "works"), ANSWERED)
def test_answers_of_identity_platform_are_judged_by_their_codes(
    curl: str, told: str, works: bool, tmp_path: Path
) -> None:
    verify = step("gcp", "verify")
    answer = run(tmp_path, verify.run or "", {"curl": curl, "gcloud": "echo token"})
    assert told in answer
    assert shown(verify, answer) is works


def test_settings_are_read_for_the_service_that_is_on(tmp_path: Path) -> None:
    look = step("gcp", "look")
    config = {
        "name": "projects/123/config",
        "signIn": {"email": {"enabled": True}, "hashConfig": {"signerKey": "hunter2"}},
        "authorizedDomains": ["shop.example"],
        "blockingFunctions": {"triggers": {"beforeSignIn": {"functionUri": "https://f.example"}}},
    }
    gcloud = 'case "$*" in *"services list"*) echo identitytoolkit.googleapis.com ENABLED;; *) echo token;; esac'
    answer = run(tmp_path, look.run or "", {"gcloud": gcloud, "curl": f"echo '{json.dumps(config)}'"})
    assert shown(look, answer)
    assert "DOMAINS shop.example" in answer
    assert "FUNCTION beforeSignIn https://f.example" in answer
    assert "hunter2" not in answer
    for programs in ({"gcloud": "echo token", "curl": "echo '{}'"}, {"gcloud": gcloud, "curl": "exit 22"}):
        assert not shown(look, run(tmp_path, look.run or "", programs))


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_list_of_changes_that_fails_is_not_an_empty_one(cloud: str, tmp_path: Path) -> None:
    changes = step(cloud, "changes")
    one = "printf 'now\\tUpdateUserPool\\tann\\n'"
    answers = ((one, "CHANGE now UpdateUserPool ann", True), ("echo", "LIST-ENDS", True), ("exit 254", "", False))
    for body, told, good in answers:
        answer = run(tmp_path, changes.run or "", {"aws": body, "gcloud": body})
        assert told in answer
        assert shown(changes, answer) is good
