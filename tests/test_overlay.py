"""A consultant's own catalogue: what it changes, what it may not, and how each slip in it is told."""

from __future__ import annotations

import errno
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any, NoReturn

import openpyxl
import pytest
import yaml

from sheetreport import answers, batch, pipeline, result
from sheetreport.advise import Advice, advise
from sheetreport.answers import flatten, load, submission
from sheetreport.catalog import load as catalog_load
from sheetreport.catalog import load_rules, overlay
from sheetreport.catalog.definitions import Catalog, SwitchedOff, Text
from sheetreport.catalog.load import FILES, load_catalog
from sheetreport.catalog.yaml import load_yaml
from sheetreport.compute import compute
from sheetreport.errors import CatalogError, ExitCode
from sheetreport.explain import explain
from sheetreport.i18n import Wording
from sheetreport.pipeline import Options, process
from sheetreport.read import read
from sheetreport.render import view
from sheetreport.render.view.facts import Facts
from sheetreport.render.view.model import Evidence, Summary
from sheetreport.render.view.summary import summaries
from sheetreport.render.view.words import Words
from sheetreport.template import build
from tests.generated import ROOT, workbook_of
from tests.said import refused, said

EXAMPLE = ROOT / "samples" / "own-catalog"
BUILT_IN = load_catalog()
Write = Callable[..., Path]


@pytest.fixture
def own(tmp_path: Path) -> Write:
    """A folder with the given files: own(rules="...", policy="...")."""

    def write(**files: str | bytes) -> Path:
        folder = tmp_path / "own"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / f"{name}.yaml").write_bytes(data)
        return folder

    return write


def refusal(folder: Path) -> str:
    with pytest.raises(CatalogError) as caught:
        load_catalog(folder)
    assert caught.value.exit_code == ExitCode.CATALOG
    return said(caught.value)


# --- what it changes ----------------------------------------------------------------------------------------

POLICY = """
policy:
  - id: {id}
    value: {value}
    reason: {{ru: "так решили мы", en: "this is our decision"}}
"""


def policy(policy_id: str, value: object) -> str:
    return POLICY.format(id=policy_id, value=value)


RULE = """
rules:
  - id: OWN-1
    tier: P3
    chapter: clients
    condition: {condition}
    ease: 1
    confidence: {{level: medium, basis: method}}
    title: {{ru: "Своё правило", en: "A rule of our own"}}
    text: {{ru: "Чек {{aov}}.", en: "The sale is {{aov}}."}}
    steps:
      - {{ru: "Сделайте шаг", en: "Take a step"}}
    effect: {{kind: none, assumption: {{ru: "увидим", en: "we shall see"}}}}
"""


def rule(condition: str = "aov > 0", **replaced: str) -> str:
    text = RULE.format(condition=json.dumps(condition))
    for old, new in replaced.items():
        lines = [line for line in text.splitlines() if line.strip().startswith(f"{old}:")]
        assert len(lines) == 1, old
        text = text.replace(lines[0], f"    {old}: {new}" if new else "")
    return text


def test_a_number_of_ones_own_moves_the_zones_and_says_why(own: Write) -> None:
    catalog = load_catalog(own(policy=policy("csi_green", 4.7)))
    green = next(zone for zone in catalog.metric("csi").zones if zone.id == "green")
    assert green.low == 4.7
    assert catalog.metric("csi").zone_source == Text("так решили мы.", "this is our decision.")
    assert catalog.metric("nps").zone_source == BUILT_IN.metric("nps").zone_source
    assert catalog.policy["csi_orange"].value == 4.0
    assert BUILT_IN.metric("csi").zones[-1].low == 4.5


def test_a_source_of_ones_own_for_moved_zones_stands(own: Write) -> None:
    metrics = 'metrics:\n  - {id: csi, zone_source: {ru: "наш опрос", en: "our survey"}}\n'
    catalog = load_catalog(own(policy=policy("csi_green", 4.7), metrics=metrics))
    assert catalog.metric("csi").zone_source.en == "our survey"


def test_an_entry_changes_only_the_keys_it_states(own: Write) -> None:
    catalog = load_catalog(own(rules='rules:\n  - {id: R-44, title: {en: "Know your groups"}}\n'))
    changed, before = (next(r for r in c.rules if r.id == "R-44") for c in (catalog, BUILT_IN))
    assert changed.title == Text(before.title.ru, "Know your groups")
    assert replace(changed, title=before.title, place=before.place) == before
    assert len(catalog.rules) == len(BUILT_IN.rules)


def test_lists_are_replaced_whole(own: Write) -> None:
    steps = 'rules:\n  - id: R-44\n    steps: [{ru: "Один шаг", en: "One step"}]\n'
    catalog = load_catalog(own(rules=steps))
    assert next(r for r in catalog.rules if r.id == "R-44").steps == (Text("Один шаг", "One step"),)


