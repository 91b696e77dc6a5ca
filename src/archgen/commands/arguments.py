"""What may be written after `archgen`: every command with its options and the help that teaches them."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from archgen import __version__
from archgen.diagnostics.report import visible

USAGE = 2  # the exit code of wrong usage

_EPILOG = """\
a coordinate says which architecture is meant: cloud, environment, phase
  --at aws,prod,growth   production on AWS as it will be in the phase growth
  --at gcp               Google Cloud, the last environment, as it stands today
  (nothing)              the primary cloud, the last environment, as it stands today

exit codes: 0 clean, 1 findings, 2 unusable input or usage, 3 stale under --check, 70 an error of archgen's own
"""

_DIAGRAM_EXAMPLES = """\
examples:
  archgen diagram network --at aws,prod,growth -o network.svg
  archgen diagram context --at gcp -o context.png
  archgen diagram delivery -o delivery.drawio
  archgen diagram --all --format pdf -o pictures
"""

_SHOW_EXAMPLES = """\
examples:
  archgen show components.database.backup.retention_days
  archgen show components.cluster --at gcp,prod
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"archgen: {visible(message)}\nTry: {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `command` of what it gives is the command's name."""
    top = _Parser(
        prog="archgen",
        description="One typed architecture.yaml becomes diagrams, the parity table, runbooks, Terraform variable files and a site.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"archgen {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, dest="command")
    for add in (
        _init,
        _validate,
        _build,
        _serve,
        _diagram,
        _show,
        _export,
        _compare,
        _parity,
        _runbook,
        _terraform,
        _links,
        _rules,
        _impact,
        _explain,
        _schema,
    ):
        add(commands)
    return top


def _command(commands: Any, name: str, help_: str, more: str = "", epilog: str = "") -> argparse.ArgumentParser:
    """One command: its line in the list, and a page of its own."""
    added: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help_,
        description=f"{help_[0].upper()}{help_[1:]}. {more}".strip(),
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return added


_PICTURES = ("svg", "png", "pdf", "dot", "mermaid", "drawio")


_INIT_EXAMPLES = """\
examples:
  archgen init shop                        a model on AWS, in the new folder shop
  archgen init --cloud gcp                 one on Google Cloud, here
  archgen init shop --cloud aws,gcp        one on AWS with its equivalent on Google Cloud
"""


def _init(commands: Any) -> None:
    command = _command(
        commands,
        "init",
        "start a new project: a commented model that builds at once",
        "Asks nothing, overwrites nothing.",
        _INIT_EXAMPLES,
    )
    command.add_argument("folder", nargs="?", default=".", metavar="FOLDER", help="where (default: here)")
    clouds = "the clouds of the model (default: aws); of two, the first is the primary one"
    command.add_argument("--cloud", choices=("aws", "gcp", "aws,gcp"), default="aws", help=clouds)
    command.add_argument(
        "--today", metavar="DATE", type=_date, help="plan the first drill from this day on (default: today)"
    )


def _validate(commands: Any) -> None:
    command = _command(commands, "validate", "check the model and say everything that is wrong with it")
    _model(command)
    command.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github", "junit"),
        default="text",
        help="text for people, on standard error (default); the others for machines, on standard output",
    )
    command.add_argument(
        "--fail-on",
        choices=("error", "warning", "info"),
        default="error",
        help="the least severity that makes it exit with 1 (default: error)",
    )
    _today(command)
    command.add_argument("--fix", action="store_true", help="mend first what can safely be mended: one value each")


def _build(commands: Any) -> None:
    command = _command(
        commands,
        "build",
        "make everything: pages, pictures, variable files, the schema, the site",
        "Files appear whole or not at all; unchanged ones are not touched.",
    )
    _model(command)
    profile = "internal: everything (default); public: only the site, in site-public/, without what says whose it is"
    command.add_argument("--profile", choices=("internal", "public"), default="internal", help=profile)
    without = "leave out the site builder: write the pages, do not publish them"
    command.add_argument("--no-site", action="store_true", help=without)
    beside = "also make site-offline.zip, which opens from a disk without a server"
    command.add_argument("--offline", action="store_true", help=beside)
    command.add_argument("--check", action="store_true", help="write nothing; say what is stale and exit with 3")
    _today(command)
    edited = "overwrite this file although a person edited it"
    command.add_argument("--force", action="append", default=[], metavar="PATH", help=edited)


def _serve(commands: Any) -> None:
    command = _command(
        commands,
        "serve",
        "show the site at a local address, and make it anew whenever a file is saved",
        "Pages reload by themselves; while the model is broken they say why, and the last good site stays.",
    )
    _model(command)
    command.add_argument(
        "--port",
        type=int,
        default=8000,
        metavar="N",
        help="where to listen, on this machine only (default 8000; 0: any)",
    )
    command.add_argument("--open", action="store_true", help="open it in a browser")
    _today(command)
    command.set_defaults(no_site=False, check=False, force=[], profile="internal", offline=False)


