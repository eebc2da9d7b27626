"""Chapter: what the owner's copy leaves out: advice held back or switched off, hidden chapters."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sheetreport.bureau.brand import HIDEABLE_CHAPTERS, HIDEABLE_PARTS
from sheetreport.render.view.actions import held_title
from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Body, Cell, Column, Items, Line, Table, Wide
from sheetreport.render.view.words import Words, bind, capitalised, cut, join, sentence


def chapter(facts: Facts, words: Words, hidden: Collection[str]) -> Body | None:
    text = words.wording.text
    parts = (
        _table(words, "suppressed", ((item, _held_by(facts, words, item)) for item in facts.suppressed)),
        _table(words, "off", ((item, _off(words, item)) for item in facts.switched_off)),
        _hidden(words, hidden),
        _blank(facts, words),
    )
    blocks = tuple(block for block in parts if block is not None)
    if not blocks:
        return None
    return Body(
        id="held",
        name=text("consultant.held_name"),
        claim=bind(text("consultant.held_claim")),
        lead="",
        blocks=blocks,
    )


def _table(words: Words, key: str, items: Iterable[tuple[Json, str]]) -> Wide | None:
    rows = tuple(
        (
            Cell((Line(cut(held_title(words, item), 240), "strong"), Line(item["id"], "tier"))),
            Cell((Line(why),)),
        )
        for item, why in items
    )
    columns = (
        Column(words.wording.text("consultant.column_advice"), 46),
        Column(words.wording.text("consultant.column_by"), 54),
    )
    heading = words.wording.text(f"consultant.{key}")
    return Wide(heading, (Table(columns, rows, look="dense"),)) if rows else None


def _held_by(facts: Facts, words: Words, item: Json) -> str:
    """The rule that holds it back, by its title where it is among the actions, and its reason."""
    by = next((other for other in facts.recommendations if other["id"] == item["by"]), None)
    name = words.wording.text("consultant.held_by", title=by["title"], id=by["id"]) if by else item["by"]
    return join(sentence(name), sentence(capitalised(item["reason"])))


def _off(words: Words, item: Json) -> str:
    reason = sentence(capitalised(item["reason"]))
    return words.wording.text("consultant.off_until", until=words.date(item["until"]), reason=reason)


def _hidden(words: Words, hidden: Collection[str]) -> Wide | None:
    """Chapters and parts of page 1 that the bureau's brand leaves out."""
    names = [words.quoted(words.t(f"{name}_name")) for name in HIDEABLE_CHAPTERS if name in hidden]
    names += [words.wording.text(f"consultant.hidden_{name}") for name in HIDEABLE_PARTS if name in hidden]
    said = words.wording.text("consultant.hidden_text", names=", ".join(names))
    return Wide(words.wording.text("consultant.hidden"), (Line(said),)) if names else None


def _blank(facts: Facts, words: Words) -> Wide | None:
    items = tuple(
        words.t("left_blank_page", title=page["title"], adds=page["adds"]) for page in facts.left_blank
    )
    return Wide(words.wording.text("consultant.blank_pages"), (Items(items),)) if items else None
