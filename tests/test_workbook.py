"""What the result workbook holds: sheets, names, words and looks, and what owner text can't do to it."""

from __future__ import annotations

import copy
import re
import zipfile
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from sheetreport.answers import load
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import NBSP, Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.render import workbook
from tests.conftest import SAMPLES
from tests.test_parity import Json, hostile, report_of, report_of_answers, with_gaps

CATALOG = load_catalog()

# Functions that Excel 2010, LibreOffice 7.4 and Google Sheets share.
SHARED_FUNCTIONS = set(
    "ABS AND AVERAGE COUNT EDATE IF IFERROR INDEX INT ISNUMBER MAX MIN MMULT MOD NA NOT OR POWER REPT"
    " ROUND SQRT SUM SUMPRODUCT TINV".split()
)


def built(document: Json, wording: Wording, cached: bool = True) -> bytes:
    return workbook.build(document, CATALOG, wording, cached=cached)


def opened(data: bytes, values: bool = False) -> Workbook:
    return openpyxl.load_workbook(BytesIO(data), data_only=values)


@pytest.fixture(scope="module")
def barbershop() -> bytes:
    return built(*report_of("barbershop-ru", "ru"))


def cells(book: Workbook) -> list[Cell]:
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def formulas(book: Workbook) -> dict[tuple[str, str], str]:
    """The text of every formula by sheet and cell."""
    return {
        (cell.parent.title, cell.coordinate): str(getattr(cell.value, "text", cell.value))
        for cell in cells(book)
        if cell.data_type == "f"
    }


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode()


def named(book: Workbook, name: str) -> Cell:
    sheet, _, place = book.defined_names[name].attr_text.rpartition("!")
    cell = book[sheet.strip("'")][place.replace("$", "")]
    assert isinstance(cell, Cell)
    return cell


def listed(book: Workbook, name: str) -> list[Cell]:
    """The cells of a column that a name stands for, from top to bottom."""
    sheet, _, place = book.defined_names[name].attr_text.rpartition("!")
    found = book[sheet.strip("'")][place.replace("$", "")]
    return [cell for row in (found if isinstance(found, tuple) else ((found,),)) for cell in row]


# Sheets


