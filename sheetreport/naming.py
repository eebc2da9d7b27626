"""What the reader's language calls fields, metrics and choices, for formulas written in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType, MetricDef, Unit
from sheetreport.catalog.goal_columns import CHOICES
from sheetreport.formula.tree import FieldRef, MetricRef, PolicyRef
from sheetreport.i18n import Wording, texts
from sheetreport.model import Reason, Scalar, Step

_FIELD_UNITS = {
    FieldType.COUNT: Unit.COUNT,
    FieldType.MONEY: Unit.MONEY,
    FieldType.SHARE: Unit.SHARE,
    FieldType.NUMBER: Unit.NUMBER,
}

# Ratios of money to money, printed as so much per unit of currency.
MONEY_RATIOS = frozenset(
    {
        "payback_revenue",
        "payback_profit",
        "payback_new_revenue",
        "payback_new_profit",
        "clv_cac_ratio",
        "roas",
    }
)

# The words of what columns of the program hold.
_TOPICS = {"goals.status": "goal_status.", "ads_status": "reference.status_", "smm": "smm."}


def _topic(column: str) -> str:
    """Where the words of a column's values stand: those of its topic, else yes and no."""
    table, _, name = column.partition(".")
    return _TOPICS.get(column) or _TOPICS.get(name) or _TOPICS.get(table) or "common."


@dataclass(frozen=True, slots=True)
class CatalogNaming:
    """Names and numbers of the catalogue in one language; fits formula.explain.Naming."""

    catalog: Catalog
    wording: Wording
    per: str | None = None  # the table whose row metrics are meant where the company has one of the same name

    def field(self, field_id: str) -> str:
        """A field's label; columns that the program fills have labels of their own."""
        definition = self.catalog.fields.get(field_id)
        if definition is not None:
            return definition.label[self.wording.language]
        return self.wording.text(f"columns.{field_id.replace('.', '_')}")

    def metric(self, metric_id: str) -> str:
        return self.metric_definition(metric_id).name[self.wording.language]

    def metric_definition(self, metric_id: str) -> MetricDef:
        if metric_id in self.catalog.metrics:
            return self.catalog.metric(metric_id, self.per)
        return next(number for number in self.catalog.goals.numbers if number.id == metric_id)

    def name(self, reference: FieldRef | MetricRef | PolicyRef) -> str:
        match reference:
            case FieldRef(field_id):
                return self.field(field_id)
            case MetricRef(metric_id):
                return self.metric(metric_id)
            case PolicyRef(policy_id):
                return self.number(self.catalog.policy[policy_id].value)

    def choice(self, field: FieldRef, choice_id: str) -> str:
        """A choice's label; columns that the program fills have words of their own for what they hold."""
        definition = self.catalog.fields.get(CHOICES.get(field.id, field.id))
        choice = definition.choice(choice_id) if definition else None
        if choice is not None:
            return choice.label[self.wording.language]
        words = _topic(field.id) + choice_id
        return self.wording.text(words) if definition is None and self.wording.has(words) else choice_id

    def number(self, value: float) -> str:
        """A number in a formula: as many decimals as it has, two or, below ten, four at the most."""
        most = 2 if abs(value) >= 10 else 4
        digits = next((digits for digits in range(most) if round(value, digits) == round(value, most)), most)
        return self.wording.number(value, digits)

    def shown(self, reference: FieldRef | MetricRef | PolicyRef, value: float) -> str:
        match reference:
            case MetricRef(metric_id):
                unit = self.metric_definition(metric_id).unit
                return (
                    self.number(value)
                    if unit in (Unit.MEASURE, Unit.NUMBER)
                    else self.wording.value(value, unit)
                )
            case FieldRef(field_id) if field_id in self.catalog.fields:
                unit = _FIELD_UNITS.get(self.catalog.fields[field_id].type, Unit.NUMBER)
                return self.number(value) if unit is Unit.NUMBER else self.wording.value(value, unit)
            case _:
                return self.number(value)

    def day(self, value: date) -> str:
        return self.wording.date(value)

    def phrase(self, key: str, *arguments: str) -> str:
        return texts()[f"explain.{key}"][self.wording.language].format(*arguments)

    def reason(self, reason: Reason) -> str:
        """Why there is no value, in words."""
        about = ""
        if reason.about:
            about = self.metric(reason.about) if reason.code == "depends_on" else self.field(reason.about)
        key = f"reasons.{reason.code}"
        if reason.code == "missing_input" and not about:
            key = "reasons.missing_data"
        return self.wording.text(key, about=about, usable=self.catalog.policy["usable_sample"].value)

    def answer(self, field: FieldDef, value: Scalar | None) -> str:
        """An answer as a person reads it."""
        match value:
            case None:
                return ""
            case bool():
                return self.wording.text("common.yes" if value else "common.no")
            case int() | float():
                unit = _FIELD_UNITS.get(field.type, Unit.NUMBER)
                return self.number(value) if unit is Unit.NUMBER else self.wording.value(value, unit)
            case date():
                return self.wording.date(value)
            case str():
                return self.choice(FieldRef(field.id), value)
            case tuple():
                return self._list(field, value)

    def _list(self, field: FieldDef, items: Iterable[int | str | Step]) -> str:
        return ", ".join(
            item.action if isinstance(item, Step) else self.choice(FieldRef(field.id), str(item))
            for item in items
        )
