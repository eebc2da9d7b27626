"""The portfolio's page in a browser: sorting, filtering, keyboard, phone, print, accessibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from sheetreport.catalog.load import load_catalog
from sheetreport.model import Language
from sheetreport.portfolio import build
from tests.client_folder import ALDER, BIRCH, CEDAR, DOGWOOD, ORDER, entry, folder

PHONE, NARROWEST, DESKTOP = 390, 320, 1400
MANY = 60


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, Language], Path]:
    """The page of the seven and of sixty clients, in both languages."""
    found: dict[tuple[str, Language], Path] = {}
    for name in ("seven", "sixty"):
        out = tmp_path_factory.mktemp(name)
        entries = folder(out)
        if name == "sixty":
            kinds = (ALDER, BIRCH, CEDAR, DOGWOOD)
            entries = [
                entry(out, f"client-{number}", kinds[number % 4] | {"company": f"Client {number}"})
                for number in range(MANY)
            ]
        for language in ("ru", "en"):
            data = build(entries, out, load_catalog(), language)["index.html"]
            found[name, language] = out / f"{language}.html"
            found[name, language].write_bytes(data)
    return found


Open = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, files: dict[tuple[str, Language], Path]) -> Iterator[Open]:
    """Open a page at a width; whatever it asks the network for or complains of fails the test."""
    contexts, trouble = [], []

    def show(
        name: str = "seven", language: Language = "en", width: int = DESKTOP, scripts: bool = True
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        address = files[name, language].as_uri()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda asked: trouble.append(asked.url) if not _own(asked.url, address) else None)
        page.goto(address)
        return page

    yield show
    for context in contexts:
        context.close()
    assert trouble == []


def _own(url: str, address: str) -> bool:
    return url.startswith("data:") or url.partition("#")[0] == address


def names(page: Page) -> list[str]:
    """The clients as they are shown, from top to bottom; those out of sight have no text of their own yet."""
    return page.locator(".clients tbody tr:visible .name").all_text_contents()


def press(page: Page, column: str) -> None:
    page.get_by_role("button", name=column, exact=True).click()


def said(page: Page) -> str:
    return page.locator(".tools output").inner_text().replace("\N{NO-BREAK SPACE}", " ")


def test_it_begins_with_those_who_need_attention(opened: Open) -> None:
    page = opened()
    assert tuple(names(page)) == ORDER
    assert page.locator("[aria-sort]").all_inner_texts() == ["Status"]
    assert said(page) == "Showing 7 of 7"


@pytest.mark.parametrize(
    ("column", "upwards"),
    [
        ("Health, of 100", ["Birch Salon", ORDER[3], "Dogwood Bakery", "Alder Café"]),
        ("NPS", ["Birch Salon", "Dogwood Bakery", ORDER[3], "Alder Café"]),
        ("Payback", ["Alder Café", ORDER[3], "Cedar Garage", "Birch Salon"]),
        ("Worst goal", ["Birch Salon", ORDER[3], "Cedar Garage", "Alder Café"]),
        ("First action", ["Birch Salon", ORDER[3], "Cedar Garage", "Alder Café"]),
    ],
)
def test_sorting_puts_what_is_unknown_last_both_ways(opened: Open, column: str, upwards: list[str]) -> None:
    page = opened()
    unknown = [name for name in ORDER if name not in upwards]
    press(page, column)
    assert names(page) == [*upwards, *unknown]
    head = page.get_by_role("columnheader", name=column, exact=True)
    assert head.get_attribute("aria-sort") == "ascending"
    assert said(page) == f"Sorted by {column}, ascending"
    press(page, column)
    assert names(page) == [*reversed(upwards), *unknown]
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("[aria-sort]").count() == 1


def test_names_are_sorted_as_people_read_them(opened: Open) -> None:
    page = opened(name="sixty")
    press(page, "Client")
    assert names(page)[:3] == ["Client 0", "Client 1", "Client 2"]
    assert names(page)[-1] == "Client 59"


def test_amounts_in_different_currencies_are_never_mixed(opened: Open) -> None:
    """5 euros is less than 10 pounds as a number, and more than nothing as a comparison."""
    page = opened()
    pounds = ["Alder Café", ORDER[3], "Cedar Garage", "Birch Salon"]
    press(page, "CAC")
    assert names(page)[:5] == ["Dogwood Bakery", *pounds]
    press(page, "CAC")
    assert names(page)[:5] == ["Dogwood Bakery", *reversed(pounds)]


def test_filtering_by_words_and_by_outcome(opened: Open) -> None:
    page = opened()
    page.get_by_label("Find").fill("FLYERS salon")
    assert names(page) == ["Birch Salon"]
    assert said(page) == "Showing 1 of 7"
    page.get_by_label("Show", exact=True).select_option("none")
    assert names(page) == []
    assert page.locator(".nobody").is_visible()
    page.get_by_label("Find").fill("")
    assert names(page) == ["elm", "fir"]
    page.get_by_label("Show", exact=True).select_option("attention")
    assert len(names(page)) == 5
    assert not page.locator(".nobody").is_visible()
    press(page, "NPS")
    assert len(names(page)) == 5  # what is hidden stays hidden


def test_the_count_is_announced(opened: Open) -> None:
    assert opened().locator(".tools output").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_everything_is_within_reach_of_the_keyboard_and_shows_where_it_is(opened: Open, width: int) -> None:
    page = opened(width=width)
    reached = []
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement; return e === document.body ? null : "
            "[e.tagName, e.textContent.trim(), getComputedStyle(e).outlineStyle] }"
        )
        if here is None:
            break
        reached.append(here)
    assert {look for *_, look in reached} == {"solid"}
    tags = [tag for tag, *_ in reached]
    assert tags[0] == "A"
    assert reached[0][1] == "Skip to the list of clients"
    assert tags.count("BUTTON") == 9
    assert {"INPUT", "SELECT"} <= {*tags}
    links = page.locator("a").count()
    assert tags.count("A") == links


def test_a_heading_sorts_by_enter_and_by_space(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="NPS", exact=True).focus()
    page.keyboard.press("Enter")
    assert names(page)[0] == "Birch Salon"
    page.keyboard.press("Space")
    assert names(page)[0] == "Alder Café"
    assert page.evaluate("document.activeElement.textContent") == "NPS"


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [NARROWEST, PHONE, 768, 1080, DESKTOP])
def test_the_page_never_scrolls_sideways(opened: Open, width: int, language: Language) -> None:
    page = opened(language=language, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = (
        "() => [...document.querySelectorAll('.clients tr')].map((row) => row.scrollWidth - row.clientWidth)"
    )
    over = page.evaluate(wide)
    assert len(over) == 8
    assert max(over) <= 0  # a row cuts off what is too wide for it


def test_a_phone_shows_cards_with_labels_and_can_sort(opened: Open) -> None:
    page = opened(width=PHONE)
    cell = page.locator(".clients tbody tr:has-text('Alder') .c-nps")
    assert page.evaluate("e => getComputedStyle(e, '::before').content", cell.element_handle()) == '"NPS"'
    press(page, "NPS")
    assert names(page)[0] == "Birch Salon"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_without_scripts_all_is_there_and_nothing_pretends_to_work(opened: Open, width: int) -> None:
    page = opened(scripts=False, width=width)
    assert tuple(names(page)) == ORDER
    assert page.locator(".tools").is_hidden()
    assert page.locator("button").count() == 0
    assert page.locator(".nobody").is_hidden()


def test_printed_across_with_headings_on_every_page_and_no_row_cut(opened: Open, tmp_path: Path) -> None:
    page = opened(name="sixty")
    target = tmp_path / "print.pdf"
    page.pdf(path=target, prefer_css_page_size=True)
    pages = PdfReader(target).pages
    assert 6 <= len(pages) <= 12
    width, height = (round(float(side)) for side in (pages[0].mediabox.width, pages[0].mediabox.height))
    assert (width, height) == (842, 595)
    texts = [" ".join((one.extract_text() or "").split()) for one in pages]
    rows = [text for text in texts if "client-" in text]
    assert len(rows) >= 5
    assert all("Worst goal" in text for text in rows)
    for number in range(MANY):  # a row's name, file and action are on one page
        [found] = [text for text in texts if f" client-{number}.xlsx" in text]
        assert f"Client {number} " in found
    assert "index.html" not in "".join(texts)
    assert "report.pdf" not in "".join(texts)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_no_violation_of_accessibility_rules(
    chromium: Browser, files: dict[tuple[str, Language], Path], width: int, language: Language
) -> None:
    """axe-core puts its own script into the page, which the page's policy would refuse."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(files["seven", language].as_uri())
    found = Axe().run(page).response
    context.close()
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > 30


def test_forced_colours_keep_the_bars(chromium: Browser, files: dict[tuple[str, Language], Path]) -> None:
    """In forced colours the bars take those of the system, so that they stay visible."""
    context = chromium.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(files["seven", "en"].as_uri())
    fills = page.evaluate(
        "() => ['.bar .fill', '.bar .track'].map((s) => getComputedStyle(document.querySelector(s)).fill)"
    )
    context.close()
    assert fills[0] != fills[1]
    assert fills[0] != "rgb(31, 78, 121)"
