"""Chapter: what could not be computed, which cells unlock it, and what to check in the workbook."""

from __future__ import annotations

from sheetreport.render.view.facts import Facts, Json
from sheetreport.render.view.model import Block, Body, Cell, Column, Items, Line, Sign, Table, Wide
from sheetreport.render.view.words import OWNER_TEXT, Words, bind, clean, cut, join

MOST_CELLS = 10
MOST_NAMES = 5
MOST_REASONS = 8
MOST_FINDINGS = 25


def chapter(facts: Facts, words: Words) -> Body | None:
    parts = (
        _unlock(facts, words),
        _nothing_to_fill(facts, words),
        _findings(facts, words),
        _repairs(facts, words),
        _left_blank(facts, words),
    )
    blocks: tuple[Block, ...] = tuple(block for block in parts if block)
    if not blocks:
        return None
    known, asked = facts.coverage
    return Body(
        id="missing",
        name=words.t("missing_name"),
        claim=bind(words.t("missing_claim", known=known, all=asked)),
        lead=words.t("missing_lead"),
        blocks=blocks,
    )


def _unlock(facts: Facts, words: Words) -> Wide | None:
    if not facts.unlock:
        return None
    rows = []
    for place, item in enumerate(facts.unlock[:MOST_CELLS], start=1):
        names = list(item["metrics"])
        more = words.t("missing_more", n=len(names) - MOST_NAMES) if len(names) > MOST_NAMES else ""
        rows.append(
            (
                Cell((Line(str(place), "strong"),)),
                Cell((Line(_label(item, words), "strong"),)),
                Cell((Line(words.place((item.get("sheet") or "", item.get("cell") or ""))),)),
                Cell((Line(join("; ".join(names[:MOST_NAMES]), more)),)),
            )
        )
    columns = (
        Column(words.t("column_number"), 4.5),
        Column(words.t("column_fill"), 33),
        Column(words.t("column_where"), 21.5),
        Column(words.t("column_opens"), 41),
    )
    rest = len(facts.unlock) - MOST_CELLS
    notes = (Line(words.t("missing_rest", n=rest), "note"),) if rest > 0 else ()
    return Wide(words.t("missing_unlock"), (Table(columns, tuple(rows), header=1, look="dense"), *notes))


def _label(item: Json, words: Words) -> str:
    label, subject = cut(item["label"], 120), _subject(item.get("subject"), words)
    return f"{subject}: {label}" if subject else label


def _subject(name: str | None, words: Words) -> str:
    """A row's own name; a network by what people call it."""
    network = next((network for network in words.catalog.networks if network.id == name), None)
    return network.name[words.language] if network else clean(name, 60)


def _nothing_to_fill(facts: Facts, words: Words) -> Wide | None:
    """Metrics that no cell unlocks: the period turned out so. One row for an object and a reason."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for metric in facts.asked:
        if metric.value is None and not metric.reason.startswith(("missing_input", "depends_on")):
            grouped.setdefault((_subject(metric.subject, words), metric.reason_text), []).append(metric.name)
    if not grouped:
        return None
    shown = MOST_REASONS if len(grouped) > MOST_REASONS + 1 else len(grouped)
    rows = tuple(
        (
            Cell((Line(f"{subject}: {'; '.join(names)}" if subject else "; ".join(names), "strong"),)),
            Cell((Line(reason),)),
        )
        for (subject, reason), names in list(grouped.items())[:shown]
    )
    columns = (Column(words.t("column_measure"), 55), Column(words.t("column_why_not"), 45))
    rest = len(grouped) - shown
    notes = (Line(words.t("missing_rest_reasons", n=rest), "note"),) if rest > 0 else ()
    return Wide(words.t("missing_nothing"), (Table(columns, rows, look="dense"), *notes))


def _left_blank(facts: Facts, words: Words) -> Wide | None:
    """The optional pages without an answer: the question that each would answer."""
    if not facts.left_blank:
        return None
    items = tuple(
        words.t("left_blank_page", title=page["title"], adds=page["adds"]) for page in facts.left_blank
    )
    note = Line(words.t("left_blank_note"), "small")
    return Wide(words.t("left_blank"), (note, Items(items)), whole=True)


def _findings(facts: Facts, words: Words) -> Wide | None:
    order = ("error", "warning")
    chosen = [item for severity in order for item in facts.findings if item["severity"] == severity]
    if not chosen:
        return None
    rows = tuple(
        (
            Cell(
                (
                    Line(
                        cut(item["message"], OWNER_TEXT),
                        "strong",
                        Sign.ACT if item["severity"] == "error" else Sign.ATTENTION,
                    ),
                )
            ),
            Cell((Line(words.place((item.get("sheet") or "", item.get("cell") or ""))),)),
            Cell((Line(cut(item["fix"], OWNER_TEXT)),)),
        )
        for item in chosen[:MOST_FINDINGS]
    )
    columns = (
        Column(words.t("column_seen"), 40),
        Column(words.t("column_where"), 19),
        Column(words.t("column_mend"), 41),
    )
    rest = len(chosen) - MOST_FINDINGS
    notes = (Line(words.t("missing_rest_findings", n=rest), "note"),) if rest > 0 else ()
    return Wide(words.t("missing_findings"), (Table(columns, rows, look="dense"), *notes))


def _repairs(facts: Facts, words: Words) -> Wide | None:
    repairs = facts.result.get("repairs") or ()
    if not repairs:
        return None
    rows = tuple(
        (
            Cell((Line(words.place((item.get("sheet") or "", item.get("cell") or "")), "strong"),)),
            Cell((Line(clean(item["found"], 120)),)),
            Cell((Line(clean(item["used"], 120)),)),
        )
        for item in repairs[:MOST_FINDINGS]
    )
    columns = (
        Column(words.t("column_where"), 30),
        Column(words.t("column_found"), 35),
        Column(words.t("column_used"), 35),
    )
    rest = len(repairs) - MOST_FINDINGS
    notes = (Line(words.t("missing_rest_repairs", n=rest), "note"),) if rest > 0 else ()
    return Wide(words.t("missing_repairs"), (Table(columns, rows, look="dense"), *notes))