def test_of_several_entries_with_one_id_the_named_one_changes(own: Write) -> None:
    text = 'rules:\n  - {id: R-02, per: social, title: {en: "Stop these ads"}}\n'
    titles = {r.per: r.title.en for r in load_catalog(own(rules=text)).rules if r.id == "R-02"}
    before = {r.per: r.title.en for r in BUILT_IN.rules if r.id == "R-02"}
    assert titles == before | {"social": "Stop these ads"}


def test_a_new_network_is_a_choice_of_the_template_and_a_new_metric_is_computed(own: Write) -> None:
    folder = own(
        networks="""
networks:
  - id: owl_post
    name: {ru: "Совиная почта", en: "Owl Post"}
    ads_status: {RU: allowed}
    checked_on: 2026-11-01
    source: https://owl.example/rules
""",
        metrics="""
metrics:
  - id: own_sales_a_day
    section: value
    name: {ru: "Продаж в день", en: "Sales a day"}
    unit: number
    formula: clients.sales_count / period_months / 30
""",
    )
    catalog = load_catalog(folder)
    assert catalog.fields["social.network"].choice("owl_post") is not None
    content = load(ROOT / "samples" / "core-only-ru" / "answers.yaml")
    computation = compute(catalog, submission(catalog, content))
    assert computation.metric("own_sales_a_day").value == pytest.approx(2900 / 30)


def test_a_label_of_ones_own_leaves_earlier_workbooks_readable(own: Write) -> None:
    label = '{ru: "Гостей всего", en: "Guests in all"}'
    fields = f"sheets:\n  - {{id: clients, fields: [{{id: clients.total, label: {label}}}]}}\n"
    catalog = load_catalog(own(fields=fields))
    sent = workbook_of(ROOT / "samples" / "core-only-ru").read_bytes()
    assert read(catalog, sent, "sent.xlsx").submission.get("clients.total").value == 1200
    content = flatten(catalog, load(ROOT / "samples" / "core-only-ru" / "answers.yaml"))
    made = build(catalog, "ru", answers=content, tool_version="1")
    shown = [
        cell.value for row in openpyxl.load_workbook(io.BytesIO(made))["Клиенты"].iter_rows() for cell in row
    ]
    assert any("Гостей всего" in str(value) for value in shown)
    assert read(catalog, made, "made.xlsx").submission.get("clients.total").value == 1200


def test_a_threshold_of_ones_own_reaches_rules_json_workbook_pdf_and_explain(own: Write) -> None:
    """The sample's 100 answers are good for a conclusion; with a bound of 150 they only indicate one."""
    bounds = policy("usable_sample", 150) + policy("good_sample", 300).replace("\npolicy:\n", "")
    folder = own(policy=bounds)
    catalog = load_catalog(folder)
    sent = workbook_of(ROOT / "samples" / "barbershop-ru").read_bytes()
    made = {
        name: process(each, sent, "sent.xlsx", Options(pdf=False, language="en")).result
        for name, each in {"built_in": BUILT_IN, "own": catalog}.items()
    }
    nps = {name: next(m for m in each["metrics"] if m["id"] == "nps") for name, each in made.items()}
    assert nps["own"]["sample"] == 100
    assert {name: each["evidence_level"] for name, each in nps.items()} == {
        "built_in": "good",
        "own": "indicative",
    }
    reasons = {m["reason_text"] for m in made["own"]["metrics"] if m["reason"] == "sample_below_30"}
    assert reasons == {"fewer than 150 answers: not extended to the whole base"}
    told = str(view.build(made["own"], catalog, Wording("en")))
    assert "150: this is our decision" in told
    assert "fewer than 30" not in told
    condition = next(line for line in explain(catalog, "R-06", Wording("en"), None) if "150" in line)
    assert "30" not in condition


def test_the_hash_covers_the_own_files_but_not_where_they_lie(own: Write, tmp_path: Path) -> None:
    folder = own(policy=policy("usable_sample", 40))
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "policy.yaml").write_bytes((folder / "policy.yaml").read_bytes())
    assert load_catalog(folder).sha256 == load_catalog(other).sha256 != BUILT_IN.sha256
    (other / "policy.yaml").write_text(policy("usable_sample", 41), encoding="utf-8")
    assert load_catalog(folder).sha256 != load_catalog(other).sha256


# --- mistakes -----------------------------------------------------------------------------------------------

OVERLAPPING = """metrics:
  - id: cac
    zone_source: {ru: а, en: a}
    zones:
      - {id: a, high: 9, tone: green, ru: а, en: a}
      - {id: b, low: 8, tone: red, ru: б, en: b}
"""
NETWORK = "networks:\n  - {id: vk, ads_status: {RU: disputed}}\n"
OFF = 'off:\n  {id}: {{reason: {{ru: "так", en: "so"}}, until: {until}}}\n'


