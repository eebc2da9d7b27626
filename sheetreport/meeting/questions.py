"""What to ask the owner at the meeting: a few questions, each about something in this very workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sheetreport.advise import Advice
from sheetreport.catalog.definitions import Catalog, FieldType, Unit
from sheetreport.findings import describe, nested, parameters
from sheetreport.formula.tree import FieldRef
from sheetreport.i18n import Wording, placeholders, running, texts
from sheetreport.meeting.near import Near, NearMiss, is_before_opening
from sheetreport.model import (
    Finding,
    GoalResult,
    GoalStatus,
    MetricResult,
    Recommendation,
    Severity,
    SourceRef,
    State,
    Submission,
)
from sheetreport.naming import CatalogNaming

MOST = 10
_MOST_NAMES = 4
_MOST_SUBJECTS = 3

# How many questions of each kind at the most, in the order in which they are asked.
_ERRORS, _DOUBTS, _BLANKS, _NEAR, _UNSURE, _GOALS, _LATER = 4, 3, 2, 2, 2, 1, 2

# Warnings that something is left to do rather than that two answers disagree: asked about last.
_TO_DO = frozenset("V-15 V-27 V-29 V-30 V-33 V-35 V-43 V-45 V-46 V-47 V-51".split())
# Nothing to ask: the file or its layout was mended or read all the same.
_SILENT = frozenset("S-08 S-12 S-13 S-14 S-15".split())
_NUMBERS = frozenset({FieldType.COUNT, FieldType.MONEY, FieldType.NUMBER, FieldType.SHARE})
_ONLINE = frozenset({"channels.impressions", "channels.clicks"})
_ONLINE_TYPES = frozenset(
    {"search_ads", "social_ads", "retargeting", "maps", "marketplace", "seo", "email_sms"}
)
_UNCOUNTED = frozenset({"fact", "method", "rules"})  # what an action may rest on without an amount

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

    submission: Submission
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

    def within(self, text: str) -> str:
        """A text as it stands inside quotation marks."""
        return nested(text.rstrip("."), self.wording.language)

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
        own = f"why_{finding.code}"
        expected = (
            self.text(own)
            if self.wording.has(f"questions.{own}")
            else self.text("why_expected", expected=running(said.expected))
        )
        why = self.text("why_held_up", names=self.some(names)) if names else expected
        cells = tuple(dict.fromkeys(one.source for one in alike if one.source.sheet))
        key = self.key_of(finding)
        if key is None:
            asked = "of_file" if finding.code.startswith("S-") else "of_cell"
            text = self.text(asked, message=said.message, fix=said.fix)
        else:
            template = texts()[f"questions.{key}"][self.wording.language]
            params = self.parameters(finding)
            if placeholders(template) == {"subject"}:
                params["subject"] = self.text("quoted_between").join(self.subjects(alike))
            text = self.wording.fill(template, params)
        return Question(finding.code, text, why, cells)

    def key_of(self, finding: Finding) -> str | None:
        """The text that asks about a finding of this code and variant, or of this code."""
        keys = (f"{finding.code}_{finding.variant}", finding.code)
        return next((key for key in keys if self.wording.has(f"questions.{key}")), None)

    def parameters(self, finding: Finding) -> dict[str, str | float | None]:
        """What the texts about a finding may name; the label of a row's cell names the row too."""
        params = parameters(self.catalog, finding, self.wording)
        name = params.get("subject") or self.row_of(finding)
        if name and params["label"]:
            params["label"] = self.text("label_of_row", label=str(params["label"]), subject=str(name))
        return {**params, "subject": name or ""}

    def subjects(self, alike: Iterable[Finding]) -> Sequence[str]:
        """The rows that findings of a kind are about, the first few by name."""
        names = dict.fromkeys(str(self.parameters(finding)["subject"]) for finding in alike)
        return list(names)[:_MOST_SUBJECTS]

    def row_of(self, finding: Finding) -> str:
        """The name of the row in which a finding's cell stands."""
        for table, rows in self.known.submission.tables.items():
            for row in rows:
                if finding.field and row.get(finding.field).source == finding.source != SourceRef():
                    return self.row_name(table, row.subject)
        return ""

    def row_name(self, table: str, name: str) -> str:
        """A row by its name; a network by what people call it."""
        subject = self.catalog.sheet(table).subject
        return self.within(self.naming.choice(FieldRef(subject), name) if subject and name else name)

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
        """The empty cells that open the most, a column of a table once.

        What errors hold up is asked about already; channels outside the internet have no views and no clicks.
        """
        seen = {finding.field for finding in self.errors}
        for item in self.known.unlock:
            if item["field"] in seen or self.is_wrong(item) or not self.fits(item):
                continue
            seen.add(item["field"])
            yield Question(
                item["field"],
                self.of_blank(item),
                self.text("why_blank", names=self.some(item["metrics"])),
                (SourceRef(item["sheet"], item["cell"]),),
            )

    def is_wrong(self, item: Mapping[str, Any]) -> bool:
        """Whether the cell is not empty but wrong, or follows from others on a sheet with errors."""
        field = self.catalog.fields[item["field"]]
        if field.derived and any(finding.source.sheet == item["sheet"] for finding in self.errors):
            return True
        table = field.sheet
        rows = [row for row in self.known.submission.rows(table) if row.index == item["row"]]
        found = rows[0].get(item["field"]) if rows else self.known.submission.get(item["field"])
        return found.state is State.INVALID

    def fits(self, item: Mapping[str, Any]) -> bool:
        """Whether there can be an answer: before the opening there are no clients to count."""
        if is_before_opening(self.known.submission, item["field"]):
            return False
        if item["field"] not in _ONLINE or item["row"] is None:
            return True
        rows = self.known.submission.rows("channels")
        kinds = [row.get("channels.type").value for row in rows if row.index == item["row"]]
        return any(kind in _ONLINE_TYPES for kind in kinds)

    def of_blank(self, item: Mapping[str, Any]) -> str:
        field = self.catalog.fields[item["field"]]
        label = self.within(item["label"])
        if field.type not in _NUMBERS or label.endswith("?"):
            title = self.catalog.sheet(field.sheet).title[self.wording.language]
            return self.text("blank_answer", label=label, sheet=title)
        if item["subject"]:
            return self.text("blank_of_row", label=label, subject=self.row_name(field.sheet, item["subject"]))
        return self.text("blank", label=label)

    def some(self, names: Sequence[str]) -> str:
        listed = ", ".join(names[:_MOST_NAMES])
        rest = len(names) - _MOST_NAMES
        return self.text("and_more", names=listed, n=rest) if rest > 0 else listed

    # --- advice that hangs on little ------------------------------------------------------------------------

    def about_near_misses(self) -> Iterator[Question]:
        """One for each figure that is near its border, however many rules wait for it."""
        waiting: dict[tuple[str, float], list[NearMiss]] = {}
        for miss in self.known.near.misses:
            if not miss.borders[0].is_named:
                continue
            waiting.setdefault((miss.borders[0].name, miss.borders[0].value), []).append(miss)
        for misses in waiting.values():
            first = misses[0]
            border = first.borders[0]
            titles = "; ".join(dict.fromkeys(self.within(miss.title) for miss in misses))
            yield Question(
                first.id,
                self.text("near", name=self.within(border.name), words=border.words),
                self.text("why_near_inside" if border.inside else "why_near", titles=titles),
                tuple(dict.fromkeys(SourceRef(cell.sheet, cell.cell) for cell in first.cells)),
            )

    def about_low_confidence(self) -> Iterator[Question]:
        """The first action of each kind that rests on an assumption, an example, or few data.

        The very first of all has a question of its own.
        """
        seen: set[str] = set()
        for item in self.known.advice.recommendations[1:] if self.known.advice else ():
            kind = self.kind_of(item)
            if item.confidence == "low" and kind not in seen:
                seen.add(kind)
                effect = item.effect.assumption if item.effect else ""
                assumption = effect.removeprefix(self.text("scenario"))
                text = self.text(f"unsure_{kind}", title=self.within(item.title), assumption=assumption)
                yield Question(item.id, text, self.why_unsure(item), ())

    def kind_of(self, item: Recommendation) -> str:
        """What an action rests on; what would be an amount rests on nothing where there is none."""
        counted = item.effect is not None and item.effect.value is not None
        return item.basis if counted or item.basis in _UNCOUNTED else "other"

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
                    text = self.text(key, goal=self.within(goal.text))
                    yield Question(f"goal {goal.index}", text, self.text(f"why_{key}"), cells)

    def about_samples(self) -> Iterator[Question]:
        """Surveys whose sample proves little, and how many answers would settle it."""
        values = {metric.id: metric for metric in self.known.metrics if metric.subject is None}
        usable = self.catalog.policy["usable_sample"].value
        for metric_id, needed_id in _SURVEYS.items():
            metric, needed = values.get(metric_id), values.get(needed_id)
            if metric is None or metric.value is None or metric.sample is None:
                continue
            if metric.sample < usable:
                target, why = usable, self.text("why_few", n=metric.sample, target=usable)
            elif needed is not None and needed.value is not None and metric.zone_confident is False:
                target = needed.value
                name = self.naming.metric(needed_id)
                why = self.text("why_sample", n=metric.sample, name=name, target=target)
            else:
                continue
            more = float(round(target - metric.sample))
            if more > 0:
                text = self.text("sample", name=self.naming.metric(metric_id), n=more)
                cells = tuple(SourceRef(cell.sheet, cell.cell) for cell in metric.inputs)
                yield Question(metric_id, text, why, cells)

    def about_the_first_step(self) -> Iterator[Question]:
        """What stands in the way of the most important action."""
        for item in self.known.advice.recommendations if self.known.advice else ():
            title = self.within(item.title)
            yield Question(item.id, self.text("first_step", title=title), self.text("why_first_step"), ())
