"""Answers files: what is refused and where, and what every accepted shape means."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sheetreport import answers
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import UsageError
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, State, Step
from tests.said import refused

Save = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def worked_example() -> Mapping[str, Any]:
    path = Path(__file__).parent / "data" / "worked_example.json"
    inputs: Mapping[str, Any] = answers.load(path)["inputs"]  # type: ignore[assignment]
    return inputs


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(text: str, name: str = "a.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


# --- the file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("clients:\n  total: 1\n  new: &n 4\n  lost: *n\n", 3, "anchors"),
        ("clients: {total: 1}\nclients: {total: 2}\n", 2, "stands twice"),
        ("profile:\n  phone: !!python/object:os.system x\n", 2, "tags (!)"),
        ("profile:\n  phone: !!binary aGk=\n", 2, "tags (!)"),
        ("a:\n - [" + "1," * 100_000 + "1]\n", 2, "more than 100,000 keys"),
        ("a: {<<: {b: 1}}\n", 1, "must be a word"),
        ("- 1\n- 2\n", 1, "keys with values"),
        ("clients:\n  total: [1, 2\n", 3, "the bracket opened in line 2 is not closed"),
        ("clients:\n  total: ?\n", 2, 'write ? and - in quotes: "?", "-"'),
        ("clients:\n  total: -\n  new: 4\n", 2, 'write ? and - in quotes: "?", "-"'),
    ],
)
def test_refuses_with_file_and_line(save: Save, text: str, line: int, words: str) -> None:
    with refused(rf"owner\.yaml, line {line}: .*{re.escape(words)}"):
        answers.load(save(text, "owner.yaml"))


SLIPS = [
    (
        "clients:\n  total: 1\n  total: 2\n",
        "line 3: the key 'total' stands twice: keep one",
        "строка 3: ключ «total» стоит дважды: оставьте один",
    ),
    (
        "clients:\n  total: 1\n new: 2\n",
        "line 3: the indent differs from the lines around it: begin the lines of an entry in the same column",
        "строка 3: отступ не такой, как у соседних строк: выровняйте строки одной записи",
    ),
    (
        "clients:\n\ttotal: 1\n",
        "line 2: a tab: indent with spaces",
        "строка 2: здесь табуляция: отступы делайте пробелами",
    ),
    (
        "clients:\n  comments: всё так: звонят\n",
        "line 2: a colon out of place: put a text that holds a colon in quotes, or mend the indent of a key",
        "строка 2: двоеточие не на месте: текст с двоеточием возьмите в кавычки, у ключа проверьте отступ",
    ),
    (
        "profile:\n  company_name: 'Ёлка\nclients:\n",
        "line 4: the quotation mark opened in line 2 is not closed",
        "строка 4: кавычка, открытая в строке 2, не закрыта",
    ),
    (
        "profile:\n  company_name: 'Ёлка' и сын\n",
        "line 2: text follows the closing quotation mark: put the whole text in the other kind of quotes",
        "строка 2: после закрывающей кавычки текст продолжается: возьмите его весь в кавычки другого вида",
    ),
    (
        "a: 'x', y\n",
        "line 1: text follows the closing quotation mark: put the whole text in the other kind of quotes",
        "строка 1: после закрывающей кавычки текст продолжается: возьмите его весь в кавычки другого вида",
    ),
    (
        "a: [1, 2]]\n",
        "line 1: something follows the last bracket: delete it",
        "строка 1: после последней скобки что-то ещё: уберите это",
    ),
    (
        "a: {b: 1}}\n",
        "line 1: something follows the last bracket: delete it",
        "строка 1: после последней скобки что-то ещё: уберите это",
    ),
    (
        "profile:\n  phone: *\n",
        (
            "line 2: anchors and aliases (& and *) are not accepted:"
            " put a text that begins with & or * in quotes"
        ),
        (
            "строка 2: якоря и ссылки (& и *) не принимаются:"
            " текст, который начинается с & или *, возьмите в кавычки"
        ),
    ),
    (
        "profile:\n  phone: @cafe\n",
        "line 2: a text can't begin with this sign: put the text in quotes",
        "строка 2: с такого знака текст начинаться не может: возьмите весь текст в кавычки",
    ),
    (
        "clients:\n  total: 1\n  new\nnps:\n",
        "line 4: no colon after the key in line 3",
        "строка 4: после ключа в строке 3 нет двоеточия",
    ),
    (
        "clients:\n  total: 1\n  comments: \a\n",
        "line 3: the character U+0007 can't stand in YAML: delete it",
        "строка 3: знака U+0007 в YAML быть не может: удалите его",
    ),
    (
        "clients: {}\n---\nnps: {}\n",
        "line 2: can't be read: but found another document",
        "строка 2: не удалось разобрать: but found another document",
    ),
]


@pytest.mark.parametrize(("text", "en", "ru"), SLIPS)
def test_the_commonest_slips_in_yaml_are_told_in_our_words(save: Save, text: str, en: str, ru: str) -> None:
    path = save(text, "a.yaml")
    assert refusals(path) == {"en": f"{path}, {en}", "ru": f"{path}, {ru}"}


@pytest.mark.parametrize(
    ("text", "en", "ru"),
    [
        (
            '{"clients": {"total": 1,}}',
            "expected a key in double quotes; no comma stands before a closing bracket",
            "здесь нужен ключ в двойных кавычках; перед закрывающей скобкой запятая не нужна",
        ),
        (
            '{"clients": {"total": 1 "new": 2}}',
            "a comma or a closing bracket is missing",
            "не хватает запятой или закрывающей скобки",
        ),
        ('{"clients" {}}', "no colon after the key in line 1", "после ключа в строке 1 нет двоеточия"),
        (
            '{"clients": yes}',
            "expected a value; put a text in double quotes",
            "здесь нужно значение; текст пишите в двойных кавычках",
        ),
        (
            '{"a": "b}',
            "the quotation mark opened in line 1 is not closed",
            "кавычка, открытая в строке 1, не закрыта",
        ),
        (
            '{"a": "b\nc"}',
            "a line break or a tab inside a text: write \\n or \\t",
            "внутри текста перенос строки или табуляция: напишите \\n или \\t",
        ),
        (
            "{} {}",
            "something follows the last bracket: delete it",
            "после последней скобки что-то ещё: уберите это",
        ),
        ('{"a": NaN}', "NaN is not a number", "NaN — не число"),
        ("[" * 5000, "nested deeper than 12\xa0levels", "вложено глубже 12\xa0уровней"),
        ("9" * 5000, "a number is too long", "слишком длинное число"),
    ],
)
def test_the_commonest_slips_in_json_are_told_in_our_words(save: Save, text: str, en: str, ru: str) -> None:
    path = save(text, "a.json")
    assert refusals(path) == {"en": f"{path}, line 1: {en}", "ru": f"{path}, строка 1: {ru}"}


def refusals(path: Path) -> dict[Language, str]:
    """What is said of a file in each language."""
    with pytest.raises(UsageError) as caught:
        answers.load(path)
    return {language: Wording(language).say(caught.value.message) for language in LANGUAGES}


def test_json_repeats_are_refused_with_their_line(save: Save) -> None:
    text = '{\n\t"clients": {"total": 1},\n\t"promo": {},\n\t"clients": {"total": 2}\n}'
    with refused("line 4: the key 'clients' stands twice"):
        answers.load(save(text, "a.json"))


def test_deep_nesting_is_refused_before_it_is_built(save: Save) -> None:
    with refused("nested deeper than 12\xa0levels"):
        answers.load(save("a: " + "[" * 100_000, "a.yaml"))


def test_large_files_are_refused(save: Save) -> None:
    with refused("larger than 1 MB"):
        answers.load(save("# " + "x" * 1_000_000, "a.yaml"))


def test_missing_and_undecodable_files_are_refused(tmp_path: Path) -> None:
    with refused("can't read .*nowhere.yaml: no such file or folder"):
        answers.load(tmp_path / "nowhere.yaml")
    path = tmp_path / "a.yaml"
    path.write_bytes(b"clients:\n  comments: \xff\xfe\n")
    with refused("line 2: not UTF-8"):
        answers.load(path)


def test_words_stay_words(save: Save) -> None:
    """YAML 1.1 would make False, 63, 8 and an integer of these."""
    text = 'a: no\nb: 1:03\nc: 010\nd: +79990000000\ne: 2026-10-01\nf: true\ng: -2.5\nh: ~\ni: "?"\n'
    assert answers.load(save(text, "a.yaml")) == {
        "a": "no",
        "b": "1:03",
        "c": "010",
        "d": "+79990000000",
        "e": "2026-10-01",
        "f": True,
        "g": -2.5,
        "h": None,
        "i": "?",
    }


def test_json_and_yaml_read_alike(save: Save) -> None:
    content = {"profile": {"company_name": "Кафе «Ё» 😀"}, "clients": {"total": 800, "new": None}}
    as_json = answers.load(save(json.dumps(content), "a.json"))
    as_yaml = answers.load(
        save("profile: {company_name: Кафе «Ё» 😀}\nclients: {total: 800, new: null}", "a.yaml")
    )
    assert as_json == as_yaml == content


# --- keys to fields ---------------------------------------------------------------------------------


def scalars(catalog: Catalog, mapping: Mapping[str, Any]) -> Mapping[str, object]:
    return answers.flatten(catalog, mapping).scalars


def catalog_topics(catalog: Catalog) -> set[str]:
    """The keys that some sheet of the template has a question for."""
    return {field_id.split(".", 1)[0] for field_id in catalog.fields} - {"p"} | {"practices"}


def test_worked_example_loses_only_ids_and_pages_that_are_not_asked(
    catalog: Catalog, worked_example: Mapping[str, Any]
) -> None:
    ignored = answers.flatten(catalog, worked_example).ignored
    pages = {field.id.split(".", 1)[0] for field in catalog.fields.values()} | {"practices"}
    keys = [str(message.params["key"]) for message in ignored]
    assert "channels[1].id" in keys
    assert [key for key in keys if not key.endswith("].id") and key in pages] == []


def test_unknown_keys_are_told_with_the_nearest_right_one(catalog: Catalog) -> None:
    mapping = {"clinets": {}, "clients": {"totl": 1, "зал": 2}, "practices": {"consnt": "yes"}}
    ignored = answers.flatten(catalog, mapping).ignored
    assert [Wording("en").say(message) for message in ignored] == [
        "The template has no place for “clinets”: did you mean 'clients'? Ignored.",
        "The template has no place for “clients.totl”: did you mean 'total'? Ignored.",
        "The template has no place for “clients.зал”: ignored.",
        "The template has no place for “practices.consnt”: did you mean 'consent'? Ignored.",
    ]
    assert [Wording("ru").say(message) for message in ignored] == [
        "Ключа «clinets» в шаблоне нет: может быть, «clients»? Пока пропускаем.",
        "Ключа «clients.totl» в шаблоне нет: может быть, «total»? Пока пропускаем.",
        "Ключа «clients.зал» в шаблоне нет: пропускаем.",
        "Ключа «practices.consnt» в шаблоне нет: может быть, «consent»? Пока пропускаем.",
    ]


@pytest.mark.parametrize(
    "attributes",
    [
        {"запись": [1, 2, 3, 4, 5]},
        {"запись": {"tally": [1, 2, 3, 4, 5]}},
        [{"name": "запись", "tally": [1, 2, 3, 4, 5]}],
        [{"attribute": "запись", "attribute_1_5": [1, 2, 3, 4, 5]}],
    ],
)
def test_csi_attributes_in_every_shape(catalog: Catalog, attributes: object) -> None:
    flat = answers.flatten(catalog, {"csi": {"group_size": 9, "attributes": attributes}})
    assert flat.tables["csi"] == ({"csi.attribute": "запись", "csi.attribute_1_5": (1, 2, 3, 4, 5)},)
    assert flat.scalars["csi.group_size"] == 9
    assert not flat.ignored


def test_csi_attribute_keeps_its_weight(catalog: Catalog) -> None:
    flat = answers.flatten(catalog, {"csi": {"attributes": {"a": {"weight": 2, "tally": [0, 0, 0, 0, 1]}}}})
    assert flat.tables["csi"][0]["csi.weight"] == 2


def test_a_table_may_be_written_column_by_column(catalog: Catalog) -> None:
    flat = answers.flatten(catalog, {"csi": {"attribute": ["a", "b"], "weight": [1], "group_size": 9}})
    assert flat.tables["csi"] == (
        {"csi.attribute": "a", "csi.weight": 1},
        {"csi.attribute": "b", "csi.weight": None},
    )
    assert flat.scalars == {"csi.group_size": 9}


@pytest.mark.parametrize("groups", [[5, 3, 2], {"promoters": 5, "passives": 3, "detractors": 2}])
def test_nps_groups_and_previous_wave(catalog: Catalog, groups: object) -> None:
    previous = {"promoters": 1, "passives": 2, "detractors": 3, "date": "2026-07-20"}
    assert scalars(catalog, {"nps": {"groups": groups, "previous": previous}}) == {
        "nps.promoters": 5,
        "nps.passives": 3,
        "nps.detractors": 2,
        "nps.previous_promoters": 1,
        "nps.previous_passives": 2,
        "nps.previous_detractors": 3,
        "nps.previous_date": date(2026, 7, 20),
    }


def test_one_row_may_stand_without_its_list(catalog: Catalog) -> None:
    row = {"name": "A", "spend": 5}
    assert answers.flatten(catalog, {"channels": row}) == answers.flatten(catalog, {"channels": [row]})
    form = {"touchpoint": "x"}
    assert answers.flatten(catalog, {"csat": [form]}) == answers.flatten(catalog, {"csat": form})


def test_practices_in_every_shape(catalog: Catalog) -> None:
    practices = {
        "consent": "да",
        "contacts_collect": {"answer": True, "how": ["excel", "paper"]},
        "base_work_ways": {"how": ["posting"]},
        "base_activity": {"recommend": "yes", "surveys": "no"},
        "copywriter": {"answer": "no", "why_not": "no_money"},
        "reviews_work": {"answer": False, "why_not": "не нашли человека"},
        "feedback_improve": "быстрее отвечать",
    }
    assert scalars(catalog, {"practices": practices}) == {
        "p.consent": "yes",
        "p.contacts_collect": "yes",
        "p.contact_ways": ("excel", "paper"),
        "p.base_work_ways": ("posting",),
        "p.base_activity": ("recommend",),
        "p.copywriter": "no",
        "p.copywriter.why_not": "no_money",
        "p.reviews_work": "no",
        "p.reviews_work.why_not": "other",
        "p.reviews_work.why_text": "не нашли человека",
        "p.feedback_improve": "быстрее отвечать",
    }


@pytest.mark.parametrize(
    ("mapping", "en", "ru"),
    [
        (
            {"clients": 50000},
            "clients: expected keys with values, found 50000",
            "clients: нужны ключи со значениями, а здесь 50000",
        ),
        ({"channels": "A"}, "channels: expected a list, found 'A'", "channels: нужен список, а здесь «A»"),
        (
            {"channels": [None]},
            "channels[1]: expected keys with values, found null",
            "channels[1]: нужны ключи со значениями, а здесь null",
        ),
        (
            {"clients": {"total": [1]}},
            "clients.total: expected one value, found a list",
            "clients.total: нужно одно значение, а здесь список",
        ),
        (
            {"clients": {"total": {"a": 1}}},
            "clients.total: expected one value, found keys with values",
            "clients.total: нужно одно значение, а здесь ключи со значениями",
        ),
        (
            {"nps": {"tally_0_10": [1, 2]}},
            "nps.tally_0_10: expected 11 numbers, found 2",
            "nps.tally_0_10: нужно 11\xa0чисел, а здесь 2",
        ),
        (
            {"practices": {"base_activity": ["fax"]}},
            "practices.base_activity: 'fax' is not one of {activities}",
            "practices.base_activity: «fax» не подходит, можно {activities}",
        ),
        (
            {"goals": [{"steps": ["a", "b", "c", "d", "e"]}]},
            "goals[1].steps: at most 4 steps, found 5",
            "goals[1].steps: не больше 4\xa0шагов, а здесь 5",
        ),
        (
            {"goals": [{"steps": [{"action": "a", "due": "soon"}]}]},
            "goals[1].steps[1].due: 'soon' is not a date such as 2026-11-30",
            "goals[1].steps[1].due: «soon» — не дата; пишите, например, 2026-11-30",
        ),
        (
            {"breakeven": {"plan_sales": [1] * 25}},
            "breakeven.plan_sales: at most 24 numbers, found 25",
            "breakeven.plan_sales: не больше 24\xa0чисел, а здесь 25",
        ),
    ],
)
def test_wrong_shapes_are_named_by_their_path(
    catalog: Catalog, mapping: dict[str, Any], en: str, ru: str
) -> None:
    activities = ", ".join(choice.id for choice in catalog.fields["p.base_activity"].choices)
    with pytest.raises(UsageError) as caught:
        answers.flatten(catalog, mapping)
    told = [Wording(language).say(caught.value.message) for language in ("en", "ru")]
    assert told == [words.replace("{activities}", activities) for words in (en, ru)]


def test_text_that_is_no_number_stays_for_its_cell(catalog: Catalog) -> None:
    clients = {"total": "около 800", "new": float("inf"), "lost": "-", "revenue": "?", "active": "  "}
    assert scalars(catalog, {"clients": clients}) == {
        "clients.total": "около 800",
        "clients.new": "inf",
        "clients.lost": "-",
        "clients.revenue": "?",
        "clients.active": None,
    }


# --- the submission ---------------------------------------------------------------------------------


def test_states_of_cells(catalog: Catalog) -> None:
    clients = {"total": 800.0, "new": "?", "lost": "-", "active": None, "sales_count": 1.5, "revenue": -1}
    made = answers.submission(catalog, {"clients": clients, "profile": {"situation": "чудесно"}}, "a.yaml")
    states = {name: made.get(f"clients.{name}").state for name in clients}
    assert states == {
        "total": State.VALUE,
        "new": State.UNKNOWN,
        "lost": State.NOT_APPLICABLE,
        "active": State.BLANK,
        "sales_count": State.INVALID,
        "revenue": State.INVALID,
    }
    assert made.get("profile.situation").state is State.INVALID
    assert made.get("clients.total").source.cell == "clients.total"
    assert made.source.file == "a.yaml"


@pytest.mark.parametrize(
    ("tally", "state", "value"),
    [
        ([1, 2, 0, 0, 0], State.VALUE, (1, 2, 0, 0, 0)),
        ([1, None, 0, 0, 0], State.INVALID, None),
        ([1, -2, 0, 0, 0], State.INVALID, None),
        ([None] * 5, State.BLANK, None),
        ("?", State.UNKNOWN, None),
        (["?"] * 5, State.UNKNOWN, None),
    ],
)
def test_states_of_tallies(catalog: Catalog, tally: object, state: State, value: object) -> None:
    found = answers.submission(catalog, {"csat": {"tally_1_5": tally}}).get("csat.tally_1_5")
    assert (found.state, found.value) == (state, value)


@pytest.mark.parametrize(
    ("plan", "state", "value"),
    [
        ([180, 260], State.VALUE, (180, 260)),
        ([180, 0, None, None], State.VALUE, (180, 0)),
        ([None, None], State.BLANK, None),
        ([], State.BLANK, None),
        ("?", State.UNKNOWN, None),
        (["?"], State.UNKNOWN, None),
        ([180, None, 260], State.INVALID, None),
        ([180, 2.5], State.INVALID, None),
        ([180, -1], State.INVALID, None),
    ],
)
def test_states_of_a_series(catalog: Catalog, plan: object, state: State, value: object) -> None:
    found = answers.submission(catalog, {"breakeven": {"plan_sales": plan}}).get("breakeven.plan_sales")
    assert (found.state, found.value) == (state, value)


def test_previous_answers_may_stand_apart(catalog: Catalog) -> None:
    given = answers.flatten(catalog, {"clients": {"new": 40, "previous": {"new": 35, "promo_spend": 50000}}})
    assert given.scalars == {"clients.new": 40, "clients.prev_new": 35, "clients.prev_promo_spend": 50000}


def test_blank_rows_keep_the_places_of_the_others(catalog: Catalog) -> None:
    rows = answers.submission(catalog, {"channels": [{"name": "A"}, {"name": ""}, {"name": "B"}]}).rows(
        "channels"
    )
    assert [(row.index, row.subject) for row in rows] == [(1, "A"), (3, "B")]


def test_choice_by_label_alias_and_any_case(catalog: Catalog) -> None:
    for typed in ("month", "Месяц", "1 месяц", "MONTH"):
        made = answers.submission(catalog, {"profile": {"period_type": typed}})
        assert made.get("profile.period_type").value == "month"


def test_steps_and_dates(catalog: Catalog) -> None:
    steps = [{"action": "Запустить", "due": "2026-11-16", "who": "я", "done": "да"}, "Проверить"]
    row = answers.submission(catalog, {"goals": [{"steps": steps, "deadline": date(2026, 11, 30)}]}).rows(
        "goals"
    )[0]
    assert row.get("goals.steps").value == (
        Step("Запустить", date(2026, 11, 16), "я", True),
        Step("Проверить"),
    )
    assert row.get("goals.deadline").value == date(2026, 11, 30)


def test_same_answers_have_the_same_digest(catalog: Catalog) -> None:
    first = answers.submission(catalog, {"clients": {"total": 1, "new": 2}})
    second = answers.submission(catalog, {"clients": {"new": 2, "total": 1}})
    other = answers.submission(catalog, {"clients": {"new": 2, "total": 3}})
    assert first.source.sha256 == second.source.sha256 != other.source.sha256
