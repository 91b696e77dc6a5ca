"""Files of bindings and of recorded modules: what is wrong with one is said with its line, and what may be left out has a default."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.registry import ExtensionError
from archgen.terraform.binding_files import module_file, read_binding, read_module

BINDING = """\
id: sqs
cloud: aws
binds: [service]
variable: sqs
description: Queues
module: aws-sqs-5
"""


def refused(tmp_path: Path, text: str, name: str = "aws-sqs-5.yaml") -> ExtensionError:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ExtensionError) as caught:
        (read_binding if name.endswith("yaml") else read_module)(file)
    assert caught.value.file == str(file)
    return caught.value


def test_broken_yaml_is_reported_on_its_line_in_one_sentence(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{BINDING}inputs: [name\n")
    assert error.message.startswith("the binding is not valid YAML: ")
    assert "\n" not in error.message
    assert error.line == 8


def test_an_unknown_key_is_reported_with_the_one_that_was_meant(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{BINDING}inptus: {{}}\n")
    assert error.message == "the binding has the unknown key `inptus`"
    assert error.help == "did you mean 'inputs'?"
    assert error.line == 7


def test_a_binding_is_named_after_its_cloud(tmp_path: Path) -> None:
    error = refused(tmp_path, BINDING.replace("aws\n", "gcp\n"))
    assert error.message == "the binding is for gcp, but its file is named aws-sqs-5.yaml"
    assert error.help == "name it gcp-….yaml"
    assert error.line == 2


def test_broken_json_is_reported_on_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, '{\n"source": "x",\n', "aws-sqs-5.json")
    assert error.message.startswith("the module is not valid JSON: ")
    assert error.line == 3


def test_a_module_that_is_not_recorded_is_reported_with_a_similar_one(tmp_path: Path) -> None:
    binding = tmp_path / "aws-vcp-6.yaml"
    binding.write_text(BINDING, encoding="utf-8")
    with pytest.raises(ExtensionError) as caught:
        module_file("aws-vcp-6", binding)
    assert caught.value.message == "the module 'aws-vcp-6' is not recorded"
    assert caught.value.help == "did you mean 'aws-vpc-6'?"
    assert caught.value.line == 6


def test_what_the_file_of_a_module_leaves_out_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "aws-sqs-5.json"
    stated = {
        "source": "terraform-aws-modules/terraform-aws-sqs",
        "path": ".",
        "version": "5.0.0",
        "commit": "0123456789abcdef",
        "inputs": {"name": {"type": "string"}},
    }
    file.write_text(json.dumps(stated), encoding="utf-8")
    module = read_module(file)
    assert {key: module[key] for key in stated} == stated
    assert not any(value for key, value in module.items() if key not in stated)
