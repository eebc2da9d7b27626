"""The consultant's copy: what prepares a meeting with the owner. It is never handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sheetreport.bureau.dress import PLAIN, Dress
from sheetreport.catalog.definitions import Catalog
from sheetreport.i18n import Wording
from sheetreport.render.view import bureau
from sheetreport.render.view.consultant import actions, borders, cells, goals, held, measures, unsure
from sheetreport.render.view.consultant.front import preparations
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.model import Body, Chapter, Copy
from sheetreport.render.view.words import Words, bind

LONG_NAME, LONGEST_NAME = 28, 56  # characters at which the company name is set smaller


def build(result: Mapping[str, Any], catalog: Catalog, wording: Wording, dress: Dress = PLAIN) -> Copy:
    """The copy of any result, a refused one too: that tells what to settle before there can be a report."""
    facts, words = Facts(result), Words(wording, catalog)
    company = words.name(result.get("company")) or words.t("no_company")
    period, about = _dates(result, words)
    shown = bureau.mark(dress, words)
    mark = wording.text("consultant.mark")
    title = "title" if period else "title_refused"
    bodies = _chapters(facts, words, dress)
    return Copy(
        language=wording.language,
        title=f"{wording.text(f'consultant.{title}', company=company, period=period)}. {mark}",
        overline=mark,
        company=bind(company),
        company_look="longest" if len(company) > LONGEST_NAME else "long" if len(company) > LONG_NAME else "",
        about=about,
        footer=", ".join(filter(None, (f"{mark}. {words.name(company, 60)}", period))),
        summaries=preparations(facts, words, result.get("contact") or ()),
        chapters=tuple(
            Chapter(str(number), body, number > 1)  # tables of short rows, which break anywhere
            for number, body in enumerate(bodies, start=1)
        ),
        mark=shown,
        contents=words.t("contents"),
    )


def _dates(result: Mapping[str, Any], words: Words) -> tuple[str, tuple[str, ...]]:
    """The period, and what stands of it on page 1; nothing where the workbook does not say."""
    start, end, today = result["period"]["start"], result["period"]["end"], result["report_date"]
    period = words.wording.period(date.fromisoformat(start), date.fromisoformat(end)) if start and end else ""
    day = words.wording.long_date(date.fromisoformat(today)) if today else ""
    about = (
        words.t("about_period", period=period) if period else "",
        words.t("about_date", date=day) if day else "",
    )
    return period, tuple(text for text in about if text)


def _chapters(facts: Facts, words: Words, dress: Dress) -> Sequence[Body]:
    found = (
        cells.chapter(facts, words),
        borders.chapter(facts, words),
        unsure.chapter(facts, words),
        held.chapter(facts, words, dress.hidden),
        goals.chapter(facts, words),
        actions.chapter(facts, words),
        measures.chapter(facts, words),
    )
    return [body for body in found if body is not None]
