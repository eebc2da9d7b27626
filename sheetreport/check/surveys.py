"""Checks of the surveys (NPS, CSAT, CSI) and of the themes of feedback."""

from __future__ import annotations

from collections.abc import Iterator

from sheetreport.check.facts import ERROR, INFO, WARNING, Check, Facts, Issue, Place
from sheetreport.model import Row, State, Tally

_GROUPS = ("nps.promoters", "nps.passives", "nps.detractors")
_WHOLE_IN_PERCENT = 100


def nps_answers_can_be(facts: Facts) -> Iterator[Issue]:
    """V-25: at least one answer, and no more answers than people invited."""
    tally, groups = facts.tally("nps.tally_0_10"), _groups(facts)
    place = Place("nps.tally_0_10") if tally is not None else Place(_GROUPS[0])
    answered = sum(tally) if tally is not None else sum(groups) if groups else None
    invited = facts.number("nps.invited")
    spoils = [place] if tally is not None else [Place(group) for group in _GROUPS]
    if answered == 0:
        yield facts.issue("V-25", ERROR, place, "empty", spoils)
    elif answered is not None and invited is not None and answered > invited and not _are_percentages(facts):
        spoils.append(Place("nps.invited"))
        yield facts.issue("V-25", ERROR, place, "invited", spoils, answered=answered, invited=invited)


def nps_groups_are_people(facts: Facts) -> Iterator[Issue]:
    """V-26: three numbers of people, not percentages; and the same people as in the tally."""
    place, spoils = Place(_GROUPS[0]), [Place(group) for group in _GROUPS]
    groups, tally = _groups(facts), facts.tally("nps.tally_0_10")
    filled = [group for group in _GROUPS if facts.value(group).state is State.VALUE]
    if tally is not None:
        if groups and groups != [sum(tally[9:]), sum(tally[7:9]), sum(tally[:7])]:
            yield facts.issue("V-26", WARNING, place, "differ", promoters=sum(tally[9:]), answered=sum(tally))
    elif filled and groups is None:
        missing = next(group for group in _GROUPS if group not in filled)
        if facts.value(missing).state is not State.INVALID:
            yield facts.issue("V-26", ERROR, Place(missing), "partial", spoils)
    elif _are_percentages(facts):
        yield facts.issue("V-26", ERROR, place, "percent", spoils, invited=facts.number("nps.invited"))
    elif groups and _add_up_to_hundred(groups) and facts.number("nps.invited") is None:
        yield facts.issue("V-26", WARNING, place, "hundred")


def _groups(facts: Facts) -> list[float] | None:
    numbers = [facts.number(group) for group in _GROUPS]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(_GROUPS) else None


def _add_up_to_hundred(groups: list[float]) -> bool:
    return sum(groups) == _WHOLE_IN_PERCENT


def _are_percentages(facts: Facts) -> bool:
    """Whether three groups of 100 together can't be people, because fewer were invited."""
    groups, invited = _groups(facts), facts.number("nps.invited")
    if groups is None or invited is None or facts.tally("nps.tally_0_10") is not None:
        return False
    return _add_up_to_hundred(groups) and invited < _WHOLE_IN_PERCENT


def nps_scale_starts_at_zero(facts: Facts) -> Iterator[Issue]:
    """V-27: on a scale from 1 nobody can give 0, so its result doesn't compare with others."""
    if facts.text("nps.scale_min") == "1":
        yield facts.issue("V-27", WARNING, Place("nps.scale_min"))


def zeros_are_detractors(facts: Facts) -> Iterator[Issue]:
    """V-28: groups counted by hand may leave out the zeros, as old forms start detractors at 1."""
    if facts.tally("nps.tally_0_10") is None and _groups(facts) is not None:
        yield facts.issue("V-28", INFO, Place("nps.detractors"))


def survey_is_recent(facts: Facts) -> Iterator[Issue]:
    """V-29: the survey is not older than half a year, and not from the future."""
    surveyed, today = facts.day("nps.survey_date"), facts.day("profile.report_date")
    if surveyed is None or today is None:
        return
    age = (today - surveyed).days
    if age < 0:
        yield facts.issue("V-29", WARNING, Place("nps.survey_date"), "future", surveyed=surveyed, today=today)
    elif age > facts.policy("survey_max_age_days"):
        limit = facts.policy("survey_max_age_days")
        yield facts.issue("V-29", WARNING, Place("nps.survey_date"), days=age, limit=limit)


def sample_is_not_self_selected(facts: Facts) -> Iterator[Issue]:
    """V-30: those who come forward to answer differ from the rest."""
    if facts.text("nps.sampling") == "self_selected":
        yield facts.issue("V-30", WARNING, Place("nps.sampling"))


