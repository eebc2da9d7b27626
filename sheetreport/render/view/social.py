"""Chapter: social networks, and whether more people know about the company."""

from __future__ import annotations

from collections.abc import Sequence

from sheetreport.catalog.definitions import Unit
from sheetreport.model import Evidence as Sample
from sheetreport.render.view.actions import acts
from sheetreport.render.view.facts import Facts, Json, Measured, cell_number, cell_value
from sheetreport.render.view.model import Block, Body, Cell, Column, Evidence, Line, Sign, Table, Wide
from sheetreport.render.view.parts import Point, measured_cell, points, reason
from sheetreport.render.view.words import Words, bind, clean, join, sentence

SIGNS = {
    "yes": Sign.GOOD,
    "partly": Sign.ATTENTION,
    "no": Sign.ACT,
    "unproven": Sign.SAME,
    "suspect": Sign.ATTENTION,
    "unknown": Sign.NO_DATA,
}
# The rows of the table of networks; followers stand above them.
NETWORK_METRICS = ("avg_post_reach", "er_by_reach", "cost_per_follower", "response_time")
NETWORKS_SIDE_BY_SIDE = 4


def chapter(facts: Facts, words: Words) -> Body | None:
    networks, groups = facts.table("social"), facts.table("awareness")
    if not networks and not groups:
        return None
    blocks: list[Block] = [*_questions(facts, words)]
    blocks += [block for row in groups if (block := _group(facts, words, row)) is not None]
    if networks:
        blocks.append(_networks(facts, words, networks))
    return Body(
        id="social",
        name=words.t("social_name"),
        claim=bind(_claim(facts, words)),
        lead=_lead(facts, words),
        blocks=(*blocks, *acts(facts, words, "social")),
    )


def _answer(facts: Facts, key: str) -> str:
    return str((facts.result.get("smm_questions") or {}).get(key) or "unknown")


def _claim(facts: Facts, words: Words) -> str:
    audience, awareness = _answer(facts, "q1_audience"), _answer(facts, "q2_awareness")
    lift = facts.known("awareness_lift")
    early = awareness in ("yes", "no") and lift is not None and lift.weak
    parts = [
        words.t(f"social_audience_{audience}") if audience != "unknown" else "",
        words.t(f"social_awareness_{awareness}{'_early' if early else ''}") if awareness != "unknown" else "",
    ]
    claim = ", ".join(part for part in parts if part)
    return claim[0].upper() + claim[1:] if claim else words.t("social_unmeasured")


def _lead(facts: Facts, words: Words) -> str:
    answers = [_answer(facts, key) for key in ("q1_audience", "q2_awareness", "q3_opinion")]
    unknown = answers.count("unknown")
    return join(
        words.t("social_score", n=answers.count("yes")) if unknown < len(answers) else "",
        words.t("social_unknown", n=unknown) if unknown else "",
        words.t("social_sales"),
    )


def _questions(facts: Facts, words: Words) -> Sequence[Wide]:
    """The three questions in words; nothing where the result does not judge them."""
    if not facts.result.get("smm_questions"):
        return ()
    rows = [
        _question(words, 1, "audience", _answer(facts, "q1_audience"), _why_audience(facts, words)),
        _question(words, 2, "awareness", _answer(facts, "q2_awareness"), _why_awareness(facts, words)),
        _question(words, 3, "opinion", _answer(facts, "q3_opinion"), _why_opinion(facts, words)),
    ]
    columns = (
        Column(words.t("column_question"), 30),
        Column(words.t("column_answer"), 23),
        Column(words.t("column_why"), 47),
    )
    return (Wide("", (Table(columns, tuple(rows)),), whole=True),)


def _question(
    words: Words, number: int, question: str, answer: str, why: tuple[Line, ...]
) -> tuple[Cell, ...]:
    said, _, more = words.wording.text(f"smm.{answer}").partition(": ")
    sign = SIGNS[answer]
    return (
        Cell((Line(f"{number}. {words.wording.text(f'smm.{question}')}", "strong"),)),
        Cell((Line(said, f"verdict {sign.value}", sign), *((Line(more, "small"),) if more else ()))),
        Cell(why),
    )


