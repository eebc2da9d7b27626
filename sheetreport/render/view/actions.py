"""Recommendations as page 1, the chapters and the plan show them."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.catalog.definitions import Unit
from sheetreport.i18n import NBSP
from sheetreport.model import KEEP
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Act, Actions, Line
from sheetreport.render.view.words import Words, capitalised, cut, first_sentence, join, sentence

MOST_ACTIONS = 5
MOST_ACTS = 3


def first_actions(facts: Facts) -> Sequence[Json]:
    """Every P0, then the next ones until five stand there; "keep doing" is not an action."""
    urgent = [item for item in facts.recommendations if item["tier"] == "P0"]
    others = [item for item in facts.recommendations if item["tier"] not in ("P0", KEEP)]
    return [*urgent, *others[: max(0, MOST_ACTIONS - len(urgent))]]


def number_of(facts: Facts, item: Json) -> str:
    """The number of an action in the plan."""
    return str(1 + next(at for at, other in enumerate(facts.recommendations) if other is item))


def acts(facts: Facts, words: Words, *chapters: str) -> tuple[Actions, ...]:
    """The end of a chapter: its first actions with their numbers in the plan, if it has any."""
    chosen = [item for item in facts.recommendations if item["tier"] != KEEP and item["chapter"] in chapters]
    if not chosen:
        return ()
    return (
        Actions(
            words.t("what_to_do"),
            tuple(
                Act(
                    f"{item['title'].rstrip('.')}.",
                    cut(first_sentence(item["text"]), 190),
                    words.t("see_action", number=number_of(facts, item)),
                )
                for item in chosen[:MOST_ACTS]
            ),
        ),
    )


def held_title(words: Words, item: Json) -> str:
    """What is held back; the row it is about, where the title does not say so."""
    title, name = str(item.get("title") or item["id"]), words.name(item.get("subject"), 120)
    return title if not name or name in title else words.t("held_about", title=title, name=words.quoted(name))


def held_reason(facts: Facts, words: Words, item: Json) -> str:
    """Why something is held back, and the number of the action that comes first."""
    holding = next((other for other in facts.recommendations if other["id"] == item["by"]), None)
    return join(
        sentence(capitalised(item["reason"])),
        words.t("see_action", number=number_of(facts, holding)) if holding else "",
    )


def switched_off(facts: Facts, words: Words) -> tuple[tuple[str, str], ...]:
    """The advice that the consultant's catalogue switched off, and why and until when each."""
    return tuple(
        (
            f"{held_title(words, item)} ({item['id']})",
            join(
                sentence(capitalised(item["reason"])),
                words.t("switched_off", until=words.date(item["until"])),
            ),
        )
        for item in facts.switched_off
    )


def effect_lines(item: Json, words: Words, short: bool = False) -> tuple[Line, ...]:
    """What an action is worth: a range where there is one, its period, whose assumption it is."""
    effect = item.get("effect") or {}
    period, assumption = effect.get("period") or "", effect.get("assumption") or ""
    small = cut(assumption, 74) if short else assumption
    said = (Line(small, "small"),) if small else ()
    if effect.get("value") is None:
        return (Line(words.t("effect_none"), "strong"), *said)
    ref = f"action-{item['number']}" if item.get("number") else ""
    return (Line(join(_amount(effect, words), period.replace(" ", NBSP)), "strong", ref=ref), *said)


def _amount(effect: Json, words: Words) -> str:
    """An effect's range or value; people and answers are counted whole."""
    unit = Unit(effect.get("unit") or "money")
    low, high = effect.get("low"), effect.get("high")
    if low is None or high is None or low == high:
        low = high = effect["value"]
        if unit is not Unit.COUNT:
            return words.amount(effect["value"], unit)
    if unit is Unit.COUNT and 0 < high < 0.5:
        return words.t("effect_under_one")
    return words.range((low, high), unit)
