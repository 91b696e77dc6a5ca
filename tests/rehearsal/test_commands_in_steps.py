"""Simple commands are found in the text of steps, wherever a shell would run them."""

from __future__ import annotations

import pytest

from archgen.rehearsal.commands import commands


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ("aws rds describe-db-instances", ["aws"]),
        ('X=$(aws rds describe --query "a[?b==\'c\']"); echo "$X"', ["aws", "echo"]),
        ('test "$(aws sts get-caller-identity)" = 1 && echo YES || { echo NO; false; }', ["test", "aws", "echo", "echo", "false"]),
        ("for i in $(seq 3); do aws rds describe 2>/dev/null | grep -q x; sleep 5; done", ["for", "seq", "aws", "grep", "sleep"]),
        ("m(){ aws cloudwatch get; }\nm", ["aws"]),
        ("read -r N V < <(aws acm describe)", ["read", "aws"]),
        ('aws wafv2 update --addresses "$(jq -c \'.[]|x\' <<<"$NOW")"', ["aws", "jq"]),
        ("aws x y \\\n  --z w | tr a b   # aws is not called here", ["aws", "tr"]),
        ("cat > file <<END\naws is text here\nEND\nls", ["cat", "ls"]),
        ("if aws a b; then aws c d; else false; fi", ["aws", "aws", "false"]),
        ("export A=1 B='aws x'; NAME=v aws s3 ls", ["aws"]),
    ],
)  # fmt: skip
def test_commands_are_found(text: str, tools: list[str]) -> None:
    assert [command.tool for command in commands(text)] == tools


def test_words_have_no_quotes_and_stand_ins_for_variables() -> None:
    (command,) = commands("aws rds describe --name \"$NAME-x\" --query 'a b' > file")
    assert command.words == ["aws", "rds", "describe", "--name", "substituted-0123456789-x", "--query", "a b"]
    assert command.text.startswith("aws rds describe --name")
