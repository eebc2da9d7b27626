"""The catalogue is whole, and each mistake in it is refused with file, line and the nearest right word."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from sheetreport.catalog.definitions import FieldType
from sheetreport.catalog.load import FILES, build_catalog, load_catalog
from sheetreport.catalog.yaml import load_yaml, parse_yaml
from sheetreport.errors import CatalogError
from sheetreport.i18n import Wording
from tests.said import refused, said

PACKAGE = Path(__file__).parent.parent / "sheetreport"


def changed(tmp_path: Path, name: str, old: str, new: str) -> str:
    """The message of the refusal when one text of one file is replaced; fails where the text is not found."""
    folder = resources.files("sheetreport.catalog")
    for file in FILES:
        text = folder.joinpath(file).read_text(encoding="utf-8")
        if file == name:
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, new, 1)
        (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        build_catalog({file: tmp_path / file for file in FILES})
    return said(caught.value)


def test_the_built_in_catalogue_is_sound_and_whole() -> None:
    catalog = load_catalog()
    assert len({metric.id for metric in catalog.all_metrics() if metric.reported}) >= 75
    assert sum(field.core for field in catalog.fields.values()) == 27
    assert {field.type for field in catalog.fields.values()} == set(FieldType)


def test_an_unknown_name_is_refused_with_line_and_suggestion(tmp_path: Path) -> None:
    message = changed(
        tmp_path,
        "metrics.yaml",
        "formula: clients.active / clients.total",
        "formula: clients.actve / clients.total",
    )
    assert message.startswith("metrics.yaml:")
    assert "unknown name 'clients.actve': did you mean 'clients.active'?" in message


def test_a_cycle_is_refused_with_its_ring(tmp_path: Path) -> None:
    message = changed(
        tmp_path, "metrics.yaml", "formula: promo_spend_total / clients.new", "formula: payback_revenue * 1"
    )
    assert "defined by itself" in message
    assert "cac" in message


def test_mixed_units_are_refused(tmp_path: Path) -> None:
    message = changed(
        tmp_path,
        "metrics.yaml",
        "formula: promo_spend_total / clients.new",
        "formula: promo_spend_total + active_share",
    )
    assert "mixed units: money and share" in message


def test_a_page_without_scored_choices_is_refused(tmp_path: Path) -> None:
    message = changed(
        tmp_path, "metrics.yaml", 'formula: page_answers("practices")', 'formula: page_answers("practises")'
    )
    assert "page 'practises' has no choices that stand for numbers: did you mean 'practices'?" in message


def test_what_excel_can_t_say_is_left_to_rules(tmp_path: Path) -> None:
    message = changed(
        tmp_path,
        "metrics.yaml",
        "formula: clients.active / clients.total",
        "formula: at_lowest(channels.clicks, cpl) / clients.total",
    )
    assert "only rules may use at_lowest" in message


def test_overlapping_zones_are_refused(tmp_path: Path) -> None:
    message = changed(tmp_path, "metrics.yaml", "low: policy.csi_green", "low: 4.4")
    assert "overlap" in message


def test_a_missing_language_is_refused(tmp_path: Path) -> None:
    message = changed(
        tmp_path, "fields.yaml", 'title: {ru: "Клиенты", en: "Clients"}', 'title: {ru: "Клиенты"}'
    )
    assert "en is missing" in message


def test_an_incomplete_plural_is_refused(tmp_path: Path) -> None:
    message = changed(tmp_path, "measures.yaml", "подписчик|подписчика|подписчиков", "подписчик|подписчика")
    assert "3 forms" in message


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    message = changed(tmp_path, "metrics.yaml", "    unit: ", "    unot: ")
    assert "unknown key 'unot': did you mean 'unit'?" in message


def test_a_wrong_enum_value_is_refused(tmp_path: Path) -> None:
    assert "did you mean 'form'" in changed(tmp_path, "fields.yaml", "layout: form", "layout: forn")


def test_suggestions_stand_at_texts_only(tmp_path: Path) -> None:
    message = changed(
        tmp_path,
        "fields.yaml",
        "      - id: csi.weight\n",
        "      - id: csi.weight\n        suggestions: [{ru: а, en: b}]\n",
    )
    assert "suggestions: only questions of the type text have them" in message


def test_a_broken_expression_is_refused(tmp_path: Path) -> None:
    message = changed(
        tmp_path, "metrics.yaml", "formula: clients.active / clients.total", "formula: clients.active /"
    )
    assert "formula: not an expression" in message


def test_a_policy_number_must_be_a_number(tmp_path: Path) -> None:
    assert "is not a number" in changed(tmp_path, "policy.yaml", "value: 30", "value: thirty")


def test_an_unknown_unit_cost_is_refused(tmp_path: Path) -> None:
    assert "did you mean 'cpl'" in changed(tmp_path, "measures.yaml", "unit_cost: cpl", "unit_cost: cpll")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (b"a: &x [1]\nb: *x\n", "anchors"),
        (b"a: 1\na: 2\n", "twice"),
        (b"a: [1\n", "not YAML"),
        (b"a: !!python/object/apply:os.system [ls]\n", "tags are not allowed"),
        (b"a: " + b"[" * 40 + b"]" * 40, "nested deeper"),
        (b"#" * 1_000_001, "larger than"),
        (b"a: [" + b"1," * 100_000 + b"1]", "more than 100,000"),
    ],
)
def test_hostile_yaml_is_refused(text: bytes, wrong: str) -> None:
    with refused(wrong, CatalogError):
        parse_yaml(text, "own.yaml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            b"a: b: c\n",
            "это не YAML: текст с двоеточием возьмите в кавычки (mapping values are not allowed in",
        ),
        (b"a: 'b\n", "это не YAML: закройте кавычку ("),
        (b"a: [1\n", "это не YAML: закройте скобку или поставьте запятую между частями ("),
        (
            b"a: {b: #1f4e79}\n",
            "это не YAML: закройте скобку, а то, что начинается с #, возьмите в кавычки: '#1f4e79' (",
        ),
        (b'a: "C:\\\\Users\\d"\n', "это не YAML: возьмите путь в одинарные кавычки или пишите / вместо \\ ("),
        (b"a: \xcf\n", "файл не в кодировке UTF-8: сохраните его в UTF-8"),
        (b"a: &x [1]\nb: *x\n", "якоря и ссылки YAML (& и *) здесь не читаются: "),
        (b"a: " + b"[" * 40 + b"]" * 40, "вложено глубже 30\N{NO-BREAK SPACE}уровней"),
        (b"a: 1\na: 2\n", "ключ «a» стоит дважды: оставьте один"),
        (b"a:\n\tb: 1\n", "это не YAML: отступы делайте пробелами, а не табуляцией; "),
        (b"a: 1\n\tb: 2\n", "это не YAML: отступы делайте пробелами, а не табуляцией; "),
        (b"a:\n    b: 1\n  c: 2\n", "это не YAML: проверьте отступы записи; если за закрывающей кавычкой"),
        (b"a: 'b' c\n", "это не YAML: проверьте отступы записи; если за закрывающей кавычкой"),
        (b"a:\n  - b\n c\n", "это не YAML: проверьте отступы записи; "),
        (b"a: - b\n", "это не YAML: текст, который начинается с дефиса, возьмите в кавычки ("),
        (b"a: 1\nb\nc: 2\n", "это не YAML: поставьте двоеточие после ключа ("),
        (b"a: \x07\n", "знака U+0007 в YAML быть не может: удалите его"),
    ],
)
def test_a_slip_in_yaml_is_told_in_russian(text: bytes, says: str) -> None:
    with pytest.raises(CatalogError) as caught:
        parse_yaml(text, "own.yaml")
    assert re.sub(r"^own\.yaml:\d+: ", "", Wording("ru").say(caught.value.message)).startswith(says)


def test_our_own_files_pass_what_a_consultants_must() -> None:
    files = [*(PACKAGE / "catalog").glob("*.yaml"), *(PACKAGE / "locale").glob("*.yaml")]
    assert {"rules.yaml", "template.yaml"} <= {file.name for file in files}
    for file in files:
        assert parse_yaml(file.read_bytes(), file.name) == load_yaml(file)