@pytest.mark.parametrize(
    ("sample", "language", "expected"),
    [
        (
            "barbershop-ru",
            "ru",
            (
                "Итоги Показатели Здоровье Каналы Лояльность Цели Что_делать Итог_плана Что_если Замечания"
                " Как_посчитано Ответы Ответы_по_строкам"
            ),
        ),
        (
            "barbershop-ru",
            "en",
            (
                "Summary Metrics Health Channels Loyalty Goals Actions Plan_total What_if Findings"
                " How_it_was_calculated Answers Answers_by_row"
            ),
        ),
        (
            "core-only-ru",
            "ru",
            (
                "Итоги Показатели Здоровье Каналы Цели Что_делать Что_если Замечания Как_посчитано Ответы"
                " Ответы_по_строкам"
            ),
        ),
    ],
)
def test_sheets_are_those_with_something_to_say(sample: str, language: Language, expected: str) -> None:
    book = opened(built(*report_of(sample, language)))
    assert [name.replace(" ", "_") for name in book.sheetnames] == expected.split()
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_every_finding_and_every_repair_is_listed() -> None:
    """What was typed stands there to the last space, so that a repair can be taken back."""
    document, wording = report_of("barbershop-ru", "ru")
    findings = [
        {
            **document["findings"][0],
            "severity": severity,
            "sheet": "Клиенты",
            "cell": f"B{number}",
            "message": f"вопрос {number}",
        }
        for number, severity in enumerate(["info", "error", "warning"] * 40)
    ]
    repairs = [
        {
            "sheet": "Реклама",
            "cell": f"C{number}",
            "field": "channels.spend",
            "found": f" {number}{NBSP}000,50 ₽ ",
            "used": f"{number}000,5",
        }
        for number in range(1, 90)
    ]
    sheet = opened(built({**document, "findings": findings, "repairs": repairs}, wording))["Замечания"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    listed = [row for row in rows if str(row[0]).startswith("Клиенты!")]
    marks = [str(row[1])[0] for row in listed]
    assert {row[0] for row in listed} == {f"Клиенты!B{number}" for number in range(120)}
    assert marks == ["✗"] * 40 + ["!"] * 40 + ["○"] * 40
    expected = [
        [f"Реклама!C{n}", CATALOG.fields["channels.spend"].label.ru, f" {n}{NBSP}000,50 ₽ ", f"{n}000,5"]
        for n in range(1, 90)
    ]
    assert [row[:4] for row in rows if str(row[0]).startswith("Реклама!")] == expected
    without = built({**document, "findings": [], "repairs": []}, wording)
    assert "Замечания" not in opened(without).sheetnames


def test_pages_are_set_up_for_reading_and_printing(barbershop: bytes) -> None:
    for sheet in opened(barbershop):
        assert sheet.freeze_panes, sheet.title
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_view.showGridLines is False
        assert sheet.page_setup.paperSize == 9
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.left.text == "Барбершоп «Борода и чай» (вымышленный)"
        assert "&P" in str(sheet.oddFooter.right.text)
        if sheet.title != "Что делать":  # its right half, on what an action rests, prints on pages of its own
            assert sheet.sheet_properties.pageSetUpPr is not None
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert sheet.page_setup.fitToWidth in (1, None)
    assert opened(barbershop)["Как посчитано"].auto_filter.ref
    assert opened(barbershop)["Ответы"].auto_filter.ref


def test_links_lead_to_sheets_of_the_workbook(barbershop: bytes) -> None:
    book = opened(barbershop)
    links = [cell.hyperlink for cell in cells(book) if cell.hyperlink]
    assert len(links) >= len(book.sheetnames) - 1
    assert {link.target for link in links} == {None}
    targets = {str(link.location).partition("!")[0].strip("'") for link in links}
    assert targets <= {*book.sheetnames, *book.defined_names}


def test_the_same_result_gives_the_same_bytes() -> None:
    document, wording = report_of("barbershop-ru", "ru")
    first = built(document, wording)
    assert first == built(copy.deepcopy(document), wording)
    assert "2026-11-16T00:00:00Z" in part(first, "docProps/core.xml")  # the report date, not today


# Formulas


def test_every_formula_carries_the_value_it_gives(barbershop: bytes) -> None:
    values = opened(barbershop, values=True)
    found = formulas(opened(barbershop))
    assert len(found) > 800
    assert not [place for place in found if values[place[0]][place[1]].value is None]


def test_formulas_without_cache_carry_none() -> None:
    data = built(*report_of("core-only-ru", "ru"), cached=False)
    values = opened(data, values=True)
    found = formulas(opened(data))
    assert len(found) > 300
    empty = [values[sheet][cell] for sheet, cell in found]
    # openpyxl shows the target of a link in a cell without a value
    assert {cell.value for cell in empty if not cell.hyperlink} == {None}
    assert all(cell.value == cell.hyperlink.location for cell in empty if cell.hyperlink)


@pytest.mark.parametrize("document", [report_of("barbershop-ru", "en"), report_of_answers(with_gaps(), "ru")])
def test_formulas_keep_to_what_programs_share(document: tuple[Json, Wording]) -> None:
    used = set()
    for place, text in formulas(opened(built(*document))).items():
        assert len(text) <= 8192, place
        assert all(len(literal) <= 255 for literal in re.findall(r'"((?:[^"]|"")*)"', text)), place
        used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"(?:[^"]|"")*"', '""', text)))
    assert used == SHARED_FUNCTIONS - ({"AVERAGE", "EDATE", "TINV"} - used)


def test_names_are_unique_and_every_name_in_a_formula_is_defined(barbershop: bytes) -> None:
    defined = re.findall(r'<definedName name="([^"]+)"', part(barbershop, "xl/workbook.xml"))
    own = [name for name in defined if not name.startswith("_xlnm")]
    assert len(own) == len(set(own)) > 400
    used = set()
    for text in formulas(opened(barbershop)).values():
        used |= set(re.findall(r"\b(?:in|m|n|rows|reading)_\w+", re.sub(r'"(?:[^"]|"")*"', '""', text)))
    assert len(used) > 150
    assert used <= set(own)


