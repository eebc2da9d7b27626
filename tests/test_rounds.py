"""From one workbook to the next: nothing an owner wrote is dropped in silence, whatever the round."""

from __future__ import annotations

import dataclasses
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedNameDict

from sheetreport import answers, cli, pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.model import Language, Row, SourceFile, State, Status, Submission, Value
from sheetreport.read import read
from sheetreport.rounds import Request, Round
from sheetreport.rounds.following import period_after
from sheetreport.template import build
from tests.conftest import SAMPLES, Office

BARBER, TRAVEL = "barbershop-ru", "travel-agency-en"
NEXT = Request(next_period=True)
CORE = {"core"}


@cache
def workbook(case: str, language: Language, period: tuple[str, str] | None = None) -> bytes:
    """A sample's workbook as today's template makes it, its period changed where one is given."""
    catalog = load_catalog()
    given = answers.load(SAMPLES / case / "answers.yaml")
    if period is not None:
        profile = {key: value for key, value in _mapping(given["profile"]).items() if key != "period_end"}
        given = {**given, "profile": {**profile, "period_type": period[0], "period_start": period[1]}}
    return build(
        catalog, language, answers=given, parts=None if period is None else CORE, tool_version="test"
    )


def _mapping(content: object) -> Mapping[str, object]:
    assert isinstance(content, Mapping)
    return content


@cache
def carried(data: bytes, request: Request = NEXT) -> Round:
    made = pipeline.carry(load_catalog(), data, "old.xlsx", pipeline.Options(), request)
    assert isinstance(made, Round)
    return made


@cache
def answered(data: bytes) -> Submission:
    reading = read(load_catalog(), data, "file.xlsx")
    assert not reading.refused
    return reading.submission


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells(book: Workbook, name: str) -> list[Any]:
    """The cells of a defined name, row by row."""
    title, area = next(iter(book.defined_names[name].destinations))
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    return [cell for line in book[title].iter_rows(top, bottom, left, right) for cell in line]


def reminders(data: bytes) -> list[str]:
    """Everything the workbook shows of the one it was made from."""
    book = opened(data)
    names = [name for name in book.defined_names if name.startswith("last_")]
    return [str(cell.value) for name in names for cell in cells(book, name) if cell.value is not None]


def values(submission: Submission) -> Iterator[tuple[str, int | None, Value]]:
    """All values with the row they stand in."""
    yield from ((field_id, None, value) for field_id, value in submission.scalars.items())
    for rows in submission.tables.values():
        for row in rows:
            yield from ((field_id, row.index, value) for field_id, value in row.values.items())


def with_period(kind: str | None, start: date | None, end: date | None) -> Submission:
    held = {"profile.period_type": kind, "profile.period_start": start, "profile.period_end": end}
    scalars = {key: Value(State.VALUE, value) for key, value in held.items() if value is not None}
    return Submission(SourceFile("file.xlsx", ""), scalars, {})


