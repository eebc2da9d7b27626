"""From the result JSON to what the PDF shows: all wording, number formats and geometry are decided here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from sheetreport.bureau.dress import PLAIN, Dress
from sheetreport.catalog.definitions import Catalog
from sheetreport.i18n import Wording
from sheetreport.render.view import (
    bureau,
    business,
    channels,
    clients,
    goals,
    loyalty,
    made,
    method,
    missing,
    plan,
    proof,
    satisfaction,
    social,
    trends,
)
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.flow import follows
from sheetreport.render.view.model import Body, Chapter, View
from sheetreport.render.view.summary import Front, likely, summaries
from sheetreport.render.view.words import Words, bind

ChapterMaker: TypeAlias = Callable[[Facts, Words], Body | None]

# The order of the report. A chapter without data returns None and the numbering closes up. Where the numbers
# come from and how they were made follow at the end.
CHAPTERS: tuple[ChapterMaker, ...] = (
    clients.chapter,
    business.chapter,
    channels.chapter,
    loyalty.chapter,
    satisfaction.chapter,
    social.chapter,
    trends.chapter,
    goals.chapter,
    plan.chapter,
    missing.chapter,
)

LONG_NAME, LONGEST_NAME = 28, 56  # characters at which the company name is set smaller
LONGEST_ACTIVITY = 150  # of what the owner says they do: two lines below the name


def build(result: Mapping[str, Any], catalog: Catalog, wording: Wording, dress: Dress = PLAIN) -> View:
    """Everything the report prints, in its order. A refused result has no report."""
    if result["status"] == "refused":
        raise ValueError("a refused workbook has no report")
    facts, words = Facts(result), Words(wording, catalog)
    bodies, read = _chapters(facts, words, dress.hidden)
    front = summaries(facts, words, any(body.id == "missing" for body in bodies))
    read.append(proof.Read("front", wording.text("proof.front"), facts.taken()))
    bodies += [proof.chapter(facts, words, read)]
    shown = _metrics(read, result.get("health"))
    bodies += [method.chapter(facts, words, shown)] if "method" not in dress.hidden else []
    bodies = bureau.chapters(dress, words, bodies)
    if "provenance" in result:
        bodies[-1] = replace(bodies[-1], blocks=(*bodies[-1].blocks, made.block(result, words)))
    mark = bureau.mark(dress, words)
    company = words.name(result.get("company")) or words.t("no_company")
    activity = facts.answer("profile.activity_note")
    period = wording.period(
        date.fromisoformat(result["period"]["start"]), date.fromisoformat(result["period"]["end"])
    )
    top = Front(
        company=bind(company),
        company_look="longest" if len(company) > LONGEST_NAME else "long" if len(company) > LONG_NAME else "",
        activity=words.quoted(activity, LONGEST_ACTIVITY) if activity else "",
    )
    return View(
        language=wording.language,
        title=words.t("title", company=company, period=period),
        overline=mark.above if mark else words.t("report_for_owner"),
        company=top.company,
        company_look=top.company_look,
        activity=top.activity,
        about=(
            words.t("about_period", period=period),
            words.t("about_date", date=wording.long_date(date.fromisoformat(result["report_date"]))),
        ),
        contents=words.t("contents"),
        footer=bureau.footer(mark, words.name(company), period),
        summaries=likely(top, bureau.front(dress, words, front)),
        chapters=tuple(
            Chapter(str(number), body, below)
            for number, (body, below) in enumerate(zip(bodies, follows(bodies), strict=True), start=1)
        ),
        mark=mark,
    )


def _metrics(read: Iterable[proof.Read], health: Mapping[str, Any] | None) -> Collection[str]:
    """The metrics that a report rests on, those that its score judges among them."""
    judged = {item["metric"] for area in (health or {}).get("areas", ()) for item in area["items"]}
    return judged.union(source.id for one in read for source in one.sources if source.kind == "metric")


def _chapters(facts: Facts, words: Words, hidden: Collection[str]) -> tuple[list[Body], list[proof.Read]]:
    """The chapters that have something to say and are not hidden, and what the numbers of each rest on."""
    bodies, read = [], []
    for make in CHAPTERS:
        body = make(facts, words)
        sources = facts.taken()
        if body is not None and body.id not in hidden:
            bodies.append(body)
            read.append(proof.Read(body.id, body.name, sources))
    return bodies, read
