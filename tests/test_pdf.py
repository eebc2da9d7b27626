"""The PDF as other programs see it: one first page, tags, bookmarks, one font family, nothing fetched."""

from __future__ import annotations

import copy
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pypdf import PdfReader

from sheetreport.bureau.palette import Colours
from sheetreport.catalog.definitions import Text
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import MissingLibraryError
from sheetreport.i18n import Wording, texts
from sheetreport.model import LANGUAGES, Language
from sheetreport.render import drawing, numbers, pdf
from sheetreport.render.view import build, consultant
from sheetreport.render.view.model import Chart, Label, Printed, Shape, View
from tests import histories
from tests.said import refused

ROOT = Path(__file__).parent.parent
RENDER = ROOT / "sheetreport" / "render"
SAMPLES = sorted(path.parent.name for path in (ROOT / "samples").glob("*/result.json"))
CATALOG = load_catalog()

Json = dict[str, Any]


def sample(name: str) -> Json:
    document: Json = json.loads((ROOT / "samples" / name / "result.json").read_text("utf-8"))
    return document


def view(document: Json, language: Language | None = None) -> View:
    return build(document, CATALOG, Wording(language or document["language"], document["currency"]))


def crowded() -> Json:
    """The worked example at its worst: long names everywhere, nine P0 actions, an error in ten cells."""
    document = copy.deepcopy(sample("barbershop-ru"))
    long = "Объявления в районной газете «Вечерний Ижевск» и на остановках, выпуск номер 7"
    assert len(long) == 78
    document["company"] = f"Сеть барбершопов {long}"
    document["status"] = "partial"
    for row in document["answers"]["tables"]["channels"]:
        row["subject"] = long
    urgent = next(item for item in document["recommendations"] if item["tier"] == "P0")
    for number in range(7):
        extra = {**urgent, "title": f"Остановите расходы на канал «{long}», номер {number}"}
        document["recommendations"].insert(0, extra)
    error = {
        "code": "V-07",
        "severity": "error",
        "sheet": "Клиенты",
        "cell": "D20",
        "field": "clients.revenue",
        "found": "около 15 тыс.",
        "expected": "",
        "message": "Видим «около 15 тыс.», нужна сумма цифрами.",
        "fix": "Введите только число, например 15000.",
    }
    document["findings"] = [{**error, "cell": f"D{20 + n}"} for n in range(10)] + document["findings"]
    return document


@lru_cache
def rendered(name: str, language: Language) -> tuple[View, PdfReader]:
    shown = view(crowded() if name == "crowded" else sample(name), language)
    return shown, PdfReader(io.BytesIO(pdf.render_pdf(shown)))


CASES: list[tuple[str, Language]] = [
    ("barbershop-ru", "ru"),
    ("barbershop-ru", "en"),
    ("crowded", "ru"),
    ("crowded", "en"),
]


WITH_A_SHORT_END: tuple[str, Language] = ("travel-agency-en", "en")
"""A report whose last words just miss the page before."""


def bookmarks(reader: PdfReader) -> list[tuple[str, int]]:
    """Titles and 0-based pages of the outline, in order."""
    found = []
    for item in reader.outline:
        assert not isinstance(item, list), "bookmarks are one flat list"
        page = reader.get_destination_page_number(item)
        assert page is not None
        found.append((str(item.title), page))
    return found


# --- the document ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "language"), CASES)
def test_page_one_is_one_page(name: str, language: Language) -> None:
    shown, reader = rendered(name, language)
    (_, first), (chapter, second), *_ = bookmarks(reader)
    assert (first, second) == (0, 1)
    assert chapter == f"1. {shown.chapters[0].body.name}"
    text = reader.pages[0].extract_text()
    assert shown.summaries[0].actions_heading in text


def test_a_page_one_that_overflows_gives_way_to_the_next() -> None:
    """Its height is estimated; where the estimate was too low, the layout itself decides."""
    shown = view(sample("core-only-ru"))
    fitting = shown.summaries[0]
    longer = replace(fitting.answers[0], text="Слишком длинное объяснение. " * 120)
    too_long = replace(fitting, answers=(longer, *fitting.answers[1:]))
    reader = PdfReader(io.BytesIO(pdf.render_pdf(replace(shown, summaries=(too_long, too_long, fitting)))))
    assert "Слишком" not in reader.pages[0].extract_text()
    assert "Содержание" in reader.pages[1].extract_text()