def _diagram(commands: Any) -> None:
    command = _command(commands, "diagram", "draw a view, or all of them, at one coordinate", epilog=_DIAGRAM_EXAMPLES)
    name = "the view's name, as in its page's address: context, network"
    command.add_argument("view", metavar="VIEW", nargs="?", help=name)
    command.add_argument(
        "--all", action="store_true", help="every view that shows something, each in a file of its own"
    )
    command.add_argument(
        "--format", choices=_PICTURES, help="the format (default: what the file's name says, else svg)"
    )
    _model(command)
    _at(command)
    _output(command, "the file, or with --all the folder; text goes to standard output without it")
    _theme(command)
    command.add_argument(
        "--scale", type=float, default=2.0, metavar="N", help="pixels of the PNG for each CSS pixel (default 2)"
    )


def _show(commands: Any) -> None:
    command = _command(
        commands,
        "show",
        "print a value of the model and the line that it comes from",
        "Without --at, how it varies over all coordinates.",
        _SHOW_EXAMPLES,
    )
    command.add_argument("path", metavar="PATH", help="keys joined by dots: components.database.size")
    _model(command)
    _at(command)


def _export(commands: Any) -> None:
    command = _command(
        commands,
        "export",
        "print the whole architecture at a coordinate, for other tools",
        "Every default is written out, and everything that follows from the model is there.",
    )
    _model(command)
    _at(command)
    what = "docs/guide/export.md describes it (default: json)"
    command.add_argument("--format", choices=("json",), default="json", help=what)
    _output(command, "write it to a file")


_COMPARE_EXAMPLES = """\
examples:
  archgen compare --from aws,prod,mvp --to aws,prod,growth     what a phase brings
  archgen compare --from dev --to prod                         how environments differ, as they stand today
  archgen compare --from aws --to gcp --format markdown        one cloud beside the other
  archgen compare --from-rev main                              what this branch changes in production
"""


def _compare(commands: Any) -> None:
    command = _command(
        commands,
        "compare",
        "say what differs between two coordinates or two revisions, and what follows",
        "Components, connections and settings with the line of each; every file, picture, parity row, runbook and finding that differs.",
        _COMPARE_EXAMPLES,
    )
    _model(command)
    for name in ("from", "to"):
        side = f"compare {name} this coordinate (default: as the last environment stands today)"
        command.add_argument(f"--{name}", dest=f"{name}_", metavar="COORDINATE", help=side)
        then = "the model as it was at this commit, branch or tag (default: as it is on disk)"
        command.add_argument(f"--{name}-rev", metavar="REVISION", help=then)
    formats = "for a terminal (default), a pull request, programs, or as a picture (default: what the file's name says, else text)"
    command.add_argument("--format", choices=("text", "markdown", "json", *_PICTURES), help=formats)
    _theme(command)
    command.add_argument("--exit-code", action="store_true", help="exit with 1 if anything differs")
    _output(command, "write it to a file")


_PARITY_EXAMPLES = """\
examples:
  archgen parity                            the table, and how ready each cloud is
  archgen parity --format csv -o parity.csv
  archgen parity review secrets --by Ada    both sides were compared as they are; stamped in reviews.yaml
  archgen parity --fail-under 80            for CI
"""


def _date(text: str) -> str:
    from archgen.model.base import calendar_day

    try:
        return calendar_day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _today(command: argparse.ArgumentParser) -> None:
    day = "the day that waivers, drills and versions are judged on (default: today); pages never depend on it"
    command.add_argument("--today", metavar="DATE", type=_date, help=day)


