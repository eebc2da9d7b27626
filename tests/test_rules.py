"""Every rule fires and stays silent where it should, says what it may, and stands in its place."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetreport.advise import Advice, advise
from sheetreport.answers import flatten, load, submission
from sheetreport.catalog.definitions import RuleDef, Text
from sheetreport.catalog.load import FILES, build_catalog, load_catalog
from sheetreport.catalog.load_rules import check_rules, load_rules
from sheetreport.catalog.yaml import parse_yaml
from sheetreport.compute import Scope, compute
from sheetreport.errors import CatalogError
from sheetreport.formula.evaluate import NotComputableError, condition_holds, evaluate
from sheetreport.formula.tree import Compare, Logic, Node, Not, Number, PolicyRef, references
from sheetreport.i18n import PLACEHOLDER, Wording, texts
from sheetreport.model import LANGUAGES, Language, Recommendation
from tests.said import refused, said

HERE = Path(__file__).parent
CATALOG = load_catalog()
CASE_KEYS = {
    "name", "answers", "fires", "subject", "title", "says", "assumes", "first_step", "step", "confidence",
    "suppressed_by", "merged_into", "effect", "low", "high",
}  # fmt: skip
FILES_OF_CASES: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((HERE / "rules").glob("*.yaml"))
}
CASES = [
    pytest.param(rule_id, case, id=f"{rule_id}: {case['name']}")
    for rule_id, file in FILES_OF_CASES.items()
    for case in file["cases"]
]
WORKED: dict[str, Any] = json.loads((HERE / "data" / "worked_example.json").read_text(encoding="utf-8"))
RULES = resources.files("sheetreport.catalog").joinpath("rules.yaml").read_text(encoding="utf-8")
SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZА-ЯЁ«“−\d])")


def nested(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted ids as an answers file writes them; null removes what the file of cases has for all."""
    mapping: dict[str, Any] = {}
    for key, value in answers.items():
        topic, dot, name = key.partition(".")
        if value is None:
            continue
        if dot:
            mapping.setdefault(topic, {})[name] = value
        else:
            mapping[topic] = value
    return mapping


def advised(answers: Mapping[str, Any], language: Language = "ru") -> Advice:
    mapping = nested(json.loads(json.dumps(answers, default=str)))
    ignored = flatten(CATALOG, mapping).ignored
    assert not ignored, f"a case names what no field takes: {ignored}"
    computation = compute(CATALOG, submission(CATALOG, mapping))
    return advise(CATALOG, computation.submission, computation, Wording(language))


def of_case(rule_id: str, case: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**FILES_OF_CASES[rule_id].get("answers", {}), **case["answers"]}


def found(advice: Advice, rule_id: str) -> list[Recommendation]:
    return [item for item in advice.recommendations if item.id == rule_id]


def only(answers: Mapping[str, Any], rule_id: str, language: Language = "ru") -> Recommendation:
    items = found(advised(answers, language), rule_id)
    assert len(items) == 1, [item.id for item in items]
    return items[0]


