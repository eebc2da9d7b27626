"""The report's sentences never say more than the data: checked on small results made by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.render.view import build, flow, method
from sheetreport.render.view.charts import Scale, ticks
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.measure import fit
from sheetreport.render.view.model import (
    Answer,
    Cell,
    Chapter,
    Chart,
    Evidence,
    Sign,
    Summary,
    Table,
    View,
    Wide,
)
from sheetreport.render.view.words import Words, bind, clean, cut, first_sentence

CATALOG = load_catalog()
NBSP = "\N{NO-BREAK SPACE}"

Json = dict[str, Any]


# --- results by hand ------------------------------------------------------------------------------


def metric(
    metric_id: str,
    value: float | None,
    *,
    interval: tuple[float, float] | None = None,
    sample: float | None = None,
    row: int | None = None,
    subject: str | None = None,
    confident: bool | None = None,
    previous: float | None = None,
    reason: str = "missing_input",
) -> Json:
    """One entry of `metrics`, worded in Russian; the evidence level follows the policy of 10, 30 and 100."""
    definition = CATALOG.metric(metric_id, "channels" if row is not None else None)
    zone = definition.zone_of(value) if value is not None else None
    levels = (("anecdotal", 10), ("indicative", 30), ("usable", 100))
    level = next((name for name, below in levels if sample is not None and sample < below), "good")
    return {
        "id": metric_id,
        "subject": subject,
        "row": row,
        "section": definition.section,
        "name": definition.name.ru,
        "meaning": definition.meaning.ru,
        "note": "",
        "unit": definition.unit.value,
        "better": definition.better.value,
        "value": value,
        "status": "ok" if value is not None else "not_computable",
        "reason": None if value is not None else reason,
        "reason_text": None if value is not None else "не заполнено поле «Новых за период»",
        "interval": list(interval) if interval else None,
        "zone": zone.id if zone else None,
        "zone_name": zone.name.ru if zone else None,
        "zone_tone": zone.tone if zone else None,
        "zone_confident": confident,
        "evidence_level": level if sample is not None else None,
        "sample": sample,
        "previous": previous,
        "change": None if previous is None or value is None else value - previous,
        "calculation": None,
    }


def recommendation(tier: str, number: int, **changes: Any) -> Json:
    base = {
        "id": f"R-{number:02d}",
        "tier": tier,
        "chapter": "clients",
        "subject": None,
        "title": f"Действие {tier} {number}",
        "text": "Первое предложение. Второе предложение.",
        "steps": ["Первый шаг.", "Второй шаг."],
        "effect": None,
        "confidence": {"level": "high", "words": "по вашим цифрам"},
        "evidence": [],
        "merged": [],
        "source": [],
    }
    return {**base, **changes}


def channel(index: int, name: str, spend: float, clients: float) -> Json:
    values = {"name": name, "spend": spend, "customers": clients}
    cells = {
        f"channels.{key}": {"value": value, "state": "value", "sheet": "Реклама", "cell": f"B{index}"}
        for key, value in values.items()
    }
    return {"index": index, "subject": name, "values": cells}


def goal(status: str, **changes: Any) -> Json:
    base = {
        "index": 1,
        "row": 1,
        "text": f"Цель {status}",
        "type": "leads",
        "kind": "cumulative",
        "metric": "leads",
        "name": "Заявки",
        "unit": "count",
        "place": "vk",
        "place_name": "ВКонтакте",
        "responsible": "Ольга",
        "start": "2026-11-01",
        "deadline": "2026-11-30",
        "point_a": 0,
        "target": 100,
        "current": 48,
        "gap": 52,
        "progress": 0.48,
        "elapsed": 0.5172,
        "expected_now": 51.72,
        "required_pace_week": 26.0,
        "current_pace_week": 22.4,
        "forecast": 92.8,
        "status": status,
        "status_name": status,
        "notes": [],
        "smart": {letter: {"verdict": "pass", "message": ""} for letter in "SMART"},
        "budget_for_gap": None,
        "budget_range": None,
        "budget_units": None,
        "numbers": {},
        "inputs": [],
    }
    return {**base, **changes}


def result(
    metrics: Sequence[Json] = (),
    *,
    scalars: Mapping[str, Any] | None = None,
    tables: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Json:
    answers = {
        field: {
            "value": value,
            "state": "blank" if value is None else "value",
            "sheet": "Клиенты",
            "cell": "D9",
        }
        for field, value in (scalars or {}).items()
    }
    base: Json = {
        "schema_version": "1.0",
        "tool_version": "1.0.0",
        "catalog_sha256": "c" * 64,
        "language": "ru",
        "source": {"file": "book.xlsx", "sha256": "a" * 64, "template_version": "1.0"},
        "status": "complete",
        "company": "Кофейня «Угол»",
        "period": {"type": "month", "start": "2026-10-01", "end": "2026-10-31", "months": 1},
        "report_date": "2026-11-16",
        "currency": "RUB",
        "metrics": list(metrics),
        "quantities": [],
        "goals": [],
        "recommendations": [],
        "suppressed": [],
        "unlock": [],
        "coverage": {"known": 0, "asked": 0},
        "left_blank": [],
        "findings": [],
        "repairs": [],
        "answers": {"scalars": answers, "tables": dict(tables or {})},
    }
    return {**base, **changes}


def to_fill(field: str, cell: str, *metrics: str) -> Json:
    """One entry of `unlock`: a blank cell and the metrics that rest on it."""
    return {"field": field, "label": field, "sheet": "Клиенты", "cell": cell, "metrics": list(metrics)}


def view(document: Json, language: Language = "ru") -> View:
    return build(document, CATALOG, Wording(language, document["currency"]))


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def page_one(document: Json, language: Language = "ru") -> Summary:
    return view(document, language).summaries[0]


def growth(document: Json, language: Language = "ru") -> Answer:
    return page_one(document, language).answers[0]


def losses(document: Json) -> Answer:
    return page_one(document).answers[1]


def chapter(shown: View, chapter_id: str) -> Chapter:
    return next(one for one in shown.chapters if one.body.id == chapter_id)


def claim(document: Json, chapter_id: str, language: Language = "ru") -> str:
    return plain(chapter(view(document, language), chapter_id).body.claim)


def strings(part: Any) -> Iterator[str]:
    """Every text of a view, however deep."""
    if isinstance(part, str):
        yield part
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            yield from strings(getattr(part, field.name))
    elif isinstance(part, tuple):
        for item in part:
            yield from strings(item)


def lines(cell: Cell) -> str:
    return plain(" ".join(line.text for line in (*cell.lines, *cell.below)))


def row_of(table: Table | None, name: str) -> tuple[Cell, ...]:
    assert table is not None
    return next(row for row in table.rows if lines(row[0]).startswith(name))


BASE = {"clients.active_start": 470, "clients.active_end": 480, "clients.new": 40, "clients.lost": 30}


# --- growing or falling ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "title", "figure"),
    [
        (470, 480, "Растём: активная база +2,1 %", "+10"),  # 10 / 470 = 2.13 %
        (480, 470, "Падаем: активная база −2,1 %", "−10"),
        (470, 470, "Активных клиентов столько же", "0"),
        (20, 24, "Активных клиентов стало больше", "+4"),  # fewer than 30: a percentage would mislead
        (24, 20, "Активных клиентов стало меньше", "−4"),
    ],
)
def test_growth_is_named_by_the_base(start: int, end: int, title: str, figure: str) -> None:
    answer = growth(result(scalars={**BASE, "clients.active_start": start, "clients.active_end": end}))
    assert (plain(answer.title), plain(answer.figure)) == (title, figure)


def test_growth_does_not_say_its_caption_again() -> None:
    answer = growth(result(scalars=BASE))
    assert plain(answer.text) == "Активных было 470, стало 480. Один период — ещё не тренд."
    assert plain(answer.caption) == "активных клиентов за период: пришло 40, ушло 30"
    no_flow = growth(result(scalars={**BASE, "clients.new": None, "clients.lost": None}))
    assert plain(no_flow.text) == "Один период — ещё не тренд."
    assert plain(no_flow.caption) == "активных клиентов за период: было 470, стало 480"


def test_nobody_lost_has_no_bar() -> None:
    answer = growth(result(scalars={**BASE, "clients.lost": 0, "clients.active_end": 510}))
    assert answer.chart is not None
    assert len(answer.chart.shapes) == 1


def test_few_clients_are_called_chance() -> None:
    small = {**BASE, "clients.active_start": 20, "clients.active_end": 24}
    assert "может быть случайной" in growth(result(scalars=small)).text
    assert "случайной" not in growth(result(scalars=BASE)).text


def test_growth_in_english() -> None:
    assert plain(growth(result(scalars=BASE), "en").title) == "Growing: active base +2.1%"


def test_unknown_growth_is_words_and_names_the_cell() -> None:
    answer = growth(result(scalars={**BASE, "clients.active_start": None, "clients.new": None}))
    assert (answer.figure, answer.known, answer.chart) == ("не рассчитано", False, None)
    assert "Клиенты D9" in plain(answer.text)


def test_unknown_growth_names_only_cells_that_are_still_blank() -> None:
    known = {"clients.active_start": 470}
    unlock = [to_fill("clients.active_end", "B13", "Прирост активной базы")]
    assert "Впишите: Клиенты B13." in plain(growth(result(scalars=known, unlock=unlock)).text)
    unlock.append(to_fill("clients.active_start", "B10", "Прирост активной базы"))
    assert "Впишите: Клиенты B10, B13." in plain(growth(result(unlock=unlock)).text)


def test_unknown_losses_name_the_cells_that_would_show_them() -> None:
    blank = [metric("wasted_spend", None, reason="depends_on"), metric("gross_profit_per_sale", None)]
    wasted, profit = (str(entry["name"]) for entry in blank)
    unlock = [
        to_fill("clients.new", "B11", wasted),
        to_fill("clients.gross_profit", "B17", profit),
        to_fill("clients.lost", "B12", "Отток клиентов за период"),
    ]
    assert "Впишите: Клиенты B11, B17." in plain(losses(result(blank, unlock=unlock)).text)
    assert "не заполнено поле «Новых за период»" in losses(result(blank)).text


def test_before_opening_counts_days_and_blames_nothing() -> None:
    scalars = {
        "profile.stage": "pre_opening",
        "profile.opening_date": "2026-12-01",
        "profile.report_date": "2026-11-16",
    }
    answers = page_one(result(scalars=scalars)).answers
    assert plain(answers[0].figure) == "15 дней"  # 16 to 30 November and the first of December
    assert answers[1].figure == "не рассчитано"


# --- nothing known --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_known_is_never_zero(language: Language) -> None:
    empty = page_one(
        result([metric("cac", None), metric("wasted_spend", None), metric("nps", None)]), language
    )
    assert [answer.known for answer in empty.answers] == [False, False, False]
    assert not [answer.figure for answer in empty.answers if any(char.isdigit() for char in answer.figure)]
    assert empty.health is None


def test_chapters_without_data_are_left_out_and_numbers_close_up() -> None:
    nothing = view(result())
    assert [one.body.id for one in nothing.chapters] == ["proof", "method"]
    some = view(result([metric("nps", 26.0, interval=(9.4, 41.0), sample=100)], goals=[goal("on_track")]))
    assert [(one.number, one.body.id) for one in some.chapters] == [
        ("1", "loyalty"),
        ("2", "goals"),
        ("3", "proof"),
        ("4", "method"),
    ]


def test_a_channel_without_clients_has_words_not_a_price() -> None:
    document = result(
        [metric("channel_cac", None, row=1, subject="Листовки", reason="zero_customers")],
        tables={"channels": [channel(1, "Листовки", 6000, 0)]},
    )
    table = chapter(view(document), "channels").body.blocks[0].parts[0]  # type: ignore[union-attr]
    assert isinstance(table, Table)
    assert lines(table.rows[0][4]) == "не заполнено поле «Новых за период»"
    assert table.rows[0][4].chart is None
    assert lines(table.rows[0][5]) == "не рассчитано"


def test_what_no_cell_unlocks_stands_apart() -> None:
    entry = metric("channel_cac", None, row=1, subject="Листовки", reason="zero_customers")
    entry["reason_text"] = "делить не на что: новых клиентов ноль"
    body = chapter(view(result([entry, metric("cac", None)])), "missing").body
    tables = [part for block in body.blocks for part in block.parts if isinstance(part, Table)]  # type: ignore[union-attr]
    assert len(tables) == 1
    assert len(tables[0].rows) == 1
    assert [lines(cell) for cell in tables[0].rows[0]] == [
        "Листовки",
        "делить не на что: новых клиентов ноль",
        "Стоимость клиента по каналу",
    ]


def test_reasons_of_one_row_stand_together_and_what_they_share_is_said_once() -> None:
    entries = [
        metric(one, None, row=1, subject="Листовки", reason="zero") for one in ("channel_cac", "cpl", "ctr")
    ]
    reasons = ("делить не на что: клиентов ноль", "делить не на что: заявок ноль", "другая причина")
    for entry, reason in zip(entries, reasons, strict=True):
        entry["reason_text"] = reason
    (row,) = tables_of(result(entries), "missing")[0].rows
    assert lines(row[1]) == "делить не на что: клиентов ноль, заявок ноль; другая причина"


def test_cells_of_one_row_are_asked_for_together() -> None:
    def cell(name: str, label: str, subject: str | None, metrics: list[str]) -> Json:
        return {
            "field": "channels.clicks", "subject": subject, "label": label, "metrics": metrics,
            "sheet": "Реклама", "cell": name,
        }  # fmt: skip

    document = result(
        unlock=[
            cell("H9", "Переходы", "Листовки", ["Цена перехода"]),
            cell("B26", "Валовая прибыль", None, ["Окупаемость"]),
            cell("G9", "Показы", "Листовки", ["Цена перехода", "Цена тысячи показов"]),
        ]
    )
    shown = [[lines(one) for one in row] for row in tables_of(document, "missing")[0].rows]
    assert [plain(text) for text in shown[0]] == [
        "1", "Листовки: Переходы; Показы", "Реклама H9, G9", "Цена перехода; Цена тысячи показов",
    ]  # fmt: skip
    assert shown[1][1] == "Валовая прибыль"


# --- money lost -----------------------------------------------------------------------------------


def test_a_dead_channel_is_a_fact_with_its_share() -> None:
    document = result(
        [
            metric("wasted_spend", 6000.0),
            metric("promo_spend_total", 60000.0),
            metric("cac", 1500.0, sample=40),
        ],
        tables={"channels": [channel(1, "Листовки", 6000, 0), channel(2, "Карты", 6000, 8)]},
    )
    answer = losses(document)
    assert plain(answer.title) == "Канал «Листовки» не привёл никого"
    assert plain(answer.figure) == "6 000 ₽"
    assert "4 клиентов" in plain(answer.text)  # 6 000 / 1 500
    assert "10 %" in plain(answer.caption)  # 6 000 of 60 000


def test_a_small_spend_without_clients_accuses_no_channel() -> None:
    document = result(
        [
            metric("wasted_spend", 0.0),
            metric("cac", 1500.0, sample=40),
            metric("gross_profit_per_sale", 750.0),
        ],
        tables={"channels": [channel(1, "Проба", 4000, 0)]},  # below 3 × 1 500
    )
    assert plain(losses(document).title) == "Явных потерь не видно"


def test_only_a_spend_beyond_three_clients_names_a_channel() -> None:
    document = result(
        [
            metric("wasted_spend", 6000.0),
            metric("promo_spend_total", 60000.0),
            metric("cac", 1500.0, sample=40),
        ],
        tables={
            "channels": [channel(1, "Проба", 4400, 0), channel(2, "Листовки", 6000, 0)]
        },  # 3 × 1 500 = 4 500
    )
    assert plain(losses(document).title) == "Канал «Листовки» не привёл никого"


@pytest.mark.parametrize(
    ("interval", "sample", "title", "why"),
    [
        ((1200.0, 2000.0), 40, "Клиент стоит больше, чем приносит", "валовой прибыли."),
        (
            (900.0, 2000.0),
            40,
            "Похоже, клиент стоит больше, чем приносит",
            "внутри погрешности",
        ),  # 1 000 inside
        ((1200.0, 2000.0), 12, "Похоже, клиент стоит больше, чем приносит", "всего 12"),  # too few clients
        (None, 3, "Похоже, клиент стоит больше, чем приносит", "всего 3"),
    ],
)
def test_a_client_dearer_than_their_value(
    interval: tuple[float, float] | None, sample: int, title: str, why: str
) -> None:
    document = result([metric("cac", 1500.0, interval=interval, sample=sample), metric("clv_margin", 1000.0)])
    assert plain(losses(document).title) == title
    assert plain(losses(document).figure) == "−500 ₽"
    assert why in plain(losses(document).text)
    assert ("предварительный" in losses(document).text) is title.startswith("Похоже")


def test_a_loss_on_each_sale_comes_first() -> None:
    answer = losses(result([metric("gross_profit_per_sale", -40.0), metric("wasted_spend", 6000.0)]))
    assert plain(answer.figure) == "−40 ₽"
    assert "убыток" in answer.title


def test_a_scenario_is_never_the_figure() -> None:
    document = result(
        [
            metric("money_at_risk_detractors", 366700.0, interval=(255029.0, 507762.0)),
            metric("nps_detractor_share", 0.24, interval=(0.1669, 0.3323), sample=100),
        ]
    )
    answer = losses(document)
    assert plain(answer.figure) == "24 %"
    assert "255 029–507 762 ₽" in plain(answer.text)  # as the plan prints it
    assert "Сценарий" in answer.text


@pytest.mark.parametrize(("language", "shown"), [("ru", "6 000 $"), ("en", "$6,000")])
def test_other_currencies(language: Language, shown: str) -> None:
    document = result([metric("wasted_spend", 6000.0)], currency="USD")
    assert plain(page_one(document, language).answers[1].figure) == shown


# --- claims of chapters ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "sample", "expected"),
    [
        ((9.4435, 41.042), 100, "Готовых рекомендовать больше, чем критиков"),
        ((-12.4, 34.0), 100, "Кого больше, промоутеров или критиков, пока не видно"),
        ((-48.0, -16.0), 90, "Критиков больше, чем готовых рекомендовать"),
        ((9.4435, 41.042), 29, "NPS +26 — по предварительным данным"),
        ((9.4435, 41.042), 9, "9 ответов: для вывода мало"),
    ],
)
def test_loyalty_claims_obey_the_interval(interval: tuple[float, float], sample: int, expected: str) -> None:
    assert claim(result([metric("nps", 26.0, interval=interval, sample=sample)]), "loyalty") == expected


@pytest.mark.parametrize(
    ("interval", "promoters", "detractors", "expected"),
    [
        ((9.4, 41.0), 0.5, 0.24, "Готовых рекомендовать 50 %, критиков 24 %"),
        ((-48.0, -16.0), 0.2, 0.5333, "Критиков 53 %, готовых рекомендовать 20 %"),
        ((0.1, 0.9), 0.3049, 0.3012, "Готовых рекомендовать больше, чем критиков"),  # both would be 30 %
        ((-12.4, 34.0), 0.4, 0.3, "Кого больше, промоутеров или критиков, пока не видно"),
    ],
)
def test_loyalty_is_claimed_with_both_shares(
    interval: tuple[float, float], promoters: float, detractors: float, expected: str
) -> None:
    shares = [metric("nps_promoter_share", promoters), metric("nps_detractor_share", detractors)]
    document = result([metric("nps", 26.0, interval=interval, sample=100), *shares])
    assert claim(document, "loyalty") == expected


def test_a_zone_is_named_flatly_only_when_the_interval_lies_inside() -> None:
    unsure = view(result([metric("nps", 26.0, interval=(9.4, 41.0), sample=100, confident=False)]))
    assert "скорее благоприятный; граница внутри погрешности" in chapter(unsure, "loyalty").body.lead
    sure = view(result([metric("nps", 35.0, interval=(25.0, 45.0), sample=400, confident=True)]))
    assert "скорее" not in chapter(sure, "loyalty").body.lead
    assert "благоприятный" in chapter(sure, "loyalty").body.lead


def test_under_ten_answers_are_printed_without_a_chart() -> None:
    document = result(
        [metric("nps", 50.0, interval=(-20.0, 80.0), sample=4)],
        scalars={"nps.tally_0_10": [0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2]},
    )
    body = chapter(view(document), "loyalty").body
    parts = [part for block in body.blocks for part in block.parts]  # type: ignore[union-attr]
    assert not [part for part in parts if isinstance(part, Chart)]
    assert isinstance(parts[0], Table)
    assert [(lines(score), lines(count)) for score, count in parts[0].rows] == [
        ("6", "1"),
        ("9", "1"),
        ("10", "2"),
    ]


@pytest.mark.parametrize(
    ("sample", "tones"), [(29, {"zone-neutral"}), (30, {"zone-red", "zone-orange", "zone-green"})]
)
def test_zones_are_grey_below_thirty_answers(sample: int, tones: set[str]) -> None:
    document = result([metric("nps", 26.0, interval=(9.4, 41.0), sample=sample)])
    block = chapter(view(document), "loyalty").body.blocks[0]
    assert isinstance(block, Evidence)
    chart = block.parts[0]
    assert isinstance(chart, Chart)
    assert {shape.look.split()[1] for shape in chart.shapes if shape.look.startswith("zone")} == tones


@pytest.mark.parametrize(
    ("interval", "sign", "look", "words"),
    [
        ((-12.4, 34.0), Sign.SAME, "", "в пределах погрешности"),
        ((2.0, 34.0), Sign.UP, "", "рост больше погрешности"),
        ((-34.0, -2.0), Sign.DOWN, "worse", "снижение больше погрешности"),
    ],
)
def test_a_change_is_an_arrow_only_beyond_the_margin(
    interval: tuple[float, float], sign: Sign, look: str, words: str
) -> None:
    change = sum(interval) / 2
    document = result(
        [
            metric("nps", 26.0, interval=(9.4, 41.0), sample=100, previous=15.0),
            metric("nps_change", change, interval=interval, sample=80),
        ]
    )
    row = row_of(page_one(document).changes, "NPS")
    assert (row[3].lines[0].sign, row[3].lines[0].look) == (sign, look)
    assert words in lines(row[3])


def test_without_a_past_the_changes_are_one_sentence() -> None:
    summary = page_one(result([metric("nps", 26.0, interval=(9.4, 41.0), sample=100)]))
    assert summary.changes is None
    assert summary.no_changes.startswith("Это первый отчёт")


@pytest.mark.parametrize(
    ("cheap", "dear", "expected"),
    [
        (
            (143.0, 484.0),
            (1149.0, 6846.0),
            "Клиент стоит от 250 ₽ до 2 500 ₽: разница между каналами больше погрешности",
        ),
        ((143.0, 1484.0), (1149.0, 6846.0), "Каналы пока не различить: разница цен внутри погрешности"),
    ],
)
def test_channels_differ_only_when_intervals_do_not_touch(
    cheap: tuple[float, float], dear: tuple[float, float], expected: str
) -> None:
    document = result(
        [
            metric("channel_cac", 2500.0, interval=dear, sample=6, row=1, subject="VK"),
            metric("channel_cac", 250.0, interval=cheap, sample=12, row=2, subject="Партнёры"),
        ],
        tables={"channels": [channel(1, "VK", 15000, 6), channel(2, "Партнёры", 3000, 12)]},
    )
    assert claim(document, "channels") == expected


def test_channels_run_from_the_cheapest_client_to_none() -> None:
    document = result(
        [
            metric("channel_cac", 2500.0, interval=(1149.0, 6846.0), sample=6, row=1, subject="VK"),
            metric("channel_cac", None, row=2, subject="Листовки"),
            metric("channel_cac", 250.0, interval=(143.0, 484.0), sample=12, row=3, subject="Партнёры"),
            metric("channel_cac", 4000.0, sample=1, row=4, subject="Радио"),
        ],
        tables={
            "channels": [
                channel(1, "VK", 15000, 6),
                channel(2, "Листовки", 6000, 0),
                channel(3, "Партнёры", 3000, 12),
                channel(4, "Радио", 4000, 1),
            ]
        },
    )
    table = chapter(view(document), "channels").body.blocks[0].parts[0]  # type: ignore[union-attr]
    assert isinstance(table, Table)
    assert [lines(row[0]) for row in table.rows] == ["Партнёры", "VK", "Радио", "Листовки", "Все каналы"]
    lone = table.rows[2][4]
    assert lines(lone) == "1 клиент — не статистика"
    assert lone.chart is not None
    assert not [shape for shape in lone.chart.shapes if shape.look.startswith("rule")]


def test_a_share_of_clients_that_is_not_known_is_no_zero() -> None:
    document = result(tables={"channels": [channel(1, "VK", 6000, 5), channel(2, "Карты", 2000, 3)]})
    table = tables_of(document, "channels")[0]
    assert table.rows[0][3].chart is not None
    assert [label.text for label in table.rows[0][3].chart.labels] == ["75,0\N{NO-BREAK SPACE}%", "—"]
    assert len(table.rows[0][3].chart.shapes) == 1


@pytest.mark.parametrize("interval", [None, (1000.0, 3100.0)])
def test_the_dashed_line_of_the_company_is_named(interval: tuple[float, float] | None) -> None:
    document = result(
        [metric("cac", 1750.0, interval=interval)], tables={"channels": [channel(1, "VK", 6000, 5)]}
    )
    said = plain(" ".join(strings(chapter(view(document), "channels").body)))
    assert ("Пунктир — цена клиента по компании: 1 750 ₽." in said) is (interval is None)
    assert ("Серая полоса и пунктир" in said) is (interval is not None)


def test_a_channel_without_spend_is_no_bargain() -> None:
    document = result(
        [
            metric("channel_cac", 0.0, interval=(0.0, 0.0), sample=12, row=1, subject="Рекомендации"),
            metric("channel_cac", 900.0, interval=(700.0, 1200.0), sample=40, row=2, subject="VK"),
            metric("cac", 700.0, interval=(500.0, 950.0), sample=52),
        ],
        tables={"channels": [channel(1, "Рекомендации", 0, 12), channel(2, "VK", 36000, 40)]},
    )
    assert claim(document, "channels") == "Новый клиент стоит 500–950 ₽"
    table = chapter(view(document), "channels").body.blocks[0].parts[0]  # type: ignore[union-attr]
    assert isinstance(table, Table)
    assert lines(table.rows[0][4]) == "без затрат"


def test_channels_of_one_name_keep_their_own_prices() -> None:
    document = result(
        [
            metric("channel_cac", 900.0, interval=(700.0, 1200.0), sample=40, row=1, subject="VK"),
            metric("channel_cac", 300.0, interval=(200.0, 500.0), sample=40, row=2, subject="VK"),
        ],
        tables={"channels": [channel(1, "VK", 36000, 40), channel(2, "VK", 12000, 40)]},
    )
    table = chapter(view(document), "channels").body.blocks[0].parts[0]  # type: ignore[union-attr]
    assert isinstance(table, Table)
    prices = [plain(row[4].chart.labels[0].text) for row in table.rows[:2] if row[4].chart]
    assert prices == ["300 ₽", "900 ₽"]


@pytest.mark.parametrize(
    ("value", "interval", "sample", "confident", "expected"),
    [
        (4.28, (4.14, 4.42), 120, True, "Удовлетворённость: оранжевая зона"),
        (4.40, (4.20, 4.60), 120, False, "Удовлетворённость: скорее оранжевая зона"),
        (4.28, (3.91, 4.65), 18, False, "CSI 4,28 — по предварительным данным"),
        (4.28, (3.00, 5.00), 5, False, "5 ответов: для вывода мало"),
    ],
)
def test_satisfaction_claims_obey_the_interval(
    value: float, interval: tuple[float, float], sample: int, confident: bool, expected: str
) -> None:
    document = result(
        [metric("csi", value, interval=interval, sample=sample, confident=confident)],
        scalars={"csi.overall_1_5": [0, 0, 1, 2, 2]},
    )
    assert claim(document, "satisfaction") == expected


def test_a_weak_spot_needs_an_interval_below_the_whole() -> None:
    whole = metric("csi", 4.28, interval=(4.14, 4.42), sample=120, confident=True)
    attribute = metric("csi_attribute", 4.05, interval=(3.90, 4.20), sample=120, row=1, subject="Ожидание")
    tables = {"csi": [{"index": 1, "subject": "Ожидание", "values": {}}]}
    assert "Слабое место" not in claim(result([whole, attribute], tables=tables), "satisfaction")
    attribute.update(value=3.82, interval=[3.64, 3.99])
    assert claim(result([whole, attribute], tables=tables), "satisfaction") == "Слабое место — «Ожидание»"


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((1101.52, 2099.86), "Новый клиент окупается за 1,5–2,8 мес."),  # / 757.89 a month
        ((100.0, 700.0), "Новый клиент окупается быстрее месяца"),
        (None, "О клиентах пока мало данных"),
    ],
)
def test_payback_is_claimed_as_a_range_or_not_at_all(
    interval: tuple[float, float] | None, expected: str
) -> None:
    document = result(
        [
            metric("cac", 1500.0, interval=interval, sample=40),
            metric("gross_profit_per_client_monthly", 757.8947),
            metric("cac_payback_months", 1.9792),
        ]
    )
    assert claim(document, "clients") == expected


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (
            ["overdue", "off_track", "at_risk", "on_track", "achieved"],
            "Из 5 целей 1 просрочена, 1 отстаёт, 1 под угрозой, 1 идёт по плану, 1 достигнута",
        ),
        (["not_started", "not_started"], "2 цели: судить о темпе рано"),
        (["on_track"], "Цель идёт по плану"),
        (["overdue", "off_track"], "Из 2 целей 1 просрочена, 1 отстаёт"),
        (["off_track", "off_track"], "Отстают все цели: 2 из 2"),
        (["overdue", "overdue"], "Срок прошёл у всех целей: 2 из 2"),
        (["on_track", "not_started", "not_started"], "Из 3 целей 1 идёт по плану, 2 не начаты"),
    ],
)
def test_goals_are_counted_by_status(statuses: list[str], expected: str) -> None:
    assert claim(result(goals=[goal(status) for status in statuses]), "goals") == expected


def test_what_a_share_lacks_is_in_percentage_points() -> None:
    late = goal("overdue", unit="share", point_a=0.1, target=0.5, current=0.19, gap=0.31)
    body = chapter(view(result(goals=[late])), "goals").body
    assert "До цели осталось 31,0 п.п.: нужен" in " ".join(map(plain, strings(body)))


def test_a_slow_pace_of_a_share_shows_that_it_falls_short() -> None:
    slow = goal("at_risk", unit="share", required_pace_week=0.00335, current_pace_week=0.00275)
    said = plain(" ".join(strings(chapter(view(result(goals=[slow])), "goals").body)))
    assert "нужно +0,34 п.п. в неделю" in said
    assert "идёт +0,28 п.п. в неделю" in said


def test_a_zone_of_one_value_is_one_number() -> None:
    facts, words = Facts(result([metric("smm_score", 3.0)])), Words(Wording("ru"), CATALOG)
    said = " ".join(map(plain, strings(method.chapter(facts, words, {"smm_score"}))))
    assert "три «да» — 3" in said
    assert "от 3 до 3" not in said


def test_shares_of_the_policy_are_per_cents() -> None:
    advice = [recommendation("P1", number, id=rule) for number, rule in enumerate(("R-08", "R-24"), start=1)]
    document = view(result(goals=[goal("on_track")], recommendations=advice))
    said = " ".join(map(plain, strings(chapter(document, "goals").body)))
    assert "По плану — от 95 % ожидаемого, под угрозой — от 70 %" in said
    decisions = [*map(plain, strings(chapter(document, "method").body.blocks[-1]))]
    assert any(text.startswith("20 %: если пятая часть") for text in decisions)
    assert any(text.startswith("3: если ждали трёх") for text in decisions)
    assert not any(text.startswith("0,") for text in decisions)


def test_numbers_of_rules_that_say_nothing_are_left_out() -> None:
    """A fifth of the spend without a channel matters to rule 24; the pace matters to goals."""
    silent = [*map(plain, strings(chapter(view(result()), "method").body.blocks[-1]))]
    assert not any(text.startswith("20 %: если пятая часть") for text in silent)
    assert not any("цель" in text or "темп" in text for text in silent)
    assert any(text.startswith("1,96: квантиль") for text in silent)


def test_goals_run_from_the_most_urgent() -> None:
    goals = [
        goal("achieved"),
        goal("at_risk", text="позже", deadline="2026-12-31"),
        goal("at_risk", text="раньше", deadline="2026-11-30"),
        goal("overdue"),
    ]
    table = chapter(view(result(goals=goals)), "goals").body.blocks[0].parts[0]  # type: ignore[union-attr]
    assert isinstance(table, Table)
    assert [row[0].lines[0].text for row in table.rows] == [
        "Цель overdue",
        "раньше",
        "позже",
        "Цель achieved",
    ]


def test_a_falling_goal_runs_left_to_right() -> None:
    # from 38 minutes to 10, now 24: half the way
    falling = goal(
        "on_track", unit="minutes", point_a=38, target=10, current=24, progress=0.5, expected_now=23.5
    )
    table = chapter(view(result(goals=[falling])), "goals").body.blocks[0].parts[0]  # type: ignore[union-attr]
    assert isinstance(table, Table)
    chart = table.rows[0][1].chart
    assert chart is not None
    track, done = (
        next(shape for shape in chart.shapes if shape.look == look) for look in ("bar track", "bar data")
    )
    assert done.width == pytest.approx(track.width / 2)
    assert [plain(label.text) for label in chart.labels] == [
        "ждём 24 мин",
        "А 38 мин",
        "сейчас 24 мин",
        "цель 10 мин",
    ]


# --- the actions ----------------------------------------------------------------------------------


def actions_of(document: Json) -> list[str]:
    return titles(page_one(document))


def titles(page: Summary) -> list[str]:
    """The main action and those in the table below it."""
    rows = page.actions.rows if page.actions else ()
    first = [plain(page.first.title)] if page.first else []
    return [*first, *(lines(row[1]).split(" Первый")[0] for row in rows)]


def test_page_one_has_five_actions_at_most() -> None:
    chosen = [recommendation("P1", n) for n in range(1, 8)] + [recommendation("P4", 9)]
    assert actions_of(result(recommendations=chosen)) == [f"Действие P1 {n}" for n in range(1, 6)]


def test_page_one_has_every_p0_first() -> None:
    chosen = [recommendation("P1", 1)] + [recommendation("P0", n) for n in range(2, 8)]
    assert actions_of(result(recommendations=chosen)) == [f"Действие P0 {n}" for n in range(2, 8)]
    chosen = [
        recommendation("P3", 1),
        recommendation("P0", 2),
        *(recommendation("P2", n) for n in range(3, 9)),
    ]
    assert actions_of(result(recommendations=chosen)) == [
        "Действие P0 2",
        "Действие P3 1",
        "Действие P2 3",
        "Действие P2 4",
        "Действие P2 5",
    ]


def test_every_shorter_page_one_keeps_the_p0() -> None:
    chosen = [recommendation("P0", n) for n in range(1, 4)] + [recommendation("P1", 4)]
    for summary in view(result(recommendations=chosen)).summaries:
        assert titles(summary)[:3] == [f"Действие P0 {n}" for n in (1, 2, 3)]


MAIN = recommendation("P0", 9)


def test_an_effect_is_a_range_with_its_assumption_or_words() -> None:
    effect = {
        "kind": "profit",
        "value": 11000,
        "low": 500,
        "high": 14000,
        "unit": "money",
        "period": "разово",
        "assumption": "если вернутся 8 %",
        "formula": "доля × сумма",
    }
    table = page_one(
        result(recommendations=[MAIN, recommendation("P1", 1, effect=effect), recommendation("P1", 2)])
    ).actions
    assert table is not None
    assert lines(table.rows[0][2]) == "500–14 000 ₽ разово если вернутся 8 %"
    assert lines(table.rows[1][2]) == "не в деньгах"


@pytest.mark.parametrize(
    ("value", "low", "high", "shown"),
    [
        (33.1, None, None, "33"),
        (175.5, None, None, "176"),
        (0.4, None, None, "меньше 1"),
        (1.9, 1.6, 2.4, "2"),
        (1.9, 0.4, 2.6, "0–3"),
        (0.3, 0.1, 0.45, "меньше 1"),
    ],
)
def test_people_are_counted_whole(value: float, low: float | None, high: float | None, shown: str) -> None:
    effect = {
        "kind": "clients",
        "value": value,
        "low": low,
        "high": high,
        "unit": "count",
        "period": "в месяц",
        "formula": "доля × число",
    }
    main = page_one(result(recommendations=[recommendation("P1", 1, effect=effect)])).first
    assert main is not None
    assert plain(main.effect) == f"{shown} в месяц"


@pytest.mark.parametrize(
    ("tiers", "title"),
    [
        (["P0", "P1", "P3"], "Закрыть потери, потом расти"),
        (["P0", "P3", "P1"], "Расти, не забывая о потерях"),
        (["P0"], "Сначала убрать риски"),
        (["P2"], "Сначала измерить главное"),
        (["P4"], "Продолжать то, что работает"),
        ([], "Срочных действий нет"),
    ],
)
def test_what_next_follows_the_order_of_the_plan(tiers: list[str], title: str) -> None:
    document = result(recommendations=[recommendation(tier, n) for n, tier in enumerate(tiers, 1)])
    assert plain(page_one(document).answers[2].title) == title


def test_a_partial_report_names_the_cells_to_mend() -> None:
    finding = {
        "code": "V-07",
        "severity": "error",
        "sheet": "Клиенты",
        "cell": "D20",
        "field": "clients.revenue",
        "found": "около 15 тыс.",
        "expected": "",
        "message": "Видим «около 15 тыс.».",
        "fix": "Введите только число.",
    }
    counts = {"known": 40, "asked": 41}
    summary = page_one(result(status="partial", findings=[finding], coverage=counts))
    assert (
        plain(summary.status) == "Ячеек с ошибкой: 1. Не рассчитано показателей: 1. Исправьте: Клиенты D20."
    )
    assert summary.status_page == "missing"
    assert not page_one(result()).status


LEFT_BLANK = [
    {"sheet": "nps", "title": "Опрос NPS", "adds": "готовы ли клиенты вас советовать"},
    {"sheet": "csat", "title": "Опрос CSAT", "adds": "довольны ли сразу после визита"},
    {"sheet": "csi", "title": "Опрос CSI", "adds": "где слабое место"},
]


def test_an_optional_page_left_blank_is_offered_once_and_counted_nowhere() -> None:
    unasked = {**metric("nps", None, reason="zero_answers"), "asked": False}
    document = result([unasked], left_blank=LEFT_BLANK, coverage={"known": 34, "asked": 40})
    summary = page_one(document)
    assert "показателей: 34 из 40" in plain(summary.note)
    body = chapter(view(document), "missing").body
    assert plain(body.claim) == "Рассчитано показателей: 34 из 40"
    assert len(body.blocks) == 1  # nothing to fill in, nothing that the period left out
    assert "Опрос NPS: готовы ли клиенты вас советовать" in [*strings(body.blocks[0])]


@pytest.mark.parametrize("blank", [False, True])
def test_decisions_about_a_blank_page_are_left_out(blank: bool) -> None:
    document = result(left_blank=[{"sheet": "awareness", "title": "", "adds": ""}] if blank else [])
    said = " ".join(plain(text) for text in strings(chapter(view(document), "method").body.blocks[-1]))
    assert ("для узнаваемости хватает" in said) is not blank
    assert "без вывода" not in said  # the table of samples says so
    assert "допуск" not in said  # settles when answers are questioned, and no number of the report


def test_page_one_gives_up_the_owners_words_before_the_first_steps() -> None:
    chosen = [MAIN, recommendation("P1", 10, steps=["Позвоните каждому"])]
    shown = [
        (one.shows_activity, "Позвоните каждому" in " ".join(map(plain, strings(one.actions))))
        for one in view(result(recommendations=chosen)).summaries
    ]
    assert (True, True) in shown
    assert shown.index((False, True)) < min(shown.index(one) for one in shown if not one[1])


def test_a_praise_names_what_it_is_about() -> None:
    keep = recommendation("P4", 58, subject="Карты", text="Новый клиент отсюда стоит 300 ₽. Ещё.")
    assert (
        page_one(result(recommendations=[keep])).works[0].text == "«Карты». Новый клиент отсюда стоит 300 ₽."
    )


HELD = {
    "id": "R-36",
    "title": "Заложите 21 667 ₽ на остаток цели",
    "subject": "100 заявок",
    "by": "R-33",
    "reason": "сначала — сайт: он ещё не проверен",
}


def test_what_is_held_back_says_why_and_what_comes_first() -> None:
    todo = [recommendation("P0", 1), recommendation("P3", 33)]
    held = [HELD, {**HELD, "subject": None, "by": "R-06", "reason": "сначала — качество."}]
    body = chapter(view(result(recommendations=todo, suppressed=held)), "plan").body
    block = body.blocks[-1]
    assert isinstance(block, Wide)
    assert block.heading == "Пока рано"
    table = block.parts[0]
    assert isinstance(table, Table)
    assert [[lines(cell) for cell in row] for row in table.rows] == [
        [
            "Заложите 21 667 ₽ на остаток цели: «100 заявок»",
            "Сначала — сайт: он ещё не проверен. Действие 2.",
        ],
        ["Заложите 21 667 ₽ на остаток цели", "Сначала — качество."],
    ]


def test_page_one_tells_two_things_that_go_well_in_the_owners_numbers() -> None:
    keep = [
        recommendation("P4", number, text=f"Канал {number} даёт клиента за 250 ₽. Ещё.")
        for number in (57, 58, 59)
    ]
    summary = page_one(result(recommendations=keep))
    assert [plain(line.text) for line in summary.works] == [
        "Канал 57 даёт клиента за 250 ₽.",
        "Канал 58 даёт клиента за 250 ₽.",
    ]


@pytest.mark.parametrize(
    ("value", "interval", "sample", "praised"),
    [
        (7.9, (5.6, 10.8), 40, True),
        (7.9, (2.6, 20.8), 40, False),  # 3 is the boundary
        (7.9, (5.6, 10.8), 20, False),  # too few clients
        (0.5, (0.4, 0.6), 40, False),
    ],
)
def test_without_advice_only_a_certain_green_zone_is_praised(
    value: float, interval: tuple[float, float], sample: int, praised: bool
) -> None:
    inside = interval[0] >= 3 and value >= 3
    ratio = metric("clv_cac_ratio", value, interval=interval, sample=sample, confident=inside)
    summary = page_one(result([ratio]))
    assert [plain(line.text) for line in summary.works] == (
        ["Ценность клиента к стоимости привлечения: 7,90 ₽ на 1 ₽, привлечение выгодно"] if praised else []
    )
    assert bool(summary.works_heading) is praised


@pytest.mark.parametrize(
    ("interval", "sample", "certain"),
    [((0.3, 0.8), 40, True), ((0.7, 1.4), 40, False), ((0.3, 0.8), 12, False)],
)
def test_page_one_and_the_chapter_agree_on_a_clients_price(
    interval: tuple[float, float], sample: int, certain: bool
) -> None:
    """The ratio of 1 000 of lifetime value to a client's cost: its ends are the cost's, turned round."""
    cost = (1000 / interval[1], 1000 / interval[0])
    document = result(
        [
            metric("cac", 2000.0, interval=cost, sample=sample),
            metric("clv_margin", 1000.0),
            metric("clv_cac_ratio", 0.5, interval=interval, sample=sample, confident=certain),
        ]
    )
    assert losses(document).title.startswith("Похоже") is not certain
    said = " ".join(plain(text) for text in strings(chapter(view(document), "clients").body.blocks[-1]))
    assert ("Клиент дороже своей прибыли. " in said) is certain


def test_a_refused_workbook_has_no_report() -> None:
    with pytest.raises(ValueError, match="refused"):
        view(result(status="refused"))


# --- words ----------------------------------------------------------------------------------------


def test_owner_text_is_cleaned_and_cut() -> None:
    assert (
        clean("Кофе\N{SOFT HYPHEN}й\N{ZERO WIDTH SPACE}ня\n«Угол»\N{RIGHT-TO-LEFT OVERRIDE}")
        == "Кофейня «Угол»"
    )
    long = clean("слово " * 100)
    assert len(long) <= 300
    assert long.endswith("слово…")
    assert len(cut("а" * 80, 20)) == 20


def test_names_nest_their_quotes() -> None:
    document = result(
        [metric("wasted_spend", 6000.0), metric("cac", 1500.0, sample=40)],
        tables={"channels": [channel(1, "Газета «Миг»", 6000, 0)]},
    )
    assert plain(losses(document).title) == "Канал «Газета „Миг“» не привёл никого"


def test_headings_bind_prepositions_and_the_last_words() -> None:
    assert bind("Растём в октябре и дальше") == f"Растём в{NBSP}октябре и{NBSP}дальше"
    assert bind("Новый клиент окупается") == f"Новый клиент{NBSP}окупается"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_or_key_reaches_the_reader(language: Language) -> None:
    document = result(
        [
            metric("nps", 26.0, interval=(9.4, 41.0), sample=100),
            metric("cac", 1500.0, interval=(1100.0, 2100.0), sample=40),
        ],
        scalars=BASE,
        goals=[goal("at_risk"), goal("no_data", current=None, progress=None)],
        recommendations=[recommendation("P0", 1), recommendation("P4", 2)],
    )
    texts = list(strings(view(document, language)))
    assert len(texts) > 100
    assert not [text for text in texts if "{" in text or "None" in text or "pdf." in text]


def test_numbers_in_advice_keep_their_spaces_unbroken() -> None:
    said = f"Под вопросом 255{NBSP}029{NBSP}₽."
    document = result(recommendations=[recommendation("P1", 1, title=said, text=said, steps=[said])])
    table = chapter(view(document), "plan").body.blocks[0].parts[0]  # type: ignore[union-attr]
    assert isinstance(table, Table)
    texts = list(strings(table.rows[0]))
    assert len([text for text in texts if said in text]) == 3


# --- social networks and awareness ----------------------------------------------------------------


def group(index: int = 1) -> Json:
    values = {"before_n": 8, "before_yes": 3, "after_n": 9, "after_yes": 5, "statement": "Запись онлайн"}
    cells = {f"awareness.{key}": {"value": value, "state": "value"} for key, value in values.items()}
    return {"index": index, "subject": "followers", "values": cells}


def network(followers: int | None, index: int = 1, name: str = "vk") -> Json:
    cell = {"value": followers, "state": "blank" if followers is None else "value"}
    return {"index": index, "subject": name, "values": {"social.followers_end": cell}}


def questions(audience: str, awareness: str, opinion: str = "no") -> Json:
    return {"q1_audience": audience, "q2_awareness": awareness, "q3_opinion": opinion}


def tables_of(document: Json, chapter_id: str) -> list[Table]:
    blocks = chapter(view(document), chapter_id).body.blocks
    return [part for block in blocks for part in getattr(block, "parts", ()) if isinstance(part, Table)]


@pytest.mark.parametrize(
    ("audience", "awareness", "sample", "expected"),
    [
        ("yes", "yes", 150, "Аудитория растёт, узнаваемость выросла"),
        ("yes", "yes", 29, "Аудитория растёт, узнаваемость, похоже, выросла"),
        ("no", "unproven", 150, "Аудитория не растёт, рост узнаваемости не доказан"),
        ("unknown", "no", 150, "Узнаваемость снизилась"),
        ("suspect", "unknown", 150, "Рост аудитории похож на накрутку"),
        ("unknown", "unknown", 150, "Помогают ли соцсети, пока не измерено"),
    ],
)
def test_social_claims_follow_the_three_answers(
    audience: str, awareness: str, sample: int, expected: str
) -> None:
    document = result(
        [metric("awareness_lift", 0.13, interval=(0.02, 0.23), sample=sample)],
        tables={"social": [network(2520)]},
        smm_questions=questions(audience, awareness),
    )
    assert claim(document, "social") == expected


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((0.02, 0.24), "больше погрешности"),
        ((-0.02, 0.28), "рост не доказан"),
        ((-0.24, -0.02), "Снижение"),
    ],
)
def test_awareness_moves_only_beyond_the_margin(interval: tuple[float, float], words: str) -> None:
    lift = sum(interval) / 2
    rows = [
        metric("awareness_before", 0.32, interval=(0.25, 0.40), sample=150, row=1),
        metric("awareness_share", 0.32 + lift, interval=(0.37, 0.53), sample=160, row=1),
        metric("awareness_lift", lift, interval=interval, sample=150, row=1),
    ]
    block = chapter(view(result(rows, tables={"awareness": [group()]})), "social").body.blocks[0]
    assert isinstance(block, Evidence)
    texts = " ".join(plain(text) for text in strings(block.parts))
    assert words in texts
    assert ("больше погрешности" in texts) is (words != "рост не доказан")


def test_a_handful_of_answers_is_told_as_it_is() -> None:
    rows = [
        metric("awareness_before", 0.375, interval=(0.14, 0.69), sample=8, row=1),
        metric("awareness_share", 0.556, interval=(0.27, 0.81), sample=9, row=1),
    ]
    block = chapter(view(result(rows, tables={"awareness": [group()]})), "social").body.blocks[0]
    assert isinstance(block, Evidence)
    assert [type(part).__name__ for part in block.parts] == ["Line"]
    assert "знали 3 из 8" in " ".join(strings(block.parts))


def test_a_question_not_measured_is_neither_yes_nor_no() -> None:
    document = result(tables={"social": [network(2520)]}, smm_questions=questions("unknown", "unknown", "no"))
    rows = tables_of(document, "social")[0].rows
    assert [row[1].lines[0].sign for row in rows] == [Sign.NO_DATA, Sign.NO_DATA, Sign.ACT]
    assert "0" not in lines(rows[0][2])


def test_without_judged_questions_there_is_no_table_of_them() -> None:
    document = result(tables={"social": [network(2520)]})
    assert claim(document, "social") == "Помогают ли соцсети, пока не измерено"
    assert [table.columns[0].head for table in tables_of(document, "social")] == ["Показатель"]


def test_a_network_without_numbers_says_why() -> None:
    document = result(
        [
            metric("followers_growth", None, row=1),
            metric("er_by_reach", None, row=1),
            metric("response_time", 38, row=2),
        ],
        tables={"social": [network(None), network(1790, 2, "instagram")]},
    )
    table = tables_of(document, "social")[0]
    assert [column.head for column in table.columns] == ["Показатель", "ВКонтакте", "Инстаграм"]
    assert lines(row_of(table, "Подписчики")[1]) == "не заполнено поле «Новых за период»"
    assert lines(row_of(table, "Вовлечённость")[1]) == "не заполнено поле «Новых за период»"
    reply = row_of(table, "Время первого ответа")[2]
    assert (lines(reply), reply.lines[1].sign) == ("38 мин в течение часа", Sign.GOOD)


# --- break-even, automation, partners -------------------------------------------------------------


def break_even(revenue: float, least: float) -> list[Json]:
    return [
        metric("revenue_monthly", revenue),
        metric("break_even_revenue", least),
        metric("contribution_per_sale", 750.0),
        metric("break_even_units", 414.0),
        metric("margin_of_safety", (revenue - least) / revenue),
    ]


@pytest.mark.parametrize(
    ("revenue", "expected", "said", "looks"),
    [
        (
            720_000,
            "Запас прочности — 13,9 % выручки",
            "может упасть на 100 000 ₽",
            ["bar data", "rule"],
        ),
        (
            500_000,
            "До безубыточности не хватает 120 000 ₽ выручки в месяц",
            "не хватает на 120 000 ₽",
            ["bar data", "bar need", "rule"],
        ),
    ],
)
def test_the_margin_of_safety_is_drawn_on_its_side(
    revenue: float, expected: str, said: str, looks: list[str]
) -> None:
    document = result(break_even(revenue, 620_000))
    assert claim(document, "business") == expected
    block = chapter(view(document), "business").body.blocks[0]
    assert isinstance(block, Evidence)
    chart = block.parts[0]
    assert isinstance(chart, Chart)
    assert [shape.look for shape in chart.shapes] == looks
    made, edge = chart.shapes[0], chart.shapes[-1]
    assert (edge.left + 1) / made.width == pytest.approx(620_000 / revenue)
    assert said in plain(" ".join(strings(block.parts)))


def test_a_margin_that_is_not_computable_says_why() -> None:
    document = result(
        [metric("contribution_per_sale", -50.0), metric("margin_of_safety", None, reason="no_contribution")]
    )
    assert claim(document, "business") == "Продажа не дороже расходов на неё"
    row = row_of(tables_of(document, "business")[0], "Запас прочности")
    assert [lines(row[1]), lines(row[2])] == ["—", "Не заполнено поле «Новых за период»."]


def partner(index: int, name: str, clients: int | None) -> Json:
    cell = {"value": clients, "state": "blank" if clients is None else "value"}
    return {"index": index, "subject": name, "values": {"affiliate.new_clients": cell}}


@pytest.mark.parametrize(
    ("interval", "sample", "expected"),
    [
        ((143.0, 484.0), 12, "Клиент от партнёров дешевле среднего: разница больше погрешности"),
        ((143.0, 1484.0), 12, "Дешевле ли клиент от партнёров, пока не видно"),
        ((143.0, 484.0), 9, "Данных для вывода пока мало"),
        ((2600.0, 4100.0), 40, "Клиент от партнёров дороже среднего: разница больше погрешности"),
        (None, 4, "Данных для вывода пока мало"),
    ],
)
def test_partners_are_compared_only_beyond_the_margin(
    interval: tuple[float, float] | None, sample: int, expected: str
) -> None:
    document = result(
        [
            metric("partner_cac", 250.0, interval=interval, sample=sample),
            metric("cac", 1500.0, interval=(1102.0, 2100.0), sample=40),
        ],
        tables={"affiliate": [partner(1, "Фитнес-клуб", 8)]},
    )
    assert claim(document, "business") == expected


def test_a_partner_without_an_answer_is_not_a_partner_without_clients() -> None:
    document = result(tables={"affiliate": [partner(1, "Кофейня", None), partner(2, "Блогер", 0)]})
    rows = tables_of(document, "business")[0].rows
    assert [lines(row[2]) for row in rows] == ["не заполнено", "0", "не рассчитано"]


def test_the_chapter_of_business_is_named_after_what_it_holds() -> None:
    process = {"index": 1, "subject": "Онлайн-запись", "values": {}}
    saved = metric("auto_net_savings", 8300.0)
    document = result([saved, {**saved, "row": 1}], tables={"automation": [process]})
    body = chapter(view(document), "business").body
    assert (body.name, plain(body.claim)) == ("Автоматизация", "Автоматизация экономит 8 300 ₽ в месяц")
    assert chapter(view(result(break_even(720_000, 620_000))), "business").body.name == "Безубыточность"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_new_chapters_exists(language: Language) -> None:
    for answer in ("yes", "partly", "no", "suspect", "unproven", "unknown"):
        audience = "no" if answer == "unproven" else answer
        awareness = "no" if answer in ("partly", "suspect") else answer
        document = result(
            [*break_even(720_000, 620_000), metric("awareness_lift", 0.1, interval=(0.01, 0.2), sample=20)],
            tables={"social": [network(2520)], "affiliate": [partner(1, "Блогер", 4)]},
            smm_questions=questions(audience, awareness, answer),
        )
        texts = list(strings(view(document, language)))
        assert not [text for text in texts if "{" in text or "None" in text or "pdf." in text]


@pytest.mark.parametrize(("country", "said"), [("RU", True), ("KZ", False)])
def test_what_the_law_wants_said_of_a_network_is_said_where_it_is_named(country: str, said: bool) -> None:
    row = {"index": 1, "subject": "instagram", "values": {"social.network": {"value": "instagram"}}}
    document = result(scalars={"profile.country": country}, tables={"social": [row]})
    said_by = next(chapter for chapter in view(document).chapters if chapter.body.id == "method")
    assert ("экстремистской" in repr(said_by)) is said


# --- pages ----------------------------------------------------------------------------------------


def chapters_that_follow(document: Json) -> list[str]:
    return [one.body.id for one in view(document).chapters if one.follows]


def test_short_chapters_share_a_page() -> None:
    base = {"clients.active_start": 470, "clients.active_end": 480, "clients.new": 40, "clients.lost": 30}
    short = result([metric("aov", 300.0)], scalars=base, goals=[goal("on_track")])
    assert chapters_that_follow(short) == ["goals", "proof", "method"]


def test_a_third_short_chapter_starts_a_page_when_two_fill_one() -> None:
    """Nine goals take most of a page, so what follows them starts anew."""
    document = result(
        [metric("nps", 26.0, interval=(9.4, 41.0), sample=100)],
        tables={"channels": [channel(n, f"Канал {n}", 100, 5) for n in range(1, 11)]},
        goals=[goal("on_track", index=n, row=n) for n in range(1, 5)],
    )
    shown = [(one.body.id, one.follows) for one in view(document).chapters]
    assert shown[:3] == [("channels", False), ("loyalty", True), ("goals", False)]


def test_a_chapter_begins_below_the_one_that_leaves_half_a_page_free_and_may_end_on_the_next() -> None:
    """Two channels take a third of a page; nine goals don't fit below them, but begin there."""
    goals = [goal("on_track", index=n, row=n) for n in range(1, 10)]
    few = {"channels": [channel(n, f"Канал {n}", 100, 5) for n in range(1, 3)]}
    shown = [(one.body.id, one.follows) for one in view(result(tables=few, goals=goals)).chapters]
    assert shown[:2] == [("channels", False), ("goals", True)]
    many = {"channels": [channel(n, f"Канал {n}", 100, 5) for n in range(1, 14)]}
    shown = [(one.body.id, one.follows) for one in view(result(tables=many, goals=goals)).chapters]
    assert shown[:2] == [("channels", False), ("goals", False)]


