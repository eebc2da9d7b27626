"""The workbook's formulas, computed by LibreOffice, give what Python found, for every sample."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheetreport import pipeline, result
from sheetreport.answers import load, submission
from sheetreport.catalog.definitions import Catalog, FieldType
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import compute
from sheetreport.derive import derive, with_defaults
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, Status
from sheetreport.render import workbook
from sheetreport.render.workbook.names import input_name, metric_name, reading_name
from tests import case_book
from tests.cases import TOLERANCE, Case, distinct_answers, document, entry_of, narrowed, parameters
from tests.conftest import Office
from tests.generated import SAMPLES, filled_workbook, samples

CATALOG = load_catalog()
WORKED = Path(__file__).parent / "data" / "worked_example.json"
Json = dict[str, Any]


@lru_cache
def report_of(sample: str, language: Language) -> tuple[Json, Wording]:
    """The result of a sample's workbook in a language."""
    options = pipeline.Options(language=language)
    data = filled_workbook(CATALOG, SAMPLES / sample)
    report = pipeline.examine(CATALOG, data, f"{sample}.xlsx", options)
    wording = pipeline.wording_of(report.submission, options)
    return result.build(CATALOG, report, wording, None), wording


def report_of_answers(answers: Mapping[str, object], language: Language) -> tuple[Json, Wording]:
    """The result of answers that no sample has."""
    given = derive(CATALOG, with_defaults(CATALOG, submission(CATALOG, answers)))
    computation = compute(CATALOG, given)
    report = result.Report(given.source, Status.COMPLETE, given, (), (), computation, None)
    wording = Wording(language)
    return result.build(CATALOG, report, wording, None), wording


def with_gaps() -> dict[str, Any]:
    """The worked example with blank, unknown and not applicable cells where formulas are easily fooled."""
    answers: dict[str, Any] = copy.deepcopy(load(SAMPLES / "barbershop-ru" / "answers.yaml"))
    answers["clients"] |= {
        "active_start": "?",
        "revenue_new": None,
        "lifespan_months": 18,
        "dissatisfied": "-",
    }
    answers["channels"][0] |= {"spend": "?", "leads": "-"}
    answers["channels"][1] |= {"customers": None, "type": "-"}
    answers["channels"][2] |= {"gross_profit": 7000}
    answers["nps"] |= {"tally_0_10": None, "groups": {"promoters": 12, "passives": 6, "detractors": 4}}
    answers["csi"] = {
        "group_size": "?",
        "attributes": [
            {"attribute": "стрижка", "attribute_1_5": [0, 0, 0, 4, 12], "weight": 3},
            {"attribute": "запись", "attribute_1_5": [2, 1, 0, 3, 9], "weight": 1},
        ],
    }
    answers["feedback"][3]["kind"] = None
    answers["goals"][0] |= {"current": "?"}
    answers["goals"][1] |= {"baseline_pace": None, "current_date": None}
    return answers


@dataclass(frozen=True)
class Calculated:
    """A workbook as LibreOffice computed it."""

    book: Workbook

    def at(self, name: str, position: int = 1) -> Any:
        """The value of a named cell, or of a place in a named range."""
        sheet, _, place = self.book.defined_names[name].attr_text.rpartition("!")
        found = self.book[sheet.strip("'")][place.replace("$", "")]
        cells = [cell for row in found for cell in row] if isinstance(found, tuple) else [found]
        return cells[position - 1].value


def expected_cells(document: Json) -> Iterator[tuple[str, int, float | None]]:
    """The name, the place in its range and the value of every metric, limit, step and goal number."""
    for entry in (*document["metrics"], *document["quantities"]):
        rows = [row["index"] for row in document["answers"]["tables"].get(entry["per"], ())]
        position = rows.index(entry["row"]) + 1 if entry["row"] is not None else 1
        shared = entry["row"] is not None and len(CATALOG.metrics[entry["id"]]) > 1
        name = f"{entry['per']}_{entry['id']}" if shared else entry["id"]
        yield from _cells(
            name, position, entry, CATALOG.metric(entry["id"], entry["per"]).interval is not None
        )
    rows = [row["index"] for row in document["answers"]["tables"].get("goals", ())]
    has_interval = {number.id for number in CATALOG.goals.numbers if number.interval is not None}
    for goal in document["goals"]:
        for number_id, entry in goal["numbers"].items():
            yield from _cells(number_id, rows.index(goal["row"]) + 1, entry, number_id in has_interval)


