"""The score of health: points worked out by hand, and nothing made of what is unknown."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetreport import health, result
from sheetreport.answers import load, submission
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import Computation, compute
from sheetreport.derive import derive, with_defaults
from sheetreport.errors import CatalogError
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, Status
from sheetreport.pipeline import Options, Stopwatch, assess, document_of, read_workbook
from sheetreport.render.view import build as view_of
from sheetreport.render.view.model import Line, Score, Sign, Table, Wide
from tests.said import refused
from tests.test_catalog import changed

ROOT = Path(__file__).parent.parent
CATALOG = load_catalog()
SAMPLES = sorted(path.parent for path in (ROOT / "samples").glob("*/answers.yaml"))
NBSP = "\N{NO-BREAK SPACE}"

Json = dict[str, Any]
Answers = dict[str, Any]


def computed(answers: Mapping[str, object]) -> Computation:
    return compute(CATALOG, derive(CATALOG, with_defaults(CATALOG, submission(CATALOG, answers))))


@lru_cache
def answers_of(sample: str) -> Answers:
    return load(ROOT / "samples" / sample / "answers.yaml")


def judged(answers: Mapping[str, object]) -> health.Health:
    return health.judge(CATALOG, computed(answers))


def points(found: health.Health) -> dict[str, tuple[int, int]]:
    """The points of each area, and how many it could have earned."""
    return {area.area.id: (area.points, area.of) for area in found.areas}


def items(found: health.Health) -> dict[str, health.Judged]:
    return {item.item.metric or "goals": item for area in found.areas for item in area.items}


def document(answers: Mapping[str, object], language: Language = "ru") -> Json:
    """The result JSON of answers."""
    given_answers = derive(CATALOG, with_defaults(CATALOG, submission(CATALOG, answers)))
    computation = compute(CATALOG, given_answers)
    report = result.Report(given_answers.source, Status.COMPLETE, given_answers, (), (), computation, None)
    return result.build(CATALOG, report, Wording(language), None)


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


# --- worked by hand -----------------------------------------------------------------------------------------


def test_a_full_business_by_hand() -> None:
    """The barbershop: 470 to 480 is growth, 360,000 / 480 sales a profit of 750, 11,874 / 1,500 a ratio of
    7.9, 13.9% of safety: all 30. Flyers brought nobody: 0 of 8; gross profit covers promotion sixfold, and
    exactly 20% of spend has no channel: 8 + 4. NPS +26 is green: 12. CSI 4.28 is orange: 3 of 6; waiting at
    3.82 is red: 0 of 4; 85% satisfied: 3.4 of 4. Two “yes” of three: 4 of 6; a reply in 38 minutes: 2. Of
    five goals two are kept and one is at risk: half of 8. 18.5 of 35 practices: 4.2 of 8.
    """
    found = judged(answers_of("barbershop-ru"))
    assert points(found) == {
        "clients": (30, 30),
        "channels": (12, 20),
        "loyalty": (12, 12),
        "satisfaction": (6, 14),
        "social": (6, 8),
        "goals": (4, 8),
        "practices": (4, 8),
    }
    assert (found.points, found.of, found.known, found.score) == (74, 100, 1.0, 74)
    assert {area.area.id: area.score for area in found.areas}["satisfaction"] == 43  # 600 / 14 = 42.9
    weakest = items(found)["csi_attribute"].row
    assert weakest is not None
    assert weakest.subject == "запись и ожидание"


def test_a_business_of_the_required_sheets_alone_by_hand() -> None:
    """The coffee house: growth, profit, value to cost: 24; nothing wasted, paid back, but 40% of spend has
    no channel, which is orange: 8 + 8 + 2. That is 42 of 44, but 44% of the weight is less than a half:
    a score of 95 would praise five areas that nobody has seen.
    """
    found = judged(answers_of("core-only-ru"))
    assert points(found)["clients"] == (24, 24)
    assert points(found)["channels"] == (18, 20)
    assert [area.of for area in found.areas[2:]] == [0, 0, 0, 0, 0]
    assert (found.score, found.points, found.of) == (None, 42, 44)


def test_half_of_the_weight_is_enough_for_a_score() -> None:
    """The coffee house with answers about loyalty: +40 of 100 is a good NPS, 12 of 12. 54 of 56 is 96.4."""
    tally = {"tally_0_10": [0, 0, 0, 0, 0, 5, 5, 20, 20, 25, 25]}
    found = judged({**answers_of("core-only-ru"), "nps": tally})
    assert points(found)["loyalty"] == (12, 12)
    assert (found.known, found.score) == (0.56, 96)


def test_exactly_half_of_the_weight_is_enough() -> None:
    """The massage studio: 8 of 8, 12 of 12, 7 of 14, 4 of 8 and 2 of 8 points; 33 of 50 is 66."""
    found = judged(answers_of("massage-studio-ru"))
    assert (found.points, found.of, found.known, found.score) == (33, 50, 0.5, 66)


PROFILE = {
    "company_name": "Пустой пример",
    "period_type": "month",
    "period_start": "2026-10-01",
    "report_date": "2026-11-16",
}


def test_nothing_known_is_no_score_and_no_zero() -> None:
    found = judged({"profile": PROFILE})
    assert (found.score, found.points, found.of, found.known) == (None, 0, 0, 0.0)
    assert {area.score for area in found.areas} == {None}
    assert {area.status for area in found.areas} == {health.AreaStatus.NO_DATA}
    assert {item.points for area in found.areas for item in area.items} == {None}
    assert all(item.missing is not None for area in found.areas for item in area.items)
    assert list(found.ladder()) == []


CLIENTS = {"active_start": 100, "new": 20, "lost": 10, "active_end": 110}


def test_below_the_least_weight_there_is_no_overall_score() -> None:
    """Growth alone is 8 points of 100; the least is 40%."""
    found = judged({"profile": PROFILE, "clients": CLIENTS})
    assert (found.of, found.score) == (8, None)
    assert found.areas[0].score == 100  # an area is judged on what is known of it


def with_nps(*tally: int) -> Answers:
    return {"profile": PROFILE, "clients": CLIENTS, "nps": {"tally_0_10": list(tally)}}


def test_too_few_answers_take_no_part() -> None:
    """14 answers; NPS needs 30."""
    item = items(judged(with_nps(0, 0, 0, 0, 0, 0, 1, 1, 2, 4, 6)))["nps"]
    assert item.points is None
    assert item.missing is not None
    assert (item.missing.code, item.missing.params) == ("few_answers", {"n": 14.0, "needs": 30.0})


@pytest.mark.parametrize(
    ("tally", "earned", "sure"),
    [
        ((0, 0, 0, 0, 0, 0, 0, 10, 10, 40, 40), 12, True),  # +80, far above +20
        ((0, 0, 0, 0, 0, 10, 12, 15, 15, 24, 24), 12, False),  # (48 − 22) / 100: +26, from +9 to +41
        ((0, 0, 0, 0, 0, 15, 15, 15, 15, 20, 20), 6, False),  # +10: orange, half
        ((20, 20, 20, 10, 0, 0, 10, 10, 10, 0, 0), 0, True),  # −80
    ],
)
def test_a_zone_earns_all_half_or_nothing(tally: Sequence[int], earned: int, sure: bool) -> None:
    item = items(judged(with_nps(*tally)))["nps"]
    assert (item.points, item.confident) == (earned, sure)


def test_a_bad_zone_that_is_not_sure_asks_for_attention_only() -> None:
    """−10 of 40 answers: 0 lies within the margin of error."""
    unsure = judged(with_nps(0, 0, 0, 0, 0, 8, 8, 6, 6, 6, 6))
    assert items(unsure)["nps"].points == 0
    assert unsure.areas[2].status is health.AreaStatus.ATTENTION
    sure = judged(with_nps(20, 20, 20, 10, 0, 0, 10, 10, 10, 0, 0))
    assert sure.areas[2].status is health.AreaStatus.ACT


def test_the_weakest_row_with_answers_enough_decides() -> None:
    """The attribute with the lowest mean has 4 answers only, so that of 3.9 from 20 answers decides."""
    attributes = [
        {"attribute": "цена", "attribute_1_5": [2, 2, 0, 0, 0]},
        {"attribute": "звонки", "attribute_1_5": [0, 0, 6, 10, 4]},  # (18 + 40 + 20) / 20 = 3.9
        {"attribute": "сервис", "attribute_1_5": [0, 0, 0, 0, 20]},
    ]
    item = items(judged({"profile": PROFILE, "csi": {"attributes": attributes}}))["csi_attribute"]
    assert item.row is not None
    assert (item.row.subject, item.points) == ("звонки", 0)


def test_before_opening_only_plans_and_habits_are_judged() -> None:
    answers = copy.deepcopy(answers_of("barbershop-ru"))
    answers["profile"] |= {"stage": "pre_opening", "opening_date": "2027-02-01"}
    found = judged(answers)
    assert [area.area.id for area in found.areas if area.judged] == ["goals", "practices"]
    marks = [sign for _, _, sign in said(areas(page(document(answers))))]
    assert marks == [Sign.WAITING, Sign.WAITING, Sign.ATTENTION, Sign.ATTENTION]
    assert found.areas[0].items[0].missing is not None
    assert found.areas[0].items[0].missing.code == "before_opening"


def test_a_sheet_left_blank_takes_no_part_though_its_metric_has_a_value() -> None:
    """Without the sheet of social media the count of “yes” is known to be 0 from the surveys alone."""
    computation = computed(answers_of("losing-money-ru"))
    assert computation.metric("smm_score").value == 0
    assert points(health.judge(CATALOG, computation))["social"] == (0, 0)


# --- what would raise it ------------------------------------------------------------------------------------


def test_a_step_up_gives_the_score_it_promises() -> None:
    """Without the flyers the barbershop has 8 points more: 82."""
    answers = copy.deepcopy(answers_of("barbershop-ru"))
    found = judged(answers)
    best, after = found.ladder()[0]
    assert (best.item.metric, after) == ("wasted_spend", 82)
    for row in answers["channels"]:
        if row["name"] == "Листовки":
            row["spend"] = 0
    assert items(judged(answers))["wasted_spend"].points == 8


def test_every_step_up_by_hand() -> None:
    """All 100 points are judged, so that a point is one of the score. CSI from half to all of 6; waiting from
    none to half of 4; the third “yes” brings 2; 75% of practices 6 instead of 4; of five goals the one at
    risk makes three, 24 / 5 = 4.8, which is 5 instead of 4.
    """
    found = judged(answers_of("barbershop-ru"))
    assert [(item.item.metric or "goals", after) for item, after in found.ladder()] == [
        ("wasted_spend", 82),
        ("csi", 77),
        ("csi_attribute", 76),
        ("smm_score", 76),
        ("practices_score", 76),
        ("goals", 75),
    ]
    texts = [plain(rung["text"]) for rung in document(answers_of("barbershop-ru"))["health"]["ladder"]]
    assert texts[4] == "внедрено от 75 % практик"


def test_kept_goals_leave_no_step_up() -> None:
    answers = copy.deepcopy(answers_of("travel-agency-en"))
    answers["goals"] = [{**answers["goals"][0], "current": 10**6}]
    found = judged(answers)
    assert items(found)["goals"].points == 8
    assert items(found)["goals"].next is None


def test_an_area_is_as_sure_as_its_least_sure_item() -> None:
    """CSI of 100 answers is far above 4.5; 20 answers to CSAT are an early indication."""
    surveys = {
        "csi": {"overall_1_5": [0, 0, 0, 4, 96]},
        "csat": {"touchpoint": "x", "tally_1_5": [0, 0, 0, 0, 20]},
    }
    found = judged({"profile": PROFILE, **surveys})
    assert (items(found)["csi"].confident, items(found)["csat_share"].confident) == (True, False)
    assert not found.areas[3].confident
    alone = judged({"profile": PROFILE, "csi": surveys["csi"]})
    assert alone.areas[3].confident


def test_steps_up_are_sorted_and_each_raises() -> None:
    for sample in SAMPLES:
        found = judged(answers_of(sample.name))
        scores = [after for _, after in found.ladder()]
        assert scores == sorted(scores, reverse=True)
        assert found.score is None or all(after > found.score for after in scores)


# --- it adds up ---------------------------------------------------------------------------------------------


def adds_up(found: health.Health) -> None:
    """Everything that is printed follows from the points of the items."""
    for area in found.areas:
        assert sum(item.item.points for item in area.items) == area.area.weight
        for item in area.items:
            assert (item.points is None) == (item.missing is not None)
            assert item.points is None or 0 <= item.points <= item.item.points
        assert (area.score is None) == (not area.judged)
    earned = sum(item.points or 0 for area in found.areas for item in area.items)
    possible = sum(item.item.points for area in found.areas for item in area.judged)
    assert (found.points, found.of) == (earned, possible)
    assert found.known == possible / 100
    if found.known < CATALOG.policy["health_known"].value:
        assert found.score is None
    else:
        assert found.score is not None
        assert abs(found.score - 100 * earned / possible) <= 0.5 + 1e-9


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_points_add_up_in_every_sample(sample: Path) -> None:
    adds_up(judged(answers_of(sample.name)))


BLANKABLE = [
    (sheet, key)
    for sheet in ("clients", "csi", "csat", "nps", "breakeven")
    for key in answers_of("barbershop-ru").get(sheet, {})
] + [(sheet, "") for sheet in ("channels", "goals", "social", "practices", "csi", "nps")]


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.sets(st.sampled_from(BLANKABLE)))
def test_points_add_up_whatever_is_left_blank(blank: set[tuple[str, str]]) -> None:
    answers = copy.deepcopy(answers_of("barbershop-ru"))
    for sheet, key in sorted(blank):
        if key and sheet in answers:
            answers[sheet].pop(key, None)
        elif not key:
            answers.pop(sheet, None)
    adds_up(judged(answers))


@pytest.mark.parametrize("sample", ["barbershop-ru", "losing-money-ru"])
def test_dismissing_advice_never_changes_the_score(sample: str, tmp_path: Path) -> None:
    data = (ROOT / "samples" / sample / f"{sample}.xlsx").read_bytes()

    def made(folder: Path | None) -> Json:
        catalog = load_catalog(folder)
        reading = read_workbook(catalog, data, f"{sample}.xlsx", Stopwatch())
        return document_of(catalog, assess(catalog, reading, Options(), Stopwatch()), Options())

    before = made(None)
    warnings = {rule.id for rule in CATALOG.rules if rule.tier == "P0" and rule.confidence.basis == "rules"}
    spoke = {item["id"] for item in before["recommendations"]} - warnings
    assert len(spoke) > 5
    off = "".join(
        f'  {rule}: {{reason: {{ru: "обсудили", en: "discussed"}}, until: 2027-06-30}}\n'
        for rule in sorted(spoke)
    )
    (tmp_path / "rules.yaml").write_text(f"off:\n{off}", encoding="utf-8")
    after = made(tmp_path)
    assert not spoke & {item["id"] for item in after["recommendations"]}
    assert after["health"] == before["health"]


# --- the result JSON ----------------------------------------------------------------------------------------


def test_the_json_carries_every_point_with_its_cells() -> None:
    found = document(answers_of("barbershop-ru"))["health"]
    assert (found["score"], found["points"], found["of"], found["known"]) == (74, 74, 100, 1.0)
    assert [area["points"] for area in found["areas"]] == [30, 12, 12, 6, 6, 4, 4]
    waste = found["areas"][1]["items"][0]
    assert (waste["metric"], waste["points"], waste["of"], waste["value"]) == ("wasted_spend", 0, 8, 6000.0)
    assert plain(found["areas"][1]["text"]) == "потрачено без клиентов 6 000 ₽ (−8)"
    assert plain(found["areas"][2]["text"]) == "NPS +26, скорее благоприятный"
    assert plain(found["areas"][5]["text"]) == "цели по плану 2 из 5, под угрозой 1 (−4)"
    assert found["ladder"][0]["gain"] == 8
    json.dumps(found, allow_nan=False)


def test_what_is_not_judged_says_why_in_both_languages() -> None:
    few = with_nps(0, 0, 0, 0, 0, 0, 1, 1, 2, 4, 6)
    ru, en = (document(few, language)["health"]["areas"] for language in LANGUAGES)
    assert (ru[2]["items"][0]["reason"], ru[2]["text"]) == ("few_answers", "мало данных: 14, нужно от 30")
    assert en[2]["text"] == "too little data: 14, at least 30 needed"
    assert ru[4]["text"] == "лист не заполнен"
    assert "«" in ru[0]["items"][1]["reason_text"]  # the reason of the metric, with the field to fill


def test_a_long_name_is_cut_and_holds_no_contacts() -> None:
    name = "Ответы на звонки +7 900 000-00-00 " + "и письма " * 30
    attributes = [{"attribute": name, "attribute_1_5": [0, 0, 20, 0, 0]}]
    text = document({"profile": PROFILE, "csi": {"attributes": attributes}})["health"]["areas"][3]["text"]
    assert "900" not in text
    assert "…»" in text
    assert len(text) < 140


# --- page 1 and the chapter ---------------------------------------------------------------------------------


def areas(score: Score) -> Table:
    assert score.table is not None
    return score.table


def page(document: Json, language: Language = "ru") -> Score:
    score = view_of(document, CATALOG, Wording(language)).summaries[0].health
    assert score is not None
    return score


def said(table: Table) -> list[tuple[str, str, Sign | None]]:
    """Each row's name, the points behind its bar, and its mark."""
    rows = []
    for name, bar, status in table.rows:
        assert bar.chart is not None
        rows.append((name.lines[0].text, plain(bar.chart.labels[0].text), status.lines[0].sign))
    return rows


