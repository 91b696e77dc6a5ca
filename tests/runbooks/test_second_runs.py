"""Steps that are repeated, or that find traces of an earlier run, neither lose a way back nor take old results for new ones."""

from __future__ import annotations

import json
from pathlib import Path

from test_google_steps import run
from test_secrets_of_databases import found

from archgen.pipeline import Project

KUBECTL = """case "$*" in
  *"get application"*) cat application.json;;
  *"patch application"*"automated\\":null"*) jq 'del(.spec.syncPolicy.automated)' application.json > new
    mv new application.json; echo patched;;
  *"patch application"*) for word; do case "$word" in --patch=*) echo "${word#--patch=}" > application.json;; esac; done;;
  *"rollout undo"*) echo rolled back;; *"rollout status"*) echo successfully rolled out;;
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
        assert "rolled back" in run(tmp_path, step.run or "", {"kubectl": KUBECTL}, HOME=str(tmp_path))
    kept = json.loads((tmp_path / "sync-before-innovate-aws-prod-api.json").read_text())
    assert kept == {"spec": {"syncPolicy": {"automated": {"prune": True}}}}


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