@pytest.mark.parametrize(
    ("name", "content", "line", "says"),
    [
        ("policy", policy("usable_sampl", 40), 3, "did you mean 'usable_sample'?"),
        ("policy", policy("own_bound", 40), 3, "name it in a rule or a metric as policy.own_bound"),
        ("policy", policy("usable_sample", "forty"), 4, "'forty' is not a number"),
        ("policy", policy("usable_sample", -1), 4, "must be 0 or more"),
        ("policy", policy("theme_share", 20), 4, "must be from 0 to 1, not 20; 20% is written 0.20"),
        ("policy", policy("csi_green", 3.9), 4, "csi_orange (4) must stay below csi_green (3.9)"),
        ("policy", policy("csi_green", ".nan"), 4, "no number to work with"),
        ("policy", "policy:\n  - {id: usable_sample, value: 40}\n", 2, "needs your reason"),
        ("policy", 'policy:\n  - {id: usable_sample, value: 40, reason: {ru: "так"}}\n', 2, "en is missing"),
        ("policy", policy("usable_sample", 40) + "    vale: 3\n", 6, "did you mean 'value'?"),
        ("rules", rule("aov > 0", title=""), 3, "no rule 'OWN-1' to change (a new one also needs title)"),
        ("rules", "rules:\n  - {id: R-63, ease: 2}\n", 2, "no rule 'R-63' to change: did you mean 'R-"),
        (
            "rules",
            "rules:\n  - {id: R-44, tilte: {en: x}}\n",
            2,
            "unknown key 'tilte': did you mean 'title'?",
        ),
        ("rules", "rules:\n  - {id: R-02, ease: 2}\n", 2, "only title, text, steps, sources can be changed"),
        ("rules", "rules:\n  - {id: R-56, per: channels, ease: 2}\n", 2, "no per, per: affiliate: say which"),
        ("rules", "rules:\n  - {id: R-44, ease: 2}\n  - {id: R-44, ease: 1}\n", 3, "stands twice"),
        ("rules", rule("avo > 0"), 3, "unknown name 'avo': did you mean 'aov'?"),
        ("rules", rule("aov + active_share > 0"), 3, "mixed units: money and share"),
        ("rules", rule("aov >"), 6, "condition: not an expression"),
        ("rules", rule("aov"), 3, "a condition must compare something"),
        ("rules", rule(title='{ru: "Своё"}'), 9, "en is missing"),
        (
            "rules",
            rule(title='{ru: "{clients.new|раз|раза}", en: "{clients.new|time|times}"}'),
            9,
            "needs 3 forms",
        ),
        ("rules", rule(tier="P9"), 4, "'P9' is not one of P0, P1"),
        ("rules", rule(confidence="{level: high}"), 8, "basis is missing: add it, one of "),
        ("rules", rule(steps="one").replace("      - {ru:", "#"), 11, "steps: write one to four"),
        ("rules", "rules:\n  - {id: R-44, per: 5}\n", 2, "per: 5 is not a text"),
        ("rules", "rules: R-44\n", 1, "rules: write a list of entries"),
        ("rules", "rulez: []\n", 1, "unknown key 'rulez': did you mean 'rules'?"),
        ("rules", "- R-44\n", 1, "begin the file with `rules:` or `off:`"),
        ("rules", "", 1, "nothing to read"),
        ("rules", OFF.format(id="R-444", until="2027-03-31"), 2, "no rule 'R-444': did you mean 'R-44'?"),
        ("rules", OFF.format(id="R-44", until="soon"), 2, "until: the last day it stays off"),
        ("rules", "off:\n  R-44: {until: 2027-03-31}\n", 2, "reason is missing"),
        ("rules", 'off:\n  R-44: {reason: {ru: "а", en: "a"}}\n', 2, "until: the last day it stays off"),
        ("rules", "off:\n  R-44: yes\n", 2, "write {reason: {ru: ..., en: ...}, until: 2027-03-31}"),
        ("rules", OFF.format(id="R-04", until="2027-03-31"), 2, "can't be switched off"),
        ("metrics", "metrics:\n  - {id: cac, formula: clients.new}\n", 2, "formula of cac can't be changed"),
        ("metrics", "metrics:\n  - id: csi\n    zones: []\n", 3, "need zone_source"),
        (
            "metrics",
            OVERLAPPING,
            2,
            "zones 'a' and 'b' overlap",
        ),
        ("networks", NETWORK, 2, "needs checked_on"),
        (
            "networks",
            "networks:\n  - {id: vk, ads_status: {RU: banned}, checked_on: 2026-11-01, source: x}\n",
            2,
            "'banned' is not one of",
        ),
        ("findings", 'findings:\n  - {code: S-02, message: {en: "{limt} MB"}}\n', 2, "did you mean 'limit'?"),
        ("findings", "findings:\n  - {code: V-999, message: {ru: а, en: a}}\n", 2, "no finding 'V-999'"),
        (
            "fields",
            "sheets:\n  - {id: clients, fields: [{id: clients.total, type: money}]}\n",
            2,
            "type of clients.total can't be changed",
        ),
        ("goals", "messages:\n  note_lat: {ru: а, en: a}\n", 2, "did you mean 'note_late'?"),
        ("measures", "steps:\n  sales: {ru: а, en: a}\n", 2, "write a list of"),
        ("policy", b"policy:\n  - {id: z, id: z}\n", 2, "stands twice"),
        ("policy", b"policy: &a\n  - {id: z}\n", 1, "anchors and aliases"),
        ("policy", b"policy:\n\t- id: z\n", 2, "indent with spaces, not with tabs"),
        ("policy", b"policy:\n  - id: z\n    reason: {ru: [\n", 4, "not YAML"),
        (
            "policy",
            "policy:\n  - {id: z, reason: {ru: причина}}\n".encode("cp1251"),
            2,
            "save the file with the encoding UTF-8",
        ),
        ("policy", b"policy:\n  - {id: \x01}\n", 2, "delete it"),
        ("policy", b"policy: " + b"[" * 40 + b"]" * 40, 1, "nested deeper"),
        ("policy", b"#" * 1_000_001, 1, "larger than"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_the_fix(
    own: Write, name: str, content: str | bytes, line: int, says: str
) -> None:
    folder = own(**{name: content})
    message = refusal(folder)
    assert message.startswith(f"{folder / name}.yaml:{line}: "), message
    assert says in message, message


@pytest.mark.parametrize(
    ("name", "content", "line", "says"),
    [
        ("rules", "rulez: []\n", 1, "нет ключа «rulez»: может быть, «rules»?"),
        ("rules", "", 1, "читать нечего: начните файл со строки `rules:` или `off:`"),
        (
            "rules",
            "rules:\n  - {id: R-445, ease: 2}\n",
            2,
            (
                "нет правила «R-445»: может быть, «R-45»? (в новой записи нужны ещё"
                " tier, chapter, condition, confidence, title, text, steps, effect)"
            ),
        ),
        (
            "rules",
            "rules:\n  - {id: R-56, per: channels, ease: 2}\n",
            2,
            "у R-56 несколько видов: без per, per: affiliate; напишите, какой меняете",
        ),
        (
            "rules",
            "rules:\n  - {id: R-02, ease: 2}\n",
            2,
            (
                "ease: R-02 предупреждает о том, что запрещают закон или правила площадок:"
                " менять можно только title, text, steps, sources"
            ),
        ),
        ("rules", rule(title='{ru: "Своё"}'), 9, "title: нет en: напишите на обоих языках"),
        (
            "rules",
            OFF.format(id="R-444", until="2027-03-31"),
            2,
            "off: нет правила «R-444»: может быть, «R-44»?",
        ),
        ("policy", policy("usable_sample", "forty"), 4, "value: «forty» — не число"),
        (
            "policy",
            policy("own_bound", 40),
            3,
            (
                "в policy нет числа «own_bound», а новое нигде не используется:"
                " назовите его в правиле или показателе: policy.own_bound"
            ),
        ),
        (
            "metrics",
            "metrics:\n  - {id: cac, better: less}\n",
            2,
            (
                "better у cac менять нельзя: во встроенной записи меняют"
                " name, meaning, note, zones, zone_needs, zone_source, reference"
            ),
        ),
        (
            "findings",
            'findings:\n  - {code: S-02, message: {en: "{limt} MB"}}\n',
            2,
            "message: вместо {limt} подставить нечего: может быть, «limit»?",
        ),
        (
            "trends",
            "trends:\n  - {id: nps, same_rows: chanels}\n",
            2,
            "same_rows: нет таблицы «chanels»: может быть, «channels»?",
        ),
        (
            "health",
            "areas:\n  - {id: loyalty, weight: 14, reason: {ru: а, en: a}}\n",
            2,
            "loyalty: вес 14, а баллов в items всего 12: сделайте их равными",
        ),
        (
            "health",
            "areas:\n  - {id: loyalty, weight: 14}\n",
            2,
            "loyalty: объясните свой вес: добавьте reason: {ru: ..., en: ...}",
        ),
        (
            "networks",
            "networks:\n  - {id: vk, ads_status: {RU: banned}, checked_on: 2026-11-01, source: x}\n",
            2,
            "RU: «banned» не подходит, можно allowed, prohibited, disputed",
        ),
        (
            "policy",
            b"policy:\n\t- id: z\n",
            2,
            (
                "это не YAML: отступы делайте пробелами, а не табуляцией; текст, который начинается со знака,"
                " возьмите в кавычки (found character that cannot start any token)"
            ),
        ),
    ],
)
def test_a_mistake_is_told_in_russian(
    own: Write, name: str, content: str | bytes, line: int, says: str
) -> None:
    folder = own(**{name: content})
    with pytest.raises(CatalogError) as caught:
        load_catalog(folder)
    assert Wording("ru").say(caught.value.message) == f"{folder / name}.yaml:{line}: {says}"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("fields", "sheets:\n  - {id: zzz}\n", "нет листа «zzz»"),
        ("fields", "sheets:\n  - {id: clients, fields: [{id: zzz}]}\n", "нет вопроса «zzz»"),
        ("measures", "measures:\n  - {id: zzz}\n", "в целях нет показателя «zzz»"),
        ("metrics", "metrics:\n  - {id: zzz}\n", "нет показателя «zzz»"),
        ("goals", "numbers:\n  - {id: zzz}\n", "у целей нет числа «zzz»"),
        ("rules", "rules:\n  - {id: zzz}\n", "нет правила «zzz»"),
        ("networks", "networks:\n  - {id: zzz}\n", "нет площадки «zzz»"),
        ("policy", "policy:\n  - {id: zzz}\n", "в policy нет числа «zzz»"),
        ("findings", "findings:\n  - {code: zzz}\n", "нет проверки «zzz»"),
        ("health", "areas:\n  - {id: zzz}\n", "нет направления «zzz»"),
        ("levers", "levers:\n  - {id: zzz}\n", "нет рычага «zzz»"),
        ("trends", "trends:\n  - {id: zzz}\n", "в динамике нет «zzz»"),
    ],
)
def test_an_unknown_entry_of_every_list_is_told_in_russian(
    own: Write, name: str, content: str, says: str
) -> None:
    with pytest.raises(CatalogError) as caught:
        load_catalog(own(**{name: content}))
    ends = (": здесь меняют только встроенное", " (в новой записи нужны ещё ")
    assert any(f":2: {says}{end}" in Wording("ru").say(caught.value.message) for end in ends)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("rule.yaml", "did you mean 'rules.yaml'?"),
        ("Rules.yml", "did you mean 'rules.yaml'?"),
        ("pdf.yaml", "use one of"),
        ("rules.yaml.txt", "did you mean 'rules.yaml'?"),
    ],
)
def test_a_file_with_another_name_is_not_passed_over(own: Write, name: str, says: str) -> None:
    folder = own(policy=policy("usable_sample", 40))
    (folder / name).write_text("rules: []\n", encoding="utf-8")
    message = refusal(folder)
    assert message.startswith(f"{folder / name}:1: ")
    assert says in message