@pytest.mark.parametrize(("rule_id", "case"), CASES)
def test_case(rule_id: str, case: dict[str, Any]) -> None:
    assert not set(case) - CASE_KEYS, f"the runner would pass over {set(case) - CASE_KEYS}"
    advice = advised(of_case(rule_id, case))
    items = found(advice, rule_id)
    held = [item for item in advice.suppressed if item.id == rule_id]
    merged = [item for item in advice.recommendations if rule_id in item.merged]
    if not case["fires"]:
        assert not items
        assert [item.by for item in held] == [case[key] for key in ("suppressed_by",) if key in case]
        assert [item.id for item in merged] == [case[key] for key in ("merged_into",) if key in case]
        subjects = {*(item.subject for item in held), *(item.subject for item in merged)}
        assert subjects <= {case.get("subject")}
        return
    wanted = case.get("subject")
    assert [item.subject for item in items] == (wanted if isinstance(wanted, list) else [wanted])
    assert not held
    item = items[0]
    if "title" in case:
        assert plain(item.title) == case["title"]
    assert case.get("says", "") in plain(item.text)
    assert item.effect is not None
    assert case.get("assumes", "") in plain(item.effect.assumption)
    if "step" in case:
        assert case["step"] in map(plain, item.steps)
    if "first_step" in case:
        assert plain(item.steps[0]) == case["first_step"]
    if "confidence" in case:
        assert item.confidence == case["confidence"]
    for key, value in (("effect", item.effect.value), ("low", item.effect.low), ("high", item.effect.high)):
        if key in case:
            assert value == pytest.approx(case[key], rel=1e-4), key


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("rule_id", "case"), [case for case in CASES if case.values[1]["fires"]])  # type: ignore[index]
def test_words_are_few_and_all_filled(rule_id: str, case: dict[str, Any], language: Language) -> None:
    unknown = texts()["advice.unknown"][language]
    for item in found(advised(of_case(rule_id, case), language), rule_id):
        assert item.effect is not None
        for text in (item.title, item.text, item.effect.assumption, *item.steps):
            assert unknown not in text
            assert not re.search(r"[{}]|\s{2}|\.\.|(?<!\S) | $", plain(text)), text
        sentences = SENTENCE.split(item.text)
        assert len(sentences) <= 3, item.text
        for sentence in sentences:
            words = [word for word in sentence.split(" ") if re.search(r"\w", word)]
            assert len(words) <= 20, sentence
        assert 1 <= len(item.steps) <= 4


def test_every_rule_has_a_case_that_fires_and_one_that_does_not() -> None:
    rules = {rule.id for rule in CATALOG.rules}
    assert rules
    assert rules == set(FILES_OF_CASES)
    for rule_id, file in FILES_OF_CASES.items():
        assert {case["fires"] for case in file["cases"]} == {True, False}, rule_id


# Borders that another part of the same condition always decides first: a number that has no value below 30
# answers, a price that has no range below five clients, a goal that is reached when nothing is left to buy.
DECIDED_BEFORE = {
    ("R-13", None, "nps_responses"), ("R-14", None, "nps_responses"), ("R-20", None, "break_even_units"),
    ("R-35", "channels", "channels.spend"), ("R-35", "channels", "channels.customers"),
    ("R-35", "channels", "channel_cac"), ("R-36", "goals", "goals.budget_for_gap"),
    ("R-47", None, "social.ad_spend"),
    ("R-50", None, "social.prev_sales"), ("R-57", None, "csi"), ("R-58", "channels", "channels.customers"),
}  # fmt: skip
# Ends of intervals never fall on a border exactly; there the cases stand on both sides, some way off.
ENDS_OF_INTERVALS = {"R-06", "R-25", "R-31", "R-49", "R-50", "R-54", "R-57"}
NEAR_ENOUGH = 0.06  # of the border's own size
ALWAYS, NEVER = Compare("==", Number(1), Number(1)), Compare("==", Number(1), Number(0))


@dataclass(slots=True)
class Border:
    """How near to a border the cases come in which it alone decides; one side fires, the other does not."""

    inside: float = math.inf
    outside: float = math.inf


def numeric_borders(node: Node) -> Iterator[Compare]:
    """Comparisons of numbers in a condition, not those that pick the rows of a sum."""
    match node:
        case Compare("<" | "<=" | ">" | ">="):
            yield node
        case Logic(_, operands):
            for operand in operands:
                yield from numeric_borders(operand)
        case Not(operand):
            yield from numeric_borders(operand)
        case _:
            pass


def decided(node: Node, border: Compare, verdict: Compare) -> Node:
    """The condition with one comparison settled."""
    match node:
        case Logic(operator, operands):
            return Logic(operator, tuple(decided(operand, border, verdict) for operand in operands))
        case Not(operand):
            return Not(decided(operand, border, verdict))
        case _:
            return verdict if node is border else node


def scopes(rule: RuleDef, case: Mapping[str, Any]) -> list[Scope]:
    """Where a case judges the rule: the company, or each row of its table."""
    mapping = nested(json.loads(json.dumps(of_case(rule.id, case), default=str)))
    computation = compute(CATALOG, submission(CATALOG, mapping))
    if rule.per is None:
        return [computation.environment()]
    return [computation.environment(row, rule.per) for row in computation.submission.rows(rule.per)]


