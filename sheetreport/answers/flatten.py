"""The keys of an answers file to the field ids of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from sheetreport.answers.content import NOT_APPLICABLE, UNKNOWN, Content, as_list, as_mapping, as_rows, typed
from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.errors import Message

_PRACTICES = "practices"
_WAYS_OF = {"contacts_collect": "contact_ways", "base_work": "base_work_ways"}
_GROUPS = ("promoters", "passives", "detractors")


@dataclass(frozen=True, slots=True)
class Flat:
    """Answers by field id, ready for cells, and what to say of the keys that no field takes."""

    scalars: Mapping[str, Content]
    tables: Mapping[str, tuple[Mapping[str, Content], ...]]
    ignored: tuple[Message, ...]


def flatten(catalog: Catalog, mapping: Mapping[str, object]) -> Flat:
    """Answers by field id: every sheet's keys, nested forms spelled out, unknown keys listed."""
    topics = _topics(catalog)
    scalars: dict[str, Content] = {}
    tables: dict[str, tuple[Mapping[str, Content], ...]] = {}
    ignored: list[Message] = []
    for key, content in mapping.items():
        if key == _PRACTICES:
            scalars.update(_practices(catalog, as_mapping(content or {}, key), ignored))
        elif key not in topics:
            ignored.append(_no_place(key, did_you_mean(key, [*topics, _PRACTICES])))
        elif content is not None:
            topic = topics[key]
            rows, record = topic.split(content)
            if topic.columns:
                tables[key] = tuple(topic.cells(row, path, topic.columns, ignored) for path, row in rows)
            scalars.update(topic.cells(record, key, topic.scalars, ignored))
    return Flat(scalars, tables, tuple(ignored))


@dataclass(frozen=True, slots=True)
class _Topic:
    """The fields that share the first word of their ids, by their own names."""

    key: str
    scalars: Mapping[str, FieldDef]
    columns: Mapping[str, FieldDef]
    subject: str | None

    def split(self, content: object) -> tuple[list[tuple[str, object]], Mapping[str, object]]:
        """The rows with their paths, and the keys that stand once."""
        if self.columns and not self.scalars:
            return _with_paths(self.key, as_rows(content, self.key)), {}
        if isinstance(content, list | tuple) and len(content) == 1:
            content = content[0]
        record = dict(as_mapping(content, self.key))
        if not self.columns:
            return [], record
        rows = record.pop("attributes", None)
        path = f"{self.key}.attributes"
        named = self._named(rows) if isinstance(rows, Mapping) else as_rows(rows or [], path)
        return _with_paths(path, [*named, *self._from_columns(record)]), record

    def _from_columns(self, record: dict[str, object]) -> list[object]:
        """Rows written as whole columns, such as a plan month by month; they leave the record."""
        columns = {
            name: as_list(record.pop(name), f"{self.key}.{name}")
            for name in [*record]
            if name in self.columns
        }
        rows = zip_longest(*columns.values())
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _named(self, rows: Mapping[object, object]) -> list[object]:
        """Rows written as name → tally, or name → {weight, tally}."""
        subject = self.subject or "name"
        return [
            {subject: name, **(row if isinstance(row, Mapping) else {"tally": row})}
            for name, row in rows.items()
        ]

    def cells(
        self, record: object, path: str, fields: Mapping[str, FieldDef], ignored: list[Message]
    ) -> dict[str, Content]:
        """One record's values by field id."""
        values: dict[str, Content] = {}
        for name, raw in self._spelled_out(as_mapping(record, path), path, fields):
            if name in fields:
                values[fields[name].id] = typed(fields[name], raw, f"{path}.{name}")
            else:
                ignored.append(_no_place(f"{path}.{name}", _hint(name, fields)))
        return values

    def _spelled_out(
        self, record: Mapping[str, object], path: str, fields: Mapping[str, FieldDef]
    ) -> Iterator[tuple[str, object]]:
        """Short keys as field names: `groups`, `previous`, a row's `name` and its `tally`."""
        for name, raw in record.items():
            if name in fields or raw is None:
                yield name, raw
            elif name == "groups":
                yield from _groups(raw, f"{path}.groups").items()
            elif name == "previous":
                for inner, value in as_mapping(raw, f"{path}.previous").items():
                    yield (f"prev_{inner}" if f"prev_{inner}" in fields else f"previous_{inner}"), value
            elif name == "name" and self.subject is not None:
                yield self.subject, raw
            elif name == "tally":
                yield next((key for key, field in fields.items() if field.type is FieldType.TALLY), name), raw
            else:
                yield name, raw


