"""Growing or falling: how the active base moved."""

from __future__ import annotations

from sheetreport.catalog.definitions import Unit
from sheetreport.render.view.charts import SUMMARY_FIGURE, bar
from sheetreport.render.view.claims import Trend, trend
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.model import Answer, Chart
from sheetreport.render.view.words import Words, bind, join, sentence

_BASE_ENDS = ("clients.active_start", "clients.active_end")


def growth(facts: Facts, words: Words) -> Answer:
    question = words.t("growth_question")
    if facts.stage == "pre_opening":
        return _before_opening(facts, words, question)
    base = trend(facts)
    if base is None:
        blank = [facts.place(name) for name in _BASE_ENDS if facts.amount(name) is None]
        where = words.places({"sheet": sheet, "cell": cell} for sheet, cell in blank)
        return Answer(
            question=question,
            title=bind(words.t("growth_unknown")),
            text=join(words.t("growth_unknown_text"), words.t("fill_in", place=where) if where else ""),
            figure=words.t("not_computed"),
            chart=None,
            caption=words.t("growth_unknown_caption"),
            known=False,
        )
    title = _growth_title(base, words)
    sentences = []
    flow_known = base.came is not None and base.gone is not None  # else the caption says from where to where
    if flow_known and base.start is not None and base.end is not None:
        sentences.append(words.t("growth_base", start=base.start, end=base.end))
    sentences.append(words.t("growth_one_period"))
    if base.few(words.policy("usable_sample")):
        sentences.append(words.t("growth_few", n=words.policy("usable_sample")))
    return Answer(
        question=question,
        title=bind(title),
        text=join(*sentences),
        figure=words.wording.change(base.change, Unit.COUNT),
        chart=_flow_chart(base),
        caption=_growth_caption(base, words),
        ref=facts.ref("base_change"),
    )


def _growth_title(base: Trend, words: Words) -> str:
    direction = "up" if base.change > 0 else "down" if base.change < 0 else "same"
    if base.rate is None or base.few(words.policy("usable_sample")) or not base.change:
        return words.t(f"growth_{direction}_few")
    return words.t(f"growth_{direction}", rate=_signed_share(base.rate, words))


def _signed_share(rate: float, words: Words) -> str:
    shown = words.wording.share(rate)
    return f"+{shown}" if rate > 0 else shown


def _growth_caption(base: Trend, words: Words) -> str:
    if base.came is not None and base.gone is not None:
        return words.t("growth_caption_flow", came=base.came, gone=base.gone)
    return words.t("growth_caption_base", start=base.start or 0, end=base.end or 0)


def _flow_chart(base: Trend) -> Chart | None:
    """Two bars: who came above who left, or the end of the period above its start."""
    first, second = (base.came, base.gone) if base.came is not None else (base.end, base.start)
    if first is None or second is None or not max(first, second):
        return None
    scale = SUMMARY_FIGURE / max(first, second)
    bars = (("data", first, 0.0, 3.0), ("hollow", second, 4.5, 4.0))
    return Chart(9, tuple(bar(look, 0, top, n * scale, height) for look, n, top, height in bars if n))


def _before_opening(facts: Facts, words: Words, question: str) -> Answer:
    opening, today = facts.day("profile.opening_date"), facts.day("profile.report_date")
    days = (opening - today).days if opening and today else None
    ahead = days is not None and days > 0
    place = words.place(facts.place("profile.opening_date"))
    return Answer(
        question=question,
        title=bind(words.t("opening_title")),
        text=join(
            sentence(words.t("opening_date", date=words.wording.long_date(opening)))
            if opening and ahead
            else "",
            words.t("opening_text"),
        ),
        figure=words.t("opening_days", n=days) if days is not None and ahead else words.t("not_computed"),
        chart=None,
        caption=words.t("opening_caption") if ahead else words.t("opening_fill", place=place),
        known=ahead,
    )