def csi_scale_fits(facts: Facts) -> Iterator[Issue]:
    """V-31: answers lie on the scale; on one that doesn't end at 5 they are converted, or can't be."""
    top = facts.number("csi.scale_max")
    tallies = list(_csi_tallies(facts))
    if top is None or top == 5 or not tallies:
        return
    place = Place("csi.scale_max")
    if not 2 <= top < 5:
        spoils = [place, *(tally_place for tally_place, _ in tallies)]
        yield facts.issue("V-31", ERROR, place, "scale", spoils, top=top)
        return
    above = [(tally_place, tally) for tally_place, tally in tallies if any(tally[int(top) :])]
    for tally_place, tally in above:
        beyond = sum(tally[int(top) :])
        yield facts.issue("V-31", ERROR, tally_place, "above", [tally_place], top=top, beyond=beyond)
    if len(above) < len(tallies):
        yield facts.issue("V-31", INFO, place, "converted", top=top)


def surveys_have_answers(facts: Facts) -> Iterator[Issue]:
    """V-31: a tally of zeros is no survey."""
    tallies = list(_csi_tallies(facts))
    csat = facts.tally("csat.tally_1_5")
    if csat is not None:
        tallies.insert(0, (Place("csat.tally_1_5"), csat))
    for place, tally in tallies:
        if sum(tally) == 0:
            yield facts.issue("V-31", ERROR, place, "empty", [place])


def csi_group_holds_its_answers(facts: Facts) -> Iterator[Issue]:
    """V-32, V-33: no more answers than people in the group, and enough of them."""
    size, overall = facts.number("csi.group_size"), facts.tally("csi.overall_1_5")
    if size is None:
        return
    too_many = [(place, sum(tally)) for place, tally in _csi_tallies(facts) if sum(tally) > size]
    for place, answered in too_many:
        spoils = place, Place("csi.group_size")
        yield facts.issue(
            "V-32", ERROR, place, "part" if place.row else "", spoils, answered=answered, size=size
        )
    target = facts.policy("csi_coverage_target")
    if overall is not None and not too_many and 0 < sum(overall) < target * size:
        coverage = sum(overall) / size
        place = Place("csi.overall_1_5")
        yield facts.issue(
            "V-33",
            WARNING,
            place,
            answered=sum(overall),
            size=size,
            coverage_share=coverage,
            target_share=target,
        )


def _csi_tallies(facts: Facts) -> Iterator[tuple[Place, Tally]]:
    overall = facts.tally("csi.overall_1_5")
    if overall is not None:
        yield Place("csi.overall_1_5"), overall
    for row in facts.rows("csi"):
        tally = facts.tally("csi.attribute_1_5", row)
        if tally is not None:
            yield Place("csi.attribute_1_5", row), tally


def survey_asks_why(facts: Facts) -> Iterator[Issue]:
    """V-34: a score without its reason doesn't tell what to change."""
    surveyed = any(facts.tally(f) for f in ("nps.tally_0_10", "csat.tally_1_5", "csi.overall_1_5"))
    if (surveyed or _groups(facts)) and facts.text("p.survey_why_question") == "no":
        yield facts.issue("V-34", INFO, Place("p.survey_why_question"))


def feedback_is_usable(facts: Facts) -> Iterator[Issue]:
    """V-35: a theme was mentioned, is praise or complaint but not both, and a complaint has an action."""
    liked = {_theme(row) for row in facts.rows("feedback") if facts.text("feedback.kind", row) == "like"}
    for row in facts.rows("feedback"):
        kind = facts.text("feedback.kind", row)
        if facts.number("feedback.mentions", row) == 0:
            place = Place("feedback.mentions", row)
            yield facts.issue("V-35", ERROR, place, "mentions", [place])
        if kind == "dislike" and _theme(row) and _theme(row) in liked:
            yield facts.issue("V-35", WARNING, Place("feedback.theme", row), "both")
        if kind == "dislike" and facts.text("feedback.action", row) is None:
            yield facts.issue("V-35", WARNING, Place("feedback.action", row), "action")


def _theme(row: Row) -> str:
    return " ".join(row.subject.casefold().split())


CHECKS: tuple[Check, ...] = (
    nps_answers_can_be,
    nps_groups_are_people,
    nps_scale_starts_at_zero,
    zeros_are_detractors,
    survey_is_recent,
    sample_is_not_self_selected,
    surveys_have_answers,
    csi_scale_fits,
    csi_group_holds_its_answers,
    survey_asks_why,
    feedback_is_usable,
)