def test_every_metric_has_a_live_cell(barbershop: bytes) -> None:
    book = opened(barbershop)
    for metric in CATALOG.all_metrics():
        if metric.per is None:
            assert named(book, f"m_{metric.id}").data_type == "f", metric.id


def test_metrics_are_formulas_over_named_answers(barbershop: bytes) -> None:
    book = opened(barbershop)
    assert named(book, "m_aov").value == (
        '=IF(COUNT(in_clients_revenue,in_clients_sales_count)<2,"—",'
        'IFERROR(in_clients_revenue/in_clients_sales_count,"—"))'
    )
    assert named(opened(barbershop, values=True), "m_aov").value == 1500
    assert named(book, "in_clients_revenue").value == 720000


# Answers


def test_answers_keep_the_state_and_the_place_they_have_in_the_file() -> None:
    book = opened(built(*report_of_answers(with_gaps(), "ru")))
    unknown, skipped, blank, given = (
        named(book, f"in_clients_{field}")
        for field in ("active_start", "dissatisfied", "revenue_new", "total")
    )
    assert (unknown.value, skipped.value, blank.value, given.value) == ("?", "-", None, 800)
    notes = [cell.offset(column=2).value for cell in (unknown, skipped, blank, given)]
    assert notes == ["? — не знаете", "- — не про вас", "не заполнено", None]
    placed = opened(built(*report_of("barbershop-ru", "ru")))
    assert str(named(placed, "in_clients_total").offset(column=1).value).startswith("Клиенты!")


def test_personal_data_stays_in_the_owners_file(barbershop: bytes) -> None:
    answers: Any = load(SAMPLES / "barbershop-ru" / "answers.yaml")
    secrets = [answers["profile"][field] for field in ("owner_name", "phone")]
    assert all(secrets)
    texts = " ".join(str(cell.value) for cell in cells(opened(barbershop)))
    assert not [secret for secret in secrets if secret in texts]


# Owner text


def test_owner_text_stays_text() -> None:
    """Formulas, links and numbers that an owner typed as words stay words, wherever they are shown."""
    document, wording = report_of("barbershop-ru", "ru")
    bad = "=1+1 @SUM(A1) http://example.org"
    changed = copy.deepcopy(document)
    changed["company"] = bad
    for recommendation in changed["recommendations"]:
        recommendation |= {"title": bad, "text": "http://example.org/a", "steps": ["+7", "-1", "@x"]}
    for goal in changed["goals"]:
        goal["text"] = bad
    for table in changed["answers"]["tables"].values():
        for row in table:
            row["subject"] = bad
    for answer in changed["answers"]["scalars"].values():
        if isinstance(answer["value"], str) and not re.match(r"\d{4}-", answer["value"]):
            answer["value"] = "file:///etc/passwd"
    usual, attacked = opened(built(document, wording)), opened(built(changed, wording))
    assert formulas(attacked).keys() == formulas(usual).keys()
    shown = [cell for cell in cells(attacked) if str(cell.value).startswith("=1+1")]
    assert len(shown) > 20
    assert {cell.data_type for cell in shown} == {"s"}
    assert {cell.hyperlink.target for cell in cells(attacked) if cell.hyperlink} == {None}


def test_owner_text_is_no_part_of_a_formula() -> None:
    document, wording = report_of("barbershop-ru", "ru")
    book = opened(built(hostile(document), wording))
    assert any("example.org" in str(cell.value) for cell in cells(book))
    assert not [place for place, text in formulas(book).items() if "example.org" in text]


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\ufffe", "\ud800", "\u200b", "\n"])
def test_characters_that_break_files_are_left_out(character: str) -> None:
    document, wording = report_of("core-only-ru", "ru")
    changed = copy.deepcopy(document)
    changed["company"] = f"Уют{character} и чай"
    changed["recommendations"][0] |= {"title": f"Пишите{character}всем", "steps": [f"раз{character}два"]}
    data = built(changed, wording)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            ET.fromstring(archive.read(name))
    assert str(opened(data)["Итоги"]["A1"].value).replace(" ", "") == "Уютичай"


