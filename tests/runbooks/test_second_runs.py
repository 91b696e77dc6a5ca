"""Steps that are repeated, or that find traces of an earlier run, neither lose a way back nor take old results for new ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_google_steps import run
from test_secrets_of_databases import found

from archgen.pipeline import Project

KUBECTL = """case "$*" in
  *"get application"*) cat application.json;;
  *"patch application"*"automated\\":null"*) jq 'del(.spec.syncPolicy.automated)' application.json > new
    mv new application.json; echo patched;;
  *"patch application"*) for word; do case "$word" in --patch=*) echo "${word#--patch=}" > application.json;; esac; done;;
esac"""


def test_a_second_pause_keeps_the_settings_of_before(reference: Project, tmp_path: Path) -> None:
    every = found(reference, "point-in-time-restore", "aws")
    pause, resume = every["writers-pause-delivery"], every["application-resume-delivery"]
    before = {"spec": {"syncPolicy": {"automated": {}, "syncOptions": ["CreateNamespace=true"]}}}
    (tmp_path / "application.json").write_text(json.dumps(before))
    for _ in range(2):
        assert "DELIVERY-PAUSED" in run(tmp_path, pause.run or "", {"kubectl": KUBECTL})
        assert "automated" not in (tmp_path / "application.json").read_text()
    assert "PAUSED-ALREADY" in run(tmp_path, pause.run or "", {"kubectl": KUBECTL})
    assert "DELIVERY-RESUMED" in run(tmp_path, resume.run or "", {"kubectl": KUBECTL})
    assert json.loads((tmp_path / "application.json").read_text()) == before


def test_the_settings_of_two_environments_are_in_two_files(reference: Project) -> None:
    step = found(reference, "point-in-time-restore", "aws")["writers-pause-delivery"]
    assert "sync-policy-innovate-aws-prod-api.json" in (step.run or "")


def test_a_second_rollback_in_the_cluster_keeps_the_settings_of_before(reference: Project, tmp_path: Path) -> None:
    step = found(reference, "deploy-and-roll-back", "aws")["git-down"]
    (tmp_path / "application.json").write_text(json.dumps({"spec": {"syncPolicy": {"automated": {"prune": True}}}}))
    for _ in range(2):
        assert "patched" in run(tmp_path, step.run or "", {"kubectl": KUBECTL}, HOME=str(tmp_path))
    kept = json.loads((tmp_path / "sync-before-innovate-aws-prod-api.json").read_text())
    assert kept == {"spec": {"syncPolicy": {"automated": {"prune": True}}}}


# A deployment whose release 41 is good and whose release 42 is bad. A release that comes back gets a new number.
RELEASES = """case "$*" in
  *"get replicasets"*) cat releases.json;; *"rollout status"*) echo successfully rolled out;;
  *"rollout undo"*--to-revision=41) grep -q '"41"' releases.json || { echo "error: unable to find specified revision 41"; exit 1; }
    sed -i 's/"41"/"43"/' releases.json; echo rolled back;;
  *"rollout undo"*) echo BAD-RELEASE; exit 1;;