def test_notes_and_hidden_files_may_lie_beside_the_catalogue(own: Write) -> None:
    folder = own(policy=policy("usable_sample", 40))
    for name in ("notes.txt", ".rules.yaml.swp", "README.md"):
        (folder / name).write_text("off", encoding="utf-8")
    assert load_catalog(folder).policy["usable_sample"].value == 40


def test_a_folder_without_a_catalogue_is_told(tmp_path: Path) -> None:
    assert "no file of the catalogue here: use one of fields.yaml" in refusal(tmp_path)
    with refused("--catalog: no such folder") as caught:
        load_catalog(tmp_path / "nowhere")
    assert Wording("ru").say(caught.value.message) == f"--catalog: нет такой папки: {tmp_path / 'nowhere'}"


def test_a_folder_nobody_may_look_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: Path) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", closed)
    with refused(f"can't read {tmp_path}: no permission"):
        load_catalog(tmp_path)


WRONG_VALUES: tuple[Any, ...] = (7, "word", [1], {"a": 1})


@pytest.mark.parametrize("file", FILES)
def test_a_value_of_another_type_never_ends_in_a_traceback(
    own: Write, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every key of an entry, with every sort of value: the file loads, or the mistake is told."""
    documents = {name: load_yaml(ROOT / "sheetreport" / "catalog" / name, name) for name in FILES}
    monkeypatch.setattr(catalog_load, "load_yaml", lambda _, name: documents[name])
    monkeypatch.setattr(
        catalog_load, "lint", lambda _: None
    )  # what follows reading sees the right types only
    monkeypatch.setattr(load_rules, "check_rules", lambda _: None)
    document = yaml.safe_load((ROOT / "sheetreport" / "catalog" / file).read_text(encoding="utf-8"))
    (list_name, entries), *_ = [(key, value) for key, value in document.items() if isinstance(value, list)]
    example = {key: entry[key] for entry in entries for key in entry}
    told = []
    for key, wrong in product(example, WRONG_VALUES):
        entry = {**example, "id": "own_entry", "code": "OWN-1", "per": None, key: wrong}
        entry = {name: value for name, value in entry.items() if name in example}
        data = yaml.safe_dump({list_name: [entry]}, allow_unicode=True)
        try:
            load_catalog(own(**{file.removesuffix(".yaml"): data}))
        except CatalogError as error:
            told.append(said(error))
    assert len(told) > len(example)
    assert [message for message in told if not re.search(r"\.yaml:\d+: ", message)] == []


# --- rules that could never fire ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ('p.consent == "yes" and p.consent == "no"', "contradicts another part"),
        ('p.consent == "yess"', "p.consent has no answer 'yess': did you mean 'yes'?"),
        ('goals.status == "late"', "goals.status"),
        ("1 == 2", "'1 == 2' never holds"),
        ("csi > 6", "csi lies between 1 and 5"),
        ("clients.new < 0", "clients.new is never below 0"),
        ("csi >= policy.csi_green and csi < policy.csi_orange", "contradicts another part"),
        ("cac < 10 and (cac > 20 or cac == 15)", "contradicts another part"),
        ("cac > clv_margin and not (cac >= clv_margin)", "contradicts another part"),
        ("given(profile.stage) and not given(profile.stage)", "contradicts another part"),
        ("channels.spend > 0", "add per: channels, or use sum"),
        ("channel_cac > cac", "add per: channels, or use sum"),
    ],
)
def test_a_rule_that_can_never_fire_is_refused(own: Write, condition: str, says: str) -> None:
    message = refusal(own(rules=rule(condition)))
    assert "can never fire: " in message
    assert says in message


@pytest.mark.parametrize(
    "condition",
    [
        'p.consent == "yes" or p.consent == "no"',
        'p.contact_ways == "crm" and p.contact_ways == "sheet"',
        'p.consent != "yes" and p.consent != "no"',
        'not (p.consent == "yes") and p.consent != "no"',
        "cac < 10 or cac > 20",
        "cac >= 10 and cac <= 10",
        "csi >= 5",
        "nps < 0 and high(nps) > 0",
        "clients.new <= 0",
        "cac > 10 and not (cac > 20)",
        "sum(channels.spend) > 0",
        'not given(profile.stage) or profile.stage == "pre_opening"',
    ],
)
def test_a_rule_that_can_fire_is_left_alone(own: Write, condition: str) -> None:
    ways = {choice.id for choice in BUILT_IN.fields["p.contact_ways"].choices}
    condition = condition.replace('"sheet"', f'"{min(ways - {"crm"})}"')
    assert load_catalog(own(rules=rule(condition))).rules[-1].id == "OWN-1"


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("profile.report_date > 30", "compares a date with a number"),
        ("profile.report_date - 30 > 5", "compares a date with a number"),
        ('aov == "a"', "mixed units: money and text"),
        ('profile.country < "RU"', "neither more nor less"),
        ("nps.tally_0_10 == 3", "a list of answers"),
        ("sum(clients.total) > 3", "needs a column of a table"),
        ("given(aov)", "needs the name of an answer"),
        ("low(clients.total) > 3", "needs the name of a metric"),
        ("wilson(clients.new, clients.total) > 0", "name an end of it with low() or high()"),
        ("number_of(profile.country) > 1", "stand for no numbers"),
        ("sum(channels.spend, channels.spend) > 2", "is no condition"),
        ("goal_progress > 0.5", "unknown name 'goal_progress'"),
    ],
)
def test_what_could_never_be_worked_out_is_refused(own: Write, condition: str, says: str) -> None:
    assert says in refusal(own(rules=rule(condition)))


# --- switched off -------------------------------------------------------------------------------------------

UNTIL = date(2027, 3, 31)


def without(catalog: Catalog, *rule_ids: str, until: date = UNTIL) -> Catalog:
    """The catalogue with rules switched off, as an `off` entry does it."""
    off = SwitchedOff(Text("причина", "a reason"), until, "own/rules.yaml:2")
    rules = tuple(replace(rule, off=off) if rule.id in rule_ids else rule for rule in catalog.rules)
    return replace(catalog, rules=rules)


def advice_on(catalog: Catalog, sample: Path) -> Advice:
    content = load(sample / "answers.yaml")
    computation = compute(catalog, submission(catalog, content))
    return advise(catalog, computation.submission, computation, Wording("en"))


def test_the_file_switches_off_what_it_says(own: Write) -> None:
    catalog = load_catalog(own(rules=OFF.format(id="R-44", until="2027-03-31")))
    off = {rule.id: rule.off for rule in catalog.rules if rule.off}
    assert set(off) == {"R-44"}
    assert (off["R-44"].reason.en, off["R-44"].until) == ("so", UNTIL)


@pytest.mark.parametrize(
    ("until", "silent"),
    [("2026-11-15", False), ("2026-11-16", True), ("2027-03-31", True)],
)
def test_a_rule_is_off_up_to_and_including_its_day_by_the_date_of_the_report(
    until: str, silent: bool
) -> None:
    sample = ROOT / "samples" / "barbershop-ru"
    assert answers.load(sample / "answers.yaml")["profile"]["report_date"] == "2026-11-16"  # type: ignore[index]
    advice = advice_on(without(BUILT_IN, "R-44", until=date.fromisoformat(until)), sample)
    assert ("R-44" not in {item.id for item in advice.recommendations}) is silent
    told = [(item.by, item.reason, item.until) for item in advice.suppressed if item.id == "R-44"]
    assert told == ([("catalog", "a reason", date.fromisoformat(until))] if silent else [])


def test_a_rule_that_does_not_fire_is_not_said_to_be_held_back() -> None:
    sample = ROOT / "samples" / "core-only-ru"
    fired = {item.id for item in advice_on(BUILT_IN, sample).recommendations}
    silent = min(rule.id for rule in BUILT_IN.rules if rule.id not in fired and rule.tier == "P1")
    assert silent not in {item.id for item in advice_on(without(BUILT_IN, silent), sample).suppressed}


def test_a_switched_off_gate_still_holds_back_what_it_held() -> None:
    sample = ROOT / "samples" / "barbershop-ru"
    held = [(item.id, item.by) for item in advice_on(BUILT_IN, sample).suppressed]
    assert ("R-36", "R-33") in held
    advice = advice_on(without(BUILT_IN, "R-33"), sample)
    assert {(item.id, item.by) for item in advice.suppressed} == {*held, ("R-33", "catalog")}
    assert "R-36" not in {item.id for item in advice.recommendations}


PRAISE = {rule.id for rule in BUILT_IN.rules if rule.tier == "P4"}
VERDICTS = (
    "metrics",
    "quantities",
    "goals",
    "coverage",
    "unlock",
    "findings",
    "status",
    "smm_questions",
    "tiers",
)


@dataclass(frozen=True)
class Case:
    """A sample's report, and page 1 as it stands with some rules off."""

    report: result.Report

    def document(self, *off: str) -> dict[str, Any]:
        catalog, computation = without(BUILT_IN, *off), self.report.computation
        assert computation is not None
        advice = advise(catalog, computation.submission, computation, Wording("en"))
        return result.build(catalog, replace(self.report, advice=advice), Wording("en"), None)


@pytest.fixture(scope="module", params=["barbershop-ru", "losing-money-ru", "travel-agency-en"])
def case(request: pytest.FixtureRequest) -> Case:
    source = workbook_of(ROOT / "samples" / request.param)
    return Case(pipeline.examine(BUILT_IN, source.read_bytes(), source.name, Options()))


def page_one(document: dict[str, Any]) -> Summary:
    return summaries(Facts(document), Words(Wording("en"), BUILT_IN), False)[0]


def good_news(page: Summary) -> set[str]:
    return {line.text for line in page.works if line.sign is not None}


def test_a_switched_off_rule_never_improves_anything(case: Case) -> None:
    """Each rule that speaks, in turn: verdicts and page 1 stay, and no praise or held advice comes out."""
    before = case.document()
    page, spoke = page_one(before), {item["id"] for item in before["recommendations"]}
    merged = {inner for item in before["recommendations"] for inner in item["merged"]}
    assert len(spoke) > 10
    for rule_id in spoke:
        after = case.document(rule_id)
        shown = {item["id"] for item in after["recommendations"]}
        assert rule_id not in shown
        assert shown - spoke <= merged - PRAISE, rule_id
        assert {key: after[key] for key in VERDICTS} == {key: before[key] for key in VERDICTS}, rule_id
        changed = page_one(after)
        assert changed.health == page.health, rule_id
        assert [answer.title for answer in changed.answers] == [answer.title for answer in page.answers], (
            rule_id
        )
        assert len(good_news(changed)) <= len(good_news(page)), rule_id


def test_with_every_rule_off_page_one_promises_nothing(case: Case) -> None:
    before, after = case.document(), case.document(*(rule.id for rule in BUILT_IN.rules))
    assert after["recommendations"] == []
    assert {key: after[key] for key in VERDICTS} == {key: before[key] for key in VERDICTS}
    first, second = page_one(before), page_one(after)
    assert second.health == first.health
    assert [answer.title for answer in second.answers] == [answer.title for answer in first.answers]
    assert "switched off" in second.answers[2].text
    assert "switched off" in second.no_actions
    assert good_news(second) == set()


ROW = """
  - id: {id}
    tier: {tier}
    per: channels
    chapter: channels
    condition: channels.spend > 0
    ease: 1
    confidence: {{level: medium, basis: method}}
    title: {{ru: "Совет {id}", en: "Advice {id}"}}
    text: {{ru: "Текст.", en: "Text."}}
    steps: [{{ru: "Шаг", en: "Step"}}]
    effect: {{kind: none, assumption: {{ru: "увидим", en: "we shall see"}}}}
"""


def test_no_praise_takes_the_place_of_a_row_s_advice_but_other_advice_does(own: Write) -> None:
    tiers = {"OWN-1": "P0", "OWN-2": "P3", "OWN-3": "P4"}
    catalog = load_catalog(own(rules="rules:" + "".join(ROW.format(id=i, tier=t) for i, t in tiers.items())))
    ours = tuple(rule for rule in catalog.rules if rule.id in tiers)
    catalog, sample = replace(catalog, rules=ours), ROOT / "samples" / "core-only-ru"

    def told(*off: str) -> list[tuple[str, tuple[str, ...]]]:
        return [(item.id, item.merged) for item in advice_on(without(catalog, *off), sample).recommendations]

    assert told() == [("OWN-1", ("OWN-2", "OWN-3"))]
    assert told("OWN-1") == [("OWN-2", ())]
    assert told("OWN-1", "OWN-2") == []
    assert told("OWN-2") == [("OWN-1", ("OWN-3",))]
    held = [(item.id, item.by) for item in advice_on(without(catalog, "OWN-1"), sample).suppressed]
    assert held == [("OWN-1", "catalog"), ("OWN-3", "OWN-1")]
    assert advice_on(without(catalog, "OWN-1"), sample).tiers == ("P0",)


def test_what_is_off_stands_in_the_method_and_in_the_workbook() -> None:
    sample = workbook_of(ROOT / "samples" / "travel-agency-en")
    catalog = without(BUILT_IN, "R-44")
    made = process(catalog, sample.read_bytes(), sample.name, Options(pdf=False))
    method = view.build(made.result, catalog, Wording("en")).chapters[-1].body
    titles = {block.label: str(block) for block in method.blocks if isinstance(block, Evidence)}
    assert "A reason. Switched off up to and including 31 Mar 2027." in titles["Advice switched off"]
    book = openpyxl.load_workbook(io.BytesIO(made.outputs["report.xlsx"]))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert "A reason. Switched off up to and including 31 Mar 2027." in cells
    assert any("(R-44)" in cell for cell in cells)


def test_explain_says_that_a_rule_is_off() -> None:
    lines = explain(without(BUILT_IN, "R-44"), "R-44", Wording("en"), None)
    assert any("31 Mar 2027" in line and "a reason" in line for line in lines)


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (date(2026, 11, 21), "works again"),
        (date(2026, 11, 22), ""),
        (date(2027, 11, 23), ""),
        (date(2027, 11, 24), "more than a year"),
    ],
)
def test_an_end_that_has_passed_or_lies_far_ahead_is_pointed_out(until: date, says: str) -> None:
    found = overlay.notices(without(BUILT_IN, "R-02", until=until), date(2026, 11, 22), Wording("en"))
    assert len(found) == (1 if says else 0)  # R-02 has four entries
    assert all(line.startswith("own/rules.yaml:2: R-02") and says in line for line in found)


