"""What to ask the owner at the meeting: a few questions, each about something in this very workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sheetreport.advise import Advice
from sheetreport.catalog.definitions import Catalog, Unit
from sheetreport.findings import describe, parameters
from sheetreport.formula.tree import FieldRef
from sheetreport.i18n import Wording, placeholders, texts
from sheetreport.model import (
    Evidence,
    Finding,
    GoalResult,
    GoalStatus,
    MetricResult,
    Recommendation,
    Severity,
    SourceRef,
    State,
)
from sheetreport.naming import CatalogNaming
from sheetreport.near import Near, NearMiss

MOST = 10
_MOST_NAMES = 4
_MOST_SUBJECTS = 3

# How many questions of each kind at the most, in the order in which they are asked.
_ERRORS, _DOUBTS, _BLANKS, _NEAR, _UNSURE, _GOALS, _LATER = 4, 3, 2, 2, 2, 1, 2

# Warnings that something is left to do rather than that two answers disagree: asked about last.
_TO_DO = frozenset("V-15 V-27 V-29 V-30 V-33 V-35 V-43 V-45 V-46 V-47 V-51".split())
# Nothing to ask: the file or its layout was mended or read all the same.
_SILENT = frozenset("S-08 S-12 S-13 S-14 S-15".split())
_SURVEYS: Mapping[str, str] = {"nps": "nps_required_n", "csi": "csi_required_n"}


@dataclass(frozen=True, slots=True)
class Question:
    """One question, why it matters, and the cells it is about. `about` is what gave rise to it."""

    about: str
    text: str
    why: str
    cells: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the questions come from. `unlock` is that of the result: empty cells and what each would open."""

    findings: Sequence[Finding]
    unlock: Sequence[Mapping[str, Any]]
    near: Near
    advice: Advice | None
    metrics: Sequence[MetricResult]
    goals: Sequence[GoalResult]


def questions(catalog: Catalog, wording: Wording, known: Known) -> tuple[Question, ...]:
    """What to settle first, ten questions at the most; none asks about cells that another one covers."""
    asker = _Asker(catalog, wording, CatalogNaming(catalog, wording), known)
    chosen: list[Question] = []
    covered: set[SourceRef] = set()
    for most, kind in (
        (_ERRORS, asker.about_findings(asker.errors)),
        (_DOUBTS, asker.about_findings(asker.doubts)),
        (_BLANKS, asker.about_blanks()),
        (_NEAR, asker.about_near_misses()),
        (_UNSURE, asker.about_low_confidence()),
        (_GOALS, asker.about_goals()),
        (1, asker.about_samples()),
        (1, asker.about_the_first_step()),
        (_LATER, asker.about_findings(asker.to_do)),
    ):
        fresh = (item for item in kind if not item.cells or not covered.issuperset(item.cells))
        for question in islice(fresh, most):
            chosen.append(question)
            covered.update(question.cells)
    return tuple(chosen[:MOST])


