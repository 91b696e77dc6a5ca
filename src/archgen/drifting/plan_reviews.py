"""What a review says about plans of Terraform: how they differ from the model after a change, and what of that the change brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from archgen.comparing.effects import Effect
from archgen.comparing.review import PlanComparison
from archgen.comparing.words import Words, code, listed_code
from archgen.diagnostics.diagnostic import Span, dotted
from archgen.drifting.findings import Drift, DriftKind, DriftReport
from archgen.drifting.formats import (
    JSON_FORMAT,
    coverage_sentences,
    document_of,
    fit_sentence,
    plain_drift,
    source_in_words,
)
from archgen.drifting.reporting import make_report
from archgen.drifting.settings import file_text, same_value
from archgen.drifting.stated import StatedModel
from archgen.importing.resource import without_indexes
from archgen.importing.terraform_json import TerraformFile
from archgen.model.coordinate import BadConditionError, Coordinate
from archgen.model.resolve import Resolved
from archgen.model.wording import counted
from archgen.records import dataclass
from archgen.rules.secrets import without_secrets_in

_PUBLIC: Mapping[DriftKind, str] = {
    "missing": "in the model, but not in the plan",
    "not-modeled": "in the plan, but not in the model",
    "different": "the plan has another value than the model",
    "connection": "the plan has or permits a connection that the model does not have",
}


@dataclass(frozen=True, slots=True)
class PlanFiles:
    """What a review is given: the files, the coordinate as text (None for the default one), and what is accepted.

    `today` (ISO 8601) is the day on which waivers have to be valid; if it is empty, they never end, so that equal changes give equal
    texts.
    """

    sources: Sequence[TerraformFile]
    at: str | None
    today: str = ""
    partial: bool = False
    baseline: Sequence[Mapping[str, Any]] = ()


def compare_plans(
    sides: tuple[Resolved, Resolved], given: PlanFiles, move: Callable[[Span], Span], *, public: bool
) -> PlanComparison:
    """How the files differ from the newer model, and which of these differences the older one does not have.

    `move` is applied to the places in the document. A `public` comparison has no value and no name that only the files state. Raises
    BadConditionError if the newer model does not have the coordinate.
    """
    old, new = sides
    report = _report(new, given)
    before = _report_before(old, given)
    earlier = {_identity(drift) for drift in before}
    solved = _solved(before, report, StatedModel(new, report.coordinate))
    at = frozenset((report.coordinate,))
    found = [(drift, _identity(drift) not in earlier) for drift in report.findings]
    brought_first = sorted(found, key=lambda pair: not pair[1])
    effects = [*_numbered(_effect(drift, at, public=public, is_new=is_new) for drift, is_new in brought_first)]
    effects += [_agreement(drift, at) for drift in solved]
    if report.empty:
        nothing = "no component of the model is in the plan, so this says nothing about it"
        effects.append(Effect("drift", (nothing,), "worse", at))
    document = _public_document(report) if public else document_of(report.moved(move))
    as_data = _public_drift if public else plain_drift
    moved = zip(report.moved(move).findings, found, strict=True)
    document["differences"] = [as_data(drift) | {"new": is_new} for drift, (_drift, is_new) in moved]
    document["solved"] = [dotted(drift.path) for drift in solved]
    sentences = _public_coverage(report) if public else _coverage(report)
    return PlanComparison(
        report.coordinate,
        len(report.findings),
        sum(is_new for _drift, is_new in found),
        report.empty,
        tuple(sentences),
        tuple(effects),
        without_secrets_in(document),
    )


def _report(resolved: Resolved, given: PlanFiles) -> DriftReport:
    coordinate = _coordinate(resolved, given.at)
    partial, baseline = given.partial, given.baseline
    return make_report(resolved, coordinate, given.sources, given.today, partial=partial, baseline=baseline)


def _coordinate(resolved: Resolved, at: str | None) -> Coordinate:
    return resolved.axes.parse_at(at) if at else resolved.axes.default


def _report_before(resolved: Resolved, given: PlanFiles) -> Sequence[Drift]:
    """The differences from the older model; none if it does not have the coordinate."""
    try:
        return _report(resolved, given).findings
    except BadConditionError:
        return ()


def _identity(drift: Drift) -> tuple[object, ...]:
    """What makes two differences the same one before and after a change."""
    return *drift.key, drift.model, drift.file, drift.addresses


def _solved(before: Sequence[Drift], report: DriftReport, model: StatedModel) -> list[Drift]:
    """The earlier differences in whose place the newer model says what the files say.

    Other differences end for another reason: a waiver accepts them now, or the model does not state the value anymore.
    """
    left = {drift.key for drift in (*report.findings, *report.waived, *report.known)}
    return [drift for drift in before if drift.path and drift.key not in left and _agrees(drift, report, model)]


def _agrees(drift: Drift, report: DriftReport, model: StatedModel) -> bool:
    """Whether model and files say the same where they differed, which does not follow from the lack of a difference."""
    path = drift.path
    component = path[1] if path[0] == "components" else None
    is_compared = component is None or component in report.coverage.compared
    if drift.kind == "missing":
        # That a part of something is not missing anymore may also mean that fewer files are given than the model has stacks.
        return len(path) == 2 and component is not None and (is_compared or component not in model.here.components)
    if not is_compared:
        return False
    stated, is_stated = model.value(path)
    if drift.kind == "different":
        return is_stated and (file_text(stated) == drift.file or same_value(path, stated, drift.file))
    return is_stated and not model.is_assumed(path)


# -- statements ----------------------------------------------------------------------------------------------


def _effect(drift: Drift, at: frozenset[Coordinate], *, public: bool, is_new: bool) -> Effect:
    words = _public_words(drift) if public else _words(drift)
    end = () if is_new else ("; the earlier model has the same difference",)
    about = (drift.code, *([dotted(drift.path)] if drift.path else []))
    return Effect("drift", (*words, *end), "worse", at, about, drift.kind, drift.at)


def _numbered(effects: Iterable[Effect]) -> Iterator[Effect]:
    """Equal statements once, with their number: without names, those about several resources of a type are equal."""
    for effect, number in Counter(effects).items():
        yield replace(effect, words=(*effect.words, f" ({number} times)")) if number > 1 else effect


def _words(drift: Drift) -> Words:
    words: Words = (drift.message,)
    if drift.kind == "different" and drift.model and drift.file:
        words = (code(dotted(drift.path)), ": ", code(drift.model), " in the model, ", code(drift.file), " in the plan")
    shown = [address for address in drift.addresses if address not in drift.message]
    ahead = (f"; {drift.ahead}",) if drift.ahead else ()
    return (*words, *((": ", *listed_code(shown, 3)) if shown else ()), *ahead)


def _public_words(drift: Drift) -> Words:
    return (*listed_code([dotted(drift.path)] if drift.path else _types(drift), 3), f": {_PUBLIC[drift.kind]}")


def _types(drift: Drift) -> list[str]:
    """The types of the resources of a difference, or the kinds of its objects. Their names may identify an organization."""
    return list(dict.fromkeys(filter(None, map(_type_in, drift.addresses))))


def _type_in(address: str) -> str:
    """The type in an address such as `module.a.aws_s3_bucket.b` or `shop/Deployment/web`; empty if there is none."""
    plain = without_indexes(address)
    steps = plain.split("/") if "/" in plain else plain.split(".")
    return steps[-2] if len(steps) > 1 else ""


def _agreement(drift: Drift, at: frozenset[Coordinate]) -> Effect:
    path = dotted(drift.path)
    return Effect("drift", ("the model and the plan agree now: ", code(path)), "better", at, (drift.code, path))


# -- coverage ------------------------------------------------------------------------------------------------


def _coverage(report: DriftReport) -> Iterator[Words]:
    yield from ((code(source.file), f": {source_in_words(source)}") for source in report.sources)
    yield from ((sentence,) for sentence in coverage_sentences(report))
    if report.waived:
        yield (f"{counted(len(report.waived), 'difference')} waived",)
    if report.known:
        yield (f"{counted(len(report.known), 'difference')} in the baseline",)
    if report.fit:
        yield (fit_sentence(report),)


def _public_coverage(report: DriftReport) -> Iterator[Words]:
    yield from ((source_in_words(source),) for source in report.sources)
    components, compared = counted(report.components, "component"), len(report.coverage.compared)
    yield (f"{compared} of {components} of the model at {report.coordinate} compared",)
    yield (f"{counted(len(report.coverage.values), 'value')} of components compared",)


def _public_document(report: DriftReport) -> dict[str, Any]:
    coverage = report.coverage
    return {
        "format": JSON_FORMAT,
        "at": str(report.coordinate),
        "sources": [{"form": s.form, "terraform": s.terraform, "resources": len(s.resources)} for s in report.sources],
        "coverage": {
            "components": report.components,
            "compared": dict(sorted(coverage.compared.items())),
            "not_covered": dict(sorted(coverage.uncovered.items())),
            "values": len(coverage.values),
        },
    }


def _public_drift(drift: Drift) -> dict[str, Any]:
    kept = ("kind", "code", "path", "place")
    return {key: value for key, value in plain_drift(drift).items() if key in kept} | {"types": _types(drift)}
