"""The command line's parser: every command with its options and help texts."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from typing import Any, NoReturn

from archgen import __version__
from archgen.commands.drift_arguments import add_drift
from archgen.commands.format_arguments import add_format
from archgen.commands.options import (
    add_at,
    add_command,
    add_model,
    add_output,
    add_theme,
    add_timings,
    add_today,
    date,
    duration,
    fail_on,
    number_of_jobs,
    one_line,
    percent,
    port,
)
from archgen.commands.review_arguments import add_explain_change, add_review
from archgen.commands.starting_arguments import add_import, add_init
from archgen.commands.terraform_arguments import add_terraform
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.report import visible

USAGE = 2  # the exit code of wrong usage

_EPILOG = """\
a coordinate selects an architecture by cloud, environment and phase:
  --at aws,prod,growth   production on AWS in the phase growth
  --at gcp               the last environment on Google Cloud, in its current phase
  (default)              the last environment on the primary cloud, in its current phase

exit codes: 0 success, 1 findings, 2 invalid input or usage, 3 stale files (--check), 70 internal error
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
    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Like argparse's, with a suggestion. Raises ArgumentError."""
        if action.choices is not None and value not in action.choices:
            help_ = did_you_mean(value, action.choices)
            raise argparse.ArgumentError(action, f"invalid choice: '{value}'; {help_}")

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"archgen: {visible(message)}\nTry: {self.prog} --help\n")


class _CommandParser(_Parser):
    """The parser of one command. It reports unknown options itself, because the top parser would refer to the help of all commands."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """The options, and an empty list: unknown arguments are an error."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            known = self._with_both_sides(unknown) or did_you_mean(
                unknown[0].partition("=")[0], self._option_string_actions, otherwise=" "
            )
            suggestion = f"; {known}" if known.strip() else ""
            self.error(f"unrecognized arguments: {' '.join(unknown)}{suggestion}")
        return options, unknown

    def _with_both_sides(self, given: list[str]) -> str:
        """The command with one or two words as the options `--from` and `--to`; empty if it does not have these or more is given."""
        sides = ("--from", "--to")
        if len(given) > len(sides) or any(word.startswith("-") for word in given):
            return ""
        if not set(sides) <= set(self._option_string_actions):
            return ""
        options = " ".join(f"{side} {shlex.quote(word)}" for side, word in zip(sides, given, strict=False))
        return f"did you mean '{self.prog} {options}'?"


def parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of the whole command line. Its result has the name of the command as `command`.

    For the name of a command, a parser that knows only this command, which takes a tenth of the time; for any other text, of everything.
    """
    top = _Parser(
        prog="archgen",
        description="Generate diagrams, a parity table, runbooks, Terraform variable files and a site from one architecture.yaml.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"archgen {__version__}")
    commands = top.add_subparsers(
        title="commands", metavar="COMMAND", required=True, dest="command", parser_class=_CommandParser
    )
    adding = _adding()
    for add in [adding[command]] if command in adding else adding.values():
        add(commands)
    return top


def _adding() -> dict[str, Callable[[Any], None]]:
    """The function that adds each command, in the order of the help."""
    return {
        "init": add_init,
        "import": add_import,
        "validate": _validate,
        "format": add_format,
        "build": _build,
        "serve": _serve,
        "diagram": _diagram,
        "show": _show,
        "export": _export,
        "compare": _compare,
        "review": add_review,
        "explain-change": add_explain_change,
        "drift": add_drift,
        "parity": _parity,
        "runbook": _runbook,
        "terraform": add_terraform,
        "links": _links,
        "rules": _rules,
        "kinds": _kinds,
        "impact": _impact,
        "explain": _explain,
        "schema": _schema,
        "cache": _cache,
    }


_PICTURES = ("svg", "png", "pdf", "dot", "mermaid", "drawio")


def _validate(commands: Any) -> None:
    command = add_command(commands, "validate", "check the model and report everything that is wrong with it")
    add_model(command)
    command.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github", "junit"),
        default="text",
        help="text (default) goes to standard error; the other, machine-readable formats go to standard output",
    )
    command.add_argument(
        "--fail-on",
        type=fail_on,
        default="error",
        metavar="LEVEL",
        help="exit with 1 for findings of at least this severity: error (default), warning or info; "
        "unknown: also if a rule could not be checked, as in --fail-on warning,unknown",
    )
    add_today(command)
    command.add_argument("--fix", action="store_true", help="apply safe fixes of single values first")
    add_timings(command, "on standard error, or in the report with --format json")
    _add_jobs(command)


def _add_jobs(command: argparse.ArgumentParser) -> None:
    what = "use at most this many processor cores (default: all); the output does not depend on it"
    command.add_argument("--jobs", type=number_of_jobs, metavar="N", help=what)


def _build(commands: Any) -> None:
    command = add_command(
        commands,
        "build",
        "generate everything: pages, diagrams, variable files, the schema, the site",
        "Files are replaced atomically; unchanged files are not touched.",
    )
    add_model(command)
    profile = "internal: everything (default); public: only the site, in site-public/, without identifying information"
    command.add_argument("--profile", choices=("internal", "public"), default="internal", help=profile)
    without = "write the pages, but do not build the site from them"
    command.add_argument("--no-site", action="store_true", help=without)
    beside = "also create site-offline.zip, a copy of the site that works without a web server"
    command.add_argument("--offline", action="store_true", help=beside)
    command.add_argument(
        "--check", action="store_true", help="write nothing; list stale files and exit with 3 if there are any"
    )
    add_today(command)
    dated = "show on pages when their part of the model was last changed, and the latest changes, from Git"
    command.add_argument("--history", action="store_true", help=dated)
    add_timings(command, "on standard error")
    _add_jobs(command)
    edited = "overwrite this file even if it was edited by hand"
    command.add_argument("--force", action="append", default=[], metavar="PATH", help=edited)


def _serve(commands: Any) -> None:
    command = add_command(
        commands,
        "serve",
        "serve the site at a local address and rebuild it whenever a file is saved",
        "Open pages follow each change. While the model is invalid, they show its problems and the last valid site.",
    )
    add_model(command)
    command.add_argument(
        "--port",
        type=port,
        default=8000,
        metavar="N",
        help="the port to listen on, on this machine only (default: 8000; 0: any free port)",
    )
    command.add_argument("--open", action="store_true", help="open the site in a browser")
    add_today(command)
    _add_jobs(command)
    command.set_defaults(no_site=False, check=False, force=[], profile="internal", offline=False, history=False)


def _diagram(commands: Any) -> None:
    command = add_command(
        commands, "diagram", "draw a view, or all of them, at one coordinate", epilog=_DIAGRAM_EXAMPLES
    )
    name = "the name of the view, as in the address of its page: context, network"
    command.add_argument("view", metavar="VIEW", nargs="?", help=name)
    command.add_argument("--all", action="store_true", help="draw every view that is not empty, each to its own file")
    command.add_argument(
        "--format", choices=_PICTURES, help="the format (default: from the suffix of the file, otherwise svg)"
    )
    add_model(command)
    add_at(command)
    add_output(command, "the file, or the folder with --all (default: standard output, for text formats)")
    add_theme(command)
    command.add_argument("--scale", type=float, default=2.0, metavar="N", help="PNG pixels per CSS pixel (default: 2)")


def _show(commands: Any) -> None:
    command = add_command(
        commands,
        "show",
        "print a value of the model and the line where it is set",
        "Without --at, shows how the value varies across all coordinates.",
        _SHOW_EXAMPLES,
    )
    command.add_argument("path", metavar="PATH", help="keys joined by dots: components.database.size")
    add_model(command)
    add_at(command)


def _export(commands: Any) -> None:
    command = add_command(
        commands,
        "export",
        "print the complete architecture at a coordinate, for other tools",
        "The output includes all defaults and everything that archgen derives from the model.",
    )
    add_model(command)
    add_at(command)
    command.add_argument("--format", choices=("json",), default="json", help="the format (default: json)")
    add_output(command, "write to this file (default: standard output)")


_COMPARE_EXAMPLES = """\
examples:
  archgen compare --from aws,prod,mvp --to aws,prod,growth     what a phase adds
  archgen compare --from dev --to prod                         how environments differ in their current phases
  archgen compare --from aws --to gcp --format markdown        how two clouds differ
  archgen compare --from-rev main                              what this branch changes in production