def _why_audience(facts: Facts, words: Words) -> tuple[Line, ...]:
    start, end = facts.number("audience_start"), facts.number("audience_end")
    growth, reach = facts.metric("audience_growth"), facts.metric("audience_reach_change")
    if start is not None and end is not None:
        rate = f" ({_signed_share(words, (end - start) / start)})" if start else ""
        change = words.wording.change(end - start, Unit.COUNT)
        said = words.t("social_followers", start=start, end=end, change=f"{change}{rate}")
    else:
        said = words.t("not_computable", reason=reason(words, growth))
    seen = (
        words.t("social_reach", change=_signed_share(words, reach.value))
        if reach is not None and reach.value is not None
        else ""
    )
    bought = [
        words.quoted(_network(words, row), 40)
        for row in facts.table("social")
        if facts.number("growth_suspect", row["index"]) == 1
    ]
    suspect = words.t("social_suspect", names=words.listed(bought)) if bought else ""
    return (Line(join(said, seen, suspect)),)


def _signed_share(words: Words, value: float) -> str:
    shown = words.wording.share(value)
    return f"+{shown}" if value > 0 else shown


def _why_awareness(facts: Facts, words: Words) -> tuple[Line, ...]:
    before, after = facts.known("awareness_before"), facts.known("awareness_share")
    lift = facts.metric("awareness_lift")
    if before is None or after is None or lift is None or lift.value is None:
        return (Line(words.t("not_computable", reason=reason(words, lift))),)
    said = words.t("social_knew", before=words.value(before), after=words.value(after))
    return (Line(join(said, _lift(words, lift))),)


def _lift(words: Words, lift: Measured) -> str:
    """The change of awareness, called growth or fall only beyond the margin of error."""
    change = words.value(lift)
    if lift.interval is None:
        return words.t("awareness_plain", change=change)
    low, high = lift.interval
    key = "awareness_up" if low > 0 else "awareness_down" if high < 0 else "awareness_same"
    return join(
        words.t(key, change=change, range=words.range(lift.interval, lift.unit)),
        words.t("zone_early_sentence") if lift.weak else "",
    )


def _why_opinion(facts: Facts, words: Words) -> tuple[Line, ...]:
    surveys = [
        f"{name} {words.wording.number(count)}"
        for name, metric_id in (("NPS", "nps_responses"), ("CSI", "csi_responses"))
        if (count := facts.number(metric_id))
    ]
    themes = facts.table("feedback")
    bare = [
        words.quoted(row["subject"], 40)
        for row in themes
        if (share := facts.metric("feedback_theme_share", row["index"])) is not None
        and (share.value is None or share.value >= words.policy("theme_share"))
        and not cell_value(row, "feedback.action")
    ]
    said = join(
        words.t("social_surveys", counts=", ".join(surveys)) if surveys else words.t("social_no_surveys"),
        words.t("social_themes", n=len(themes)) if themes else words.t("social_no_themes"),
        words.t("social_no_action", names=words.listed(bare[:2])) if bare else "",
    )
    rule = words.t(
        "social_opinion_rule",
        answers=words.policy("usable_sample"),
        days=words.policy("survey_max_age_days"),
        themes=words.policy("opinion_themes"),
    )
    return (Line(said), Line(rule, "small"))