def test_long_owner_text_is_cut_not_lost() -> None:
    document, wording = report_of("core-only-ru", "ru")
    changed = copy.deepcopy(document)
    changed["answers"]["scalars"]["profile.activity_note"] = {"value": "слово " * 20000, "state": "value"}
    shown = str(named(opened(built(changed, wording)), "in_profile_activity_note").value)
    assert shown.startswith("слово слово")
    assert 1000 < len(shown) <= 2000


# Looks


@pytest.mark.parametrize(
    ("language", "currency", "expected"),
    [
        ("ru", "RUB", f'#,##0"{NBSP}₽"_-;"−"#,##0"{NBSP}₽"_-'),
        ("en", "RUB", '"₽"#,##0_-;"−""₽"#,##0_-'),
        ("ru", "USD", f'#,##0"{NBSP}$"_-;"−"#,##0"{NBSP}$"_-'),
        ("en", "GEL", f'"GEL{NBSP}"#,##0_-;"−""GEL{NBSP}"#,##0_-'),
    ],
)
def test_money_format(language: Language, currency: str, expected: str) -> None:
    document, _ = report_of("barbershop-ru", language)
    book = opened(built(document, Wording(language, currency)))
    assert named(book, "m_cac").number_format == expected


def test_number_formats_by_unit(barbershop: bytes) -> None:
    book = opened(barbershop)
    assert named(book, "m_churn_rate").number_format == f'#,##0.0\\{NBSP}%_-;"−"#,##0.0\\{NBSP}%_-'
    assert named(book, "m_nps").number_format == '+#,##0_-;"−"#,##0_-;0_-'
    assert named(book, "m_csi").number_format == '#,##0.00_-;"−"#,##0.00_-'
    assert named(book, "in_profile_period_start").number_format == "dd.mm.yyyy"
    english = opened(built(*report_of("barbershop-ru", "en")))
    assert named(english, "in_profile_period_start").number_format == "[$-409]d mmm yyyy"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_goal_lacks_has_no_plus_and_a_pace_has_one(language: Language) -> None:
    document, wording = report_of("barbershop-ru", language)
    shares = [dict(goal, unit="share", gap=-0.045, required_pace_week=0.02) for goal in document["goals"]]
    sheet = opened(built(document | {"goals": shares}, wording))[wording.text("workbook.sheet_goals")]
    header = next(
        cell for row in sheet.iter_rows() for cell in row if cell.value == wording.text("workbook.goals_gap")
    )
    below = [
        (sheet.cell(header.row + n, header.column), sheet.cell(header.row + n, header.column + 1))
        for n in (1, 2)
    ]
    points = {"ru": "п.п.", "en": "pp"}[language]
    for gap, needed in below:
        assert gap.number_format.startswith("#,##0.0")
        assert points in gap.number_format
        assert str(gap.value).startswith("=IF(ISNUMBER(ABS(INDEX(m_goal_gap,")
        assert needed.number_format.startswith("+#,##0.0")


def test_what_is_said_of_the_law_is_no_legal_advice_here_too() -> None:
    """Reviews for gifts, consent and labels alone: no platform is named that would bring the line."""
    document, wording = report_of("barbershop-ru", "ru")
    plain = document | {"recommendations": [], "goals": [], "answers": {"scalars": {}, "tables": {}}}
    plain |= {"what_if": {"levers": [], "outcomes": [], "goals": []}}
    for basis, said in (("rules", True), ("fact", False)):
        words = {"level": "high", "words": wording.text(f"advice.basis_{basis}")}
        advice = next(item for item in document["recommendations"] if item["id"] == "R-03")
        changed = plain | {"recommendations": [advice | {"confidence": words}]}
        values = [str(cell.value) for cell in cells(opened(built(changed, wording)))]
        assert any("не юридическая консультация" in value for value in values) is said