def visit(border: Compare, rule: RuleDef, scope: Scope, seen: Border) -> None:
    """Note how far from the border a case stands, if the border alone decides it."""
    yes, no = (condition_holds(decided(rule.condition, border, end), scope) for end in (ALWAYS, NEVER))
    if yes == no:
        return
    try:
        left, right = evaluate(border.left, scope), evaluate(border.right, scope)
    except NotComputableError:
        if border.right == Number(0):
            seen.outside = 0  # a number that has no value at zero
        return
    if isinstance(left, date) and isinstance(right, date):
        distance = float(abs((left - right).days))
    else:
        assert isinstance(left, float)
        assert isinstance(right, float | int)
        distance = abs(left - right) / (abs(right) or 1)
    if condition_holds(border, scope):
        seen.inside = min(seen.inside, distance)
    else:
        seen.outside = min(seen.outside, distance)


@pytest.mark.parametrize("rule", CATALOG.rules, ids=lambda rule: f"{rule.id} {rule.per or ''}".strip())
def test_each_border_of_a_rule_is_crossed_by_its_cases(rule: RuleDef) -> None:
    """For every number in a condition a case on each side, where nothing else makes the difference."""
    judged = [scope for case in FILES_OF_CASES[rule.id]["cases"] for scope in scopes(rule, case)]
    for border in numeric_borders(rule.condition):
        name = next(item.id for item in references(border) if not isinstance(item, PolicyRef))
        if (rule.id, rule.per, name) in DECIDED_BEFORE:
            continue
        seen = Border()
        for scope in judged:
            visit(border, rule, scope, seen)
        assert math.isfinite(seen.inside), f"{name}: no case fires by it alone"
        assert math.isfinite(seen.outside), f"{name}: no case stays silent by it alone"
        if rule.id not in ENDS_OF_INTERVALS:
            near = min(seen.inside, seen.outside)
            assert near <= NEAR_ENOUGH, f"{name}: the nearest case is {near:.0%} off its border"


def test_the_guard_of_borders_finds_borders() -> None:
    found = [border for rule in CATALOG.rules for border in numeric_borders(rule.condition)]
    assert len(found) > 60


def test_every_gate_is_seen_to_hold() -> None:
    gates = {(rule.id, gate.by) for rule in CATALOG.rules for gate in rule.gates}
    seen = {
        (rule_id, case["suppressed_by"])
        for rule_id, file in FILES_OF_CASES.items()
        for case in file["cases"]
        if "suppressed_by" in case
    }
    assert gates
    assert gates - seen == {("R-36", "R-07")}


def worked(**profile: str) -> Advice:
    inputs = {**WORKED["inputs"], "profile": {**WORKED["inputs"]["profile"], **profile}}
    computation = compute(CATALOG, submission(CATALOG, inputs))
    return advise(CATALOG, computation.submission, computation, Wording("ru"))


def test_the_worked_example_gives_its_rules_and_no_others() -> None:
    advice = worked()
    assert {item.id for item in advice.recommendations} == set(WORKED["expected_rules"])
    assert [(item.id, item.by) for item in advice.suppressed] == [("R-36", "R-33")]
    assert advice.suppressed[0].reason == "сначала — сайт: он ещё не проверен на тех, кто ищет сам"


def test_the_worked_example_in_order() -> None:
    advice = worked()
    leaks = [item.id for item in advice.recommendations if item.tier == "P1"]
    # a month: 366 700 / 12, 30 000, 11 000 / 12, 9095 / 12, 3 x 6 / 36 x 1500; without money by certainty,
    # ease, id
    assert leaks == ["R-13", "R-17", "R-16", "R-12", "R-19", "R-10", "R-11", "R-18"]
    grow = [item.id for item in advice.recommendations if item.tier == "P3"]
    # 12 000 / 12; what is worth an example counts as nothing
    assert grow == [
        "R-38", "R-51", "R-51", "R-52", "R-40", "R-35", "R-42", "R-44", "R-39", "R-43", "R-33", "R-37",
    ]  # fmt: skip
    urgent = [item.id for item in advice.recommendations if item.tier == "P0"]
    assert urgent == ["R-08", "R-03"]
    keep = [item.id for item in advice.recommendations if item.tier == "P4"]
    assert keep[:2] == ["R-60", "R-57"]  # 8300 a month, then by id