def test_page_one_shows_the_score_and_every_area() -> None:
    shown = page(document(answers_of("barbershop-ru")))
    assert (shown.figure, shown.caption) == ("74", "из 100, оценены все направления")
    assert said(areas(shown)) == [
        ("Клиенты и деньги", "30 из 30", Sign.GOOD),
        ("Реклама", "12 из 20", Sign.ACT),
        ("Лояльность", "12 из 12", Sign.GOOD),
        ("Удовлетворённость", "6 из 14", Sign.ACT),
        ("Соцсети", "6 из 8", Sign.ATTENTION),
        ("Цели", "4 из 8", Sign.ATTENTION),
        ("Практики", "4 из 8", Sign.ATTENTION),
    ]
    assert areas(shown).rows[2][2].lines[0].text == "скорее хорошо"  # +20 lies within the margin of error
    bars = [row[1].chart.shapes[-1].width for row in areas(shown).rows if row[1].chart]
    assert bars[1] == pytest.approx(bars[0] * 0.6)  # 12 of 20


def test_the_points_lost_on_page_one_add_up_to_what_is_missing() -> None:
    for sample in SAMPLES:
        for language in LANGUAGES:
            found = document(answers_of(sample.name), language)
            notes = page(found, language).notes if found["health"]["areas"] else ()
            lost = [int(part) for note in notes for part in re.findall(r"\(−(\d+)\)", note)]
            assert sum(lost) == found["health"]["of"] - found["health"]["points"], sample.name


