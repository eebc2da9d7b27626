"""The trace: every line of the method's texts is answered for by something that exists and is proved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

import sheetreport
from sheetreport.catalog.definitions import RuleDef
from sheetreport.catalog.load import load_catalog
from sheetreport.catalog.provenance import Line, LineKind, load_provenance, read_line
from sheetreport.catalog.yaml import parse_yaml
from sheetreport.errors import CatalogError
from sheetreport.i18n import Wording, texts
from sheetreport.model import LANGUAGES, Language
from sheetreport.reference import Kind, Reference
from sheetreport.template import build
from tests.proofs import ROOT, proofs
from tests.said import said

CATALOG, PROVENANCE = load_catalog(), load_provenance()
LINES = {line.id: line for line in PROVENANCE.lines}
LAST_LINES = {"000": 51, "001": 66, "002": 102, "003": 79, "004": 37}
KINDS = {
    key: {entry.kind for entry in entries}
    for key, entries in Reference(CATALOG, PROVENANCE, Wording("en")).by_id.items()
}
PROVED = {Kind.METRIC, Kind.RULE, Kind.FINDING}


def rule(rule_id: str) -> RuleDef:
    return next(rule for rule in CATALOG.rules if rule.id == rule_id)


def test_every_line_of_the_five_texts_stands_once_and_in_order() -> None:
    wanted = [f"{text}-{n:02}" for text, last in LAST_LINES.items() for n in range(1, last + 1)]
    assert [line.id for line in PROVENANCE.lines] == wanted


@pytest.mark.parametrize("line", PROVENANCE.lines, ids=list(LINES))
def test_what_answers_for_a_line_exists_and_is_proved(line: Line) -> None:
    for key in line.by:
        assert key in KINDS, f"nothing is called {key}"
        if KINDS[key] & PROVED:
            assert (ROOT / proofs()[key]).is_file()
    assert len(set(line.by)) == len(line.by)


@pytest.mark.parametrize("line", PROVENANCE.lines, ids=list(LINES))
def test_a_line_is_answered_by_more_than_its_own_source(line: Line) -> None:
    """What is not left out has a field, a number, a check, an action or words that a reader meets."""
    met = {Kind.FIELD, Kind.METRIC, Kind.FINDING, Kind.RULE, Kind.MEASURE, Kind.SMART, Kind.TEXT}
    if not line.unused.en and line.kind is not LineKind.EXCLUDED:
        kinds = {kind for key in line.by for kind in KINDS[key]}
        assert kinds & met, kinds


def test_warnings_and_services_name_what_exists() -> None:
    named = [key for warning in PROVENANCE.warnings for key in warning.by]
    named += [key for service in PROVENANCE.services for key in service.by]
    assert len(named) > 50
    assert [key for key in named if key not in KINDS] == []
    assert [warning.id for warning in PROVENANCE.warnings] == [f"W-{n}" for n in range(1, 10)]


def test_every_source_that_the_catalogue_names_is_known() -> None:
    named = {source for rule in CATALOG.rules for source in rule.sources}
    named |= {source for metric in CATALOG.all_metrics() for source in metric.reference}
    named |= {number.source for number in CATALOG.policy.values() if number.source}
    assert len(named) > 150
    assert named - set(KINDS) == set()


def test_each_line_that_a_rule_or_a_metric_names_is_a_line_of_the_texts() -> None:
    named = {source for rule in CATALOG.rules for source in rule.sources if re.match(r"00\d-", source)}
    assert len(named) > 100
    assert named <= set(LINES)


def interface_keys() -> Iterator[str]:
    yield from (key for line in PROVENANCE.lines for key in line.by if key in texts())


def _fixed(name: str) -> str:
    """What an f-string says of a text's own name: without values, without the file's name."""
    return re.sub(r"\{.*?\}", "", name).rpartition(".")[2]


@cache
def printed() -> re.Pattern[str]:
    """What the code asks for: names of texts in quotes, with any word where an f-string has a value."""
    root = Path(sheetreport.__file__).parent
    source = "\n".join(file.read_text("utf-8") for file in (*root.rglob("*.py"), *root.rglob("*.html")))
    names = set(re.findall(r"[\"']([a-z][\w.]*(?:\{[^{}\"']*\}[\w.]*)*)[\"']", source))
    named = (name for name in names if len(_fixed(name)) > 3)
    patterns = (re.sub(r"\\\{.*?\\\}", r"\\w+", re.escape(name)) for name in named)
    return re.compile(rf"(?:\w+\.)?(?:{'|'.join(patterns)})")


@pytest.mark.parametrize("key", dict.fromkeys(interface_keys()))
def test_the_words_that_answer_for_a_line_are_printed_by_some_code(key: str) -> None:
    assert printed().fullmatch(key)
    assert not printed().fullmatch("pdf.unheard_of")


def test_what_is_never_advised_stands_in_no_action() -> None:
    refused = [
        alias.casefold() for service in PROVENANCE.services if service.refused for alias in service.aliases
    ]
    assert refused
    for one in CATALOG.rules:
        steps = [*one.steps, *(step for variant in one.variants for step in variant.steps)]
        for text in steps:
            said = f"{text.ru} {text.en}".casefold()
            assert [alias for alias in refused if alias in said] == [], one.id


@pytest.mark.parametrize("rule_id", ["R-41", "R-47"])
def test_a_contest_comes_with_its_rules_dates_organiser_and_prizes(rule_id: str) -> None:
    assert any(
        all(word in step.ru for word in ("правила", "сроки", "организатора", "призов"))
        for step in rule(rule_id).steps
    )


@pytest.mark.parametrize("rule_id", ["R-05", "R-47", "R-55"])
def test_paid_and_bartered_posts_come_with_the_label(rule_id: str) -> None:
    assert any("«Реклама»" in step.ru for step in rule(rule_id).steps)


def test_the_four_questions_of_the_survey_are_asked() -> None:
    said = rule("R-41").text.ru
    assert all(
        words in said for words in ("что ценят", "чем вы отличаетесь", "что улучшить", "что не нравится")
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("{line: 000-01, kind: claim, gist: {ru: а, en: a}}", "say what answers for this line"),
        ("{line: 000-01, kind: clam, gist: {ru: а, en: a}, by: [nps]}", "did you mean 'claim'?"),
        ("{line: 000-01, kind: claim, gist: {ru: а}, by: [nps]}", "en is missing"),
    ],
)
def test_a_line_that_says_too_little_is_refused(words: str, complaint: str) -> None:
    with pytest.raises(CatalogError) as caught:
        read_line(parse_yaml(words.encode(), "trace.yaml"))
    assert complaint in said(caught.value)
    assert said(caught.value).startswith("trace.yaml:1: ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_offers_the_example_goals_of_the_method(language: Language) -> None:
    """250 followers, 100 leads, 10 sales, 10 comments, an award, 10 minutes: 001-43 to 001-48."""
    book = openpyxl.load_workbook(BytesIO(build(CATALOG, language, tool_version="0")), read_only=True)
    rows = book[CATALOG.sheet("goals").title[language]].iter_rows(max_col=1, values_only=True)
    cells = [str(value) for (value,) in rows if re.match(r"[1-6]\. ", str(value))]
    assert [re.findall(r"\b\d+\b", cell)[1:] for cell in cells] == [
        ["250"],
        ["100"],
        ["10"],
        ["10"],
        [],
        ["10"],
    ]
    assert all("…" in cell and "{" not in cell for cell in cells)
