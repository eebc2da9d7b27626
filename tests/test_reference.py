"""The pages of the reference: whole, readable on a Git host, and with every link leading somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest

from sheetreport.catalog.load import load_catalog
from sheetreport.catalog.provenance import load_provenance
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.reference import Kind, Reference
from sheetreport.reference.entries import bare
from sheetreport.reference.markdown import escaped
from tests.generated import REFERENCE, reference_pages

SHOWN_BY_GIT_HOSTS = 512 * 1024
PAGES = ("REFERENCE", "RULES", "TRACE")
FILES = [f"{page}{ending}" for page in PAGES for ending in (".md", ".ru.md")]


@cache
def made() -> dict[str, str]:
    return dict(reference_pages(load_catalog()))


def reference(language: Language) -> Reference:
    return Reference(load_catalog(), load_provenance(), Wording(language))


def anchors(file: str) -> list[str]:
    return re.findall(r'<a id="([^"]+)"></a>', made()[file])


def test_the_pages_are_these() -> None:
    assert sorted(made()) == sorted(FILES)


@pytest.mark.parametrize("file", FILES)
def test_a_git_host_shows_the_page(file: str) -> None:
    assert 50_000 < len(made()[file].encode()) < SHOWN_BY_GIT_HOSTS
    found = anchors(file)
    assert len(found) == len(set(found)) > 50


@pytest.mark.parametrize("file", FILES)
def test_every_link_leads_to_a_place_that_exists(file: str) -> None:
    links = re.findall(r"\]\(([^)#]*)#?([^)]*)\)", made()[file])
    assert len(links) > 100
    for target, anchor in links:
        if target in ("", *FILES):
            assert not anchor or anchor in anchors(target or file), (target, anchor)
        else:
            assert (REFERENCE / target).is_file(), target


@pytest.mark.parametrize("file", FILES)
def test_the_rows_of_a_table_are_as_wide_as_its_head(file: str) -> None:
    width = 0
    rows = 0
    for line in made()[file].splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not cells or cells == (width or cells), line
        width, rows = cells, rows + bool(cells)
    assert rows > 30


def ids(language: Language) -> Iterator[str]:
    for entry in reference(language).entries:
        reason = entry.kind is Kind.FIELD and entry.id.endswith((".why_not", ".why_text"))
        if entry.kind is not Kind.TEXT and not reason:
            yield entry.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_id_has_its_place_on_a_page(language: Language) -> None:
    ending = ".md" if language == "en" else f".{language}.md"
    places = {anchor for page in PAGES for anchor in anchors(page + ending)}
    wanted = set(ids(language))
    assert len(wanted) > 900
    assert wanted - places == set()


def test_a_definition_is_told_whole() -> None:
    """The page says of a metric, a rule, a check and a field what their entries hold."""
    english = made()["REFERENCE.md"] + made()["RULES.md"]
    for words in (
        "**`cac` · Customer acquisition cost (CAC)**",
        "- Formula: Total promotion spend / New in the period",
        "Held back by",
        "warning",
        "one of the 27 main cells",
    ):
        assert words in english, words


def test_figures_of_owners_become_a_dotted_place() -> None:
    assert bare("{n|клиент|клиента|клиентов} из {total}") == "…\u00a0клиентов из …"


def test_signs_of_markdown_stay_as_they_are_written() -> None:
    assert escaped("a_b | [c] <d> *e*") == r"a\_b \| \[c\] \<d> \*e\*"
    assert escaped("https://example.org/a_b") == "<https://example.org/a_b>"


@pytest.mark.parametrize(("language", "said"), [("ru", "три «да»: 3"), ("en", "three times yes: 3")])
def test_a_zone_of_one_value_is_one_number(language: Language, said: str) -> None:
    metric = load_catalog().metric("smm_score")
    assert said in [reference(language).zone(metric, zone) for zone in metric.zones]