def _cells(
    name: str, position: int, entry: Json, has_interval: bool
) -> Iterator[tuple[str, int, float | None]]:
    yield f"m_{name}", position, entry["value"]
    if has_interval:
        low, high = entry["interval"] or (None, None)
        yield f"m_{name}_low", position, low
        yield f"m_{name}_high", position, high


def same(expected: float | str | datetime | None, found: Any) -> bool:
    if expected is None:
        return bool(found == "—")
    if isinstance(expected, str | datetime):
        return bool(found == expected)
    return isinstance(found, int | float) and abs(found - expected) <= 1e-9 * max(1.0, abs(expected))


def differences(document: Json, found: Calculated) -> tuple[int, list[tuple[str, int, float | None, Any]]]:
    """How many cells were compared, and those that differ."""
    compared = [(*cell, found.at(cell[0], cell[1])) for cell in expected_cells(document)]
    return len(compared), [cell for cell in compared if not same(cell[2], cell[3])]


def languages_of_samples() -> list[tuple[str, Language]]:
    """Every sample in both languages."""
    return [(path.name, language) for path in samples() for language in LANGUAGES]


@pytest.mark.parametrize(("sample", "language"), languages_of_samples())
def test_numbers_of_samples(sample: str, language: Language, calculated: Mapping[str, Calculated]) -> None:
    document, _ = report_of(sample, language)
    compared, different = differences(document, calculated[f"{sample} {language}"])
    assert not different
    goals = sum(len(goal["numbers"]) for goal in document["goals"])
    assert compared > len(document["metrics"]) + len(document["quantities"]) + goals > 80


def test_numbers_with_gaps(calculated: Mapping[str, Calculated]) -> None:
    document, _ = report_named("gaps")
    compared, different = differences(document, calculated["gaps"])
    assert not different
    lost = sum(entry["value"] is None for entry in document["metrics"])
    assert compared > 300
    assert lost > 25  # the gaps took effect


def optional_pages(*, empty: bool) -> dict[str, Any]:
    """The worked example's optional pages where formulas are easily fooled: blanks and plans, or zeros."""
    answers: dict[str, Any] = json.loads(WORKED.read_text(encoding="utf-8"))["inputs"]
    if empty:
        reach = dict.fromkeys(("reach_sum", "likes", "comments", "shares", "unique_reach"), 0)
        followers = dict.fromkeys(("followers_start", "followers_end", "questions", "answered", "leads"), 0)
        answers["social"] = [{"network": "vk", "posts": 5, "ad_spend": 100, **reach, **followers}]
        answers["awareness"][0] |= {"before_yes": 0}
        answers["breakeven"] = {"fixed_costs": 0, "promo_in_fixed": "yes", "price": 10, "variable_cost": 10}
        answers["breakeven"] |= {"plan_sales": [0, 0]}
        process = dict.fromkeys(("tasks_per_month", "hourly_cost", "one_off_cost", "monthly_cost"), 0)
        answers["automation"] = [{"process": "A", "minutes_before": 3, "minutes_after": 1, **process}]
        answers["affiliate"] = [
            {"partner": "A", "rewards": 0, "fixed_cost": 0, "new_clients": 0, "revenue": 0}
        ]
        answers["practices"] = {"consent": "?", "client_app": "na"}
        return answers
    answers["social"][0] |= {"mentions": None, "followers_start": "?", "response_time_min": "-"}
    answers["social"][0] |= {"prev_posts": 10, "prev_reach_sum": 20000, "prev_reactions": 500}
    answers["social"][1] |= {"unique_reach": 100, "prev_unique_reach": 200, "posts": 4, "followers_end": 2400}
    answers["awareness"].append({"segment": "inactive", "before_n": 40, "before_yes": 0, "after_n": 50})
    planned = {"process": "B", "launch_date": "2027-01-01", "minutes_before": 5, "minutes_after": 1}
    answers["automation"] += [planned, {**answers["automation"][0], "process": "C", "launch_date": None}]
    answers["affiliate"][0] |= {"discounts": 500, "list_price": 100, "partner_price": 80}
    answers["affiliate"][1] |= {"new_clients": "?", "list_price": 0, "partner_price": 5}
    answers["breakeven"] |= {
        "promo_in_fixed": "yes",
        "plan_sales": [180, 500, 500],
        "initial_investment": 9000,
    }
    answers["clients"] |= {"prev_new": 30, "prev_promo_spend": 40000, "prev_revenue": 500000}
    return answers


