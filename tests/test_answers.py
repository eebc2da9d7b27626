"""Answers files: what is refused and where, and what every accepted shape means."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sheetreport import answers
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import UsageError
from sheetreport.model import State, Step

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
        ("a:\n - [" + "1," * 100_000 + "1]\n", 2, "more than 100000"),
        ("a: {<<: {b: 1}}\n", 1, "must be a word"),
        ("- 1\n- 2\n", 1, "keys with values"),
        ("clients:\n  total: [1, 2\n", 3, "expected"),
        ("clients:\n  total: ?\n", 2, 'write ? and - in quotes: "?", "-"'),
        ("clients:\n  total: -\n  new: 4\n", 2, 'write ? and - in quotes: "?", "-"'),
    ],
)
def test_refuses_with_file_and_line(save: Save, text: str, line: int, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        answers.load(save(text, "owner.yaml"))
    assert f"owner.yaml, line {line}: " in str(caught.value)
    assert words in str(caught.value)


def test_json_repeats_are_refused_with_their_line(save: Save) -> None:
    text = '{\n\t"clients": {"total": 1},\n\t"promo": {},\n\t"clients": {"total": 2}\n}'
    with pytest.raises(UsageError, match="line 4: the key 'clients' stands twice"):
        answers.load(save(text, "a.json"))


@pytest.mark.parametrize("text", ['{"clients": {"total": NaN}}', '{"clients": ', "[" * 5000])
def test_broken_json_is_refused(save: Save, text: str) -> None:
    with pytest.raises(UsageError, match=r"a\.json, line 1: "):
        answers.load(save(text, "a.json"))


def test_deep_nesting_is_refused_before_it_is_built(save: Save) -> None:
    with pytest.raises(UsageError, match="nested deeper than 12 levels"):
        answers.load(save("a: " + "[" * 100_000, "a.yaml"))


def test_large_files_are_refused(save: Save) -> None:
    with pytest.raises(UsageError, match="larger than 1 MB"):
        answers.load(save("# " + "x" * 1_000_000, "a.yaml"))


def test_missing_and_undecodable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        answers.load(tmp_path / "nowhere.yaml")
    path = tmp_path / "a.yaml"
    path.write_bytes(b"clients:\n  comments: \xff\xfe\n")
    with pytest.raises(UsageError, match="line 2: not UTF-8"):
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
    assert "channels[1].id" in ignored
    assert [path for path in ignored if not path.endswith("].id") and path.split(":")[0] in pages] == []


def test_unknown_keys_are_told_with_the_nearest_right_one(catalog: Catalog) -> None:
    flat = answers.flatten(catalog, {"clinets": {}, "clients": {"totl": 1}, "channels": [{"nmae": "A"}]})
    assert flat.ignored == (
        "clinets: did you mean 'clients'?",
        "clients.totl: did you mean 'total'?",
        "channels[1].nmae: did you mean 'name'?",
    )


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
    ("mapping", "words"),
    [
        ({"clients": 5}, "clients: expected keys with values, found 5"),
        ({"channels": "A"}, "channels: expected a list, found 'A'"),
        ({"channels": ["A"]}, r"channels\[1\]: expected keys with values"),
        ({"clients": {"total": [1]}}, "clients.total: expected one value, found a list"),
        ({"nps": {"tally_0_10": [1, 2]}}, "nps.tally_0_10: expected 11 numbers, found 2"),
        ({"practices": {"contact_ways": ["fax"]}}, "contact_ways: 'fax' is not one of excel, paper"),
        ({"goals": [{"steps": ["a", "b", "c", "d", "e"]}]}, r"goals\[1\].steps: at most 4 steps, found 5"),
        ({"goals": [{"steps": [{"action": "a", "due": "soon"}]}]}, r"steps\[1\].due: 'soon' is not a date"),
    ],
)
def test_wrong_shapes_are_named_by_their_path(catalog: Catalog, mapping: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        answers.flatten(catalog, mapping)


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


def test_a_series_has_its_most_months(catalog: Catalog) -> None:
    with pytest.raises(UsageError, match=r"breakeven\.plan_sales: at most 24 numbers, found 25"):
        answers.flatten(catalog, {"breakeven": {"plan_sales": [1] * 25}})


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