esac"""


def test_a_second_rollback_in_the_cluster_does_not_bring_the_bad_release_back(
    reference: Project, tmp_path: Path
) -> None:
    every = found(reference, "deploy-and-roll-back", "aws")
    back = every["git-down-release"].run or ""
    releases = [
        {
            "metadata": {"annotations": {"deployment.kubernetes.io/revision": number}, "creationTimestamp": "2026"},
            "status": {"replicas": pods},
            "spec": {"template": {"spec": {"containers": [{"image": f"api:{number}"}]}}},
        }
        for number, pods in (("42", 2), ("9", 0), ("41", 0))
    ]
    (tmp_path / "releases.json").write_text(json.dumps({"items": releases}))
    listed = run(tmp_path, every["git-down"].run or "", {"kubectl": RELEASES}, HOME=str(tmp_path))
    assert [line.split(":")[0] for line in listed.splitlines() if line.startswith("RELEASE")] == [
        "RELEASE 9", "RELEASE 41", "RELEASE 42",
    ]  # fmt: skip
    assert "GOOD-RELEASE-RUNS" in run(tmp_path, back, {"kubectl": RELEASES}, REVISION="41")
    again = run(tmp_path, back, {"kubectl": RELEASES}, REVISION="41")
    assert "unable to find specified revision" in again
    assert "GOOD-RELEASE-RUNS" not in again
    assert "set it first" in run(tmp_path, back, {"kubectl": RELEASES}, REVISION="")


@pytest.mark.parametrize("ready", [True, False])
def test_a_node_that_is_emptied_twice_or_is_not_ready_must_be_replaced(
    reference: Project, tmp_path: Path, ready: bool
) -> None:
    every = found(reference, "node-drain", "aws")

    def node(name: str, ready: bool, closed: bool = False) -> dict[str, object]:
        conditions = [{"type": "Ready", "status": str(ready)}]
        return {"metadata": {"name": name}, "spec": {"unschedulable": closed}, "status": {"conditions": conditions}}

    (tmp_path / "nodes.json").write_text(json.dumps({"items": [node("bad", ready), node("good", True)]}))
    (tmp_path / "closed.json").write_text(json.dumps({"items": [node("bad", ready, True), node("good", True)]}))
    kubectl = 'case "$*" in *cordon*) cp closed.json nodes.json;; *"get nodes"*json*) cat nodes.json;; esac'
    empty = next(s.run or "" for s in every.values() if " drain " in (s.run or "")).replace("NODE=''", "NODE=bad")
    check = next(s.run or "" for s in every.values() if "ENOUGH-NODES" in (s.run or ""))
    answer = run(tmp_path, f"{empty}\n{empty}\n{check}", {"kubectl": kubectl}, NODE="bad")
    assert "TOO FEW: 1 of 2" in answer, answer


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_sessions_are_old_or_new_by_the_time_at_which_the_password_changed(
    reference: Project, tmp_path: Path, cloud: str
) -> None:
    every = found(reference, "credential-rotation", cloud)
    (tmp_path / "new-password").write_text("secret")
    psql = 'case "$*" in *clock_timestamp*) echo 2026-11-27 02:03:04+00;; *) cat >> asked;; esac'
    steps = [every[id_].run or "" for id_ in ("password-change", "sessions-verify", "sessions-end-old")]
    values = {"DB_USER": "app", "FILES": str(tmp_path)}
    assert "PASSWORD-IS-CHANGED\nSESSIONS-BEFORE-THIS-ARE-OLD 2026-11-27" in run(
        tmp_path, "\n".join(steps), {"psql": psql}, **values
    )
    calls = (tmp_path / "calls").read_text().splitlines()
    assert ["changed=2026-11-27 02:03:04+00" in call for call in calls] == [False, False, True, True]
    assert (
        "pg_terminate_backend(pid)) from pg_stat_activity where usename = :'name' and backend_start <= :'changed'"
        in (tmp_path / "asked").read_text()
    )
    for step in steps[1:]:  # in a terminal that has not changed the password, nothing is ended
        (tmp_path / "calls").unlink(missing_ok=True)
        assert "set it to the time" in run(tmp_path, step, {"psql": psql}, **values)
        assert not (tmp_path / "calls").exists()


def test_a_stolen_key_is_found_switched_off_and_its_sessions_end(reference: Project, tmp_path: Path) -> None:
    step = found(reference, "threat-finding", "aws")["key"]
    aws = """case "$*" in
  *get-access-key-last-used*AKIAOURS*) echo import;; *get-access-key-last-used*) echo AccessDenied; exit 254;;
  *get-user-policy*) echo '{"aws:TokenIssueTime":"2026"}';; *list-access-keys*) printf 'AKIAOURS\tInactive\nAKIATHEIRS\tActive\n';;
