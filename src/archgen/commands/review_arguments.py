"""The options of commands about a change of the model."""

from __future__ import annotations

from typing import Any

from archgen.commands.options import add_at, add_command, add_model, add_output, date, fail_on_in_review

_REVIEW_EXAMPLES = """\
examples:
  archgen review --from-rev main                              what this branch means, as Markdown
  archgen review --from-rev origin/main --format github-comment -o comment.md
  archgen review --from-rev v1.2 --to-rev v1.3 --format json
  archgen review --from-rev main --fail-on error              for CI: exit with 1 if there are new errors
  archgen review --from-rev main --plan plan.json --at aws,prod   also how the plan differs from the model
"""


def add_review(commands: Any) -> None:
    """Add `archgen review`."""
    command = add_command(
        commands,
        "review",
        "say what a change of the model means, as one text for a pull request",
        "Begins with a verdict; then lists what follows from the change, draws the components that differ, and folds the details. "
        "Prints nothing if nothing differs.",
        _REVIEW_EXAMPLES,
    )
    add_model(command)
    before = "the commit, branch or tag before the change"
    command.add_argument("--from-rev", metavar="REVISION", required=True, help=before)
    after = "the commit, branch or tag after the change (default: the files on disk)"
    command.add_argument("--to-rev", metavar="REVISION", help=after)
    command.add_argument(
        "--format",
        choices=("markdown", "github-comment", "gitlab-note", "bitbucket", "json"),
        default="markdown",
        help="the format (default: markdown)",
    )
    _add_profile(command)
    command.add_argument(
        "--fail-on",
        type=fail_on_in_review,
        metavar="LEVEL",
        help="exit with 1 if the change brings findings of at least this severity: error, warning or info; "
        "unknown: also if rules lack a fact because of it; drift: also if a plan differs from the model",
    )
    plan = "also say how this plan, as `terraform show -json` prints it, differs from the changed model; can be repeated for other stacks"
    command.add_argument("--plan", metavar="FILE", action="append", default=[], help=plan)
    add_at(command, "the coordinate of the plans: cloud, environment and phase, separated by commas")
    partial = "the plans are only of some stacks: nothing counts as missing (default if the model has more stacks than there are plans)"
    command.add_argument("--partial", action="store_true", help=partial)
    known = (
        "leave out the differences from the plan that this file contains; `archgen drift --write-baseline` writes it"
    )
    command.add_argument("--baseline", metavar="FILE", help=known)
    command.add_argument("--exit-code", action="store_true", help="exit with 1 if anything differs")
    day = "also ask rules that depend on the date, as of DATE (default: not asked, so that equal changes give equal texts)"
    command.add_argument("--today", metavar="DATE", type=date, help=day)
    add_output(command, "write to this file, which is empty if nothing differs (default: standard output)")


_EXPLAIN_CHANGE_EXAMPLES = """\
examples:
  archgen explain-change components.database.backup.retention_days
  archgen explain-change architecture.yaml:120                the value that begins at this line
"""


def add_explain_change(commands: Any) -> None:
    """Add `archgen explain-change`."""
    command = add_command(
        commands,
        "explain-change",
        "say what a value of the model drives, before you edit it",
        "Tries other values in memory and lists what differs: files to apply, addresses, permissions, runbooks, parity, pictures and "
        "findings; then the rules that read the value, and who is responsible.",
        _EXPLAIN_CHANGE_EXAMPLES,
    )
    command.add_argument("path", metavar="PATH", help="keys joined by dots, or FILE:LINE")
    add_model(command)
    command.add_argument("--format", choices=("text", "json"), default="text", help="the format (default: text)")
    _add_profile(command)
    add_output(command, "write to this file (default: standard output)")


def _add_profile(command: Any) -> None:
    profile = (
        "internal: everything (default); public: without identifying values, for a repository that everyone can read"
    )
    command.add_argument("--profile", choices=("internal", "public"), default="internal", help=profile)
