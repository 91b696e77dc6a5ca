"""The interface of Terraform modules, read from their code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.terraform.hcl import HclSyntaxError
from archgen.terraform.module_source import (
    ModuleInput,
    ModuleInterface,
    RequiredProvider,
    read_interface,
)
from archgen.terraform.types import parse
from conftest import ROOT

MODULES = sorted((ROOT / "src/archgen/terraform/modules").glob("*.json"))


def only_input(body: str) -> ModuleInput:
    (found,) = read_interface({"variables.tf": f'variable "x" {{\n{body}\n}}\n'}).inputs.values()
    return found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", ModuleInput()),
        ("type = string", ModuleInput("string")),
        ("type = string\n default = null", ModuleInput("string", "null")),
        ("type = number\n default = -1.50", ModuleInput("number", "-1.50")),
        ("type = bool\n default = true\n nullable = false", ModuleInput("bool", "true", nullable=False)),
        ("type = string\n sensitive = true", ModuleInput("string", sensitive=True)),
        ("type = list( string )\n default = [ ]", ModuleInput("list(string)", "[]")),
        ("default = { }", ModuleInput("any", "{}")),
        ('default = "!@#$%&*()-_=+[]{}<>:?" # a comment', ModuleInput("any", '"!@#$%&*()-_=+[]{}<>:?"')),
        ('default = [\n "a", # one\n "b",\n]', ModuleInput("any", '["a", "b"]')),
        (
            'default = {\n a = 1\n "b c" = 2 // two\n /* three */ d : 3\n}',
            ModuleInput("any", '{ a = 1, "b c" = 2, d = 3 }'),
        ),
        (
            "type = map(object({\n name = string # the name\n ports = optional(list(object({ from = number, to = number })), [])\n}))",
            ModuleInput(
                "map(object({ name = string, ports = optional(list(object({ from = number, to = number })), []) }))"
            ),
        ),
        ('default = <<EOT\n  a "b"\nEOT', ModuleInput("any", '"  a \\"b\\"\\n"')),
        ("default = <<-EOT\n    # no comment\n      b\n  EOT", ModuleInput("any", '"# no comment\\n  b\\n"')),
        (
            "description = <<-EOT\n    default = 1 }\n  EOT\n default = 2\n validation {\n condition = var.x > 0\n}",
            ModuleInput("any", "2"),
        ),
    ],
)
def test_an_input_is_read_with_its_type_and_default_on_one_line(body: str, expected: ModuleInput) -> None:
    assert only_input(body) == expected


def test_all_files_of_a_module_are_read_together() -> None:
    found = read_interface(
        {
            "main.tf": 'variable "hidden_in_main" {}\nmodule "m" {\n source = "x"\n version = "1"\n}\n',
            "context.tf": "variable unquoted {\n type = string\n}\n",
            "outputs.tf": 'output "key" {\n value = try(a.b[0].c, null)\n sensitive = true\n}\noutput "arn" {\n value = 1\n}\n',
            "versions.tf": 'terraform {\n required_version = ">= 1.5"\n required_providers {\n'
            '  aws = {\n source = "hashicorp/aws"\n version = ">= 6.0, < 7"\n }\n  random = "~> 3.0"\n }\n}\n',
        }
    )
    assert found == ModuleInterface(
        inputs={"hidden_in_main": ModuleInput(), "unquoted": ModuleInput("string")},
        outputs={"arn": False, "key": True},
        providers={
            "aws": RequiredProvider("hashicorp/aws", ">= 6.0, < 7"),
            "random": RequiredProvider("", "~> 3.0"),
        },
        required_version=">= 1.5",
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('variable "x" {\n  type = \n', "bad.tf:1:1"),
        ('variable "x" {\n  default = [1, 2\n}\n', "bad.tf:"),
        ("variable 'x' {}\n", "bad.tf:1:"),
    ],
)
def test_code_that_is_not_hcl_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(HclSyntaxError) as caught:
        read_interface({"good.tf": "", "bad.tf": text})
    assert str(caught.value).startswith(place)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_recorded_types_and_defaults_are_hcl_that_reads_the_same_again(module: Path) -> None:
    for name, entry in json.loads(module.read_text())["inputs"].items():
        default = "" if entry.get("required") else f"default = {entry['default']}"
        again = only_input(f"type = {entry['type']}\n{default}")
        assert (again.type, again.default) == (entry["type"], entry.get("default")), name
        assert parse(again.type) == parse(entry["type"])