def test_a_thousand_a_month_goes_before_twelve_hundred_a_year() -> None:
    case = FILES_OF_CASES["R-15"]["cases"][-1]
    ids = [item.id for item in advised({**case["answers"], "clients.dissatisfied": 1}).recommendations]
    assert ids.index("R-15") < ids.index("R-12")


def tiers(advice: Advice) -> list[str]:
    return [item.tier for item in advice.recommendations]


def test_leaks_come_before_growth_when_one_of_them_is_firm() -> None:
    answers = {"profile.situation": "ok_want_more", "clients.dissatisfied": 10}
    assert tiers(advised(answers))[:1] == ["P1"]


def test_growth_comes_first_for_those_who_want_more_and_have_no_firm_leak() -> None:
    answers = {
        "nps.promoters": 10, "nps.passives": 14, "nps.detractors": 6, "practices.negative_script": "yes",
    }  # fmt: skip
    eager = tiers(advised({**answers, "profile.situation": "ok_want_more"}))
    assert eager == sorted(eager, key=["P0", "P3", "P1", "P2", "P4"].index)
    assert {"P1", "P3"} <= set(eager)
    usual = tiers(advised({**answers, "profile.situation": "decline"}))
    assert usual == sorted(usual)


def test_stagnation_alternates_leaks_and_growth() -> None:
    order = [tier for tier in tiers(worked(situation="stagnation")) if tier in ("P1", "P3")]
    assert order[:16] == ["P1", "P3"] * 8


@pytest.mark.parametrize(("spend", "order"), [(0, ["R-15", "R-03"]), (500, ["R-03", "R-15"])])
def test_in_a_decline_a_risk_without_spend_waits_for_the_leaks(spend: int, order: list[str]) -> None:
    answers = {
        "profile.situation": "decline", "promo.other_spend": spend, "practices.risk_paid_reviews": "yes",
        "clients.active_start": 100, "clients.active_end": 90, "clients.new": 20,
    }  # fmt: skip
    ids = [item.id for item in advised(answers).recommendations]
    assert [rule_id for rule_id in ids if rule_id in order] == order


def test_of_two_rules_for_one_goal_the_higher_tier_names_the_other() -> None:
    goal = {
        "text": "100 заявок", "metric": "leads", "place": "vk", "point_a": 0, "point_a_date": "2026-08-07",
        "target": 100, "current": 34, "start": "2026-11-06", "deadline": "2026-11-26",
    }  # fmt: skip
    item = only({"profile.report_date": "2026-11-16", "goals": [goal]}, "R-28")
    assert item.merged == ("R-51",)
    assert item.text.endswith("Сюда же: Верните цель в график: «100 заявок».")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"answer": "no", "why_not": "no_time"}, "30 минут в неделю"),
        ({"answer": "no", "why_not": "no_money"}, "первый шаг бесплатный"),
        ({"answer": "no", "why_not": "no_skill"}, "готовый образец"),
        ({"answer": "partly", "why_not": "no_people"}, "одного ответственного"),
        ({"answer": "no", "why_not": "no_value"}, "сравните с суммой эффекта — 1 200 ₽ в год"),
        ({"answer": "no", "why_not": "fear"}, "трёх постоянных клиентов"),
        ({"answer": "no", "why_not": "tried_failed"}, "что не сработало"),
        ({"answer": "no", "why_not": "other", "why_text": "звоните +7 900 000-00-00."}, "«звоните …»"),
    ],
)
def test_the_reason_for_no_is_answered(answer: dict[str, str], sentence: str) -> None:
    answers = {
        "profile.period_type": "month", "clients.dissatisfied": 1, "clients.active_start": 100,
        "clients.active_end": 100, "clients.gross_profit": 10000, "practices.negative_script": answer,
    }  # fmt: skip
    assert sentence in plain(only(answers, "R-12").text)


def test_no_reason_adds_no_sentence() -> None:
    silent = {"clients.dissatisfied": 1, "practices.negative_script": "no"}
    assert only(silent, "R-12").text.endswith("пригласите снова.")