@pytest.mark.parametrize("case", ["pages", "empty pages"])
def test_numbers_of_optional_pages(case: str, calculated: Mapping[str, Calculated]) -> None:
    document, _ = report_named(case)
    compared, different = differences(document, calculated[case])
    assert not different
    assert compared > 400


def hostile(document: Json) -> Json:
    """The same result with owner's words that try to become formulas."""
    changed, renamed = copy.deepcopy(document), {}
    for row in changed["answers"]["tables"]["channels"]:
        row["subject"] = f'"&HYPERLINK("https://example.org")&"{row["index"]}'
        renamed[row["values"]["channels.name"]["value"]] = row["subject"]
        row["values"]["channels.name"]["value"] = row["subject"]
    for row in changed["answers"]["tables"]["goals"]:
        channel = row["values"].get("goals.unit_channel", {})
        channel["value"] = renamed.get(channel.get("value"), channel.get("value"))
    return changed


CASES = [
    *(f"{sample} {language}" for sample, language in languages_of_samples()),
    *("gaps", "pages", "empty pages", "hostile"),
]


@lru_cache
def report_named(case: str) -> tuple[Json, Wording]:
    """The result of a case: a sample in a language, or answers that no sample has."""
    match case:
        case "gaps":
            return report_of_answers(with_gaps(), "ru")
        case "pages" | "empty pages":
            return report_of_answers(optional_pages(empty=case == "empty pages"), "en")
        case "hostile":
            document, wording = report_of("barbershop-ru", "ru")
            return hostile(document), wording
        case _:
            sample, _, language = case.partition(" ")
            return report_of(sample, "ru" if language == "ru" else "en")


@pytest.fixture(scope="module")
def calculated(soffice: Office, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Calculated]:
    """The workbook of every case, computed by LibreOffice in one run."""
    folder = tmp_path_factory.mktemp("reports")
    paths = [folder / f"{case.replace(' ', '-')}.xlsx" for case in CASES]
    for case, path in zip(CASES, paths, strict=True):
        document, wording = report_named(case)
        path.write_bytes(workbook.build(document, CATALOG, wording, cached=False))
    made = soffice.convert_all(paths, "xlsx", folder / "out")
    return {
        case: Calculated(openpyxl.load_workbook(path, data_only=True))
        for case, path in zip(CASES, made, strict=True)
    }


@pytest.mark.parametrize("case", CASES)
def test_the_score_of_health_is_live(case: str, calculated: Mapping[str, Calculated]) -> None:
    """The sheet's own sums give the score and the points of every area, from values to zones to points."""
    found, sheet = report_named(case)[0]["health"], calculated[case]
    if found["of"]:
        assert same(found["score"], sheet.at("health_score"))
        for area in found["areas"]:
            for key in ("points", "of"):
                known = area[key] if area["of"] else None  # nothing judged is a dash, not a zero
                assert same(known, sheet.at(f"health_{key}_{area['id']}")), area["id"]