def test_a_chapter_that_runs_on_ends_where_its_last_page_is_filled_to() -> None:
    """A page holds 742 points: 400 do not fit below 500 and begin the next page, 300 more stand below."""
    assert flow._end([400.0, 300.0], 500.0) == 700.0
    assert flow._end([100.0, 50.0], 500.0) == 650.0


# --- what finds no room ---------------------------------------------------------------------------


def test_labels_of_an_axis_that_would_touch_are_left_out_but_for_the_ends() -> None:
    _, labels = ticks(Scale(0, 3, 0, 60), (0, 1, 2, 3), ("0", "1 млрд UZS", "2 млрд UZS", "3 млрд UZS"), 0)
    assert [label.text for label in labels] == ["0", "3 млрд UZS"]
    wide = ("0", "10 000", "20 000", "30 000", "40 000")  # each label is 27 points wide and more
    _, labels = ticks(Scale(0, 4, 0, 80), range(5), wide, 0)
    assert [label.text for label in labels] == ["0", "20 000", "40 000"]
    _, labels = ticks(Scale(0, 3, 0, 90), (0, 1, 2, 3), ("0", "1", "2", "3"), 0)
    assert [label.text for label in labels] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(("most", "longest"), [(1, 15), (2, 28)])
def test_a_name_beside_a_chart_is_cut_to_its_lines(most: int, longest: int) -> None:
    """A letter is reckoned as 8 × 0.61 points: 16 fill a line with the ellipsis; two lines lose a tenth."""
    assert fit("о" * 200, 8, 80, most) == "о" * longest + "…"
    assert fit("вежливость", 8, 80, most) == "вежливость"