def test_areas_of_blank_sheets_are_named_with_their_weight() -> None:
    shown = page(document(answers_of("core-only-ru")))
    assert [row[0] for row in said(areas(shown))] == ["Клиенты и деньги", "Реклама", "Цели"]
    assert plain(shown.caption) == "оценено 44 % веса, для общего балла нужно от 50 %"
    assert plain(shown.notes[-1]) == (
        "Балл появится, если заполнить листы любого из направлений: Лояльность (12 %), "
        "Удовлетворённость (14 %), Соцсети (8 %), Практики (8 %)."
    )


def test_with_a_score_the_blank_sheets_are_only_named() -> None:
    tally = {"tally_0_10": [0, 0, 0, 0, 0, 5, 5, 20, 20, 25, 25]}
    shown = page(document({**answers_of("core-only-ru"), "nps": tally}))
    assert plain(shown.caption) == "из 100, оценено 56 % веса"
    assert plain(shown.notes[-1]).startswith("Не оценено, листы не заполнены: Удовлетворённость (14 %)")


def test_without_a_score_page_one_says_what_it_needs() -> None:
    shown = page(document({"profile": PROFILE, "clients": CLIENTS}))
    assert (shown.known, shown.figure) == (False, "не рассчитан")
    assert plain(shown.caption) == "оценено 8 % веса, для общего балла нужно от 50 %"
    assert plain(shown.notes[-1]).startswith("Балл появится, если заполнить листы ещё на 42 % веса из этих:")