# --- the days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "start", "end", "first", "last"),
    [
        ("month", "2026-01-01", "2026-01-31", "2026-02-01", "2026-02-28"),
        ("month", "2028-01-01", "2028-01-31", "2028-02-01", "2028-02-29"),
        ("month", "2028-02-01", "2028-02-29", "2028-03-01", "2028-03-31"),
        ("month", "2026-12-01", "2026-12-31", "2027-01-01", "2027-01-31"),
        ("month", "2026-09-15", "2026-10-14", "2026-10-15", "2026-11-14"),
        ("quarter", "2026-10-01", "2026-12-31", "2027-01-01", "2027-03-31"),
        ("half_year", "2026-07-01", "2026-12-31", "2027-01-01", "2027-06-30"),
        ("year", "2027-01-01", "2027-12-31", "2028-01-01", "2028-12-31"),
        ("year", "2027-03-01", "2028-02-29", "2028-03-01", "2029-02-28"),
        # What the owner counted otherwise than the choice says: whole months, or so many days.
        ("month", "2026-01-01", "2026-02-28", "2026-03-01", "2026-04-30"),
        ("month", "2026-09-28", "2026-10-25", "2026-10-26", "2026-11-22"),
        (None, "2026-10-01", "2026-10-31", "2026-11-01", "2026-11-30"),
    ],
)
def test_the_next_period(kind: str | None, start: str, end: str, first: str, last: str) -> None:
    old = with_period(kind, date.fromisoformat(start), date.fromisoformat(end))
    assert period_after(load_catalog(), old) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, date(2026, 10, 31)),
        (date(2026, 10, 1), None),
        (date(2026, 10, 31), date(2026, 10, 1)),
        (date(2035, 12, 1), date(2035, 12, 31)),  # cells take no later day
    ],
)
def test_a_period_that_is_not_known_has_none_after_it(start: date | None, end: date | None) -> None:
    assert period_after(load_catalog(), with_period("month", start, end)) is None


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (("month", "2027-12-01"), date(2028, 1, 1), date(2028, 1, 31)),
        (("month", "2028-01-01"), date(2028, 2, 1), date(2028, 2, 29)),
        (("quarter", "2026-10-01"), date(2027, 1, 1), date(2027, 3, 31)),
        (("year", "2026-01-01"), date(2027, 1, 1), date(2027, 12, 31)),
    ],
)
def test_the_workbook_holds_the_next_period(period: tuple[str, str], start: date, end: date) -> None:
    made = carried(workbook(BARBER, "ru", period))
    report = pipeline.examine(load_catalog(), made.data, "new.xlsx", pipeline.Options())
    assert report.submission.get("profile.period_start").value == start
    assert report.submission.get("profile.period_end").value == end
    assert opened(made.data)["О компании"][_at(made.data, "in_profile_period_end")].data_type == "f"


def _at(data: bytes, name: str) -> str:
    return str(cells(opened(data), name)[0].coordinate)


# --- what becomes of the figures --------------------------------------------------------------------