def test_a_crowded_page_one_keeps_every_p0() -> None:
    shown, reader = rendered("crowded", "ru")
    text = reader.pages[0].extract_text().replace("\N{NO-BREAK SPACE}", " ")
    assert text.count("Остановите расходы на канал") == 8
    kept = [summary for summary in shown.summaries if summary.actions]
    assert {len(summary.actions.rows) for summary in kept if summary.actions} == {8}  # below the main one


@pytest.mark.parametrize(("name", "language"), CASES)
def test_every_chapter_is_bookmarked(name: str, language: Language) -> None:
    shown, reader = rendered(name, language)
    chapters = [f"{chapter.number}. {chapter.body.name}" for chapter in shown.chapters]
    assert len(chapters) == 11
    titles = [title for title, _ in bookmarks(reader)]
    assert titles[1:] == chapters
    pages = [page for _, page in bookmarks(reader)]
    assert len(set(pages)) == len(pages)
    assert titles[0].replace("\N{NO-BREAK SPACE}", " ")[:16] == shown.title[:16]


@pytest.mark.parametrize(("name", "language"), CASES[:2])
def test_language_title_and_tags_are_set(name: str, language: Language) -> None:
    shown, reader = rendered(name, language)
    root: Any = reader.trailer["/Root"]
    assert str(root["/Lang"]) == language
    assert reader.metadata is not None
    assert reader.metadata.title == shown.title
    assert "StructTreeRoot" in str(list(root))
    assert root["/MarkInfo"]["/Marked"]
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()


@pytest.mark.parametrize(("name", "language"), CASES)
def test_only_golos_is_embedded(name: str, language: Language) -> None:
    _, reader = rendered(name, language)
    fonts = set()
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            fonts.add(str(font.get_object()["/BaseFont"]).split("+")[-1])
    assert fonts == {"Golos-Text", "Golos-Text-Medium", "Golos-Text-Semi-Bold"}


def test_no_page_is_empty() -> None:
    for name, language in (*CASES, WITH_A_SHORT_END):
        _, reader = rendered(name, language)
        assert min(len(page.extract_text()) for page in reader.pages) > 1000


def test_page_numbers_point_at_the_chapter() -> None:
    _, reader = rendered("barbershop-ru", "ru")
    page = next(page for title, page in bookmarks(reader) if title.endswith("Что уточнит отчёт"))
    assert re.search(rf"на с\.\s+{page + 1}\.", reader.pages[0].extract_text())


def test_a_number_of_one_digit_closes_up() -> None:
    """Its place has room for two: what follows moves up, and in the contents both end at the same edge."""
    _, document = pdf._fitting(view(sample("core-only-ru")))
    lines = [
        box
        for page in document.pages[:2]
        for box in page._page_box.descendants(placeholders=True)
        if type(box).__name__ == "LineBox"
    ]
    inline, at = next(
        (line, at)
        for line in lines
        for at, part in enumerate(line.children)
        if type(part).__name__ == "InlineBox" and part.element.get(numbers.TARGET)
    )
    number, after = inline.children[at].children[0], inline.children[at + 1]
    alone = [line for line in lines if line.element is not None and line.element.get(numbers.TARGET)]
    alone = [line for line in alone if line.element_tag == "a"]
    digit, edges = number.width / 2, [line.children[0].position_x for line in alone]
    assert after.position_x == pytest.approx(number.position_x + 2 * digit)
    numbers.write(document, "contents")
    assert len(document.pages) < 10
    assert re.fullmatch(r"[2-9]", number.text)
    assert after.position_x == pytest.approx(number.position_x + digit)
    assert len(alone) > 3
    for line, edge in zip(alone, edges, strict=True):
        assert line.children[0].position_x == pytest.approx(edge + line.children[0].width / 2)