def test_a_channel_without_a_figure_of_its_funnel_is_named_below_it() -> None:
    counted, bare = channel(1, "Карты", 100, 5), channel(2, "Листовки", 100, 5)
    counted["values"]["channels.leads"] = {"value": 7, "state": "value"}
    document = result(tables={"channels": [counted, bare]})
    table = tables_of(document, "channels")[-1]
    assert [lines(row[0]) for row in table.rows] == ["Карты"]
    said = " ".join(strings(chapter(view(document), "channels").body))
    assert "Показы, переходы и заявки не записаны: «Листовки»." in plain(said)


def test_a_full_stop_within_a_name_ends_no_sentence() -> None:
    assert first_sentence("Канал «1. Карты» дешевле. Продолжайте.") == "Канал «1. Карты» дешевле."
    assert first_sentence("Channel “No. 1” is cheap. Go on.") == "Channel “No. 1” is cheap."


# --- rules and laws -------------------------------------------------------------------------------


def method_says(document: Json) -> str:
    body = chapter(view(document), "method").body
    return " ".join(plain(text) for block in body.blocks for text in strings(block))


def test_the_status_of_advertising_has_its_date_and_source_and_is_no_legal_advice() -> None:
    row = channel(1, "Реклама VK", 9000, 30)
    row["values"]["channels.network"] = {"value": "vk", "state": "value", "sheet": "Реклама", "cell": "L5"}
    network = next(network for network in CATALOG.networks if network.id == "vk")
    checked = f"{network.checked_on:%d.%m.%Y}"
    said = method_says(result(scalars={"profile.country": "RU"}, tables={"channels": [row]}))
    assert f"Реклама разрешена: ВКонтакте. Проверено {checked}, источник: opora.ru." in said
    assert "не юридическая консультация" in said