def test_use_without_money_is_compared_before_and_after() -> None:
    answer = {"answer": "no", "why_not": "no_value"}
    text = only({"clients.dissatisfied": 1, "practices.negative_script": answer}, "R-12").text
    assert text.endswith("сравните цифры до и после.")


def test_a_long_name_is_cut_between_words_and_keeps_its_own_marks() -> None:
    theme = "запись «через сайт» " + "очень долгая " * 10
    title = only({"feedback": [{"theme": theme, "kind": "dislike", "mentions": 9}]}, "R-18").title
    assert title.startswith("Найдите решение для жалобы: «запись „через сайт“ очень")
    assert title.endswith("очень…»")
    assert len(title) < 115


def test_evidence_names_the_cells_behind_condition_and_effect() -> None:
    answers = {**FILES_OF_CASES["R-08"]["answers"]}
    fields = {cell.field for cell in only(answers, "R-08").evidence}
    assert fields == {
        "channels.customers", "channels.spend", "promo.other_spend", "clients.new", "profile.period_type",
    }  # fmt: skip


def test_evidence_of_a_comparison_includes_the_other_channel() -> None:
    cells = {cell.cell for cell in only(FILES_OF_CASES["R-35"]["answers"], "R-35").evidence}
    assert {"channels[1].channels.customers", "channels[2].channels.customers"} <= cells


def test_evidence_of_a_goal_is_its_own_cells() -> None:
    case = FILES_OF_CASES["R-59"]["cases"][0]
    item = only(of_case("R-59", case), "R-59")
    assert {cell.field for cell in item.evidence} >= {"goals.current", "goals.target", "goals.deadline"}


def test_effects_say_their_unit_and_period() -> None:
    def effect(rule_id: str, number: int = 0) -> tuple[str, str | None, str]:
        case = FILES_OF_CASES[rule_id]["cases"][number]
        found = only(of_case(rule_id, case), rule_id).effect
        assert found is not None
        return found.kind, found.unit, found.period

    assert effect("R-08") == ("money_month", "money", "в месяц")
    assert effect("R-16") == ("money_once", "money", "разово")
    assert effect("R-13") == ("money_year", "money", "в год")
    assert effect("R-35") == ("clients", "count", "клиентов в месяц")  # 6-9
    assert effect("R-58") == ("clients", "count", "клиента в месяц")  # 0-2
    assert effect("R-14", 1) == ("answers", "count", "ответ")
    assert effect("R-36") == ("cost", "money", "расхода")
    assert effect("R-03") == ("none", None, "")


@pytest.mark.parametrize(
    ("invited", "period"),
    [(331, "ответа"), (1752, "ответов"), (4, "ответа"), (10, "ответ")],  # a tenth: 33.1, 175.2, 0.4 and 1
)
def test_answers_are_counted_whole(invited: int, period: str) -> None:
    """33 ответа and 175 ответов; fewer than half an answer is «меньше 1 ответа»."""
    answers = FILES_OF_CASES["R-41"].get("answers", {})
    case = next(case for case in FILES_OF_CASES["R-41"]["cases"] if case.get("effect") == 375)
    surveyed = {"nps.promoters": 10, "nps.passives": 0, "nps.detractors": 0, "nps.invited": 100}
    base = {"clients.total": 2000, "clients.with_contact": invited}
    effect = only({**answers, **case["answers"], **surveyed, **base}, "R-41").effect
    assert effect is not None
    assert effect.value == pytest.approx(invited / 10)
    assert effect.period == period


@pytest.mark.parametrize(("language", "gap"), [("ru", "сейчас до цели 16,0 п.п."), ("en", "16.0 pp to go")])
def test_what_a_share_lacks_is_percentage_points_without_a_plus(language: Language, gap: str) -> None:
    case = next(case for case in FILES_OF_CASES["R-51"]["cases"] if "percentage points" in case["name"])
    item = only(of_case("R-51", case), "R-51", language)
    assert item.effect is not None
    assert gap in plain(item.effect.assumption)


