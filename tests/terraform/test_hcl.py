"""Reading HCL: what expressions refer to, literal values, and the lines of values in variable files."""

from __future__ import annotations

from typing import Any

import pytest

from archgen.terraform.hcl import (
    HclSyntaxError,
    NotLiteralError,
    attributes,
    literal,
    parse_hcl,
    references,
    template_references,
)
from archgen.terraform.module_source import ModuleInput, read_interface
from archgen.terraform.values_file import is_automatic, read_values, value_lines


def expression(text: str) -> Any:
    ((_name, node),) = attributes(parse_hcl("x.tf", f"x = {text}\n"))
    return node


@pytest.mark.parametrize(
    ("text", "names", "functions"),
    [
        ("var.a >= var.b", {("var", "a"), ("var", "b")}, set()),
        ('contains(local.tiers, var.tier["x"].y)', {("local", "tiers"), ("var", "tier")}, {"contains"}),
        ("[for k, v in var.m : k => v.size...]", {("var", "m")}, set()),
        ("{ var = local.a, (var.b) = 1, each = 2 }", {("local", "a"), ("var", "b")}, set()),
        ('"${path.module}/x-$${var.c}"', {("path", "module")}, set()),
        ("provider::aws::arn_parse(var.arn).account", {("var", "arn")}, {"provider::aws::arn_parse"}),
        ("data.aws_region.this.name", {("data", "aws_region")}, set()),
    ],
)
def test_references_of_an_expression(text: str, names: set[tuple[str, str]], functions: set[str]) -> None:
    if text.startswith("[for k, v"):
        text = "{" + text[1:-1] + "}"
    found = references(expression(text))
    assert (set(found.names), set(found.functions)) == (names, functions)


def test_references_of_a_template_in_json() -> None:
    assert template_references('${var.a > 1} and "quoted"').names == {("var", "a")}
    assert template_references("${var.a").names == set()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("true", True),
        ("-3", -3),
        ("1.5e3", 1500.0),
        ("1e3", 1000.0),
        ("-2E-1", -0.2),
        ('[1e3, "1e3", { a = 2e+2 }]', [1000.0, "1e3", {"a": 200.0}]),
        ('"a\\n\\"b\\" $${c} %%{d} \\u00e9"', 'a\n"b" ${c} %{d} é'),
        ('["a", [1, null], {}]', ["a", [1, None], {}]),
        ('{ a = 1, "b c" = 2\n  d : [\n 3,\n ] }', {"a": 1, "b c": 2, "d": [3]}),
        ("<<-EOT\n    x\n      y\n  EOT", "x\n  y\n"),
        ("<<EOT\n  x $${y}\nEOT", "  x ${y}\n"),
        ('("a")', "a"),
    ],
)
def test_literal_values(text: str, value: object) -> None:
    found = literal(expression(text))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    ["1 + 1", "9" * 5_000, "1.0e999", "var.a", '"${a}"', '[upper("a")]', "[for x in [1] : x]", "<<EOT\n${a}\nEOT"],
)
def test_expressions_are_not_literals(text: str) -> None:
    with pytest.raises(NotLiteralError):
        literal(expression(text))


def test_a_variable_file_is_read_with_the_lines_of_its_values() -> None:
    text = 'a = 1\n\nb = {\n  c = [\n    1,\n    { d = "x" },\n  ]\n}\ne = 1 + 1\n'
    found = read_values("p.tfvars", text)
    assert found.values == {"a": 1, "b": {"c": [1, {"d": "x"}]}}
    assert found.computed == ("e",)
    lines = value_lines("p.tfvars", text)
    assert (lines["a",], lines["b",], lines["b", "c"], lines["b", "c", 1, "d"], lines["e",]) == (1, 3, 4, 6, 9)
    json_text = '{\n  "//": "x, [y]",\n  "b": {\n    "c": [\n      1,\n      {"d": "x"}\n    ]\n  }\n}\n'
    assert read_values("p.tfvars.json", json_text).values == {"b": {"c": [1, {"d": "x"}]}}
    lines = value_lines("p.tfvars.json", json_text)
    assert (lines["b",], lines["b", "c"], lines["b", "c", 0], lines["b", "c", 1, "d"]) == (3, 4, 5, 6)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("p.tfvars", "a = 1\nb = [\n", 2),
        ("p.tfvars", "a = 1\na = 2\n", 2),
        ("p.tfvars", "a = " + "[" * 5_000 + "]" * 5_000 + "\n", 1),
        ("p.tfvars", "a = " + "{a=" * 500 + "1" + "}" * 500 + "\n", 1),
        ("p.tfvars.json", '{\n  "a": }\n', 2),
        ("p.tfvars.json", "[]", 1),
        ("p.tfvars.json", '{"a": 1, "a": 2}', 1),
        ("p.tfvars.json", "[" * 100_000, 1),
    ],
)
def test_variable_files_that_cannot_be_read(name: str, text: str, line: int) -> None:
    with pytest.raises(HclSyntaxError) as error:
        read_values(name, text)
    assert error.value.line == line


def test_files_that_terraform_loads_by_itself() -> None:
    assert [is_automatic(n) for n in ("terraform.tfvars", "a.auto.tfvars.json", "prod.tfvars", "auto.tfvars")] == [
        True,
        True,
        False,
        False,
    ]


def test_variables_in_json_and_override_files() -> None:
    found = read_interface(
        {
            "override.tf": 'variable "a" {\n  default = 2\n  sensitive = true\n}\n',
            "a.tf": 'variable "a" {\n  type = number\n  default = 1\n}\n',
            "b.tf.json": '{"variable": [{"b": {"type": "list( string )", "default": ["${x}", null]}}, {"c": [{}]}],'
            ' "output": {"o": {"value": 1, "sensitive": true}},'
            ' "terraform": {"required_version": ">= 1.9", "required_providers": {"aws": {"version": "~> 6"}}}}',
        }
    )
    assert found.inputs == {
        "a": ModuleInput("number", "2", sensitive=True),
        "b": ModuleInput("list(string)", '["$${x}", null]'),
        "c": ModuleInput(),
    }
    assert found.outputs == {"o": True}
    assert found.required_version == ">= 1.9"
    assert found.providers["aws"].version == "~> 6"


def test_nested_code_is_read_up_to_a_depth() -> None:
    nested = "list(" * 90 + "string" + ")" * 90
    assert read_interface({"a.tf": f'variable "a" {{\n  type = {nested}\n}}\n'}).inputs["a"].type == nested
    assert read_values("p.tfvars", "a = " + "[" * 90 + "]" * 90 + "\n").computed == ()
    with pytest.raises(HclSyntaxError, match="nested more than 100 levels deep"):
        read_interface({"a.tf": f'variable "a" {{\n  type = {"list(" * 900}string{")" * 900}\n}}\n'})