@pytest.mark.parametrize("case", CASES)
def test_every_cached_value_is_what_its_formula_gives(
    case: str, calculated: Mapping[str, Calculated]
) -> None:
    """Every formula of every sheet, words too: what a phone shows is what the formulas say."""
    document, wording = report_named(case)
    data = workbook.build(document, CATALOG, wording)
    formulas, cached = (openpyxl.load_workbook(BytesIO(data), data_only=values) for values in (False, True))
    found = calculated[case].book
    places = [
        (sheet.title, cell.coordinate)
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    different = [
        (sheet, cell, cached[sheet][cell].value, found[sheet][cell].value)
        for sheet, cell in places
        if not same(cached[sheet][cell].value, found[sheet][cell].value)
    ]
    assert not different
    assert len(places) > 600
    assert {sheet for sheet, _ in places} >= {sheet.title for sheet in formulas} - still_sheets(wording)


def still_sheets(wording: Wording) -> set[str]:
    """Sheets of words and of answers as they were given."""
    return {wording.text(f"workbook.sheet_{name}") for name in ("answers", "tables", "actions", "review")}


# What an owner may correct on the sheets of answers; the day-to-day figures, a channel and a survey.
CORRECTED: Mapping[str, float] = {
    "clients.new": 3,
    "clients.sales_count": 7,
    "clients.revenue": 12345,
    "clients.gross_profit": 2345,
    "clients.active": -2,
    "promo.other_spend": 999,
    "channels.spend": 500,
    "channels.customers": 1,
    "channels.leads": 5,
    "nps.tally_0_10": 4,
    "csi.overall_1_5": 2,
    "goals.current": 1,
    "breakeven.price": 10,
}


def corrected(answers: dict[str, Any]) -> tuple[dict[str, Any], dict[str, float]]:
    """Answers with what an owner gave changed, in the first row of a table and the last cell of a tally."""
    changed, cells = copy.deepcopy(answers), {}
    for field_id, more in CORRECTED.items():
        page, _, name = field_id.partition(".")
        holder: Any = changed.get(page)
        holder = holder[0] if isinstance(holder, list) and holder else holder
        given = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(given, list):
            given[-1] += more
            cells[field_id] = given[-1]
        elif isinstance(given, int | float) and not isinstance(given, bool):
            holder[name] = given + more
            cells[field_id] = holder[name]
    return changed, cells


@pytest.mark.parametrize("sample", [path.name for path in samples()])
def test_corrected_answers_give_what_python_finds_anew(sample: str, soffice: Office, tmp_path: Path) -> None:
    """Answers are changed on the sheets of the finished workbook; Python computes from the same answers."""
    answers = load(SAMPLES / sample / "answers.yaml")
    language: Language = "ru" if sample.endswith("ru") else "en"
    document, wording = report_of_answers(answers, language)
    changed, cells = corrected(answers)
    expected, _ = report_of_answers(changed, language)
    book = openpyxl.load_workbook(BytesIO(workbook.build(document, CATALOG, wording)))
    for field_id, value in cells.items():
        sheet, _, place = book.defined_names[input_name(field_id)].attr_text.rpartition("!")
        first, _, last = place.replace("$", "").partition(":")
        is_tally = CATALOG.fields[field_id].type is FieldType.TALLY
        book[sheet.strip("'")][last if is_tally else first].value = value
    path = tmp_path / "corrected.xlsx"
    book.save(path)  # openpyxl drops the cached values, so that LibreOffice computes anew
    found = Calculated(
        openpyxl.load_workbook(soffice.convert(path, "xlsx", tmp_path / "out"), data_only=True)
    )
    compared, different = differences(expected, found)
    assert not different
    assert compared > 80
    _, before = differences(document, found)
    assert len(before) > len(cells)  # the changes took effect


def test_a_changed_answer_moves_the_numbers(soffice: Office, tmp_path: Path) -> None:
    """CAC 60 000 / 40 = 1 500; with 50 new clients 60 000 / 50 = 1 200, and the summary follows."""
    document, wording = report_of("barbershop-ru", "ru")
    path = tmp_path / "changed.xlsx"
    book = openpyxl.load_workbook(BytesIO(workbook.build(document, CATALOG, wording)))
    sheet, _, cell = book.defined_names["in_clients_new"].attr_text.rpartition("!")
    book[sheet.strip("'")][cell.replace("$", "")].value = 50
    book.save(path)  # openpyxl drops the cached values, so that LibreOffice computes anew
    found = Calculated(
        openpyxl.load_workbook(soffice.convert(path, "xlsx", tmp_path / "out"), data_only=True)
    )
    assert found.at("m_cac") == pytest.approx(1200)
    assert found.at("m_new_clients_per_month") == 50
    assert found.at("m_cac_low") == pytest.approx(60000 / 65.917, rel=1e-4)  # Byar's upper limit of 50 events


# --- the cases of every metric ------------------------------------------------------------------------------

SHEETS_A_FILE = 5  # LibreOffice slows down with the square of the sheets, and with every file


@dataclass(frozen=True)
class Place:
    """Where a case was computed: its result, and its sheet of a recalculated workbook."""

    result: Json
    sheet: Worksheet

    def at(self, name: str, position: int = 1) -> Any:
        """The value of a named cell, or of a place in a named range; None where the name is not there."""
        if name not in self.sheet.defined_names:
            return None
        found = self.sheet[self.sheet.defined_names[name].attr_text.rpartition("!")[2].replace("$", "")]
        cells = [cell for row in found for cell in row] if isinstance(found, tuple) else [found]
        return cells[position - 1].value


@pytest.fixture(scope="module")
def recalculated(soffice: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Place]:
    """Every case of every metric, computed by LibreOffice in one run."""
    folder = tmp_path_factory.mktemp("cases")
    results: list[tuple[Json, Catalog]] = []
    members: list[list[Case]] = []
    for answers, cases in distinct_answers():
        metric_ids = frozenset(case.metric for case in cases)
        results.append((document(answers, metric_ids, "en"), narrowed(CATALOG, metric_ids)))
        members.append(cases)
    paths = []
    for first in range(0, len(results), SHEETS_A_FILE):
        path = folder / f"cases-{first}.xlsx"
        path.write_bytes(case_book.build(results[first : first + SHEETS_A_FILE], Wording("en")))
        paths.append(path)
    sheets = [
        sheet
        for path in soffice.convert_all(paths, "xlsx", folder / "out")
        for sheet in openpyxl.load_workbook(path, data_only=True)
    ]
    return {
        case.id: Place(result, sheet)
        for (result, _), cases, sheet in zip(results, members, sheets, strict=True)
        for case in cases
    }


def position_of(case: Case, found: Json) -> int:
    """The place of the case's row in its table, from 1."""
    if case.subject is None:
        return 1
    rows = found["answers"]["tables"].get(case.definition.per, [])
    return 1 + [row["subject"] for row in rows].index(case.subject)


@pytest.mark.parametrize("case", parameters())
def test_case_recalculated(case: Case, recalculated: dict[str, Place]) -> None:
    """What the case expects is what the spreadsheet gives, whatever Python found."""
    place, expected = recalculated[case.id], case.expected
    name, position = metric_name(CATALOG, case.definition), position_of(case, place.result)
    value, low, high = (place.at(f"{name}{part}", position) for part in ("", "_low", "_high"))
    if "value" not in expected:
        assert value == "—"
        assert {low, high} <= {"—", None}
    else:
        assert value == pytest.approx(expected["value"], abs=TOLERANCE, rel=0)
    if expected.get("interval"):
        assert [low, high] == pytest.approx(expected["interval"], abs=TOLERANCE, rel=0)
    elif "interval" in expected:
        assert {low, high} <= {"—", None}
    if case.subject is None and case.definition.reported:
        reads_as(case, place)


def reads_as(case: Case, place: Place) -> None:
    """The live words beside a number name its zone, or why there is none."""
    words = place.at(reading_name(case.definition))
    entry = entry_of(place.result, case)
    assert entry is not None
    assert (entry["reason_text"] or "") in words
    if "zone" in case.expected:
        named = [zone.name.en for zone in case.definition.zones if zone.name.en in words]
        wanted = [zone.name.en for zone in case.definition.zones if zone.id == case.expected["zone"]]
        assert named[:1] == wanted or (not wanted and not named)