def block(found: Json, language: Language = "ru") -> Wide:
    method = next(
        one for one in view_of(found, CATALOG, Wording(language)).chapters if one.body.id == "method"
    )
    heading = Wording(language).text("health.made_heading")
    return next(one for one in method.body.blocks if isinstance(one, Wide) and one.heading == heading)


def test_the_chapter_lists_every_area_with_what_was_not_judged_and_the_sum() -> None:
    found = document(answers_of("losing-money-ru"))
    made = block(found)
    table = next(part for part in made.parts if isinstance(part, Table))
    listed = [row[1].lines[0].text for row in table.rows]
    assert len(listed) == len(CATALOG.health) == 7
    earned = [text.split(" из ") for text in map(plain, listed) if text != "—"]
    assert sum(int(first) for first, _ in earned) == found["health"]["points"]
    assert sum(int(second) for _, second in earned) == found["health"]["of"]
    unjudged = {
        area["name"]: [i for i in area["items"] if i["points"] is None] for area in found["health"]["areas"]
    }
    told = {row[0].lines[0].text: row[3].lines[0].text for row in table.rows}
    assert {name for name, text in told.items() if text} == {
        name for name, items in unjudged.items() if items
    }
    assert told["Клиенты и деньги"] == "Запас прочности: лист не заполнен"  # one of four
    assert told["Соцсети"] == "Лист не заполнен"
    lines = [part.text for part in made.parts if isinstance(part, Line)]
    counted = found["health"]
    assert f"100 × {counted['points']} / {counted['of']} = {counted['score']}" in plain(lines[1])
    assert plain(lines[2]).startswith("Что поднимет балл, каждое само по себе: до 35, если")  # 22 + 8 of 86