def test_charts_are_native_titled_by_findings_and_described(barbershop: bytes) -> None:
    with zipfile.ZipFile(BytesIO(barbershop)) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "/charts/chart" in name]
        drawings = "".join(
            archive.read(name).decode() for name in archive.namelist() if "/drawings/drawing" in name
        )
    assert len(charts) == 7  # areas of health, price and shares of channels, scores, likes, dislikes, total
    titles = [re.findall("<a:t>([^<]+)</a:t>", chart)[0] for chart in charts]
    assert "В канале «VK Реклама» клиент в 10\N{NO-BREAK SPACE}раз дороже, чем в канале «Партнёры»" in titles
    assert "Дешёвые каналы дали 50\N{NO-BREAK SPACE}% клиентов за 19\N{NO-BREAK SPACE}% расходов" in titles
    assert len(re.findall(r'descr="[^"]{20,}"', drawings)) == 7
    words = " ".join(str(cell.value) for cell in cells(opened(barbershop)))
    assert all(title in words for title in titles)
    assert any("pattFill" in chart for chart in charts)  # hatched against solid, for grey printers


def test_channels_stand_cheapest_first(barbershop: bytes) -> None:
    sheet = opened(barbershop, values=True)["Каналы"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=9)]
    assert [row[0] for row in rows] == [
        "Партнёры",
        "Яндекс Карты и 2ГИС",
        "Яндекс Директ",
        "VK Реклама",
        "Листовки",
    ]
    assert [row[3] for row in rows] == [250, 750, pytest.approx(1285.7143), 2500, "—"]
    assert [str(row[8])[0] for row in rows] == ["✓", "○", "○", "○", "✗"]


def csi_reading(*tally: int) -> Any:
    book = opened(
        built(*report_of_answers({"csi": {"overall_1_5": list(tally), "group_size": 5000}}, "ru")), True
    )
    return named(book, "reading_csi").value


def test_a_reading_says_no_more_than_the_sample_allows() -> None:
    assert csi_reading(0, 0, 0, 10, 190) == "✓ зелёная"  # 4.95, narrow
    assert csi_reading(0, 0, 5, 40, 60) == "○ скорее зелёная; граница внутри погрешности"  # 4.52
    assert csi_reading(0, 0, 0, 1, 19) == "○ по предварительным данным: зелёная"  # 20 answers
    assert csi_reading(0, 0, 0, 1, 8) == "○ мало ответов для вывода"  # 9 answers
    assert csi_reading(60, 60, 60, 0, 0) == "✗ красная"
    assert str(csi_reading(0, 0, 0, 0, 0)).startswith("○ не рассчитывается")


def nps_change_reading(promoters: int, detractors: int) -> Any:
    groups = {"promoters": promoters, "passives": 100 - promoters - detractors, "detractors": detractors}
    answers = {"nps": {"groups": groups, "previous": {"promoters": 50, "passives": 26, "detractors": 24}}}
    return named(opened(built(*report_of_answers(answers, "ru")), True), "reading_nps_change").value


def test_a_change_is_called_growth_only_beyond_the_margin() -> None:
    assert nps_change_reading(55, 24) == "○ изменение в пределах погрешности"  # +5
    assert nps_change_reading(80, 5) == "✓ рост больше погрешности"  # +49
    assert nps_change_reading(20, 50) == "! снижение больше погрешности"  # −56


def test_footers_take_any_name() -> None:
    document, wording = report_of("core-only-ru", "ru")
    changed = copy.deepcopy(document) | {"company": "5 звёзд & Ко"}
    footer = part(built(changed, wording), "xl/worksheets/sheet1.xml")
    assert "&amp;L&amp;9 5 звёзд &amp;&amp; Ко&amp;C" in footer  # 9 points, then the name