@pytest.mark.parametrize(
    ("language", "said"), [("ru", "Проверке больше 21 дня"), ("en", "more than 21 days old")]
)
def test_the_age_of_a_status_is_that_of_the_policy(
    language: Language, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = replace(CATALOG.policy["network_status_max_age_days"], value=21.0)
    changed = replace(CATALOG, policy={**CATALOG.policy, "network_status_max_age_days": policy})
    monkeypatch.setitem(globals(), "CATALOG", changed)
    case = next(c for c in FILES_OF_CASES["R-02"]["cases"] if c["name"] == "checked a day longer ago")
    texts_found = [item.text for item in found(advised(of_case("R-02", case), language), "R-02")]
    assert texts_found
    assert all(said in plain(text) for text in texts_found)


def test_a_money_effect_without_its_figures_says_so() -> None:
    effect = only({"clients.dissatisfied": 1}, "R-12").effect
    assert effect is not None
    assert (effect.kind, effect.value, effect.unit) == ("none", None, None)
    assert effect.assumption == "в деньгах не посчитать: не хватает данных"


FORBIDDEN = {
    # what must never be recommended or claimed
    r"instagram|facebook|whatsapp|vipvip|amocrm|smmplanner|bitly|iqbuzz|popster|livedune|instaplus|smofast",
    r"100\s%|гарант|guarantee|в 7 раз|7 times|точно повысит|только так",
    # what the voice does not allow
    r"необходимо|срочно|\bслив|провал|!|заработаете|will earn|\bcustomer|анти-?рекоменд",
    r"\bлид|\bдоход[аыу]?\b|маржа\b",
    r"\bER\b|\bCR\b|\bERR\b|per cent|накрутите",
}


def all_texts() -> Iterator[tuple[str, str]]:
    for rule in yaml.safe_load(RULES)["rules"]:
        for words in strings(rule):
            yield rule["id"], words


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("ru", "en") and isinstance(value, str):
                yield value
            else:
                yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def test_no_rule_says_what_it_must_not() -> None:
    seen = list(all_texts())
    assert len(seen) > 500
    for rule_id, words in seen:
        for pattern in FORBIDDEN:
            assert not re.search(pattern, words, re.IGNORECASE), f"{rule_id}: {words}"


def test_contests_and_barter_always_come_with_their_rules() -> None:
    steps = {rule.id: " ".join(step.ru for step in rule.steps) for rule in CATALOG.rules}
    for rule_id in ("R-41", "R-47"):
        assert re.search("правила, сроки, организатора и число призов", steps[rule_id]), rule_id
    for rule_id in ("R-47", "R-55"):
        assert re.search("пометку «Реклама»", steps[rule_id]), rule_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_platform_has_its_date_and_source(language: Language) -> None:
    rules = [rule for rule in CATALOG.rules if rule.id == "R-02" and rule.per is not None]
    said = [
        text for rule in rules for text in (rule.text, *(variant.text for variant in rule.variants)) if text
    ]
    assert len(said) == 5
    for text in said:
        assert re.search(r"ads_checked_on\}.*ads_source\}", text[language], re.DOTALL)
        assert re.search(r"(не юридическая консультация|not legal advice)\.$", text[language])


def test_every_basis_and_reason_has_its_words() -> None:
    bases = {rule.confidence.basis for rule in CATALOG.rules}
    reasons = {choice.id for choice in CATALOG.fields["p.consent.why_not"].choices}
    assert len(bases) > 3
    assert len(reasons) == 8
    for key in (*(f"basis_{basis}" for basis in bases), *(f"why_{reason}" for reason in reasons)):
        assert f"advice.{key}" in texts()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "sample", sorted(path.parent.name for path in (HERE.parent / "samples").glob("*/answers.yaml"))
)
def test_samples_are_advised_in_full_words(sample: str, language: Language) -> None:
    computation = compute(
        CATALOG, submission(CATALOG, load(HERE.parent / "samples" / sample / "answers.yaml"))
    )
    advice = advise(CATALOG, computation.submission, computation, Wording(language))
    assert advice.recommendations
    for item in advice.recommendations:
        assert texts()["advice.unknown"][language] not in item.title + item.text


