"""The result JSON: everything that was found and computed, in the reader's language; the renderers see
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sheetreport import __version__, counts, health, versions, what_if
from sheetreport.advise import Advice
from sheetreport.catalog.coverage import begun_pages, left_blank, waits_for_pages
from sheetreport.catalog.definitions import Catalog, MeasureDef, MetricDef, Unit
from sheetreport.compute import Computation, Scope
from sheetreport.findings import ELLIPSIS, describe, without_personal
from sheetreport.formula.evaluate import NotComputableError
from sheetreport.formula.explain import numbers, used, words
from sheetreport.formula.tree import MetricRef, Node
from sheetreport.i18n import Wording
from sheetreport.meeting import document as meeting
from sheetreport.meeting.near import NOTHING_NEAR, Near
from sheetreport.model import (
    Finding,
    GoalResult,
    InputCell,
    MetricResult,
    Recommendation,
    Repair,
    Row,
    Scalar,
    SmartLetter,
    SourceFile,
    State,
    Status,
    Step,
    Submission,
    Value,
)
from sheetreport.naming import CatalogNaming
from sheetreport.plan import total as plan_total
from sheetreport.returned import Asked, still_open

SCHEMA_VERSION = "1.0"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """What the stages found out about one workbook; computation and advice are None when it was refused.

    `asked` is what a correction copy that came back had asked for, `near` the rules that nearly fired.
    """

    source: SourceFile
    status: Status
    submission: Submission
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...]
    computation: Computation | None
    advice: Advice | None
    asked: tuple[Asked, ...] = ()
    near: Near = NOTHING_NEAR


def build(catalog: Catalog, report: Report, wording: Wording, generated_at: datetime | None) -> Json:
    """The result as plain JSON values. `generated_at` is None for reproducible output."""
    return _builder(catalog, report, wording).build(generated_at)


def _builder(catalog: Catalog, report: Report, wording: Wording) -> _Builder:
    begun = begun_pages(catalog, report.computation.submission) if report.computation else frozenset()
    asked = frozenset(
        (metric.id, metric.per)
        for metric in catalog.all_metrics()
        if not waits_for_pages(catalog, metric, begun)
    )
    return _Builder(catalog, report, wording, CatalogNaming(catalog, wording), begun, asked)


def contact(catalog: Catalog, report: Report, wording: Wording) -> list[Json]:
    """Who to talk to: personal data, for the consultant's copy alone."""
    return meeting.contact(catalog, report.submission, wording)


def unlock(catalog: Catalog, report: Report, wording: Wording) -> list[Json]:
    """The cells that would open metrics, and those metrics; nothing for a refused workbook."""
    return _builder(catalog, report, wording).unlock() if report.computation else []


def plain(value: Scalar | None) -> Any:
    """An answer as a JSON value: dates as ISO text, steps as mappings."""
    match value:
        case date():
            return value.isoformat()
        case tuple():
            return [_step(item) if isinstance(item, Step) else item for item in value]
        case _:
            return value


def _step(step: Step) -> Json:
    return {"action": step.action, "due": plain(step.due), "who": step.who, "done": step.done}


