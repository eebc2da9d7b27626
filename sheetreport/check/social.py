"""Checks of the social media and awareness pages: reactions, reach, replies, who knows what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import ceil, floor

from sheetreport.check.facts import ERROR, WARNING, Check, Facts, Issue, Place
from sheetreport.model import Row

_REACTIONS = ("social.likes", "social.comments", "social.shares")
# Who was asked, and who of them knew. (variant, knew, asked)
_SURVEYS = (
    ("before", "awareness.before_yes", "awareness.before_n"),
    ("after", "awareness.after_yes", "awareness.after_n"),
)


def those_who_know_were_asked(facts: Facts) -> Iterator[Issue]:
    """V-36: no more people knew than were asked."""
    for row in facts.rows("awareness"):
        statement = facts.text("awareness.statement", row) or str(row.index)
        for variant, knew_field, asked_field in _SURVEYS:
            knew, asked = facts.number(knew_field, row), facts.number(asked_field, row)
            if knew is not None and asked is not None and knew > asked:
                spoils = Place(knew_field, row), Place(asked_field, row)
                yield facts.issue(
                    "V-36", ERROR, spoils[0], variant, spoils, statement=statement, knew=knew, asked=asked
                )


def statements_stand_once(facts: Facts) -> Iterator[Issue]:
    """V-36: what one group knew before and after stands in one row, or there is no telling which counts."""
    first: dict[tuple[str, str | None], Row] = {}
    for row in facts.rows("awareness"):
        statement = facts.text("awareness.statement", row)
        if not statement:
            continue
        same = " ".join(statement.casefold().split()), facts.text("awareness.segment", row)
        if first.setdefault(same, row) is not row:
            place, before = (
                Place("awareness.statement", row),
                first[same].get("awareness.statement").source.cell,
            )
            spoils = place, *(Place(field, row) for _, *fields in _SURVEYS for field in fields)
            yield facts.issue("V-36", ERROR, place, "twice", spoils, statement=statement, first=before)


def networks_stand_once(facts: Facts) -> Iterator[Issue]:
    """V-22: each network has one row, or its figures would count twice."""
    by_network: dict[str, list[Row]] = defaultdict(list)
    for row in facts.rows("social"):
        if row.subject:
            by_network[row.subject].append(row)
    for first, *others in by_network.values():
        for row in others:
            place, before = Place("social.network", row), first.get("social.network").source.cell
            network = _network(facts, row)
            yield facts.issue("V-22", ERROR, place, "network", [place], first=before, network=network)


def reactions_have_reach(facts: Facts) -> Iterator[Issue]:
    """V-38: who reacts has seen the post; a person may react several times, so that is a warning."""
    for row in facts.rows("social"):
        reach, reactions = facts.number("social.reach_sum", row), _reactions(facts, row)
        if reach is None or reactions <= reach:
            continue
        place, network = Place("social.reach_sum", row), _network(facts, row)
        if reach == 0:
            spoils = place, *_reacted(facts, row)
            yield facts.issue("V-38", ERROR, place, "zero", spoils, network=network, reactions=reactions)
        else:
            yield facts.issue(
                "V-38", WARNING, place, "more", network=network, reactions=reactions, reach=reach
            )


def reactions_have_posts(facts: Facts) -> Iterator[Issue]:
    """V-41: without posts there is nothing to react to."""
    for row in facts.rows("social"):
        reactions = _reactions(facts, row)
        if facts.number("social.posts", row) == 0 and reactions > 0:
            spoils = Place("social.posts", row), *_reacted(facts, row)
            network = _network(facts, row)
            yield facts.issue("V-41", ERROR, spoils[0], "", spoils, network=network, reactions=reactions)


def _reacted(facts: Facts, row: Row) -> list[Place]:
    return [Place(field, row) for field in _REACTIONS if facts.number(field, row)]


def _reactions(facts: Facts, row: Row) -> float:
    """The reactions that are known: the rest could only add to them."""
    return sum(facts.number(field, row) or 0 for field in _REACTIONS)


def growth_is_seen(facts: Facts) -> Iterator[Issue]:
    """V-39: many more followers, while fewer people see a post or half as many respond, look bought."""
    for row in facts.rows("social"):
        start, end = facts.number("social.followers_start", row), facts.number("social.followers_end", row)
        if not start or end is None or (end - start) / start < facts.policy("suspect_growth"):
            continue
        place, network, growth = (
            Place("social.followers_end", row),
            _network(facts, row),
            (end - start) / start,
        )
        reach = _per(facts, row, "social.reach_sum", "social.posts")
        reach_before = _per(facts, row, "social.prev_reach_sum", "social.prev_posts")
        response, response_before = _response(facts, row), _response_before(facts, row)
        if reach is not None and reach_before is not None and reach < reach_before:
            yield facts.issue(
                "V-39",
                WARNING,
                place,
                "reach",
                network=network,
                growth_share=growth,
                reach=floor(reach),
                before=ceil(reach_before),
            )
        elif response is not None and response_before is not None and response <= response_before / 2:
            yield facts.issue(
                "V-39",
                WARNING,
                place,
                "reactions",
                network=network,
                growth_share=growth,
                response_share=response,
                before_share=response_before,
            )


def _per(facts: Facts, row: Row, part_field: str, whole_field: str) -> float | None:
    part, whole = facts.number(part_field, row), facts.number(whole_field, row)
    return part / whole if part is not None and whole else None


def _response(facts: Facts, row: Row) -> float | None:
    """The share of those reached who reacted; unknown until every kind of reaction is counted."""
    reach = facts.number("social.reach_sum", row)
    counted = all(facts.number(field, row) is not None for field in _REACTIONS)
    return _reactions(facts, row) / reach if counted and reach else None


def _response_before(facts: Facts, row: Row) -> float | None:
    return _per(facts, row, "social.prev_reactions", "social.prev_reach_sum")


def answers_have_questions(facts: Facts) -> Iterator[Issue]:
    """V-40: no more questions answered than asked."""
    for row in facts.rows("social"):
        asked, answered = facts.number("social.questions", row), facts.number("social.answered", row)
        if asked is not None and answered is not None and answered > asked:
            spoils = Place("social.answered", row), Place("social.questions", row)
            network = _network(facts, row)
            yield facts.issue(
                "V-40", ERROR, spoils[0], "", spoils, network=network, answered=answered, asked=asked
            )


def _network(facts: Facts, row: Row) -> str:
    return facts.text("social.network", row) or str(row.index)


CHECKS: tuple[Check, ...] = (
    networks_stand_once,
    reactions_have_reach,
    reactions_have_posts,
    growth_is_seen,
    answers_have_questions,
    those_who_know_were_asked,
    statements_stand_once,
)