# --- the catalogue ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "metric: wasted_spend",
            "metric: wasted_spnd",
            "no metric 'wasted_spnd': did you mean 'wasted_spend'?",
        ),
        ("weight: 12\n", "weight: 14\n", "loyalty: weight 14, but its items have 12 points"),
        ("weight: 12\n", "weight: 0\n", "weight: 0 is not above zero"),
        ("points: 12\n", "points: 11\n", "points: 11 is odd, and an orange zone earns half"),
        ("per: csi\n", "per: social\n", "csi_attribute has per: csi"),
        ("        full: 1\n", "", "csat_share has no zones to earn points by: add full: ..."),
        ("full: 3", "full: 0", "full: 0 is not above zero"),
        ("en: change in the base", "fr: change in the base", "unknown key 'fr'"),
        ("metric: nps\n", "metric: csi\n", "csi judges twice"),
        ("NPS от {border}", "NPS от {boder}", "nothing fills {boder}: did you mean 'border'?"),
        ("      - goals: true\n", "      - goals: false\n", "an item needs a metric, or goals: true"),
        ("metric: clv_cac_ratio", "metric: cac", "zone 'free' of cac is neutral"),
        ("- id: loyalty", "- id: social", "area social stands twice"),
    ],
)
def test_a_mistake_in_the_score_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert message in changed(tmp_path, "health.yaml", old, new)