@pytest.mark.parametrize(("basis", "said"), [("правила или закон", True), ("по вашим цифрам", False)])
def test_advice_on_the_law_is_no_legal_advice(basis: str, said: bool) -> None:
    advice = recommendation("P0", 5, confidence={"level": "high", "words": basis})
    assert ("не юридическая консультация" in method_says(result(recommendations=[advice]))) is said


@pytest.mark.parametrize(("sample", "flat"), [(40, True), (12, False)])
def test_few_new_clients_leave_the_first_purchase_in_doubt(sample: int, flat: bool) -> None:
    document = result(
        [
            metric("first_sale_contribution", -900.0),
            metric("payback_new_profit", 0.4),
            metric("cac", 1500.0, interval=(1100.0, 2100.0), sample=sample),
        ]
    )
    assert plain(losses(document).title).startswith("Похоже") is not flat


def test_repairs_that_find_no_room_are_counted() -> None:
    repairs = [
        {"sheet": "Клиенты", "cell": f"B{n}", "field": "clients.new", "found": f"{n} чел.", "used": str(n)}
        for n in range(100, 140)
    ]
    words = [plain(text) for text in strings(chapter(view(result(repairs=repairs)), "missing").body)]
    assert [text for text in words if text.endswith("чел.")] == [f"{n} чел." for n in range(100, 125)]
    assert "И ещё 15 записей: полный список — в книге Excel." in words
    few = [plain(text) for text in strings(chapter(view(result(repairs=repairs[:25])), "missing").body)]
    assert not any(text.startswith("И ещё") for text in few)


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        (
            "Стрижки и «бороды»; важнее всего заполнить будни",
            "«Стрижки и „бороды“; важнее всего заполнить будни»",
        ),
        ("слово " * 100, f"«{'слово ' * 23}слово…»"),
        (None, ""),
    ],
)
def test_what_the_owner_says_they_do_stands_below_the_name(note: str | None, shown: str) -> None:
    assert plain(view(result(scalars={"profile.activity_note": note})).activity) == shown