def thinned(node: Any, chance: random.Random, share: float) -> Any:
    """The answers with a share of them left out, rows and keys alike."""
    if isinstance(node, dict):
        return {key: thinned(value, chance, share) for key, value in node.items() if chance.random() > share}
    if isinstance(node, list) and node and isinstance(node[0], dict):
        return [thinned(row, chance, share) for row in node if chance.random() > share]
    return node


@settings(max_examples=40)
@given(chance=st.randoms(use_true_random=False), share=st.sampled_from([0.02, 0.1, 0.3]))
def test_whatever_is_missing_the_advice_has_no_gaps(chance: random.Random, share: float) -> None:
    computation = compute(CATALOG, submission(CATALOG, thinned(WORKED["inputs"], chance, share)))
    for language in LANGUAGES:
        advice = advise(CATALOG, computation.submission, computation, Wording(language))
        for item in advice.recommendations:
            assert texts()["advice.unknown"][language] not in item.title + item.text + "".join(item.steps)


# --- mistakes in rules.yaml ---------------------------------------------------------------------------------


def refusal(old: str, new: str) -> CatalogError:
    """The error when one text of rules.yaml is replaced; fails where the text is not found."""
    assert old in RULES, f"rules.yaml has no {old!r}"
    document = parse_yaml(RULES.replace(old, new, 1).encode(), "rules.yaml")
    with pytest.raises(CatalogError) as caught:
        check_rules(replace(CATALOG, rules=load_rules(document["rules"])))
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "condition: cac >= clv_margin",
            "condition: cac >= clv_margn",
            "unknown name 'clv_margn': did you mean 'clv_margin'?",
        ),
        ("condition: cac >= clv_margin", "condition: cac >= nps_detractor_share", "mixed units"),
        ("condition: cac >= clv_margin", "condition: cac + clv_margin", "a condition must compare something"),
        ("condition: cac >= clv_margin", "condition: cac >=", "not an expression"),
        ("gates: [R-06, R-07]", "gates: [R-61, R-07]", "no rule 'R-61'"),
        ("gates: [R-06, R-07]", "gates: [R-08, R-07]", "R-08 is a gate, but says no holds_back"),
        ("metric: cac\n", "metric: cacc\n", "no metric 'cacc': did you mean 'cac'?"),
        ("per: feedback", "per: feedbak", "no table 'feedbak': did you mean 'feedback'?"),
        (
            "practices: [p.consent]",
            "practices: [p.consnt]",
            "no practice 'p.consnt': did you mean 'p.consent'?",
        ),
        (
            "ушло {channels.spend},",
            "ушло {channels.spent},",
            "text (ru) names unknown 'channels.spent': did you mean",
        ),
        (
            "about {expected|client|clients}",
            "about {expected|client}",
            "en: {expected|...} needs 2 forms, has 1",
        ),
        (
            "около {expected|клиента|клиентов|клиентов}",
            "около {cac|клиента|клиентов|клиентов}",
            "{cac|...} must be a count",
        ),
        (
            "expected: {value: channels.spend / cac, unit: count}",
            "expected: channels.spend / cac",
            "{expected|...} must be a count",
        ),
        (
            "returned: {value: payback_new_profit, unit: share}",
            "returned: 1 - payback_new_profit",
            "'returned' is printed, so it needs a unit",
        ),
        (
            'ru: "Получите согласие, прежде чем писать клиентам"',
            "ru: раз два три четыре пять шесть семь восемь девять",
            "title (ru) has 9 words",
        ),
        (', en: "Get consent before you mail or call"}', "}", "title: en is missing"),
        (
            "      cac_range: {range: cac}",
            "      cac: {range: cac}",
            "'cac' is the name of a metric; choose another",
        ),
        (
            "kind: money_month\n      value: (cac",
            "kind: clients\n      value: (cac",
            "effect clients can't be money",
        ),
        ("kind: money_month\n      value: (cac", "kind: none\n      value: (cac", "kind none has no value"),
        ("tier: P0", "tier: P5", "tier: 'P5' is not one of"),
        ("ease: 1", "ease: 4", "ease: write 1"),
        ("basis: rules", "basis: rule", "basis: 'rule' is not one of fact, rules"),
        ("ahead_when:", "ahead_wen:", "unknown key 'ahead_wen': did you mean 'ahead_when'?"),
        ("id: R-03", "id: R-01", "R-01 is defined twice"),
        (
            "per: social\n    chapter: social",
            "per: channels\n    chapter: social",
            "R-02 is defined twice for channels",
        ),
        (
            "which: {names: goals.name",
            "which: {names: goals.nam",
            "no column 'goals.nam': did you mean 'goals.name'?",
        ),
    ],
)
def test_a_mistake_is_refused_with_file_and_line(old: str, new: str, message: str) -> None:
    words = said(refusal(old, new))
    assert re.match(r"rules\.yaml:\d+: ", words), words
    assert message in words