# --- through the commands -----------------------------------------------------------------------------------


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "sheetreport", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)


def test_every_command_that_reads_the_catalogue_takes_one(own: Write, tmp_path: Path) -> None:
    folder, sample = own(rules="rules:\n  - {id: R-444}\n"), workbook_of(ROOT / "samples" / "core-only-ru")
    commands: list[tuple[str | Path, ...]] = [
        ("template", "-o", tmp_path / "blank.xlsx"),
        ("check", sample),
        ("report", sample, "--out", tmp_path / "out", "--no-pdf"),
        ("explain", "cac"),
    ]
    for arguments in commands:
        done = command(*arguments, "--catalog", folder)
        assert done.returncode == ExitCode.CATALOG, (arguments, done.stderr)
        assert f"{folder / 'rules.yaml'}:2: no rule 'R-444' to change: did you mean 'R-44'?" in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "blank.xlsx").exists()


def test_workers_use_the_same_catalogue_and_a_changed_one_makes_reports_again(
    own: Write, tmp_path: Path
) -> None:
    folder = own(rules=OFF.format(id="R-44", until="2027-03-31"))
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    inbox.mkdir()
    for sample in ("barbershop-ru", "travel-agency-en"):
        source = workbook_of(ROOT / "samples" / sample)
        (inbox / source.name).write_bytes(source.read_bytes())
    jobs = batch.plan(batch.find_workbooks([inbox]), out)

    def run() -> list[batch.FileOutcome]:
        return batch.run(jobs, Options(pdf=False, catalog=folder), batch.Settings(out, 2), lambda _: None)

    assert [outcome.error for outcome in run()] == [None, None]
    for job in jobs:
        made = json.loads((job.folder / f"{job.folder.name}-report.json").read_bytes())
        assert made["catalog_sha256"] == load_catalog(folder).sha256
        assert [item["by"] for item in made["suppressed"] if item["id"] == "R-44"] == ["catalog"]
    assert [outcome.skipped for outcome in run()] == [True, True]
    own(rules=OFF.format(id="R-44", until="2027-04-30"))
    assert [outcome.skipped for outcome in run()] == [False, False]


