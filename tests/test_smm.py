"""The three questions about social networks: every answer to each, and how they are known from the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sheetreport.answers import submission
from sheetreport.catalog.load import load_catalog
from sheetreport.compute import compute
from sheetreport.model import Interval
from sheetreport.smm import Answer, Questions, audience, awareness, opinion

FALL = 0.1


@pytest.mark.parametrize(
    ("growth", "reach", "answer"),
    [
        (120, None, Answer.YES),
        (1, -0.0999, Answer.YES),
        (1, -0.1, Answer.PARTLY),
        (0, None, Answer.NO),
        (-10, -0.5, Answer.NO),
        (-10, 0, Answer.NO),
        (-10, 0.01, Answer.YES),  # more people saw the pages although fewer follow
        (None, 0.2, Answer.YES),
        (None, -0.2, Answer.UNKNOWN),
        (None, None, Answer.UNKNOWN),
    ],
)
def test_audience(growth: float | None, reach: float | None, answer: Answer) -> None:
    assert audience(growth, reach, FALL, bought=False) is answer
    assert audience(growth, reach, FALL, bought=True) is Answer.SUSPECT


@pytest.mark.parametrize(
    ("lift", "answer"),
    [
        ((0.0215, 0.2339), Answer.YES),
        ((0.0, 0.2), Answer.UNPROVEN),
        ((-0.1, 0.1), Answer.UNPROVEN),
        ((-0.2, 0.0), Answer.UNPROVEN),
        ((-0.3, -0.1), Answer.NO),
        (None, Answer.UNKNOWN),
    ],
)
def test_awareness(lift: Interval | None, answer: Answer) -> None:
    assert awareness(lift) is answer


def test_opinion() -> None:
    assert opinion(True, True, True) is Answer.YES
    assert opinion(True, False, False) is Answer.PARTLY
    assert opinion(False, False, False) is Answer.NO


def questions(answers: Mapping[str, Any]) -> Questions:
    catalog = load_catalog()
    return compute(catalog, submission(catalog, answers)).questions


def network(**numbers: object) -> dict[str, object]:
    return {"social": [{"network": "vk", **numbers}]}


def test_followers_of_all_networks_are_added_up() -> None:
    rows = [
        {"network": "vk", "followers_start": 100, "followers_end": 130},
        {"network": "ok", "followers_start": 90, "followers_end": 70},
        {"network": "2gis", "posts": 3},
    ]
    assert questions({"social": rows}).audience is Answer.YES  # +30 - 20; 2GIS counts no followers
    rows[1]["followers_end"] = 60
    assert questions({"social": rows}).audience is Answer.NO
    del rows[1]["followers_end"]
    assert questions({"social": rows}).audience is Answer.UNKNOWN


def test_reach_is_compared_where_both_periods_are_known() -> None:
    rows = [
        {"network": "vk", "followers_start": 100, "followers_end": 110, "unique_reach": 900},
        {
            "network": "ok",
            "followers_start": 100,
            "followers_end": 100,
            "unique_reach": 90,
            "prev_unique_reach": 100,
        },
    ]
    assert questions({"social": rows}).audience is Answer.PARTLY  # 90 against 100; VK's past is not known
    rows[1]["unique_reach"] = 91
    assert questions({"social": rows}).audience is Answer.YES


@pytest.mark.parametrize(
    ("numbers", "bought"),
    [
        ({"reach_sum": 900, "posts": 10, "prev_reach_sum": 1000, "prev_posts": 10}, True),  # 90 against 100
        ({"reach_sum": 1000, "posts": 10, "prev_reach_sum": 1000, "prev_posts": 10}, False),
        (
            {"reach_sum": 1000, "posts": 5, "likes": 10, "comments": 0, "shares": 0}
            | {"prev_reach_sum": 1000, "prev_posts": 10, "prev_reactions": 20},
            True,  # 1 % against 2 %
        ),
        (
            {"reach_sum": 1000, "posts": 5, "likes": 11, "comments": 0, "shares": 0}
            | {"prev_reach_sum": 1000, "prev_posts": 10, "prev_reactions": 20},
            False,
        ),
        ({"reach_sum": 900, "posts": 10}, False),
    ],
)
def test_growth_that_looks_bought(numbers: Mapping[str, int], bought: bool) -> None:
    steep = questions(network(followers_start=100, followers_end=120, **numbers))
    assert steep.audience is (Answer.SUSPECT if bought else Answer.YES)
    assert questions(network(followers_start=100, followers_end=119, **numbers)).audience is Answer.YES


THEMES = [
    {"theme": "cut", "kind": "like", "mentions": 24},
    {"theme": "waiting", "kind": "dislike", "mentions": 8, "action": "gaps"},
    {"theme": "phone", "kind": "dislike", "mentions": 2, "action": "a second line"},
]
SURVEY = {"promoters": 15, "passives": 9, "detractors": 6, "survey_date": "2026-10-25"}
PROFILE = {"report_date": "2026-11-16", "period_type": "month", "period_start": "2026-10-01"}
KNOWN = {"profile": PROFILE, "nps": SURVEY, "feedback": THEMES}


def test_opinion_is_known_from_a_survey_and_feedback() -> None:
    assert questions(KNOWN).opinion is Answer.YES
    assert questions({"profile": PROFILE}).opinion is Answer.UNKNOWN


@pytest.mark.parametrize(
    "changed",
    [
        {"nps": SURVEY | {"passives": 8}},  # 29 answers
        {"nps": SURVEY | {"survey_date": "2026-05-19"}},  # 181 days ago
        {"nps": {key: value for key, value in SURVEY.items() if key != "survey_date"}},
        {"feedback": THEMES[:2]},
        {
            "feedback": [*THEMES[:2], {"theme": "phone", "kind": "dislike", "mentions": 2}]
        },  # 20 % of complaints
        {"feedback": [*THEMES[:2], {"theme": "phone", "kind": "dislike"}]},  # nobody knows how large a part
    ],
)
def test_opinion_is_partly_known(changed: Mapping[str, Any]) -> None:
    assert questions({**KNOWN, **changed}).opinion is Answer.PARTLY


def test_a_small_complaint_needs_no_action() -> None:
    small = [*THEMES[:2], {"theme": "phone", "kind": "dislike", "mentions": 1}]  # 1 of 9
    assert questions({**KNOWN, "feedback": small}).opinion is Answer.YES


def test_csi_counts_as_a_survey_of_the_period() -> None:
    csi = {"overall_1_5": [0, 0, 0, 10, 20]}
    known = {"profile": PROFILE, "csi": csi, "feedback": THEMES}
    assert questions(known).opinion is Answer.YES
    old = PROFILE | {"period_start": "2026-01-01"}
    assert questions({**known, "profile": old}).opinion is Answer.PARTLY


def test_opinion_is_not_known_from_a_few_answers() -> None:
    few = {"promoters": 2, "passives": 1, "detractors": 0, "survey_date": "2026-10-25"}
    assert questions({"profile": PROFILE, "nps": few}).opinion is Answer.NO