def test_the_weights_must_be_a_hundred(tmp_path: Path) -> None:
    text = (ROOT / "sheetreport" / "catalog" / "health.yaml").read_text("utf-8")
    start = text.index("    weight: 12")
    area = text[start : text.index("  - id: satisfaction")]
    message = changed(tmp_path, "health.yaml", area, area.replace("12", "10"))
    assert "the weights must be 100 together, not 30 + 20 + 10 + 14 + 8 + 8 + 8 = 98" in message


def test_a_consultant_weighs_areas_with_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "health.yaml"
    file.write_text("areas:\n  - id: loyalty\n    weight: 14\n", encoding="utf-8")
    with refused("a weight of your own needs your reason", CatalogError):
        load_catalog(tmp_path)


def test_zones_of_a_consultants_own_earn_points_by_their_tone(tmp_path: Path) -> None:
    own = """
metrics:
  - id: nps
    zones:
      - {id: poor, low: -100, high: 30, tone: red, ru: слабо, en: poor}
      - {id: fine, low: 30, high: 100, high_closed: true, tone: green, ru: хорошо, en: fine}
    zone_source: {ru: "Свой опыт.", en: "Own experience."}
"""
    (tmp_path / "metrics.yaml").write_text(own, encoding="utf-8")
    catalog = load_catalog(tmp_path)
    given_answers = derive(catalog, with_defaults(catalog, submission(catalog, answers_of("barbershop-ru"))))
    found = health.judge(catalog, compute(catalog, given_answers))
    assert points(found)["loyalty"] == (0, 12)  # +26 is below 30