"""


def _compare(commands: Any) -> None:
    command = add_command(
        commands,
        "compare",
        "compare two coordinates or two revisions, including what is generated from them",
        "Lists components, connections and settings with their lines, and files, diagrams, parity rows, runbooks and findings that differ.",
        _COMPARE_EXAMPLES,
    )
    add_model(command)
    for name in ("from", "to"):
        side = f"the coordinate to compare {name} (default: the last environment in its current phase)"
        command.add_argument(f"--{name}", dest=f"{name}_", metavar="COORDINATE", help=side)
        then = "use the model at this commit, branch or tag (default: the files on disk)"
        command.add_argument(f"--{name}-rev", metavar="REVISION", help=then)
    formats = "the format (default: from the suffix of the file, otherwise text)"
    command.add_argument("--format", choices=("text", "markdown", "json", *_PICTURES), help=formats)
    add_theme(command)
    command.add_argument("--exit-code", action="store_true", help="exit with 1 if anything differs")
    add_output(command, "write to this file (default: standard output)")


_PARITY_EXAMPLES = """\
examples:
  archgen parity                            the table, and the readiness of each cloud
  archgen parity --format csv -o parity.csv
  archgen parity review secrets --by Ada    record in reviews.yaml that both clouds were compared
  archgen parity suggest --to gcp           propose rows and products of another cloud, as YAML
  archgen parity suggest --to gcp --write   write them into the model as proposals, which a person has to confirm
  archgen parity --fail-under 80            for CI
"""


def _parity(commands: Any) -> None:
    command = add_command(
        commands,
        "parity",
        "print the parity table, record reviews of its rows, or propose rows",
        "The table shows how each cloud provides each capability; archgen validate checks it against the components.",
        _PARITY_EXAMPLES,
    )
    command.add_argument(
        "action",
        nargs="?",
        choices=("review", "suggest"),
        help="review: record that both clouds were compared; suggest: propose rows and products for another cloud",
    )
    command.add_argument("ids", nargs="*", metavar="ID", help="the capabilities that were compared")
    add_model(command)
    command.add_argument("--all", action="store_true", help="review all capabilities")
    command.add_argument("--to", metavar="CLOUD", help="the cloud to propose products of, such as gcp")
    write = "write the proposals into the files of the model, all of them or none"
    command.add_argument("--write", action="store_true", help=write)
    command.add_argument("--by", metavar="NAME", type=one_line, help="the reviewer (default: user.name in Git)")
    command.add_argument("--on", metavar="DATE", type=date, help="the date of the review (default: today)")
    under = "exit with 1 if the readiness of a cloud is below this percentage"
    command.add_argument("--fail-under", type=percent, metavar="N", help=under)
    formats = (
        "the format (default: text); "
        "in csv, cells that a spreadsheet could interpret as a formula start with an apostrophe"
    )
    command.add_argument("--format", choices=("text", "csv", "markdown", "json"), default="text", help=formats)
    add_output(command, "write to this file (default: standard output)")


_RUNBOOK_EXAMPLES = """\
examples:
  archgen runbook list                                     all runbooks with severity, title, owner and next drill
  archgen runbook show database-failover                   for production, in its current phase
  archgen runbook show zone-failure --at gcp,stg | less
  archgen runbook drill database-failover --at aws,stg --took 12m --by Ada
  archgen runbook rehearse database-failover               run its commands against an emulator, in all environments