def _percent(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 100:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 0 to 100")


def _parity(commands: Any) -> None:
    command = _command(
        commands,
        "parity",
        "print the parity table, or stamp reviews of its rows",
        "How each cloud meets each capability; archgen validate checks it against the components.",
        _PARITY_EXAMPLES,
    )
    command.add_argument(
        "action", nargs="?", choices=("review",), help="review: say that both sides have been compared"
    )
    command.add_argument("ids", nargs="*", metavar="ID", help="the capabilities that were compared")
    _model(command)
    command.add_argument("--all", action="store_true", help="review every capability")
    command.add_argument("--by", metavar="NAME", help="who compared them (default: as Git knows you)")
    command.add_argument("--on", metavar="DATE", type=_date, help="when (default: today)")
    under = "exit with 1 when a cloud is less ready than that, in percent"
    command.add_argument("--fail-under", type=_percent, metavar="N", help=under)
    formats = (
        "for a terminal (default), a spreadsheet, a document, or programs; "
        "in csv a cell that a spreadsheet would take for a formula begins with an apostrophe"
    )
    command.add_argument("--format", choices=("text", "csv", "markdown", "json"), default="text", help=formats)
    _output(command, "write it to a file")


_RUNBOOK_EXAMPLES = """\
examples:
  archgen runbook list                                     which there are, how bad it is, who owns them, when they are due
  archgen runbook show database-failover                   for production, as it stands today
  archgen runbook show zone-failure --at gcp,stg | less
"""


def _runbook(commands: Any) -> None:
    command = _command(
        commands,
        "runbook",
        "list the runbooks, or print one with the real names of an environment",
        "Markdown that reads well in a terminal.",
        _RUNBOOK_EXAMPLES,
    )
    command.add_argument("action", choices=("list", "show"), help="list: all of a coordinate; show: one of them")
    command.add_argument("id", nargs="?", metavar="ID", help="the runbook, as in its page's address")
    _model(command)
    _at(command)
    command.add_argument("--today", metavar="DATE", type=_date, help="the day that drills are due by (default: today)")
    _output(command, "write it to a file")


def _links(commands: Any) -> None:
    command = _command(
        commands,
        "links",
        "check a built site: dead links and anchors, in pictures too, and what it would load from elsewhere",
        "archgen build does so before it publishes; this is for sites that another builder made.",
    )
    command.add_argument("folder", metavar="DIR", nargs="?", default="site", help="the site's folder (default: site)")


_RULES_EXAMPLES = """\
examples:
  archgen rules                     every rule: how severe, what it found, what is waived
  archgen rules HA201               one of them: why, who else says so, examples, what it found here
  archgen rules --format markdown
"""


def _rules(commands: Any) -> None:
    command = _command(
        commands,
        "rules",
        "list the rules that check this model, or explain one",
        "archgen's own and the project's, with the severities and waivers of the model.",
        _RULES_EXAMPLES,
    )
    command.add_argument("code", nargs="?", metavar="CODE", help="the rule, such as HA201 or OWN-name")
    _model(command)
    _today(command)
    formats = "for a terminal (default), a document, or programs"
    command.add_argument("--format", choices=("text", "markdown", "json"), default="text", help=formats)
    _output(command, "write it to a file")


_IMPACT_EXAMPLES = """\
examples:
  archgen impact database                       what stops, and what goes on without it
  archgen impact eu-west-1a --at prod,growth    a zone, by its name
  archgen impact cluster -o cluster.svg         the same as a picture
"""


def _impact(commands: Any) -> None:
    command = _command(
        commands,
        "impact",
        "say what stops when a component or a zone fails, and which flows break",
        "Calls that are `required: false` are gone without; copies in other zones take over.",
        _IMPACT_EXAMPLES,
    )
    command.add_argument("id", metavar="ID", help="a component, or a zone of the cloud")
    _model(command)
    _at(command)
    formats = "for a terminal (default), programs, or as a picture (default: what the file's name says, else text)"
    command.add_argument("--format", choices=("text", "json", *_PICTURES), help=formats)
    _theme(command)
    _output(command, "write it to a file")


_TERRAFORM_EXAMPLES = """\
examples:
  archgen terraform check                                  every stack, as every environment stands today
  archgen terraform check 05-data --at aws,prod,growth     one stack, as it will be
  archgen terraform check path/to/stack                    the variable files of any folder against its own variables
"""


def _terraform(commands: Any) -> None:
    command = _command(
        commands,
        "terraform",
        "prove variable files against the variables that they are for, with real Terraform",
        "Needs no init, no provider and no credentials.",
        _TERRAFORM_EXAMPLES,
    )
    command.add_argument("action", choices=("check",), help="check: say everything that is wrong between the two")
    command.add_argument(
        "what", nargs="?", metavar="DIR|STACK", help="a folder, or a stack of the model (default: all stacks)"
    )
    _model(command)
    _at(command)
    command.add_argument("--partial", action="store_true", help="let required variables go without a value")
    command.add_argument(
        "--format", choices=("text", "json", "sarif", "github"), default="text", help="as for validate"
    )


def _explain(commands: Any) -> None:
    command = _command(commands, "explain", "say what a diagnostic's code means, with examples")
    command.add_argument("code", metavar="CODE", help="as reported: ARC-M002")


def _schema(commands: Any) -> None:
    command = _command(commands, "schema", "print the JSON Schema of architecture.yaml, for editors")
    _output(command, "write it to a file")
    command.add_argument("--project", action="store_true", help="with the ids and conditions of this project's model")
    command.add_argument("--part", action="store_true", help="for the files that architecture.yaml includes")
    _model(command)


def _model(command: argparse.ArgumentParser) -> None:
    what = "the model (default: %(default)s)"
    command.add_argument("-m", "--model", default="architecture.yaml", metavar="FILE", help=what)
    without = "for a project from somebody else: use none of its templates, rules/*.py, fonts, hand-written pages and mkdocs.yml"
    command.add_argument("--no-project-code", action="store_true", help=without)


def _at(command: argparse.ArgumentParser) -> None:
    command.add_argument("--at", metavar="COORDINATE", help="cloud, environment and phase, joined by commas")


def _theme(command: argparse.ArgumentParser) -> None:
    what = "colors for a light ground or a dark one, in an SVG, PNG or PDF (default: light)"
    command.add_argument("--theme", choices=("light", "dark"), default="light", help=what)


def _output(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("-o", "--output", metavar="FILE", help=what)