def test_the_last_page_says_what_the_report_was_made_with() -> None:
    document = sample("barbershop-ru")
    made = {
        "tool_version": "1.2.3",
        "schema_version": "4.5",
        "catalog_sha256": "ca" * 32,
        "source_sha256": "50" * 32,
        "brand_sha256": "b7" * 32,
        "commentary_sha256": None,
        "python": "3.99.1",
        "libraries": {"weasyprint": "70.5", "xlsxwriter": "3.3.9", "openpyxl": "3.1.8"},
    }
    document["provenance"] = made
    reader = PdfReader(io.BytesIO(pdf.render_pdf(view(document))))
    text = re.sub(r"\s+", " ", reader.pages[-1].extract_text())
    programs = "sheetreport 1.2.3, Python 3.99.1, WeasyPrint 70.5, XlsxWriter 3.3.9, openpyxl 3.1.8"
    assert f"{programs}; схема результата 4.5." in text
    for name, hashed in (("книга владельца", "50"), ("каталог расчётов", "ca"), ("оформление", "b7")):
        assert f"{name} {hashed * 32}".replace(" ", "") in text.replace(" ", ""), name
    assert "комментарий" not in text
    assert "sha256sum" in text


def test_the_same_result_gives_the_same_bytes() -> None:
    shown = view(sample("core-only-ru"))
    assert pdf.render_pdf(shown) == pdf.render_pdf(shown)


def test_a_report_is_packed_in_little_time() -> None:
    """The second byte of what zlib packs says how hard it tried."""
    packed = re.findall(
        rb"/FlateDecode.*?stream\n(..)", pdf.render_pdf(view(sample("core-only-ru"))), re.DOTALL
    )
    assert len(packed) > 10
    assert set(packed) == {b"\x78\x9c"}


def test_a_report_is_the_same_after_others() -> None:
    """What a process keeps from one report to the next leaves no trace."""
    fresh = (
        "import sys; from tests.test_pdf import *;"
        "sys.stdout.buffer.write(pdf.render_pdf(view(sample('core-only-ru'))))"
    )
    alone = subprocess.run([sys.executable, "-c", fresh], cwd=ROOT, capture_output=True, check=True).stdout
    rendered("barbershop-ru", "en")
    assert len(alone) > 50_000
    assert pdf.render_pdf(view(sample("core-only-ru"))) == alone


# --- charts ---------------------------------------------------------------------------------------


def charts(shown: Printed) -> list[Chart]:
    found: list[Chart] = []
    pdf.render_html(shown, charts=found)
    return found


PRINTED: Mapping[str, Callable[[], Printed]] = {
    **{name: partial(lambda name: view(sample(name)), name) for name in SAMPLES},
    "crowded": lambda: view(crowded()),
    "trends": lambda: view(histories.third("ru")),
    "copy": lambda: consultant.build(histories.third("en"), CATALOG, Wording("en")),
}
"""All kinds of reports."""


def test_the_kinds_of_reports_show_all_that_has_charts() -> None:
    shown = {chapter.body.id: chapter for make in PRINTED.values() for chapter in make().chapters}
    assert charts(replace(PRINTED["trends"](), chapters=(shown["trends"],)))
    assert "cells" in shown  # of the consultant's copy


@pytest.mark.parametrize("kind", PRINTED)
def test_every_look_of_a_chart_is_known(kind: str) -> None:
    found = charts(PRINTED[kind]())
    shapes = {shape.look.strip() for chart in found for shape in chart.shapes}
    words = {word for chart in found for label in chart.labels for word in label.look.split()}
    assert shapes - set(drawing.PAINTS) == set()
    assert words - drawing.WORDS == set()


def drawn(chart: Chart) -> bytes:
    """A page with one chart on it, uncompressed."""
    engine, given = pdf._engine(), pdf.pictures([chart])
    html = (
        '<html lang="en"><body style="font-family: Golos Text">'
        '<img style="display: block; width: 200pt" src="asset:chart/1" alt="x"/></body></html>'
    )
    document = engine.html(ET.fromstring(html)).render(font_config=engine.fonts, cache=given)
    made: bytes = document.write_pdf(uncompressed_pdf=True)
    return made


@pytest.mark.parametrize("look", sorted(drawing.PAINTS))
def test_every_shape_is_drawn_in_its_place(look: str) -> None:
    """Filled, stroked or both, with every corner inside the shape's box in pixels."""
    made = drawn(Chart(60, (Shape(look, 15, 30, 12, 12),)))
    content = made.split(b"stream\n")[1].split(b"endstream")[0].split(b"1 0 0 1 0 0 cm")[1]
    assert re.search(rb"^(f|S|B)$", content, re.MULTILINE)
    points = re.findall(rb"^(-?[\d.]+) (-?[\d.]+) [ml]$", content, re.MULTILINE)
    corners = [
        (float(x), float(y), float(w), float(h))
        for x, y, w, h in re.findall(rb"^([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re$", content, re.MULTILINE)
    ]
    spots = [(float(x), float(y)) for x, y in points]
    spots += [(x, y) for x, y, _, _ in corners] + [(x + w, y + h) for x, y, w, h in corners]
    assert spots
    if look != "bar lost":  # its stripes are cut off at the edge
        assert all(19.9 <= x <= 36.1 and 39.9 <= y <= 56.1 for x, y in spots), spots


