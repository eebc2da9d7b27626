"""Computed figures to advice: which rules fire, what holds them back, and in what order they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from sheetreport.catalog.definitions import Catalog, RuleDef
from sheetreport.catalog.load_rules import TIERS
from sheetreport.i18n import Wording
from sheetreport.model import BY_CATALOG, KEEP, Recommendation, Submission, Suppressed
from sheetreport.phrasing import Candidate, Case, Computation, Writer

_LEVELS = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, most important first, and what is held back for now.

    `tiers` are those that the figures call for, in order; switching a rule off takes none away.
    """

    recommendations: tuple[Recommendation, ...]
    suppressed: tuple[Suppressed, ...]
    tiers: tuple[str, ...]


def advise(catalog: Catalog, submission: Submission, computation: Computation, wording: Wording) -> Advice:
    """The recommendations that the figures call for, in the order in which to take them up.

    A rule that is switched off says nothing, but everything else stays as if it did: what it holds back stays
    held back, and no praise takes its place.
    """
    today = submission.get("profile.report_date").value
    cases = [
        case
        for rule in catalog.rules
        for row in (submission.rows(rule.per) if rule.per else (None,))
        if (case := Case(rule, row, computation.environment(row, rule.per))).holds(rule.condition)
    ]
    active = {case.rule.id: case.rule for case in cases}
    suppressed, candidates = [], []
    for case in cases:
        writer = Writer(catalog, computation, wording, case)
        held = _held_back(writer, active)
        if held is not None:
            suppressed.append(held)
        else:
            candidates.append(writer.candidate())
    ranked = sorted(candidates, key=_rank)
    off = [candidate for candidate in ranked if candidate.case.rule.is_off(today)]
    suppressed += (_switched_off(candidate, wording) for candidate in off)
    firsts, kept = [], []
    for group in _by_row(ranked):
        firsts.append(group[0])
        told = [candidate for candidate in group if candidate not in off]
        if group[0] in off:
            praise = [candidate for candidate in told if candidate.item.tier == KEEP]
            suppressed += (_no_praise(candidate, group[0], wording) for candidate in praise)
            told = [candidate for candidate in told if candidate not in praise]
            kept.append(group[0])  # keeps its place in the order
        if told:
            kept.append(_merged(told[0], told[1:], wording))
    situation = submission.get("profile.situation").value
    arranged = _arranged(sorted(kept, key=_rank), situation)
    return Advice(
        recommendations=tuple(candidate.item for candidate in arranged if candidate not in off),
        suppressed=tuple(suppressed),
        tiers=tuple(dict.fromkeys(candidate.item.tier for candidate in _arranged(firsts, situation))),
    )


def _held_back(writer: Writer, active: Mapping[str, RuleDef]) -> Suppressed | None:
    case, language = writer.case, writer.wording.language
    for gate in case.rule.gates:
        if gate.by in active and (gate.when is None or case.holds(gate.when)):
            reason = active[gate.by].holds_back
            assert reason is not None, gate.by
            subject = case.row.subject if case.row else None
            return Suppressed(case.rule.id, writer.title(), subject, gate.by, reason[language])
    return None


def _rank(candidate: Candidate) -> tuple[str, float, int, int, str, int]:
    """Tier; within it money a month, how sure that is, how easy the steps are, and the id."""
    rule, row = candidate.case.rule, candidate.case.row
    level = _LEVELS[candidate.item.confidence]
    return rule.tier, -candidate.monthly, level, rule.ease, rule.id, row.index if row else 0


def _switched_off(candidate: Candidate, wording: Wording) -> Suppressed:
    off = candidate.case.rule.off
    assert off is not None, candidate.item.id
    reason = off.reason[wording.language]
    item = candidate.item
    return Suppressed(item.id, item.title, item.subject, BY_CATALOG, reason, off.until)


def _no_praise(candidate: Candidate, off: Candidate, wording: Wording) -> Suppressed:
    """Praise for a row whose more urgent advice is switched off: it would be news that nothing has earned."""
    reason = wording.text("advice.no_praise")
    item = candidate.item
    return Suppressed(item.id, item.title, item.subject, off.item.id, reason)


def _by_row(ranked: Iterable[Candidate]) -> Iterable[list[Candidate]]:
    """The candidates for each row of a table, of which the first speaks and names the others."""
    groups: dict[tuple[str | None, object], list[Candidate]] = {}
    for candidate in ranked:
        rule, row = candidate.case.rule, candidate.case.row
        place = (rule.per, row.index) if row else (None, rule.id)
        groups.setdefault(place, []).append(candidate)
    return groups.values()


def _merged(first: Candidate, others: Sequence[Candidate], wording: Wording) -> Candidate:
    if not others:
        return first
    also = wording.text("advice.see_also", titles="; ".join(other.item.title for other in others))
    merged = tuple(other.item.id for other in others)
    return replace(first, item=replace(first.item, text=f"{first.item.text} {also}", merged=merged))


def _arranged(ranked: Sequence[Candidate], situation: object) -> Iterable[Candidate]:
    """The order that the owner's situation asks for."""
    tiers: dict[str, list[Candidate]] = {tier: [] for tier in TIERS}
    for candidate in ranked:
        tiers[candidate.item.tier].append(candidate)
    urgent, leaks, measure, grow, keep = tiers.values()
    match situation:
        case "decline":
            ahead = [
                candidate for candidate in urgent if candidate.case.holds(candidate.case.rule.ahead_when)
            ]
            now = [candidate for candidate in urgent if candidate not in ahead]
            return chain(now, leaks, ahead, measure, grow, keep)
        case "stagnation":
            return chain(urgent, _alternating(leaks, grow), measure, keep)
        case "ok_want_more" if all(candidate.item.confidence == "low" for candidate in leaks):
            return chain(urgent, grow, leaks, measure, keep)
        case _:
            return chain(urgent, leaks, measure, grow, keep)


def _alternating(left: Sequence[Candidate], right: Sequence[Candidate]) -> Iterator[Candidate]:
    for pair in zip_longest(left, right):
        yield from (candidate for candidate in pair if candidate is not None)
