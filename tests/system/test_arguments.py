"""The parser of one command is the part of the whole command line's parser that belongs to this command."""

from __future__ import annotations

import argparse

from archgen.commands.arguments import parser


def commands_of(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    (commands,) = (a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    return dict(commands.choices)


def test_each_command_has_a_parser_with_the_same_help() -> None:
    every = commands_of(parser())
    assert len(every) > 20
    for name, whole in every.items():
        alone = commands_of(parser(name))
        assert list(alone) == [name]
        assert alone[name].format_help() == whole.format_help()


def test_any_other_text_gives_the_whole_parser() -> None:
    for text in ("", "valid", "--help", "-"):
        assert parser(text).format_help() == parser().format_help()