def test_words_of_a_chart_stand_at_their_side_and_break_where_they_may() -> None:
    def lines(look: str, text: str, width: float) -> list[tuple[float, float]]:
        made = drawn(Chart(80, (), (Label(text, 10, 20, width, look),)))
        content = made.split(b"stream\n")[1].split(b"endstream")[0]
        return [
            (float(x), float(y))
            for x, y in re.findall(rb"^1 0 0 -1 (-?[\d.]+) (-?[\d.]+) Tm$", content, re.MULTILINE)
        ]

    ((left, top),) = lines("", "Words", 60)
    ((centre, _),) = lines("c", "Words", 60)
    ((right, _),) = lines("r", "Words", 60)
    assert left == pytest.approx(10 / 0.75, abs=0.01)
    assert right > centre > left
    assert right - left == pytest.approx(2 * (centre - left), abs=0.02)
    assert right < 70 / 0.75
    assert 20 / 0.75 < top < 20 / 0.75 + 8 * 1.2 / 0.75
    broken = lines("wrap", "Two words", 25)
    assert [x for x, _ in broken] == [left, left]
    assert broken[1][1] - broken[0][1] == pytest.approx(8 * 1.2 / 0.75, abs=0.02)
    raised = lines("wrap mid", "Two words", 25)
    assert broken[0][1] - raised[0][1] == pytest.approx(8 * 1.2 / 0.75, abs=0.02)
    assert len(lines("", "Two words", 25)) == 1


def test_a_brand_colours_its_charts() -> None:
    drawing_of = pdf.pictures([Chart(10, (Shape("bar data", 0, 0, 9, 9),))], Colours(data="#ff0000"))
    html = '<html lang="en"><body><img style="width: 9pt" src="asset:chart/1" alt="x"/></body></html>'
    engine = pdf._engine()
    made = engine.html(ET.fromstring(html)).render(font_config=engine.fonts, cache=drawing_of)
    assert b"1 0 0 rg" in made.write_pdf(uncompressed_pdf=True)


# --- the HTML -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_gives_well_formed_html(name: str, language: Language) -> None:
    shown = view(sample(name), language)
    tree = ET.fromstring(pdf.render_html(shown))
    assert tree.get("lang") == language
    assert len(tree.findall(".//h1")) == 1
    headings = [heading.get("id") for heading in tree.findall(".//h2") if heading.get("id")]
    assert headings == [chapter.body.id for chapter in shown.chapters]


def test_tables_are_ready_for_a_screen_reader() -> None:
    tree = ET.fromstring(pdf.render_html(view(sample("barbershop-ru"))))
    tables = [table for table in tree.iter("table") if "grid" in (table.get("class") or "")]
    assert len(tables) > 15
    for table in tables:
        heads = table.findall("./thead/tr/th")
        assert all("".join(head.itertext()).strip() for head in heads)
        for row in table.findall("./tbody/tr"):
            assert len(row) == len(heads)
            assert [cell.get("scope") for cell in row if cell.tag == "th"] == ["row"]


def test_owner_text_cannot_become_markup() -> None:
    document = sample("barbershop-ru")
    document["company"] = '<img src="http://example.org/x.png"> & "Угол"\x00\x0b'
    html = pdf.render_html(view(document))
    assert "<img src" not in html  # a chart of ours begins with its class
    assert "&lt;img" in html
    ET.fromstring(html)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Кофе ☕ и чай 🍵", "Кофе  и чай "),
        ("кофе\N{SOFT HYPHEN}йня\N{ZERO WIDTH SPACE}", "кофейня"),
        ("1\N{NARROW NO-BREAK SPACE}500 ≥ 1000", "1\N{NO-BREAK SPACE}500 >= 1000"),
        ("кофе\N{SOFT HYPHEN}йня", "кофейня"),
        ("1\N{NARROW NO-BREAK SPACE}500", "1\N{NO-BREAK SPACE}500"),
        ("кофе\N{NON-BREAKING HYPHEN}бар", "кофе-бар"),
        ("две\N{LINE SEPARATOR}строки\N{PARAGRAPH SEPARATOR}и ещё", "две строки и ещё"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}Угол", "Угол"),
        ("\x00\x1b[0m", "[0m"),
        ("две\nстроки", "две строки"),
        ("слово — дело", "слово\N{NO-BREAK SPACE}— дело"),
        ("143–484", "143–\N{WORD JOINER}484"),
    ],
)
def test_texts_are_reduced_to_what_the_font_draws(typed: str, printed: str) -> None:
    assert pdf.printable(typed) == printed