def _topics(catalog: Catalog) -> dict[str, _Topic]:
    """Topics by key, without practices, whose answers have a shape of their own."""
    subjects = {sheet.subject.split(".", 1)[0]: sheet.subject for sheet in catalog.sheets if sheet.subject}
    keys = {field_id.split(".", 1)[0]: None for field_id in catalog.fields if not field_id.startswith("p.")}
    topics: dict[str, _Topic] = {}
    for key in keys:
        fields = {f.name: f for f in catalog.fields.values() if f.id.startswith(f"{key}.")}
        topics[key] = _Topic(
            key=key,
            scalars={name: field for name, field in fields.items() if not field.table},
            columns={name: field for name, field in fields.items() if field.table},
            subject=subjects[key].split(".", 1)[1] if key in subjects else None,
        )
    return topics


def _no_place(key: str, hint: Message | str) -> Message:
    """What to say of a key that no field takes."""
    if hint:
        return Message("answers_file.no_place_near", {"key": key, "hint": hint})
    return Message("answers_file.no_place", {"key": key})


def _hint(name: str, known: Iterable[str]) -> Message | str:
    """The nearest known key; two letters, such as `id`, resemble too much."""
    return did_you_mean(name, known) if len(name) > 2 else ""


def _with_paths(path: str, rows: Iterable[object]) -> list[tuple[str, object]]:
    return [(f"{path}[{index}]", row) for index, row in enumerate(rows, start=1)]


def _groups(raw: object, path: str) -> Mapping[str, object]:
    """NPS groups by name, or as three numbers in the order promoters, passives, detractors."""
    return (
        as_mapping(raw, path)
        if isinstance(raw, Mapping)
        else dict(zip(_GROUPS, as_list(raw, path), strict=False))
    )


def _practices(catalog: Catalog, record: Mapping[str, object], ignored: list[Message]) -> dict[str, Content]:
    """Practices by field id: {answer, why_not, why_text, how}, a plain answer, or a list of ways."""
    values: dict[str, Content] = {}
    for name, raw in record.items():
        path = f"{_PRACTICES}.{name}"
        field = catalog.fields.get(f"p.{name}")
        if field is None:
            names = [f.name for f in catalog.fields.values() if f.id.startswith("p.") and "." not in f.name]
            ignored.append(_no_place(path, did_you_mean(name, names)))
        elif not isinstance(raw, Mapping):
            values[field.id] = typed(field, raw, path)
        elif field.type is FieldType.CHOICES:
            values[field.id] = typed(field, raw.get("how", raw.get("answer", raw)), path)
        else:
            values.update(_practice(catalog, field, raw, path, ignored))
    return values


def _practice(
    catalog: Catalog, field: FieldDef, record: Mapping[str, object], path: str, ignored: list[Message]
) -> dict[str, Content]:
    fields = {
        "answer": field,
        "why_not": catalog.fields.get(f"{field.id}.why_not"),
        "why_text": catalog.fields.get(f"{field.id}.why_text"),
        "how": catalog.fields.get(f"p.{_WAYS_OF.get(field.name, '')}"),
    }
    values: dict[str, Content] = {}
    for key, raw in record.items():
        target = fields.get(key)
        if target is None:
            ignored.append(_no_place(f"{path}.{key}", did_you_mean(key, fields)))
        else:
            values[target.id] = typed(target, raw, f"{path}.{key}")
    _own_words(fields["why_not"], fields["why_text"], values)
    return values


def _own_words(reason: FieldDef | None, words: FieldDef | None, values: dict[str, Content]) -> None:
    """A reason that is not in the list is the reason `other`, in the owner's own words."""
    if reason is None or words is None:
        return
    content = values.get(reason.id)
    if content is None or content in (UNKNOWN, NOT_APPLICABLE) or reason.choice(str(content)) is not None:
        return
    values[reason.id] = "other"
    values.setdefault(words.id, str(content))
