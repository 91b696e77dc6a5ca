"""The script that records the arguments of Terraform resource types from generated bindings."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tools.record_terraform_types import main

NAME = "cdktf_cdktf_provider_google-1.2.3-py3-none-any.whl"
LINK = "{@link https://registry.terraform.io/providers/hashicorp/google/6.1.0/docs/resources/x#%s X#%s}"
BINDINGS = f'''
class PubsubTopic(cdktf.TerraformResource):
    @builtins.property
    @jsii.member(jsii_name="name")
    def name(self): ...

    @builtins.property
    @jsii.member(jsii_name="nameInput")
    def name_input(self): ...

    @builtins.property
    @jsii.member(jsii_name="effectiveLabels")
    def effective_labels(self): ...


class PubsubTopicConfig(cdktf.TerraformMetaArguments):
    def __init__(self, *, count: int = None, name: builtins.str, k8_s: builtins.str = None,
                 schema_settings: typing.Optional[typing.Union["PubsubTopicSchemaSettings", dict]] = None):
        """
        :param count:
        :param name: The name. {LINK % ("name", "name")}
        :param k8_s: {LINK % ("k8s", "k8s")}
        :param schema_settings: {LINK % ("schema_settings", "schema_settings")}
        """


class PubsubTopicSchemaSettings:
    def __init__(self, *, encoding: builtins.str = None):
        """
        :param encoding: Several
          lines. {LINK % ("encoding", "encoding")}
        """
'''


def wheel(folder: Path, text: str = BINDINGS, name: str = NAME) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("cdktf_cdktf_provider_google/pubsub_topic/__init__.py", (2026, 1, 2, 0, 0, 0))
        archive.writestr(info, text)
    return path


def test_arguments_have_the_names_of_terraform(tmp_path: Path) -> None:
    assert main(["--wheel", str(wheel(tmp_path)), "--into", str(tmp_path)]) == 0
    recorded = json.loads((tmp_path / "google.json").read_text(encoding="utf-8"))
    assert recorded["types"] == {
        "google_pubsub_topic": {
            "arguments": ["k8s", "name", "schema_settings.encoding"],
            "attributes": ["effective_labels"],
        }
    }
    assert (recorded["source"], recorded["revision"], recorded["date"]) == ("hashicorp/google", "6.1.0", "2026-01-02")
    assert main(["--wheel", str(wheel(tmp_path)), "--into", str(tmp_path), "--check"]) == 0


@pytest.mark.parametrize(
    ("name", "text"), [("requests-1.0-py3-none-any.whl", BINDINGS), (NAME, "class X: ..."), (NAME, "class")]
)
def test_a_file_without_bindings_is_refused(
    tmp_path: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--wheel", str(wheel(tmp_path, text, name)), "--into", str(tmp_path)]) == 1
    assert name in capsys.readouterr().err
    assert not (tmp_path / "google.json").exists()
