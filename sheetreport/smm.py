"""The three questions that work in social networks must answer: does the audience grow, does awareness of the
company grow, and is the clients' opinion known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from sheetreport.catalog.definitions import Catalog
from sheetreport.model import Interval, MetricResult, Origin, Row, Scalar, State, Submission, Value


class Answer(StrEnum):
    """The answer to one of the questions. What was not measured is unknown, which is not a no."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNPROVEN = "unproven"  # measured, but the change is within the margin of error
    SUSPECT = "suspect"  # the audience grows in a way that looks bought
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Questions:
    """The answers to the three questions."""

    audience: Answer
    awareness: Answer
    opinion: Answer

    @property
    def answers(self) -> tuple[Answer, Answer, Answer]:
        return self.audience, self.awareness, self.opinion


UNKNOWN = Questions(Answer.UNKNOWN, Answer.UNKNOWN, Answer.UNKNOWN)


class Metrics(Protocol):
    """The part of a computation that the questions need."""

    @property
    def submission(self) -> Submission: ...

    def metric(self, metric_id: str, subject: str | None = None) -> MetricResult: ...

    def row_results(self, metric_id: str) -> Sequence[tuple[Row, MetricResult]]: ...


def judge(catalog: Catalog, metrics: Metrics) -> Questions:
    """Answer the three questions from the metrics and the feedback."""
    growth, reach = metrics.metric("audience_growth").value, metrics.metric("audience_reach_change").value
    bought = any(result.value == 1 for _, result in metrics.row_results("growth_suspect"))
    return Questions(
        audience=audience(growth, reach, catalog.policy["reach_fall"].value, bought=bought),
        awareness=awareness(metrics.metric("awareness_lift").interval),
        opinion=_opinion(catalog, metrics),
    )


def audience(growth: float | None, reach: float | None, fall: float, *, bought: bool) -> Answer:
    """Whether the audience grew: followers gained in all, and the relative change of unique reach."""
    if bought:
        return Answer.SUSPECT
    if growth is not None and growth > 0:
        return Answer.PARTLY if reach is not None and reach <= -fall else Answer.YES
    if reach is not None and reach > 0:
        return Answer.YES
    return Answer.UNKNOWN if growth is None else Answer.NO


def awareness(lift: Interval | None) -> Answer:
    """Whether awareness grew: the interval of its change must lie on one side of zero."""
    if lift is None:
        return Answer.UNKNOWN
    low, high = lift
    return Answer.YES if low > 0 else Answer.NO if high < 0 else Answer.UNPROVEN


def opinion(*known: bool) -> Answer:
    """Whether the opinion of clients is known: all of what shows it, a part, or nothing."""
    return Answer.YES if all(known) else Answer.PARTLY if any(known) else Answer.NO


def with_answers(submission: Submission, questions: Questions) -> Submission:
    """The submission with the answers as fields that formulas and rules can name."""
    answers: dict[str, Scalar] = {
        "smm.audience": questions.audience.value,
        "smm.awareness": questions.awareness.value,
        "smm.opinion": questions.opinion.value,
        "smm.yes": questions.answers.count(Answer.YES),
        "smm.known": sum(answer is not Answer.UNKNOWN for answer in questions.answers),
    }
    given = {
        field_id: Value(State.VALUE, answer, origin=Origin.DERIVED) for field_id, answer in answers.items()
    }
    return replace(submission, scalars={**submission.scalars, **given})


def _opinion(catalog: Catalog, metrics: Metrics) -> Answer:
    themes = [row for row in metrics.submission.rows("feedback") if row.subject]
    surveys = [metrics.metric(metric_id).value for metric_id in ("nps_responses", "csi_responses")]
    if not themes and not any(surveys):
        return Answer.UNKNOWN
    return opinion(
        _surveyed(catalog, metrics),
        len(themes) >= catalog.policy["opinion_themes"].value,
        bool(themes) and _complaints_are_handled(catalog, metrics),
    )


def _surveyed(catalog: Catalog, metrics: Metrics) -> bool:
    """Whether a recent survey has enough answers; CSI has no date and counts for the period's end."""
    today = _date(metrics.submission, "profile.report_date")
    for metric_id, field_id in (
        ("nps_responses", "nps.survey_date"),
        ("csi_responses", "profile.period_end"),
    ):
        responses, day = metrics.metric(metric_id).value, _date(metrics.submission, field_id)
        if responses is None or today is None or day is None:
            continue
        recent = (today - day).days <= catalog.policy["survey_max_age_days"].value
        if recent and responses >= catalog.policy["usable_sample"].value:
            return True
    return False


def _complaints_are_handled(catalog: Catalog, metrics: Metrics) -> bool:
    """Whether every theme with a large part of the complaints has an action; an unknown part may be large."""
    large = catalog.policy["theme_share"].value
    return all(
        (share.value is not None and share.value < large) or row.get("feedback.action").state is State.VALUE
        for row, share in metrics.row_results("feedback_theme_share")
    )


def _date(submission: Submission, field_id: str) -> date | None:
    value = submission.get(field_id).value
    return value if isinstance(value, date) else None
