"""Page 1 is fitted before it is laid out: the estimate against the layout, letter widths against the font."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from sheetreport import pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.render import pdf
from sheetreport.render.view import build
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.letters import ADVANCES, BOLD, advance, fitting, line_count, whole_clauses
from sheetreport.render.view.model import View
from sheetreport.render.view.summary import Front, likely, summaries
from sheetreport.render.view.summary.fitting import PAGE, height
from sheetreport.render.view.words import Words

ROOT = Path(__file__).parent.parent
FONTS = ROOT / "sheetreport" / "render" / "fonts"
SAMPLES = sorted(path.parent.name for path in (ROOT / "samples").glob("*/result.json"))
CATALOG = load_catalog()
TOP, PIXEL = 34.02, 0.75
"""The margin above page 1 and a CSS pixel, in points."""


@lru_cache
def sample(name: str, language: Language) -> tuple[View, Any]:
    """The view and the result of a sample's workbook in a language."""
    data = (ROOT / "samples" / name / f"{name}.xlsx").read_bytes()
    options = pipeline.Options(language=language)
    document = pipeline.document_of(
        CATALOG, pipeline.examine(CATALOG, data, f"{name}.xlsx", options), options
    )
    return build(document, CATALOG, Wording(language, document["currency"])), document


def boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", None) or ():
        yield from boxes(child)


def laid_out(view: View) -> tuple[int, float]:
    """How many pages page 1 takes by itself, and how high it is on the first, in points."""
    _, document = pdf._lay_out(replace(view, chapters=()), view.summaries[0])
    front = [
        box
        for box in boxes(document.pages[0]._page_box)
        if getattr(box, "element", None) is not None and "front" in (box.element.get("class") or "").split()
    ]
    return len(document.pages), max(box.position_y + box.height for box in front) * PIXEL - TOP


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_the_first_choice_fits_and_is_estimated_closely(name: str, language: Language) -> None:
    view, _ = sample(name, language)
    expected = height(Front(view.company, view.company_look, view.activity), view.summaries[0])
    pages, found = laid_out(view)
    assert pages == 1
    assert expected <= PAGE
    assert found - 3 <= expected <= found + 25


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["barbershop-ru", "losing-money-ru"])
def test_page_one_of_the_samples_keeps_its_first_steps(name: str, language: Language) -> None:
    """Titles with a line on how to begin, the score with its areas, and what changed."""
    summary = sample(name, language)[0].summaries[0]
    assert summary.first is not None
    assert summary.first.step
    assert summary.actions is not None
    assert all(len(row[1].lines) == 2 for row in summary.actions.rows)
    assert summary.health is not None
    assert summary.health.table is not None
    assert summary.changes is not None


def test_what_does_not_fit_is_not_tried() -> None:
    view, document = sample("barbershop-ru", "ru")
    every = summaries(Facts(document), Words(Wording("ru"), CATALOG), True)
    front = Front(view.company, view.company_look, view.activity)
    heights = [height(front, summary) for summary in every]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > PAGE > heights[-1]
    chosen = likely(front, every)
    assert chosen == every[-len(chosen) :]
    assert height(front, chosen[0]) <= PAGE < height(front, every[-len(chosen) - 1])


# --- letters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("weight", "wider"), [(400, 1.0), (600, BOLD)])
def test_letters_are_as_wide_as_the_font_says(weight: int, wider: float) -> None:
    font = TTFont(FONTS / f"GolosText-{weight}.ttf")
    glyphs, widths, size = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    tabular = widths["zero.tf"][0] / size
    off = {}
    for char, known in ADVANCES.items():
        true = tabular if char.isdigit() else widths[glyphs[ord(char)]][0] / size
        if weight == 400 and abs(true - known) > 0.0051:
            off[char] = (known, true)
    assert not off
    russian = {chr(code) for code in range(0x410, 0x450)} | set("Ёё")
    assert set(ADVANCES) >= {chr(code) for code in range(32, 127)} | russian
    text = "Сократите число недовольных клиентов: 255 029 в год. Reduce the number of dissatisfied clients"
    true = sum(tabular if char.isdigit() else widths[glyphs[ord(char)]][0] / size for char in text)
    assert advance(text, wider) == pytest.approx(true, rel=0.012)


def test_lines_break_between_words_and_after_hyphens() -> None:
    assert line_count("", 10, 100) == 0
    assert line_count("aa", 10, 100) == 1
    assert advance("aaaa", 10) == pytest.approx(22.4)
    assert line_count("aaaa aaaa", 10, 45) == 2  # 22.4 + 2.5 + 22.4 is 47.3
    assert line_count("aaaa aaaa", 10, 48) == 1
    assert line_count("aaaa-aaaa", 10, 45) == 2
    assert line_count("a" * 20, 10, 45) == 3  # a word of 112 points


def test_a_text_is_cut_between_words() -> None:
    assert fitting("aaaa aaaa aaaa", 10, 200) == "aaaa aaaa aaaa"
    assert fitting("aaaa aaaa aaaa", 10, 60) == "aaaa aaaa…"
    assert fitting("aaaa aaaa aaaa", 10, 60, 2) == "aaaa aaaa aaaa"
    assert fitting("a" * 20, 10, 60) == "a" * 9 + "…"


def test_a_small_text_ends_with_a_clause() -> None:
    assert whole_clauses("aaaa aaaa aaaa", 10, 200, 1) == "aaaa aaaa aaaa"
    assert whole_clauses("aaaa aaaa, aaaa: aaaa aaaa", 10, 80, 1) == "aaaa aaaa, aaaa"
    assert whole_clauses("aaaa aaaa, aaaa: aaaa aaaa", 10, 60, 1) == "aaaa aaaa"
    assert whole_clauses("aaaa aaaa aaaa", 10, 60, 1) == ""