# --- the example --------------------------------------------------------------------------------------------


def test_the_example_to_copy_does_what_it_shows() -> None:
    catalog = load_catalog(EXAMPLE)
    assert catalog.policy["usable_sample"].value == 25
    sample = ROOT / "samples" / "barbershop-ru"
    advice = advice_on(catalog, sample)
    titles = {item.id: item.title for item in advice.recommendations}
    assert titles["OWN-1"] == "Offer an extra with every sale"
    assert titles["R-38"] == "Keep all your clients' contacts in one place"
    assert [item.id for item in advice.suppressed if item.by == "catalog"] == ["R-44"]
    guide = (ROOT / "GUIDE.md").read_text(encoding="utf-8")
    assert "samples/own-catalog" in guide


# --- how old the data is ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "old"), [(date(2027, 5, 20), False), (date(2027, 5, 21), True)])
def test_a_status_of_a_network_checked_too_long_ago_is_pointed_out(day: date, old: bool) -> None:
    """180 days after 21 November 2026 is 20 May 2027."""
    content = load(ROOT / "samples" / "barbershop-ru" / "answers.yaml")
    profile = {**content["profile"], "report_date": day}  # type: ignore[dict-item]
    sent = build(BUILT_IN, "ru", answers=flatten(BUILT_IN, {**content, "profile": profile}), tool_version="1")
    made = process(BUILT_IN, sent, "sent.xlsx", Options(pdf=False))
    told = str(view.build(made.result, BUILT_IN, Wording("ru"))).replace("\\xa0", " ")
    assert ("статус рекламы проверен 21.11.2026, с тех пор прошло больше 180 дней" in told) is old
    book = openpyxl.load_workbook(io.BytesIO(made.outputs["report.xlsx"]))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("статус рекламы проверен 21.11.2026" in cell for cell in cells) is old