def _group(facts: Facts, words: Words, row: Json) -> Evidence | None:
    """What one group of people knew before and after promotion."""
    index = row["index"]
    before, after = facts.metric("awareness_before", index), facts.metric("awareness_share", index)
    known = [one for one in (before, after) if one is not None and one.value is not None]
    if not known:
        return None
    statement = clean(cell_value(row, "awareness.statement"), 90)
    group = _choice(words, "awareness.segment", row)
    note = "; ".join(part for part in (group, words.quoted(statement, 90) if statement else "") if part)
    if any(one.evidence is Sample.ANECDOTAL for one in known):
        return Evidence(words.t("awareness"), note, (Line(_few(words, row)),))
    rows = [
        Point(
            words.t(f"awareness_{key}", n=int(one.sample or 0)),
            one.value,
            one.interval,
            key == "before",
            one.weak,
        )
        for key, one in (("before", before), ("after", after))
        if one is not None and one.value is not None
    ]
    lift = facts.metric("awareness_lift", index)
    said = (
        _lift(words, lift)
        if lift is not None and lift.value is not None
        else words.t("not_computable", reason=reason(words, lift))
    )
    return Evidence(
        words.t("awareness"),
        "; ".join(part for part in (note, words.t("whiskers_95")) if part),
        (points(words, rows, Unit.SHARE), Line(said, "text"), Line(words.t("awareness_cause"), "note")),
        known[0].id,
    )


def _few(words: Words, row: Json) -> str:
    """Very small groups: what they said, without shares."""
    said = []
    for key in ("before", "after"):
        asked, knew = (cell_number(row, f"awareness.{key}_{what}") for what in ("n", "yes"))
        if asked is not None and knew is not None:
            said.append(words.t(f"awareness_few_{key}", knew=knew, asked=asked))
    return join(*said, words.t("awareness_few", n=words.policy("usable_sample")))


def _choice(words: Words, field_id: str, row: Json) -> str:
    """A choice by its label, any other name as the owner wrote it."""
    choice = words.catalog.fields[field_id].choice(str(row["subject"]))
    return choice.label[words.language] if choice else clean(row["subject"], 60)


def _network(words: Words, row: Json) -> str:
    return _choice(words, "social.network", row)


def _networks(facts: Facts, words: Words, rows: Sequence[Json]) -> Wide:
    """Measures down, networks across; more networks than fit make another table."""
    tables = [
        _network_table(facts, words, rows[start : start + NETWORKS_SIDE_BY_SIDE])
        for start in range(0, len(rows), NETWORKS_SIDE_BY_SIDE)
    ]
    shown = (facts.known(metric_id, row["index"]) for metric_id in NETWORK_METRICS for row in rows)
    notes = dict.fromkeys(
        sentence(f"{one.name}: {one.note[0].lower()}{one.note[1:]}")
        for one in shown
        if one is not None and one.note
    )
    return Wide(words.t("networks"), (*tables, *((Line(join(*notes), "note"),) if notes else ())))


def _network_table(facts: Facts, words: Words, rows: Sequence[Json]) -> Table:
    lines = [
        (
            Cell((Line(words.t("networks_followers"), "strong"),)),
            *(_followers(facts, words, row) for row in rows),
        )
    ]
    for metric_id in NETWORK_METRICS:
        cells = [facts.metric(metric_id, row["index"]) for row in rows]
        if any(cell is not None for cell in cells):
            name = words.catalog.metric(metric_id, "social").name[words.language]
            lines.append(
                (Cell((Line(name, "strong"),)), *(measured_cell(words, cell, marked=True) for cell in cells)),
            )
    columns = (
        Column(words.t("column_measure"), 28),
        *(Column(_network(words, row), 72 / len(rows)) for row in rows),
    )
    return Table(columns, tuple(lines), look="dense")


def _followers(facts: Facts, words: Words, row: Json) -> Cell:
    now = cell_number(row, "social.followers_end")
    growth, rate = (facts.metric(one, row["index"]) for one in ("followers_growth", "followers_growth_rate"))
    if growth is not None and growth.value is not None:
        change = words.wording.change(growth.value, Unit.COUNT)
        more = f" ({_signed_share(words, rate.value)})" if rate is not None and rate.value is not None else ""
        said = words.t("networks_growth", change=f"{change}{more}")
    else:
        said = reason(words, growth)
    return Cell(
        (
            *((Line(words.wording.number(now)),) if now is not None else ()),
            Line(said, "small"),
        )
    )
