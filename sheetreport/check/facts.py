"""What a check looks at and what it says: typed access to answers, and issues with the cells they spoil."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sheetreport.catalog.definitions import Catalog, FieldDef
from sheetreport.findings import as_found
from sheetreport.model import (
    Finding,
    Language,
    Origin,
    Param,
    Row,
    Severity,
    State,
    Step,
    Submission,
    Tally,
    Value,
)

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class Place:
    """A field of the company, or of one row of a table."""

    field: str
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding with the places whose values nothing may be computed from."""

    finding: Finding
    spoils: tuple[Place, ...] = ()


Check: TypeAlias = Callable[["Facts"], Iterable[Issue]]


@dataclass(frozen=True, slots=True)
class Facts:
    """The answers as checks read them: a number, date or choice where there is a value, else None."""

    catalog: Catalog
    submission: Submission

    @property
    def language(self) -> Language:
        return self.submission.source.language or "ru"

    def field(self, field_id: str) -> FieldDef:
        return self.catalog.fields[field_id]

    def rows(self, table: str) -> tuple[Row, ...]:
        return self.submission.rows(table)

    def value(self, field_id: str, row: Row | None = None) -> Value:
        return self.submission.get(field_id) if row is None else row.get(field_id)

    def number(self, field_id: str, row: Row | None = None) -> float | None:
        value = self.value(field_id, row).value
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def day(self, field_id: str, row: Row | None = None) -> date | None:
        value = self.value(field_id, row).value
        return value if isinstance(value, date) else None

    def text(self, field_id: str, row: Row | None = None) -> str | None:
        """A text or the id of a choice."""
        value = self.value(field_id, row).value
        return value if isinstance(value, str) else None

    def tally(self, field_id: str, row: Row | None = None) -> Tally | None:
        value = self.value(field_id, row).value
        return tuple(n for n in value if isinstance(n, int)) if isinstance(value, tuple) else None

    def chosen(self, field_id: str) -> tuple[str, ...]:
        """The ids of a question with several answers."""
        value = self.value(field_id).value
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()

    def steps(self, row: Row) -> tuple[Step, ...]:
        value = row.get("goals.steps").value
        return tuple(step for step in value if isinstance(step, Step)) if isinstance(value, tuple) else ()

    def given(self, field_id: str, row: Row | None = None) -> bool:
        """Whether the owner typed this value (and didn't leave it to be derived)."""
        value = self.value(field_id, row)
        return value.state is State.VALUE and value.origin is Origin.GIVEN

    def policy(self, policy_id: str) -> float:
        return self.catalog.policy[policy_id].value

    def issue(
        self,
        code: str,
        severity: Severity,
        place: Place,
        variant: str = "",
        spoils: Iterable[Place] = (),
        **params: Param,
    ) -> Issue:
        """A finding at `place`; in a table it carries the row's index and name."""
        value = self.value(place.field, place.row)
        if place.row is not None:
            params |= {"index": place.row.index, "subject": place.row.subject or str(place.row.index)}
        finding = Finding(
            code=code,
            severity=severity,
            source=value.source,
            field=place.field,
            found=as_found(self.field(place.field), value, self.language),
            params=params,
            variant=variant,
        )
        return Issue(finding, tuple(spoils))


def is_blank(value: Value) -> bool:
    """Blank, unknown and not applicable: nothing to compute from, and nothing wrong."""
    return value.state in (State.BLANK, State.UNKNOWN, State.NOT_APPLICABLE)