@dataclass(frozen=True, slots=True)
class _Builder:
    """`begun` are the pages that hold an answer of the owner's; `asked`, by id and table, are the metrics
    that rest on no optional page left blank.

    """

    catalog: Catalog
    report: Report
    wording: Wording
    naming: CatalogNaming
    begun: frozenset[str]
    asked: frozenset[tuple[str, str | None]]

    def build(self, generated_at: datetime | None) -> Json:
        found = self.found(generated_at)
        return {**found, "counts": counts.of_result(found)}

    def found(self, generated_at: datetime | None) -> Json:
        """What the stages found, before anything is counted in it."""
        report = self.report
        computed, advice = report.computation, report.advice
        return {
            "schema_version": SCHEMA_VERSION,
            "generated_at": generated_at.isoformat(timespec="seconds") if generated_at else None,
            "tool_version": __version__,
            "catalog_sha256": self.catalog.sha256,
            "provenance": versions.provenance(SCHEMA_VERSION, self.catalog.sha256, report.source.sha256),
            "language": self.wording.language,
            "source": {
                "file": report.source.file,
                "sha256": report.source.sha256,
                "template_version": report.source.template_version,
                "language": report.source.language,
                "sheets": list(report.source.sheets),
            },
            "status": report.status.value,
            **self.profile(),
            "metrics": self.metrics(reported=True) if computed else [],
            "quantities": self.metrics(reported=False) if computed else [],
            "smm_questions": self.smm_questions() if computed else None,
            "goals": [self.goal(goal) for goal in computed.goals] if computed else [],
            "recommendations": [
                self.recommendation(number, item)
                for number, item in enumerate(advice.recommendations, start=1)
            ]
            if advice
            else [],
            "plan_total": plan_total.build(
                self.catalog, self.computation.environment(), advice.recommendations, self.wording
            )
            if advice
            else None,
            "suppressed": [
                {
                    "id": item.id,
                    "title": item.title,
                    "subject": item.subject,
                    "by": item.by,
                    "reason": item.reason,
                    "until": plain(item.until),
                }
                for item in advice.suppressed
            ]
            if advice
            else [],
            "tiers": list(advice.tiers) if advice else [],
            "unlock": self.unlock() if computed else [],
            "coverage": self.coverage() if computed else None,
            "health": health.document(self.catalog, computed, self.naming, self.cell) if computed else None,
            "left_blank": self.left_blank() if computed else [],
            "findings": [self.finding(finding) for finding in report.findings],
            "repairs": [self.repair(repair) for repair in report.repairs],
            "corrections": self.corrections(),
            **self.meeting(),
            "what_if": what_if.describe(self.computation, self.wording) if computed else None,
            "answers": self.answers(),
        }

    def profile(self) -> Json:
        def of(name: str) -> Any:
            return plain(self.report.submission.get(f"profile.{name}").value)

        period_type = of("period_type")
        choice = self.catalog.fields["profile.period_type"].choice(str(period_type))
        return {
            "company": of("company_name"),
            "period": {
                "type": period_type,
                "start": of("period_start"),
                "end": of("period_end"),
                "months": int(choice.number) if choice and choice.number else None,
            },
            "report_date": of("report_date"),
            "currency": of("currency"),
        }

    # --- metrics ----------------------------------------------------------------------------------

    def metrics(self, *, reported: bool) -> list[Json]:
        computation = self.computation
        return [
            self.metric(definition, result)
            for result in computation.results
            for definition in (computation.definition(result.id, self.sheet_of(result)),)
            if definition.reported is reported
        ]

    @property
    def computation(self) -> Computation:
        assert self.report.computation is not None
        return self.report.computation

    def coverage(self) -> Json:
        """How many metrics have a value, of those that the core and the pages begun so far could give."""
        known, asked = self.computation.coverage()
        return {"known": known, "asked": asked}

    def left_blank(self) -> list[Json]:
        """Optional pages without an answer, and the question that each would answer."""
        language = self.wording.language
        return [
            {"sheet": sheet.id, "title": sheet.title[language], "adds": sheet.learn[language]}
            for sheet in left_blank(self.catalog, self.begun)
        ]

    def sheet_of(self, result: MetricResult) -> str | None:
        """The table a row metric belongs to."""
        if result.row is None:
            return None
        return next(variant.per for variant in self.catalog.metrics[result.id] if variant.per is not None)

    def metric(self, definition: MetricDef, result: MetricResult) -> Json:
        language = self.wording.language
        naming = replace(self.naming, per=definition.per)
        zone = next((zone for zone in definition.zones if zone.id == result.zone), None)
        return {
            "id": result.id,
            "subject": result.subject,
            "row": result.row,
            "per": definition.per,
            "section": definition.section,
            "name": definition.name[language],
            "meaning": definition.meaning[language],
            "note": definition.note[language],
            "unit": definition.unit.value,
            "better": definition.better.value,
            "value": result.value,
            "asked": self.is_asked(definition),
            "status": "ok" if result.value is not None else "not_computable",
            "reason": str(result.reason) if result.reason else None,
            "reason_text": naming.reason(result.reason) if result.reason else None,
            "interval": list(result.interval) if result.interval else None,
            "zone": result.zone,
            "zone_name": zone.name[language] if zone else None,
            "zone_tone": zone.tone if zone else None,
            "zone_confident": result.zone_confident,
            "evidence_level": result.evidence.value if result.evidence else None,
            "sample": result.sample,
            "previous": result.previous,
            "change": result.change,
            "inputs": [self.cell(cell) for cell in result.inputs],
            "formula": self.catalog.once(
                ("formula in words", definition.id, definition.per, language),
                lambda: words(definition.expression, naming),
            ),
            "calculation": self.calculation(definition, result),
        }

    def is_asked(self, definition: MetricDef) -> bool:
        return (definition.id, definition.per) in self.asked

    def calculation(self, definition: MetricDef, result: MetricResult) -> str | None:
        """The formula with the owner's figures and what comes out; None where it can't be computed."""
        if result.value is None:
            return None
        scope = self.scope(definition, result.row)
        try:
            figures = numbers(self.derivation(definition, scope), self.naming, scope)
        except NotComputableError:
            return None
        shown = self.shown(result.value, definition)
        bare = figures in (shown, self.naming.number(result.value))
        return shown if bare else f"{figures} = {shown}"

    def derivation(self, definition: MetricDef, scope: Scope) -> Node:
        """The expression that gives the value; where it is one step alone, what that step is made of."""
        node = used(definition.expression, scope)
        while isinstance(node, MetricRef):
            step = self.computation.definition(node.id, definition.per)
            if step.reported or step.per not in (None, definition.per):
                break
            node = used(step.expression, scope)
        return node

    def scope(self, definition: MetricDef, row: int | None) -> Scope:
        if row is None or definition.per is None:
            return self.computation.environment()
        found = next(item for item in self.computation.submission.rows(definition.per) if item.index == row)
        return self.computation.environment(found, definition.per)

    def shown(self, value: float, definition: MetricDef) -> str:
        if definition.unit in (Unit.MEASURE, Unit.NUMBER):
            return self.naming.number(value)
        borders = [end for zone in definition.zones for end in (zone.low, zone.high) if end is not None]
        return self.wording.value(value, definition.unit, borders)

    def cell(self, cell: InputCell) -> Json:
        return {
            "field": cell.field,
            "label": self.naming.field(cell.field),
            "sheet": cell.sheet,
            "cell": cell.cell,
            "value": plain(cell.value),
        }

    # --- goals ------------------------------------------------------------------------------------

    def goal(self, goal: GoalResult) -> Json:
        def of(key: str) -> float | None:
            return goal.numbers[key].value

        measure = self.catalog.goals.measure(goal.measure) if goal.measure else None
        row = goal.row
        return {
            "index": goal.index,
            "row": row.index,
            "text": goal.text,
            "type": plain(row.get("goals.goal_type").value),
            "kind": plain(row.get("goals.kind").value),
            "metric": goal.measure,
            "name": measure.name[self.wording.language] if measure else None,
            "unit": measure.unit.value if measure else None,
            "unit_words": measure.unit_words[self.wording.language] if measure else "",
            "place": plain(row.get("goals.place").value),
            "place_name": self.place(row),
            "direction": plain(row.get("goals.direction").value),
            "responsible": plain(row.get("goals.responsible").value),
            "why": plain(row.get("goals.why").value),
            "start": plain(row.get("goals.start").value),
            "deadline": plain(row.get("goals.deadline").value),
            "point_a": of("goal_point_a"),
            "target": plain(row.get("goals.target").value),
            "current": plain(row.get("goals.current").value),
            "gap": of("goal_gap"),
            "gap_share": of("goal_gap_share"),
            "progress": of("goal_progress"),
            "elapsed": of("goal_elapsed"),
            "index_k": of("goal_index"),
            "expected_now": of("goal_expected_now"),
            "required_pace_week": of("goal_required_pace_week"),
            "required_pace_month": of("goal_required_pace_month"),
            "current_pace_week": of("goal_current_pace_week"),
            "current_pace_month": of("goal_current_pace_month"),
            "acceleration": of("goal_acceleration"),
            "pace_ratio": of("goal_pace_ratio"),
            "forecast": of("goal_forecast"),
            "forecast_date": plain(goal.forecast_date),
            "days_left": of("goal_days_left"),
            "status": goal.status.value,
            "status_name": self.wording.text(f"goal_status.{goal.status.value}"),
            "notes": [self.catalog.goals.messages[note][self.wording.language] for note in goal.notes],
            "smart": {letter: self.letter(verdict) for letter, verdict in goal.smart.items()},
            "budget_for_gap": goal.budget,
            "budget_range": list(goal.budget_range) if goal.budget_range else None,
            "budget_units": goal.budget_units,
            "budget_channel": plain(row.get("goals.unit_channel").value),
            "budget": plain(row.get("goals.budget").value),
            "steps": [_step(step) for step in goal.steps] or self.proposed(goal),
            "steps_proposed": goal.steps_proposed,
            "inputs": [self.cell(cell) for cell in _goal_cells(goal)],
            "numbers": {key: self.number(result, measure) for key, result in goal.numbers.items()},
        }

    def place(self, row: Row) -> str | None:
        place = row.get("goals.place").value
        network = next((network for network in self.catalog.networks if network.id == place), None)
        return network.name[self.wording.language] if network else plain(place)

    def proposed(self, goal: GoalResult) -> list[Json]:
        """Steps of our own where the owner wrote none."""
        kind = str(goal.row.get("goals.goal_type").value)
        return [
            {"action": step[self.wording.language], "due": None, "who": "", "done": False}
            for step in self.catalog.goals.steps.get(kind, ())
        ]

    def letter(self, letter: SmartLetter) -> Json:
        message = ""
        if letter.message:
            params = {
                key: self.wording.number(value, 1) if isinstance(value, float) else str(value)
                for key, value in letter.params.items()
            }
            message = self.wording.fill(
                self.catalog.goals.messages[letter.message][self.wording.language], params
            )
        return {"verdict": letter.verdict.value, "message": message}

    def number(self, result: MetricResult, measure: MeasureDef | None) -> Json:
        definition = next(number for number in self.catalog.goals.numbers if number.id == result.id)
        return {
            "name": definition.name[self.wording.language],
            "unit": measure.unit.value
            if measure and definition.unit is Unit.MEASURE
            else definition.unit.value,
            "value": result.value,
            "interval": list(result.interval) if result.interval else None,
            "reason": str(result.reason) if result.reason else None,
            "reason_text": self.naming.reason(result.reason) if result.reason else None,
            "formula": words(definition.expression, self.naming),
            "calculation": self.calculation(definition, result),
        }

    # --- the rest ---------------------------------------------------------------------------------

    def recommendation(self, number: int, item: Recommendation) -> Json:
        effect = item.effect
        return {
            "id": item.id,
            "number": number,
            "tier": item.tier,
            "chapter": item.chapter,
            "subject": item.subject,
            "per": item.per,
            "row": item.row,
            "variant": item.variant,
            "title": item.title,
            "text": item.text,
            "steps": list(item.steps),
            "effect": {
                "kind": effect.kind,
                "value": effect.value,
                "low": effect.low,
                "high": effect.high,
                "formula": effect.formula,
                "unit": effect.unit,
                "period": effect.period,
                "assumption": effect.assumption,
                "calculation": effect.calculation,
                "no_range": effect.no_range,
                "yearly": effect.yearly,
                "changes": [asdict(change) for change in effect.changes],
                "differs": effect.differs,
                "left_out": effect.left_out,
            }
            if effect
            else None,
            "confidence": {"level": item.confidence, "words": item.confidence_words},
            "evidence": [self.cell(cell) for cell in item.evidence],
            "merged": list(item.merged),
            "source": list(item.source),
        }

    def unlock(self) -> list[Json]:
        """Empty cells of the pages begun and the metrics each would open, the most valuable first."""
        opened: dict[tuple[str, int | None], list[str]] = {}
        for result in self.computation.results:
            definition = self.computation.definition(result.id, self.sheet_of(result))
            if result.value is None and definition.reported and self.is_asked(definition):
                for key in self.roots(result, definition):
                    names = opened.setdefault(key, [])
                    name = definition.name[self.wording.language]
                    if name not in names:
                        names.append(name)
        order = {field_id: place for place, field_id in enumerate(self.catalog.fields)}
        ranked = sorted(
            opened.items(), key=lambda item: (-len(item[1]), order.get(item[0][0], 0), item[0][1] or 0)
        )
        return [
            {
                "field": field_id,
                "label": self.naming.field(field_id),
                "row": row,
                "subject": self.subject(field_id, row),
                **self.address(field_id, row),
                "metrics": names,
            }
            for (field_id, row), names in ranked
        ]

    def roots(
        self, result: MetricResult, definition: MetricDef, depth: int = 0
    ) -> Iterable[tuple[str, int | None]]:
        """The empty fields at the bottom of a missing value."""
        reason = result.reason
        if reason is None or reason.about is None or depth > 20:
            return
        if reason.code == "missing_input":
            field = self.catalog.fields.get(reason.about)
            yield reason.about, result.row if field and field.table else None
        elif reason.code == "depends_on":
            deeper = self.computation.definition(reason.about, definition.per)
            row = self.scope(definition, result.row).row if deeper.per else None
            behind = self.computation.result(deeper, row) if deeper.per in (None, definition.per) else None
            if behind is not None:
                yield from self.roots(behind, deeper, depth + 1)

    def row(self, field_id: str, row: int | None) -> Row | None:
        sheet = self.catalog.fields[field_id].sheet if field_id in self.catalog.fields else ""
        rows = self.report.submission.rows(sheet)
        return next((item for item in rows if item.index == row), None) if row is not None else None

    def subject(self, field_id: str, row: int | None) -> str | None:
        found = self.row(field_id, row)
        return found.subject if found else None

    def address(self, field_id: str, row: int | None) -> Json:
        found = self.row(field_id, row)
        value = found.get(field_id) if found else self.report.submission.get(field_id)
        sheet = value.source.sheet
        if not sheet and field_id in self.catalog.fields:
            sheet = self.catalog.sheet(self.catalog.fields[field_id].sheet).title[self.wording.language]
        return {"sheet": sheet, "cell": value.source.cell}

    def meeting(self) -> Json:
        """What prepares a meeting with the owner."""
        report, computed = self.report, self.report.computation
        known = meeting.Known(
            submission=computed.submission if computed else report.submission,
            findings=[without_personal(self.catalog, finding) for finding in report.findings],
            unlock=self.unlock() if computed else (),
            near=report.near,
            advice=report.advice,
            metrics=computed.results if computed else (),
            goals=computed.goals if computed else (),
        )
        cells = meeting.Cells(self.cell, self.address, self.naming.field)
        return meeting.document(self.catalog, self.wording, known, cells)

    def finding(self, finding: Finding) -> Json:
        finding = without_personal(self.catalog, finding)
        described = describe(self.catalog, finding, self.wording)
        return {
            "code": finding.code,
            "severity": finding.severity.value,
            "sheet": finding.source.sheet,
            "cell": finding.source.cell,
            "field": finding.field,
            "found": finding.found,
            "expected": described.expected,
            "message": described.message,
            "fix": described.fix,
        }

    def corrections(self) -> Json | None:
        """How much of what a correction copy asked for is mended; None where the workbook is none."""
        asked = self.report.asked
        if not asked:
            return None
        left = len(still_open(asked, self.report.findings))
        return {"asked": len(asked), "mended": len(asked) - left}

    def repair(self, repair: Repair) -> Json:
        hidden = self.is_personal(repair.field)
        return {
            "sheet": repair.source.sheet,
            "cell": repair.source.cell,
            "field": repair.field,
            "found": ELLIPSIS if hidden else repair.found,
            "used": ELLIPSIS if hidden else repair.used,
        }

    def is_personal(self, field_id: str) -> bool:
        """Whether a field's answer is for the consultant alone."""
        field = self.catalog.fields.get(field_id)
        return field is not None and field.personal

    def smm_questions(self) -> Json:
        """The answers to the three questions about social media, as codes."""
        questions = self.computation.questions
        return {
            "q1_audience": questions.audience.value,
            "q2_awareness": questions.awareness.value,
            "q3_opinion": questions.opinion.value,
        }

    def answers(self) -> Json:
        submission = self.report.computation.submission if self.report.computation else self.report.submission
        return {
            "scalars": {
                field_id: _answer(value)
                for field_id, value in submission.scalars.items()
                if not self.is_personal(field_id)
            },
            "tables": {
                sheet: [
                    {
                        "index": row.index,
                        "subject": row.subject,
                        "values": {field_id: _answer(value) for field_id, value in row.values.items()},
                    }
                    for row in rows
                ]
                for sheet, rows in submission.tables.items()
            },
        }


def _answer(value: Value) -> Json:
    return {
        "value": plain(value.value),
        "state": value.state.value,
        "origin": value.origin.value,
        "sheet": value.source.sheet,
        "cell": value.source.cell,
    }


_GOAL_FIELDS = (
    "goals.metric",
    "goals.point_a",
    "goals.current",
    "goals.target",
    "goals.start",
    "goals.deadline",
)


def _goal_cells(goal: GoalResult) -> Sequence[InputCell]:
    cells = []
    for field_id in _GOAL_FIELDS:
        value = goal.row.get(field_id)
        if value.state is State.VALUE and value.source.cell:
            cells.append(InputCell(field_id, value.source.sheet, value.source.cell, value.value))
    return cells