esac"""
    answer = run(tmp_path, step.run or "", {"aws": aws}, KEY="AKIAOURS")
    assert all(expected.shows in answer for expected in step.expect), answer
    assert "AKIATHEIRS Active" in answer
    calls = (tmp_path / "calls").read_text()
    assert "update-access-key --region us-east-1 --user-name import --access-key-id AKIAOURS --status Inactive" in calls
    assert '"aws:TokenIssueTime":"20' in next(line for line in calls.splitlines() if "put-user-policy" in line)
    (tmp_path / "calls").unlink()
    answer = run(tmp_path, step.run or "", {"aws": aws}, KEY="AKIAOTHER")
    assert "KEY-OF" not in answer
    assert "update-access-key" not in (tmp_path / "calls").read_text()


SCALED = """case "$*" in
  *"get horizontalpodautoscaler"*) cat autoscaler.json;;
  *"patch horizontalpodautoscaler"*) jq -c '.spec.minReplicas = 6' autoscaler.json > new; mv new autoscaler.json;;
  *"get application"*) cat application.json;;
  *"patch application"*"automated\\":null"*) echo '{"spec":{"syncPolicy":{}}}' > application.json;;
  *"patch application"*) for word; do case "$word" in --patch-file=*) cat "${word#--patch-file=}" > application.json;; esac; done;;
esac"""


def test_a_second_raise_of_the_autoscaler_keeps_the_limits_and_settings_of_before(
    reference: Project, tmp_path: Path
) -> None:
    every = found(reference, "error-budget", "aws")
    synced, limits = {"spec": {"syncPolicy": {"automated": {"prune": True}}}}, {"minReplicas": 2, "maxReplicas": 6}
    (tmp_path / "application.json").write_text(json.dumps(synced))
    (tmp_path / "autoscaler.json").write_text(json.dumps({"spec": limits}))
    programs, here = {"kubectl": SCALED, "sleep": "exit 0"}, str(tmp_path)
    for _ in range(2):
        run(tmp_path, every["more-pause"].run or "", programs, HOME=here)
        run(tmp_path, every["more-scale"].run or "", programs, HOME=here, PODS="6")
    assert json.loads((tmp_path / "hpa-before-innovate-aws-prod-api.json").read_text()) == {"spec": limits}
    run(tmp_path, every["afterwards-resume"].run or "", programs, HOME=here)
    assert json.loads((tmp_path / "application.json").read_text()) == synced
    assert not (
        tmp_path / "sync-before-innovate-aws-prod-api.json"
    ).exists()  # a later incident does not take it for its own


def test_no_pods_and_no_digest_are_not_the_right_image(reference: Project, tmp_path: Path) -> None:
    for cloud in ("aws", "gcp"):
        step = found(reference, "deploy-and-roll-back", cloud)["digest"]
        assert "ONLY-THIS-IMAGE" not in run(tmp_path, step.run or "", {"kubectl": "exit 0"}, DIGEST="")
        good = "echo repository@sha256:a"
        assert "ONLY-THIS-IMAGE" in run(tmp_path, step.run or "", {"kubectl": good}, DIGEST="sha256:a")


def test_only_the_failover_of_now_counts_on_google_cloud(reference: Project, tmp_path: Path) -> None:
    every = found(reference, "database-failover", "gcp")
    text = f"{every['fail-over'].run}\n{every['operation'].run}"
    run(tmp_path, text, {"gcloud": "exit 0"})
    assert 'AND insertTime>="20' in (tmp_path / "calls").read_text()
    assert "set in the step" in run(tmp_path, every["operation"].run or "", {"gcloud": "exit 0"})


def test_a_bad_certificate_of_the_cdn_is_not_replaced_by_that_of_the_balancer(
    reference: Project, tmp_path: Path
) -> None:
    every = found(reference, "certificate-failure", "aws")
    aws = 'case "$*" in *list-certificates*us-east-1*) echo arn:cdn;; *list-certificates*) echo arn:balancer;; esac'
    names = [id_ for id_ in every if "CERTIFICATE=$(" in (every[id_].run or "")]
    text = "\n".join(every[id_].run or "" for id_ in names) + '\necho "NEXT $CERTIFICATE"'
    assert len(names) == 2
    assert "NEXT arn:cdn" in run(tmp_path, text, {"aws": aws})