BEFORE = {
    "clients.prev_active_start": 470,
    "clients.prev_new": 40,
    "clients.prev_lost": 30,
    "clients.prev_sales_count": 480,
    "clients.prev_repeat_purchases": 440,
    "clients.prev_revenue": 720000,
    "clients.prev_gross_profit": 360000,
    "clients.prev_promo_spend": 60000,  # 18000 + 15000 + 6000 + 6000 + 3000, and 12000 besides
    "clients.active_start": 480,
    "nps.previous_date": date(2026, 10, 25),
    "nps.previous_detractors": 24,  # 1 + 0 + 1 + 2 + 3 + 7 + 10
    "nps.previous_passives": 26,  # 12 + 14
    "nps.previous_promoters": 50,  # 22 + 28
}
STAYS = {
    "profile.company_name": "Барбершоп «Борода и чай» (вымышленный)",
    "profile.currency": "RUB",
    "profile.period_type": "month",
    "profile.language": "ru",
    "clients.activity_window_days": 60,
    "clients.reactivation_rate": 0.08,
    "csat.touchpoint": "после стрижки",
    "breakeven.price": 1500,
    "p.copywriter": "no",
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_this_period_becomes_the_previous_one(language: Language) -> None:
    old = workbook(BARBER, "ru")
    new = answered(carried(old, dataclasses.replace(NEXT, language=language)).data)
    held = {field_id: new.get(field_id).value for field_id in (*BEFORE, *STAYS)}
    expected = {**BEFORE, **STAYS} | {"p.copywriter": answered(old).get("p.copywriter").value}
    assert held == expected
    assert expected["p.copywriter"] is not None
    blank = ("clients.total", "clients.new", "clients.revenue", "promo.other_spend", "nps.tally_0_10")
    assert {new.get(field_id).state for field_id in (*blank, "profile.situation")} == {State.BLANK}


def test_a_workbook_too_bare_for_a_report_still_gives_the_previous_period() -> None:
    book = opened(workbook(BARBER, "ru"))
    cells(book, "in_profile_situation")[0].value = None
    old = saved(book)
    refused = pipeline.examine(load_catalog(), old, "old.xlsx", pipeline.Options())
    assert refused.status is Status.REFUSED
    new = answered(carried(old).data)
    assert {field_id: new.get(field_id).value for field_id in BEFORE} == BEFORE


def test_what_can_t_be_worked_out_is_said() -> None:
    book = opened(workbook(BARBER, "ru"))
    cells(book, "in_channels_spend")[1].value = "?"
    made = carried(saved(book))
    assert answered(made.data).get("clients.prev_promo_spend").state is State.BLANK
    (said,) = [said for _, said in made.left if said.startswith("Вся реклама, раньше")]
    assert "за прошлый период не посчитать" in said


def test_rows_stay_and_their_figures_are_asked_anew() -> None:
    new = answered(carried(workbook(BARBER, "ru")).data)
    channels = [{key: v.value for key, v in row.values.items() if v.value is not None}
                for row in new.rows("channels")]  # fmt: skip
    assert channels[1] == {
        "channels.name": "VK Реклама", "channels.type": "social_ads", "channels.network": "vk",
    }  # fmt: skip
    assert [row["channels.name"] for row in channels] == [
        "Яндекс Директ", "VK Реклама", "Яндекс Карты и 2ГИС", "Листовки", "Партнёры",
    ]  # fmt: skip
    vk = {key: value.value for key, value in new.rows("social")[0].values.items() if value.value is not None}
    assert vk == {
        "social.network": "vk",
        "social.followers_start": 2520,
        "social.prev_posts": 12,
        "social.prev_reach_sum": 14400,
        "social.prev_reactions": 456,  # 360 + 60 + 36
        "social.prev_unique_reach": 5600,
        "social.prev_sales": 6,
    }
    themes = [row.get("feedback.mentions").state for row in new.rows("feedback")]
    assert themes == [State.BLANK] * 6
    partner = new.rows("affiliate")[1]
    assert partner.get("affiliate.tracking").value == "utm_source=blog1"
    assert partner.get("affiliate.rewards").state is State.BLANK


def test_goals_go_on_with_their_point_a_and_steps() -> None:
    made = carried(workbook(BARBER, "ru"))
    goals = answered(made.data).rows("goals")
    # Of six goals the fourth is achieved and the sixth overdue.
    assert [goal.get("goals.metric").value for goal in goals] == [
        "followers_growth", "leads", "response_time", "comments_per_post",
    ]  # fmt: skip
    third = goals[2]
    assert third.get("goals.point_a").value == 38
    assert third.get("goals.target").value == 10
    assert third.get("goals.start").value == date(2026, 11, 1)
    assert third.get("goals.deadline").value == date(2026, 11, 30)
    assert third.get("goals.current").state is State.BLANK
    assert (
        third.get("goals.steps").value
        == answered(workbook(BARBER, "ru")).rows("goals")[2].get("goals.steps").value
    )
    book = opened(made.data)
    row = cells(book, "in_goals_3_current")[0].row
    assert book["Цель"].cell(row, 5).value == "было: 24"
    over = [said for source, said in made.left if source.sheet == "Цель"]
    assert len(over) == 2
    assert "Цель 4 достигнута" in over[0]
    assert "Подготовить предложение (владелец, 08.11.2026, не сделано)" in over[0]
    assert "Цель 6 просрочена" in over[1]


def test_the_day_a_goal_began_is_kept_when_it_followed_from_the_report() -> None:
    catalog = load_catalog()
    given = dict(answers.load(SAMPLES / "core-only-ru" / "answers.yaml"))
    profile = {**_mapping(given["profile"]), "report_date": "2026-11-05"}
    goal = {"metric": "leads", "place": "сайт", "target": 40, "deadline": "2027-01-31", "current": 4}
    old = build(
        catalog, "ru", answers={**given, "profile": profile, "goals": [goal]}, parts=CORE, tool_version="test"
    )
    report = pipeline.examine(catalog, carried(old).data, "new.xlsx", pipeline.Options())
    (going_on,) = report.submission.rows("goals")
    assert going_on.get("goals.start").value == date(2026, 11, 5)
    assert going_on.get("goals.point_a_date").value == date(2026, 11, 5)


def test_without_a_survey_the_earlier_one_stays() -> None:
    catalog = load_catalog()
    given = dict(answers.load(SAMPLES / BARBER / "answers.yaml"))
    given["nps"] = {"previous": {"promoters": 32, "passives": 28, "detractors": 20, "date": "2026-07-20"}}
    made = carried(build(catalog, "ru", answers=given, parts={"loyalty"}, tool_version="test"))
    new = answered(made.data)
    assert new.get("nps.previous_promoters").value == 32
    assert new.get("nps.previous_date").value == date(2026, 7, 20)
    assert "было: 32\xa0чел." not in reminders(made.data)


def test_the_same_numbers_again_show_no_change() -> None:
    given = dict(answers.load(SAMPLES / BARBER / "answers.yaml"))
    steady = {"active": 470, "inactive": 330, "active_start": 470, "lost": 40, "active_end": 470}
    given["clients"] = {**_mapping(given["clients"]), **steady}
    data = build(load_catalog(), "ru", answers=given, tool_version="test")
    old, new = opened(data), opened(carried(data).data)
    for name in old.defined_names:
        again = name.startswith("in_") and not re.search("profile|goals|_prev_|previous", name)
        if again or name == "in_profile_situation":
            for source, target in zip(cells(old, name), cells(new, name), strict=True):
                if source.data_type != "f":
                    target.value = source.value
    report = pipeline.examine(load_catalog(), saved(new), "new.xlsx", pipeline.Options())
    assert report.status is not Status.REFUSED
    assert report.computation is not None
    compared = {(result.id, result.row): result.change for result in report.computation.results
                if result.previous is not None}  # fmt: skip
    known = {"churn_rate", "cac", "avg_check", "nps", "er_by_reach"} & {metric for metric, _ in compared}
    assert len(compared) >= 15, sorted(map(str, compared))
    assert "nps" in known
    assert "cac" in known
    assert {key: change for key, change in compared.items() if change} == {}


# --- nothing is lost --------------------------------------------------------------------------------


def shown_forms(value: Value, catalog: Any, field_id: str, language: Language) -> list[set[str]]:
    """For each cell of an answer the ways it may be written."""
    field, held = catalog.fields[field_id], value.value
    if value.state is not State.VALUE:
        return [{"?", "-"}]
    if isinstance(held, date):
        return [{held.strftime("%d.%m.%Y"), f"{held.day} {held.strftime('%b %Y')}"}]
    if isinstance(held, tuple):
        return [{re.sub(r"\D", "", str(item)) or str(item)} for item in held if not hasattr(item, "action")]
    if isinstance(held, int | float):
        return [{re.sub(r"[^\d]", "", f"{number:.10g}") for number in (held, held * 100)}]
    choice = field.choice(str(held))
    return [{choice.label[language] if choice else str(held)}]


@pytest.mark.parametrize(
    ("case", "own", "language"), [(BARBER, "ru", "ru"), (BARBER, "ru", "en"), (TRAVEL, "en", "en")]
)
def test_every_answer_is_carried_or_shown_or_listed(case: str, own: Language, language: Language) -> None:
    catalog = load_catalog()
    old = workbook(case, own)
    made = carried(old, Request(language, next_period=True))
    new = answered(made.data)
    kept = {(field_id, repr(value.value)) for field_id, _, value in values(new)}
    told = [*reminders(made.data), *(said for _, said in made.left)]
    bare = {re.sub(r"[\s\xa0]", " ", word) for text in told for word in (text, text.partition(": ")[2])}
    numbers = {re.sub(r"\D", "", part) for text in told for part in re.split(r" · |; ", text)}
    checked = 0
    for field_id, _, value in values(answered(old)):
        if value.state is State.BLANK or (field_id, repr(value.value)) in kept:
            continue
        checked += 1
        for forms in shown_forms(value, catalog, field_id, language):
            shown = forms & (numbers | bare) or any(form in text for form in forms for text in bare)
            assert shown, (field_id, value.value)
    assert checked >= 30


def test_last_time_stands_beside_each_question() -> None:
    book = opened(carried(workbook(BARBER, "ru")).data)
    for name, said in (
        ("in_clients_total", "было: 800\xa0чел."),
        ("in_clients_inactive", "было: 320\xa0чел."),
        ("in_clients_revenue", "было: 720\xa0000\xa0₽"),
        ("in_profile_situation", "было: хорошо, хочу больше"),
        ("in_clients_active_start", "было: 470\xa0чел."),
    ):
        cell = cells(book, name)[0]
        assert cell.parent.cell(cell.row, 5).value == said
        assert cell.parent.cell(cell.row, 5).protection.locked
    scores = cells(book, "in_nps_tally_0_10")
    beside = [cell.parent.cell(cell.row, 5).value for cell in scores]
    assert beside == [f"было: {n}" for n in (1, 0, 1, 2, 3, 7, 10, 12, 14, 22, 28)]
    (rule,) = [
        rule
        for rule in book["Реклама"].data_validations.dataValidation
        if cells(book, "in_channels_spend")[0].coordinate in rule.sqref
    ]
    assert rule.prompt.startswith("Было: 18\xa0000\xa0₽.")


def test_reminders_are_never_read_as_answers() -> None:
    made = carried(workbook(BARBER, "ru"))
    reading = read(load_catalog(), made.data, "new.xlsx")
    assert [finding for finding in reading.findings if finding.code in ("S-13", "S-17", "S-18", "S-19")] == []
    assert {table: len(rows) for table, rows in reading.submission.tables.items()} == {
        "channels": 5, "goals": 4, "csi": 3, "feedback": 6, "social": 2, "awareness": 1, "automation": 1,
        "affiliate": 3,
    }  # fmt: skip


def without_places(submission: Submission) -> object:
    def plain(held: Mapping[str, Value]) -> dict[str, object]:
        return {key: (value.state, value.value) for key, value in held.items() if key not in _LIVE}

    def row(record: Row) -> tuple[int, str, dict[str, object]]:
        return record.index, record.subject, plain(record.values)

    return plain(submission.scalars), {t: [row(r) for r in rows] for t, rows in submission.tables.items()}


_LIVE = ("profile.report_date",)  # today's date, as whoever saves sees it


def test_the_new_workbook_and_the_old_one_in_other_formats(soffice: Office, tmp_path: Path) -> None:
    """Saved by another program the new workbook reads the same; an old one may come in its formats."""
    old, made = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    old.write_bytes(workbook(BARBER, "ru"))
    made.write_bytes(carried(old.read_bytes()).data)
    again = soffice.convert(made, "xlsx", tmp_path / "again").read_bytes()
    assert without_places(answered(again)) == without_places(answered(made.read_bytes()))
    assert sorted(reminders(again)) == sorted(reminders(made.read_bytes()))
    for kind in ("ods", "xls"):
        other = carried(soffice.convert(old, kind, tmp_path / kind).read_bytes())
        assert without_places(answered(other.data)) == without_places(answered(made.read_bytes())), kind
        unread, *left = (said for _, said in other.left)
        assert unread.startswith("Примечания к ячейкам"), kind
        assert left == [said for _, said in carried(old.read_bytes()).left], kind


@pytest.mark.parametrize("request_", [Request(), NEXT, Request("en"), Request("en", next_period=True)])
def test_words_of_the_template_are_not_listed(request_: Request) -> None:
    left = carried(workbook(BARBER, "ru"), request_).left
    assert [source.cell for source, _ in left] == (["B101", "B163"] if request_.next_period else [])


# --- the same period --------------------------------------------------------------------------------


def spoilt() -> bytes:
    """An owner's workbook with a slip, a riddle, remarks and a sheet of their own."""
    book = opened(workbook(BARBER, "ru"))
    cells(book, "in_clients_revenue")[0].value = "720 тыс."
    cells(book, "in_clients_sales_count")[0].value = "около 500"
    cells(book, "in_channels_customers")[1].value = "шесть или семь"
    cells(book, "in_nps_tally_0_10")[3].value = "много"
    book["Клиенты"]["G8"] = "без летней акции"
    book.create_sheet("Смета")["B2"] = "аренда до мая"
    return saved(book)


def test_the_same_period_keeps_everything() -> None:
    old = spoilt()
    made = carried(old, Request())
    before, after = answered(old), answered(made.data)
    assert after.get("clients.revenue").value == 720000
    assert cells(opened(made.data), "in_clients_revenue")[0].value == 720000
    assert without_places(after) == without_places(before)
    book = opened(made.data)
    assert cells(book, "in_clients_sales_count")[0].value == "около 500"
    assert cells(book, "in_channels_customers")[1].value == "шесть или семь"
    assert [cell.value for cell in cells(book, "in_nps_tally_0_10")][2:5] == [1, "много", 3]
    assert [(source.sheet, source.cell, said) for source, said in made.left] == [
        ("Клиенты", "G8", "без летней акции — стояло вне ячеек для ответа")
    ]
    assert book["Смета"]["B2"].value == "аренда до мая"
    assert made.left[0][1] in [cell.value for cell in cells(book, "fix_notes")]
    assert reminders(made.data) == []


def test_what_was_not_understood_is_shown_in_the_next_period() -> None:
    made = carried(spoilt())
    new = answered(made.data)
    assert new.get("clients.prev_sales_count").state is State.BLANK
    assert {"было: около 500", "шесть или семь", "было: много"} <= set(reminders(made.data))
    assert any(said.startswith("без летней акции") for _, said in made.left)


def test_answers_of_sheets_that_are_not_asked_for_are_listed() -> None:
    made = carried(workbook(BARBER, "ru"), Request(parts=frozenset({"core"})))
    book = opened(made.data)
    assert "Опрос NPS" not in book.sheetnames
    listed = {(source.sheet, source.cell): said for source, said in made.left}
    given = [
        value
        for field_id, _, value in values(answered(workbook(BARBER, "ru")))
        if value.state is not State.BLANK and load_catalog().fields[field_id].sheet
        not in ("profile", "clients", "channels", "goals")
    ]  # fmt: skip
    assert {(value.source.sheet, value.source.cell) for value in given} <= set(listed)
    assert len(given) > 100
    touchpoint = next(said for said in listed.values() if "после стрижки" in said)
    assert touchpoint.endswith("этого листа в новом файле нет")


def test_only_the_sheets_of_the_old_workbook_are_asked_for() -> None:
    catalog = load_catalog()
    given = answers.load(SAMPLES / "core-only-ru" / "answers.yaml")
    old = build(catalog, "ru", answers=given, parts={"loyalty"}, tool_version="test")
    for request in (Request(), NEXT):
        assert opened(carried(old, request).data).sheetnames == opened(old).sheetnames


def older(data: bytes) -> bytes:
    """The workbook as an earlier version would have made it: other words, and a question there is no more."""
    book = opened(data)
    book.custom_doc_props["sheetreport_template"].value = "0.9"
    book.custom_doc_props["sheetreport_catalog"].value = "000000000000"
    sheet = book["Клиенты"]
    row = cells(book, "in_clients_total")[0].row
    sheet.cell(row, 1).value = "Сколько всего клиентов в базе\nвсе, кто хоть раз купил"
    sheet.cell(row, 4).value = "Возьмите число из программы учёта"
    last = sheet.max_row + 2
    sheet.cell(last, 1).value = "Любимый цвет клиентов"
    (answer,) = [cell for (cell,) in sheet["B4:B6"] if cell.value == "Ваш ответ"]  # has words of ours today
    answer.value = "зелёный"
    where = f"'Клиенты'!$B${answer.row}"
    name = openpyxl.workbook.defined_name.DefinedName("in_clients_colour", attr_text=where)
    book.defined_names["in_clients_colour"] = name
    return saved(book)


def test_an_older_version_is_carried_into_this_one() -> None:
    made = carried(older(workbook(BARBER, "ru")), Request())
    assert without_places(answered(made.data)) == without_places(answered(workbook(BARBER, "ru")))
    assert sorted(said for _, said in made.left) == [
        "Любимый цвет клиентов — стояло вне ячеек для ответа",
        "зелёный — такого вопроса больше нет",
    ]
    properties = {item.name: item.value for item in opened(made.data).custom_doc_props.props}
    assert properties["sheetreport_template"] == "1.0"


def test_a_workbook_that_lost_its_names_goes_on() -> None:
    book = opened(workbook(BARBER, "ru"))
    book.defined_names = DefinedNameDict()
    new = answered(carried(saved(book)).data)
    assert {field_id: new.get(field_id).value for field_id in BEFORE} == BEFORE


# --- round after round ------------------------------------------------------------------------------


def test_a_third_round_takes_the_reminders_of_the_second_for_what_they_are() -> None:
    second = opened(carried(workbook(BARBER, "ru")).data)
    cells(second, "in_clients_new")[0].value = 44
    third = carried(saved(second))
    assert third.period == "1–31\xa0декабря\xa02026\xa0г."
    new = answered(third.data)
    assert new.get("clients.prev_new").value == 44
    assert not [said for _, said in third.left if said.startswith(("было", "В прошлый раз"))]
    assert "было: 40\xa0чел." in reminders(third.data)  # of the period before last, beside the last one


def test_a_correction_copy_keeps_the_reminders() -> None:
    catalog = load_catalog()
    made = carried(workbook(BARBER, "ru")).data
    report = pipeline.examine(catalog, made, "new.xlsx", pipeline.Options())
    copy = pipeline.correct(catalog, made, report)
    assert copy is not None
    kept = [text for text in reminders(made) if not text.startswith("Новый период")]
    assert sorted(reminders(copy)) == sorted(kept)
    assert [said for _, said in carried(copy, Request()).left if said.startswith(("было", "←"))] == []


def test_a_period_that_is_not_known_is_asked_for() -> None:
    book = opened(workbook(BARBER, "ru"))
    cells(book, "in_profile_period_start")[0].value = "осенью"
    cells(book, "in_profile_period_end")[0].value = None
    made = carried(saved(book))
    assert made.period == ""
    assert answered(made.data).get("profile.period_start").state is State.BLANK
    (said,) = [said for source, said in made.left if source.sheet == "О компании"]
    assert said.startswith("Первый день периода: осенью")


# --- the command ------------------------------------------------------------------------------------


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "old.xlsx"
    path.write_bytes(spoilt())
    return path


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command `template`: its exit code, stdout and stderr."""

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sheetreport", "template", *map(str, arguments)])
        monkeypatch.setattr(cli, "_use_utf8", lambda: None)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return call


def test_the_command_lists_what_found_no_place(command: Command, old_file: Path, tmp_path: Path) -> None:
    before = old_file.read_bytes()
    code, out, err = command("--from", old_file, "--next-period", "-o", tmp_path / "new.xlsx")
    assert code == 0
    assert out.strip() == str(tmp_path / "new.xlsx")
    assert "Новый период: 1–30\xa0ноября\xa02026" in err
    assert "  Клиенты!G8: без летней акции" in err
    assert old_file.read_bytes() == before
    assert answered((tmp_path / "new.xlsx").read_bytes()).get("clients.prev_new").value == 40


@pytest.mark.parametrize("arguments", [["--next-period"], ["--next-period", "--answers", "a.yaml"]])
def test_the_next_period_needs_a_workbook(command: Command, tmp_path: Path, arguments: list[str]) -> None:
    code, _, err = command(*arguments, "-o", tmp_path / "new.xlsx")
    assert code == 2
    assert "--from" in err
    assert not (tmp_path / "new.xlsx").exists()


def test_a_file_without_answers_gives_no_workbook(command: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04 not a workbook")
    code, out, _ = command("--from", bad, "--next-period", "-o", tmp_path / "new.xlsx")
    assert code == 1
    assert "bad.xlsx" in out
    assert not (tmp_path / "new.xlsx").exists()
