"""Chapter: what could not be computed, which cells unlock it, and what to check in the workbook."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.render.view.facts import Facts, Json, Measured
from sheetreport.render.view.model import Block, Body, Cell, Column, Items, Line, Sign, Table, Wide
from sheetreport.render.view.words import OWNER_TEXT, Words, bind, clean, cut, join

MOST_ROWS = 7
MOST_PLACES = 6  # cells named in one row
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
        claim=bind(
            words.t("missing_claim" if known < asked else "missing_all", known=known, all=asked, n=asked)
        ),
        lead=words.t("missing_lead"),
        blocks=blocks,
    )


def _unlock(facts: Facts, words: Words) -> Wide | None:
    """The cells to fill, those of one row of a page together, the most useful first."""
    if not facts.unlock:
        return None
    grouped: dict[tuple[str, str], list[Json]] = {}
    for place, item in enumerate(facts.unlock):
        name = item.get("subject") or ""
        grouped.setdefault((item.get("sheet") or "", name or str(place)), []).append(item)
    shown = list(grouped.values())[:MOST_ROWS]
    rows = tuple(_to_fill(words, place, items) for place, items in enumerate(shown, start=1))
    columns = (
        Column(words.t("column_number"), 4.5),
        Column(words.t("column_fill"), 33),
        Column(words.t("column_where"), 21.5),
        Column(words.t("column_opens"), 41),
    )
    rest = len(facts.unlock) - sum(map(len, shown))
    notes = (Line(words.t("missing_rest", n=rest), "note"),) if rest > 0 else ()
    return Wide(words.t("missing_unlock"), (Table(columns, tuple(rows), header=1, look="close"), *notes))


def _to_fill(words: Words, place: int, items: Sequence[Json]) -> tuple[Cell, ...]:
    subject = _subject(items[0].get("subject"), words)
    labels = "; ".join(dict.fromkeys(cut(item["label"], 120) for item in items))
    return (
        Cell((Line(str(place), "strong"),)),
        Cell((Line(f"{subject}: {labels}" if subject else labels, "strong"),)),
        Cell((Line(words.places(items, MOST_PLACES)),)),
        Cell((Line(_names(words, [name for item in items for name in item["metrics"]])),)),
    )


def _subject(name: str | None, words: Words) -> str:
    """A row's own name; a network by what people call it."""
    network = next((network for network in words.catalog.networks if network.id == name), None)
    return network.name[words.language] if network else clean(name, 60)


def _nothing_to_fill(facts: Facts, words: Words) -> Wide | None:
    """Metrics that no cell unlocks: the period turned out so. One row for an object and its reasons."""
    grouped: dict[str, list[Measured]] = {}
    for metric in facts.asked:
        if metric.value is None and not metric.reason.startswith(("missing_input", "depends_on")):
            grouped.setdefault(_subject(metric.subject, words), []).append(metric)
    if not grouped:
        return None
    shown = MOST_REASONS if len(grouped) > MOST_REASONS + 1 else len(grouped)
    rows = tuple(
        (
            Cell((Line(subject or words.t("missing_company"), "strong"),)),
            Cell((Line(_reasons(metrics)),)),
            Cell((Line(_names(words, [metric.name for metric in metrics])),)),
        )
        for subject, metrics in list(grouped.items())[:shown]
    )
    columns = (
        Column(words.t("column_about"), 20),
        Column(words.t("column_why_not"), 38),
        Column(words.t("column_left_out"), 42),
    )
    rest = len(grouped) - shown
    notes = (Line(words.t("missing_rest_reasons", n=rest), "note"),) if rest > 0 else ()
    return Wide(words.t("missing_nothing"), (Table(columns, rows, look="close"), *notes))


def _reasons(metrics: Sequence[Measured]) -> str:
    """Each reason once; what several begin with is said once: nothing to divide by: no sales, no leads."""
    said: dict[str, list[str]] = {}
    for reason in dict.fromkeys(metric.reason_text for metric in metrics):
        head, colon, tail = reason.partition(": ")
        said.setdefault(f"{head}: " if colon else "", []).append(tail if colon else reason)
    return "; ".join(head + ", ".join(tails) for head, tails in said.items())


def _names(words: Words, names: Sequence[str]) -> str:
    known = list(dict.fromkeys(names))
    more = words.t("missing_more", n=len(known) - MOST_NAMES) if len(known) > MOST_NAMES else ""
    return join("; ".join(known[:MOST_NAMES]), more)


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
        Column(words.t("column_seen"), 42),
        Column(words.t("column_where"), 16),
        Column(words.t("column_mend"), 42),
    )
    rest = len(chosen) - MOST_FINDINGS
    notes = (Line(words.t("missing_rest_findings", n=rest), "note"),) if rest > 0 else ()
    return Wide(words.t("missing_findings"), (Table(columns, rows, look="close"), *notes))


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
    return Wide(words.t("missing_repairs"), (Table(columns, rows, look="close"), *notes))