# --- the engine -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["https://example.org/font.ttf", "file:///etc/passwd", "data:image/svg+xml,<svg/>", "asset:../errors.py"],
)
def test_nothing_but_bundled_files_is_read(address: str) -> None:
    with pytest.raises(ValueError, match="not an asset"):
        pdf._engine().fetcher.fetch(address)


def test_bundled_files_are_read() -> None:
    response = pdf._engine().fetcher.fetch("asset:html/marks/good.svg")
    assert response.read().startswith(b"<svg")


def test_without_pango_one_line_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf._engine.cache_clear()
    try:
        monkeypatch.setitem(sys.modules, "weasyprint", None)
        with refused("^the PDF needs the Pango library, which is missing$", MissingLibraryError) as caught:
            pdf.render_pdf(view(sample("core-only-ru")))
        assert Wording("ru").say(caught.value.message) == "для PDF нужна библиотека Pango, а её нет"
    finally:
        pdf._engine.cache_clear()


# --- the assets -----------------------------------------------------------------------------------


def test_every_asset_of_the_stylesheet_exists() -> None:
    css = (RENDER / "html" / "report.css").read_text("utf-8")
    assets = re.findall(r"url\(asset:([^)]+)\)", css)
    assert len(assets) > 10
    assert not [asset for asset in assets if not (RENDER / asset).is_file()]
    marks = {f"html/marks/{path.name}" for path in (RENDER / "html" / "marks").iterdir()}
    assert marks == {asset for asset in assets if asset.startswith("html/marks/")}


def test_every_class_of_the_templates_is_styled() -> None:
    css = (RENDER / "html" / "report.css").read_text("utf-8")
    styled = set(re.findall(r"\.([a-z][\w-]*)", css))
    used: set[str] = set()
    for name in SAMPLES:
        html = pdf.render_html(view(sample(name)))
        for classes in re.findall(r'class="([^"]*)"', html):
            used |= set(classes.split())
    assert len(used) > 40
    assert used - styled == set()


def every_text() -> Iterator[str]:
    for key, text in texts().items():
        if key.startswith(("pdf.", "common.", "reasons.", "advice.", "goal_status.")):
            yield text.ru + text.en
    for metric in CATALOG.all_metrics():
        found = (metric.name, metric.meaning, metric.note, metric.zone_source, metric.interval_kind)
        yield "".join(text.ru + text.en for text in found)
        yield "".join(zone.name.ru + zone.name.en for zone in metric.zones)
    for rule in CATALOG.rules:
        words: list[Text] = [rule.title, rule.text, *rule.steps]
        yield "".join(text.ru + text.en for text in words)
    for finding in CATALOG.findings.values():
        yield "".join(text.ru + text.en for text in (finding.message, finding.fix))
    for number in CATALOG.policy.values():
        yield number.reason.ru + number.reason.en


@pytest.mark.parametrize("weight", [400, 500, 600])
def test_the_font_draws_every_text_of_the_product(weight: int) -> None:
    drawn = TTFont(RENDER / "fonts" / f"GolosText-{weight}.ttf").getBestCmap()
    assert ord("≈") not in drawn
    written = {char for text in every_text() for char in pdf.printable(text)} - {"\N{WORD JOINER}"}
    assert len(written) > 120
    assert not {char for char in written if ord(char) not in drawn}


def test_the_fonts_of_a_process_go_with_it(tmp_path: Path) -> None:
    made = (
        "from tests.test_pdf import *; from sheetreport.confined import get_ready; get_ready();"
        "pdf.render_pdf(view(sample('core-only-ru')));"
        "print(os.listdir(sys.argv[1]))"
    )
    script = [sys.executable, "-c", made, str(tmp_path)]
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(tmp_path))
    done = subprocess.run(script, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "weasyprint" in done.stdout
    assert not list(tmp_path.iterdir())
