"""`explain` answers for every id in both languages, and says what became of it in a workbook."""

from __future__ import annotations

import re
from functools import cache

import pytest

from sheetreport import pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.catalog.provenance import load_provenance
from sheetreport.explain import entry_lines, explain
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.reference import Reference
from sheetreport.result import Report
from tests.conftest import SAMPLES
from tests.said import refused

CATALOG = load_catalog()
IDS = list(Reference(CATALOG, load_provenance(), Wording("en")).by_id)
CYRILLIC = re.compile(r"[А-Яа-яЁё]{2,}")  # a formula of the method is known by a single letter
# What Russian lines hold in Latin letters: ids, addresses, file endings, short abbreviations, quoted names.
ID_LIKE = re.compile(
    r"https?://\S+|\.xlsx|\b(?:text|book)-\w+|\b\w+[._]\w[\w.]*\b|\b[A-Z]+-\d+\b|\(\w+\)|\b[A-Z]{1,4}\d*\b"
    r"|[«„][^»“]*[»“]"
)
LATIN = re.compile(r"[A-Za-z]{3,}")


@cache
def reference(language: Language) -> Reference:
    return Reference(CATALOG, load_provenance(), Wording(language))


def lines(identifier: str, language: Language) -> list[str]:
    wording = Wording(language)
    entries = reference(language).by_id[identifier]
    return [line for entry in entries for line in entry_lines(entry, wording)]


@cache
def report(workbook: bytes) -> Report:
    return pipeline.examine(CATALOG, workbook, "book.xlsx", pipeline.Options())


def said(workbook: bytes, identifier: str, language: Language = "en") -> str:
    return "\n".join(explain(CATALOG, identifier, Wording(language), report(workbook)))


def test_the_ids_are_all_there() -> None:
    """What people meet in outputs and in the catalogue can be asked about."""
    asked = {
        *CATALOG.fields,
        *CATALOG.metrics,
        *(number.id for number in CATALOG.goals.numbers),
        *(measure.id for measure in CATALOG.goals.measures),
        *(rule.id for rule in CATALOG.rules),
        *(code for code, _ in CATALOG.findings),
        *(network.id for network in CATALOG.networks),
        *(f"policy.{number}" for number in CATALOG.policy),
        "zero_leads",
        "missing_input",
        "000-12",
        "W-1",
        "S19",
        "F-04",
        "service.crm",
    }
    assert asked <= set(IDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_open(language: Language) -> None:
    for identifier in IDS:
        told = lines(identifier, language)
        assert told[0].startswith(f"{identifier}: ")
        assert len(told[0]) > len(identifier) + 2
        for line in told:
            assert not re.search(r"[{}]|: None$|: *$|\|", line) or line.endswith(":"), (identifier, line)
            assert not re.search(r"\w+Ref\(|<[A-Z]", line), (identifier, line)


def test_english_is_english() -> None:
    for identifier in IDS:
        for line in lines(identifier, "en"):
            assert not CYRILLIC.search(line), (identifier, line)


# Names and terms that stay in Latin letters inside Russian sentences.
KEPT = frozenset(
    (
        "NPS CSI CSAT CAC CLV ROMI ROAS CTR CPC CPL CPM UTM SMART CRM PDF SMM VIP API Excel Word Apple"
        " Numbers Google Maps Bain Qualtrics HubSpot Meta MAX Strict Open XML FTC brand lift"
        " Statistics Medicine erid"
    ).split()
)


def test_russian_is_russian() -> None:
    for identifier in IDS:
        for line in lines(identifier, "ru"):
            words = LATIN.findall(ID_LIKE.sub(" ", line.removeprefix(identifier)))
            assert [word for word in words if word not in KEPT and word not in IDS] == [], (identifier, line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_tells_more_than_its_name(language: Language) -> None:
    for identifier in (
        "clients.new",
        "cac",
        "goal_progress",
        "leads",
        "V-07",
        "R-08",
        "vk",
        "policy.z",
        "000-12",
    ):
        assert len(lines(identifier, language)) >= 3, identifier


def test_case_and_a_nought_do_not_matter_and_a_policy_number_needs_no_prefix() -> None:
    english = Wording("en")
    for typed in ("r-08", "R-8", "r8"):
        assert explain(CATALOG, typed, english, None) == explain(CATALOG, "R-08", english, None)
    assert explain(CATALOG, "usable_sample", english, None)[0] == "policy.usable_sample: 30"


def test_an_unknown_id_is_refused_with_the_nearest() -> None:
    with refused(r"^nothing is called 'cacc': did you mean 'cac'\?$") as caught:
        explain(CATALOG, "cacc", Wording("ru"), None)
    assert Wording("ru").say(caught.value.message) == "ничего с именем «cacc» нет: может быть, «cac»?"


def test_the_score_of_health_names_its_areas_and_the_points_of_each_metric() -> None:
    said = explain(CATALOG, "Health", Wording("en"), None)
    assert said[0] == "health: Business health"
    assert "  Advertising, 20 of 100: the money that leaves first and is the easiest to win back" in said
    assert "    NPS (nps): 12" in said
    points = [int(line.rpartition(": ")[2]) for line in said if line.startswith("    ")]
    assert sum(points) == 100
    assert CYRILLIC.search(explain(CATALOG, "health", Wording("ru"), None)[1])


def test_conditions_name_what_the_program_fills_in_words() -> None:
    """R-36 asks for the goal's status and that of advertising: neither is an owner's choice."""
    russian = "\n".join(lines("R-36", "ru"))
    assert "(Состояние = идёт по плану или Состояние = под угрозой или Состояние = отстаёт)" in russian
    assert "Статус рекламы на площадке цели = разрешена" in russian


def test_a_metric_shows_its_calculation_and_cells(filled: bytes) -> None:
    told = said(filled, "cac")
    assert "₽60,000 / 40 = ₽1,500" in told
    assert re.search(r"Клиенты!B\d+  New in the period: 40", told)


def test_a_rule_shows_each_part_of_its_condition_with_its_values(filled: bytes) -> None:
    """In the worked example NPS is +26 from 100 answers and CSI 4.28: of R-06 only the counts hold."""
    told = said(filled, "R-06").splitlines()
    parts = told[told.index("  the condition does not hold") :]
    assert parts[1:3] == ["    ✗ any of:", "      ✗ all of:"]
    assert any(re.match(r" +✓ .*NPS.* is at least 30$", line) for line in parts)
    assert any(re.match(r" +✗ .*NPS.* is below 0$", line) for line in parts)
    assert any(line.strip().endswith(": +26") for line in parts)


def test_a_part_that_can_t_be_computed_is_marked_with_its_reason() -> None:
    """Without a survey NPS is neither below zero nor above it."""
    core = (SAMPLES / "core-only-ru" / "core-only-ru.xlsx").read_bytes()
    told = said(core, "R-06").splitlines()
    assert any(re.match(r" +\? .*NPS.* is below 0$", line) for line in told)
    assert any(re.search(r"not computable: “.+” is blank", line) for line in told)


def test_a_rule_that_is_held_back_says_by_what(filled: bytes) -> None:
    held = report(filled).advice
    assert held is not None
    for item in held.suppressed:
        assert f"held back by {item.by}" in said(filled, item.id)


def test_a_field_shows_its_cell_and_a_check_its_places(filled: bytes) -> None:
    assert re.search(r"Клиенты!B\d+ 40", said(filled, "clients.new"))
    found = {finding.code for finding in report(filled).findings}
    assert "not found in this workbook" in said(
        filled, next(c for c, _ in CATALOG.findings if c not in found)
    )