def test_actions_leave_room_for_who_and_when(barbershop: bytes) -> None:
    sheet = opened(barbershop)["Что делать"]
    document, _ = report_of("barbershop-ru", "ru")
    titles = [cell.value for (cell,) in sheet.iter_rows(min_col=2, max_col=2) if cell.value]
    assert [item["title"] for item in document["recommendations"]] == titles[2 : -len(document["suppressed"])]
    assert len(sheet.data_validations.dataValidation) > 0
    boxes = [row for row in sheet.iter_rows(min_col=8, max_col=10) if not row[0].protection.locked]
    assert len(boxes) == len(document["recommendations"])
    assert all(cell.value is None for row in boxes for cell in row)


def test_what_to_work_from_prints_on_one_page_and_its_grounds_on_another(barbershop: bytes) -> None:
    """A4 across holds 10.7 inches between the margins; a digit of Arial 11 is 8 pixels of 1/96 inch wide."""
    sheet = opened(barbershop)["Что делать"]
    assert sheet.print_title_cols == "$A:$B"
    (halves,) = [part.id for part in sheet.col_breaks.brk]
    assert sheet.cell(6, halves).value == "Готово"
    columns = [get_column_letter(column) for column in range(1, sheet.max_column + 1)]
    inches = [8 * sheet.column_dimensions[column].width / 96 for column in columns]
    scale = int(sheet.page_setup.scale or 100)
    for printed in (inches[:halves], [*inches[:2], *inches[halves:]]):
        assert sum(printed) * scale / 100 < 10.7
    assert scale > 70


def test_tables_wider_than_a_page_continue_below(barbershop: bytes) -> None:
    book = opened(barbershop)
    sheet = book["Ответы по строкам"]
    assert sheet.max_column == 13
    names = [listed(book, f"in_goals_{name}")[0] for name in ("metric", "steps", "reached")]
    assert [cell.row for cell in names] == sorted({cell.row for cell in names})
    owner = sheet.cell(names[0].row, 2)
    assert owner.value == "250 подписчиков за две недели"
    assert [sheet.cell(cell.row, 2).value for cell in names[1:]] == [f"=$B{owner.row}"] * 2
    plan = [cell.value for cell in listed(book, "in_breakeven_plan_sales")]
    assert plan == [180, 260, 340, 420, 480, 480, *[None] * 18]


def test_rows_are_called_by_their_labels(barbershop: bytes) -> None:
    """No id of a choice, such as social_ads, is left among the names and the answers."""
    book = opened(barbershop, values=True)
    assert "реклама в соцсетях" in [cell.value for cell in listed(book, "in_goals_unit_cost_type")]
    subjects = {row[0].value for row in book["Как посчитано"].iter_rows(min_row=4, min_col=2, max_col=2)}
    assert {"подписчики", "ВКонтакте"} <= subjects
    assert not {"followers", "vk", "instagram"} & subjects


def test_what_is_held_back_stands_below_the_actions(barbershop: bytes) -> None:
    sheet = opened(barbershop)["Что делать"]
    rows = [[cell.value for cell in row[:3]] for row in sheet.iter_rows()]
    at = next(place for place, row in enumerate(rows) if row[0] == "Пока рано")
    number, title, why = rows[at + 1]
    assert number is None
    assert str(title).replace(NBSP, " ").startswith("Заложите 21 667 ₽ на остаток цели: «100 заявок")
    assert re.fullmatch(r"Сначала — сайт: .*\. Действие.\d+\.", str(why))


def test_metrics_of_blank_pages_are_folded_behind_what_the_pages_answer() -> None:
    book = opened(built(*report_of("core-only-ru", "ru")))
    sheet = book["Показатели"]
    names = {row[0].value: row[0].row for row in sheet.iter_rows() if row[0].value}
    offered = names["Необязательные листы: на что они ответят"]
    assert names["Опрос NPS"] > offered
    folded = {row for row, look in sheet.row_dimensions.items() if look.hidden}
    assert named(book, "m_nps").row in folded
    assert named(book, "m_dissatisfied_share").row not in folded
    assert min(folded) > offered
    assert not any(
        look.hidden
        for look in opened(built(*report_of("barbershop-ru", "ru")))["Показатели"].row_dimensions.values()
    )