@dataclass(frozen=True, slots=True)
class _Asker:
    catalog: Catalog
    wording: Wording
    naming: CatalogNaming
    known: Known

    def text(self, key: str, **params: str | float) -> str:
        return self.wording.text(f"questions.{key}", **params)

    # --- cells that are wrong, or disagree ------------------------------------------------------------------

    @property
    def errors(self) -> Sequence[Finding]:
        """Errors; those whose cells hold up the most figures first."""
        found = [finding for finding in self.known.findings if finding.severity is Severity.ERROR]
        return sorted(found, key=lambda finding: -len(self.held_up(finding)))

    @property
    def doubts(self) -> Sequence[Finding]:
        return [finding for finding in self.warnings() if finding.code not in _TO_DO]

    @property
    def to_do(self) -> Sequence[Finding]:
        return [finding for finding in self.warnings() if finding.code in _TO_DO]

    def warnings(self) -> Iterator[Finding]:
        for finding in self.known.findings:
            if finding.severity is Severity.WARNING and finding.code not in _SILENT:
                yield finding

    def about_findings(self, findings: Iterable[Finding]) -> Iterator[Question]:
        """One question for each kind of finding: several of a kind are asked about together."""
        kinds: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            kinds.setdefault((finding.code, finding.variant), []).append(finding)
        for alike in kinds.values():
            yield self.about_finding(alike[0], alike)

    def about_finding(self, finding: Finding, alike: Sequence[Finding]) -> Question:
        said = describe(self.catalog, finding, self.wording)
        names = self.held_up(finding)
        why = self.text("why_held_up", names=self.some(names)) if names else said.expected
        cells = tuple(dict.fromkeys(one.source for one in alike if one.source.sheet))
        key = self.key_of(finding)
        if key is None:
            asked = "of_file" if finding.code.startswith("S-") else "of_cell"
            text = self.text(asked, message=said.message, fix=said.fix)
        else:
            params = parameters(self.catalog, finding, self.wording)
            if placeholders(texts()[f"questions.{key}"][self.wording.language]) == {"subject"}:
                params = {**params, "subject": self.subjects(alike)}
            text = self.wording.fill(texts()[f"questions.{key}"][self.wording.language], params)
        return Question(finding.code, text, why, cells)

    def key_of(self, finding: Finding) -> str | None:
        """The text that asks about a finding of this code and variant, or of this code."""
        keys = (f"{finding.code}_{finding.variant}", finding.code)
        return next((key for key in keys if self.wording.has(f"questions.{key}")), None)

    def subjects(self, alike: Iterable[Finding]) -> str:
        """The rows that findings of a kind are about, for a text that quotes the first and the last."""
        names = list(
            dict.fromkeys(
                str(parameters(self.catalog, finding, self.wording).get("subject")) for finding in alike
            )
        )
        return self.text("quoted_between").join(names[:_MOST_SUBJECTS])

    def held_up(self, finding: Finding) -> Sequence[str]:
        """The figures that wait for the cells of an error."""
        if finding.severity is not Severity.ERROR:
            return ()
        for item in self.known.unlock:
            if (item["sheet"], item["cell"]) == (finding.source.sheet, finding.source.cell):
                return list(item["metrics"])
        return ()

    # --- cells that are empty -------------------------------------------------------------------------------

    def about_blanks(self) -> Iterator[Question]:
        """The empty cells that open the most, those of errors left out: they are asked about already."""
        wrong = {(finding.source.sheet, finding.source.cell) for finding in self.errors}
        for item in self.known.unlock:
            if (item["sheet"], item["cell"]) in wrong:
                continue
            yield Question(
                item["field"],
                self.of_blank(item),
                self.text("why_blank", names=self.some(item["metrics"])),
                (SourceRef(item["sheet"], item["cell"]),),
            )

    def of_blank(self, item: Mapping[str, Any]) -> str:
        label = self.wording.within(item["label"].rstrip("?"))
        subject = self.subject(item["field"], item["subject"])
        if item["label"].endswith("?"):
            return self.text("blank_answer", label=label)
        if subject:
            return self.text("blank_of_row", label=label, subject=subject)
        return self.text("blank", label=label)

    def subject(self, field_id: str, name: str | None) -> str:
        """A row by its name; a network by what people call it."""
        sheet = self.catalog.sheet(self.catalog.fields[field_id].sheet)
        if not name or sheet.subject is None:
            return ""
        return self.wording.within(self.naming.choice(FieldRef(sheet.subject), name))

    def some(self, names: Sequence[str]) -> str:
        listed = ", ".join(names[:_MOST_NAMES])
        rest = len(names) - _MOST_NAMES
        return self.text("and_more", names=listed, n=rest) if rest > 0 else listed

    # --- advice that hangs on little ------------------------------------------------------------------------

    def about_near_misses(self) -> Iterator[Question]:
        """One for each figure that is near its border, however many rules wait for it."""
        waiting: dict[tuple[str, float], list[NearMiss]] = {}
        for miss in self.known.near.misses:
            waiting.setdefault((miss.borders[0].name, miss.borders[0].value), []).append(miss)
        for misses in waiting.values():
            first = misses[0]
            border = first.borders[0]
            titles = "; ".join(dict.fromkeys(self.wording.within(miss.title) for miss in misses))
            yield Question(
                first.id,
                self.text("near", name=self.wording.within(border.name), words=border.words),
                self.text("why_near_inside" if border.inside else "why_near", titles=titles),
                tuple(dict.fromkeys(SourceRef(cell.sheet, cell.cell) for cell in first.cells)),
            )

    def about_low_confidence(self) -> Iterator[Question]:
        """The first actions that rest on an assumption, an example, or few data."""
        for item in self.known.advice.recommendations if self.known.advice else ():
            if item.confidence != "low":
                continue
            title = self.wording.within(item.title)
            assumption = item.effect.assumption if item.effect else ""
            if item.basis == "scenario" and assumption:
                text = self.text("unsure_scenario", title=title, assumption=assumption)
            else:
                text = self.text(f"unsure_{item.basis}", title=title)
            yield Question(item.id, text, self.why_unsure(item), ())

    def why_unsure(self, item: Recommendation) -> str:
        effect = item.effect
        if effect is None or effect.low is None or effect.high is None or effect.low == effect.high:
            return self.text("why_unsure")
        spread = self.wording.range((effect.low, effect.high), Unit(effect.unit or Unit.NUMBER))
        return self.text("why_unsure_range", range=f"{spread} {effect.period}".strip())

    # --- goals, samples, the first step ---------------------------------------------------------------------

    def about_goals(self) -> Iterator[Question]:
        for status, key in (
            (GoalStatus.OVERDUE, "goal_overdue"),
            (GoalStatus.OFF_TRACK, "goal_behind"),
            (GoalStatus.AT_RISK, "goal_behind"),
        ):
            for goal in self.known.goals:
                if goal.status is status:
                    current = goal.row.get("goals.current")
                    cells = (current.source,) if current.state is State.VALUE and current.source.cell else ()
                    text = self.text(key, goal=self.wording.within(goal.text))
                    yield Question(f"goal {goal.index}", text, self.text(f"why_{key}"), cells)

    def about_samples(self) -> Iterator[Question]:
        """Surveys whose sample proves little, and how many answers would settle it."""
        values = {metric.id: metric for metric in self.known.metrics if metric.subject is None}
        usable = self.catalog.policy["usable_sample"].value
        for metric_id, needed_id in _SURVEYS.items():
            metric, needed = values.get(metric_id), values.get(needed_id)
            if metric is None or metric.value is None or metric.sample is None:
                continue
            target = max(usable, needed.value if needed and needed.value is not None else 0.0)
            few = metric.evidence in (Evidence.ANECDOTAL, Evidence.INDICATIVE)
            if metric.sample < target and (few or metric.zone_confident is False):
                more = float(round(target - metric.sample))
                name = self.naming.metric(metric_id)
                cells = tuple(SourceRef(cell.sheet, cell.cell) for cell in metric.inputs)
                yield Question(
                    metric_id,
                    self.text("sample", name=name, n=more),
                    self.text("why_sample", n=metric.sample, target=target),
                    cells,
                )

    def about_the_first_step(self) -> Iterator[Question]:
        """What stands in the way of the most important action."""
        for item in self.known.advice.recommendations if self.known.advice else ():
            title = self.wording.within(item.title)
            yield Question(item.id, self.text("first_step", title=title), self.text("why_first_step"), ())