"""


def _runbook(commands: Any) -> None:
    command = add_command(
        commands,
        "runbook",
        "list the runbooks, print one with the resource names of an environment, record a drill, or rehearse commands",
        "Runbooks are printed as Markdown. A drill is written into the model. A rehearsal runs commands of runbooks on this machine, "
        "against an emulator that it starts, with harmless programs only.",
        _RUNBOOK_EXAMPLES,
    )
    command.add_argument(
        "action",
        choices=("list", "show", "drill", "rehearse"),
        help="list: all runbooks at the coordinate; show: one of them; drill: record that one was practiced; "
        "rehearse: run the commands of one or all runbooks",
    )
    command.add_argument("id", nargs="?", metavar="ID", help="the runbook, as in the address of its page")
    add_model(command)
    add_at(command)
    command.add_argument(
        "--today", metavar="DATE", type=date, help="the date used to find overdue drills (default: today)"
    )
    drill = command.add_argument_group("options of drill")
    drill.add_argument("--took", metavar="TIME", type=duration, help="how long it took, such as 90s, 12m or 2h")
    drill.add_argument("--by", metavar="NAME", type=one_line, help="who did it")
    drill.add_argument("--on", metavar="DATE", type=date, help="the date of the drill (default: today)")
    drill.add_argument(
        "--result", metavar="TEXT", type=one_line, help="what was found (default: whether the objective was met)"
    )
    add_output(command, "write to this file (default: standard output)")


def _links(commands: Any) -> None:
    command = add_command(
        commands,
        "links",
        "check a built site for dead links and anchors, and for anything loaded from other servers",
        "archgen build does this before it publishes; use this command for sites that were built by other tools.",
    )
    command.add_argument("folder", metavar="DIR", nargs="?", default="site", help="the site's folder (default: site)")


_RULES_EXAMPLES = """\
examples:
  archgen rules                     every rule with its severity, findings and waivers
  archgen rules HA201               one rule with its reason, sources, examples and findings
  archgen rules --format markdown
"""


def _rules(commands: Any) -> None:
    command = add_command(
        commands,
        "rules",
        "list the rules that check this model, or explain one",
        "Includes the project's own rules, with the severities and waivers of the model.",
        _RULES_EXAMPLES,
    )
    command.add_argument("code", nargs="?", metavar="CODE", help="the rule, such as HA201 or OWN-name")
    add_model(command)
    add_today(command)
    command.add_argument(
        "--format", choices=("text", "markdown", "json"), default="text", help="the format (default: text)"
    )
    add_output(command, "write to this file (default: standard output)")


_IMPACT_EXAMPLES = """\
examples:
  archgen impact database                       what stops, and what keeps working without it
  archgen impact eu-west-1a --at prod,growth    the failure of a zone
  archgen impact eu-west-1                      the failure of a region, by its name or ID
  archgen impact cluster -o cluster.svg         the result as a diagram
"""


def _impact(commands: Any) -> None:
    command = add_command(
        commands,
        "impact",
        "show what stops when a component or a place such as a zone fails, and which flows break",
        "A caller keeps working without a call that has `required: false`; copies in other zones take over.",
        _IMPACT_EXAMPLES,
    )
    command.add_argument(
        "id",
        metavar="ID",
        help="the ID of a component, a site, a region, a further network or an account, or the name of a region or a zone",
    )
    add_model(command)
    add_at(command)
    formats = "the format (default: from the suffix of the file, otherwise text)"
    command.add_argument("--format", choices=("text", "json", *_PICTURES), help=formats)
    add_theme(command)
    add_output(command, "write to this file (default: standard output)")


_KINDS_EXAMPLES = """\
examples:
  archgen kinds queue
  archgen kinds cron job
  archgen kinds DynamoDB
"""


def _kinds(commands: Any) -> None:
    command = add_command(
        commands,
        "kinds",
        "list the kinds of components, or find one by the words that people use",
        "Searches names, definitions and products. The kinds and products of the model are included, if there is one.",
        _KINDS_EXAMPLES,
    )
    command.add_argument("words", nargs="*", metavar="WORD", help="what the component is, or a product that it uses")
    add_model(command)
    command.add_argument("--format", choices=("text", "json"), default="text", help="the format (default: text)")
    add_output(command, "write to this file (default: standard output)")


def _explain(commands: Any) -> None:
    command = add_command(commands, "explain", "explain the code of a finding, with examples")
    command.add_argument("code", metavar="CODE", help="the code, such as ARC-M002")


def _schema(commands: Any) -> None:
    command = add_command(commands, "schema", "print the JSON Schema of architecture.yaml, for editors")
    add_output(command, "write to this file (default: standard output)")
    command.add_argument("--project", action="store_true", help="include the IDs and conditions of this project")
    command.add_argument("--part", action="store_true", help="the schema of files that architecture.yaml includes")
    add_model(command)


def _cache(commands: Any) -> None:
    command = add_command(commands, "cache", "show where results of earlier builds are kept, and how much they take")
    command.add_argument(
        "action", nargs="?", choices=("show", "clear"), default="show", help="clear: delete all of them"
    )