def test_words_name_only_what_stands_above_them() -> None:
    old = '{when: cr_hot > cr_cold, ru: "Заявку оставляют {cr_cold}'
    words = said(refusal(old, old.replace("{cr_cold}", "{seen}")))
    assert "text (ru) names unknown 'seen'" in words


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "condition: cac >= clv_margin",
            "condition: cac >= clv_margn",
            "R-07: неизвестное имя «clv_margn»: может быть, «clv_margin»?",
        ),
        (
            "condition: cac >= clv_margin",
            "condition: cac >= nps_detractor_share",
            "R-07: единицы не сходятся: >= сравнивает разное: деньги и доля",
        ),
        ("gates: [R-06, R-07]", "gates: [X, R-07]", "R-34: нет правила «X»"),
        (
            "about {expected|client|clients}",
            "about {expected|client}",
            "text: en: в {expected|...} нужно 2\N{NO-BREAK SPACE}формы, а здесь 1",
        ),
        (
            "kind: money_month\n      value: (cac",
            "kind: clients\n      value: (cac",
            "R-07: effect — clients, а результат выражения — деньги",
        ),
        (
            "condition: cac >= clv_margin",
            "condition: csi > 6",
            "R-07: никогда не сработает: «csi > 6» невозможно; csi бывает от 1 до 5",
        ),
        (
            "condition: cac >= clv_margin",
            "condition: profile.report_date > 30",
            "R-07: в «profile.report_date > 30» сравниваются дата и число",
        ),
    ],
)
def test_a_mistake_is_told_in_russian(old: str, new: str, problem: str) -> None:
    place, _, words = Wording("ru").say(refusal(old, new).message).partition(": ")
    assert re.fullmatch(r"rules\.yaml:\d+", place)
    assert words == problem


def test_the_loader_of_the_catalogue_checks_its_rules(tmp_path: Path) -> None:
    folder = resources.files("sheetreport.catalog")
    for file in FILES:
        (tmp_path / file).write_bytes(folder.joinpath(file).read_bytes())
    wrong = RULES.replace("gates: [R-06, R-07]", "gates: [R-99]")
    (tmp_path / "rules.yaml").write_text(wrong, encoding="utf-8")
    with refused(r"rules\.yaml:\d+: R-34: no rule 'R-99'", CatalogError):
        build_catalog({file: tmp_path / file for file in FILES})


# The first words of the English titles: what to do, never a noun or a name.
VERBS = set(
    "Add Agree Answer Ask Automate Bring Build Check Choose Close Collect Complete Cut Decide Describe Enter"
    " Find Fix Gather Get Give Grow Keep Label Make Measure Mend Move Offer Pause Prepare Put Raise Recount"
    " Refresh Remind Repeat Review Rewrite Rework Run Set Show Speed Spend Stop Survey Talk Time Try Tune"
    " Wait Win Work Write".split()
)
LONGEST_TITLE = 70


def titles() -> list[Any]:
    return [
        pytest.param(title, id=f"{rule.id} {title.en}")
        for rule in CATALOG.rules
        for title in (rule.title, *(variant.title for variant in rule.variants))
        if title is not None
    ]


@pytest.mark.parametrize("title", titles())
def test_a_title_begins_with_what_to_do(title: Text) -> None:
    assert re.match(r"(Не )?[А-ЯЁа-яё]+(те|тесь)\b", title.ru), title.ru
    assert title.en.split()[0] in VERBS, title.en
    for text in (title.ru, title.en):
        assert len(PLACEHOLDER.sub("", text)) <= LONGEST_TITLE
