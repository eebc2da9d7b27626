"""The reference as Markdown pages for people who keep the product: every id, and the trace of the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from sheetreport.model import LANGUAGES, Language
from sheetreport.reference.entries import Entry, Kind, Reference

# Kinds that have a table, with its columns of facts; the others have a list for each entry.
_COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.FIELD: ("type", "need", "values", "hint", "why", "note", "lines"),
    Kind.MEASURE: ("goal_types", "goal_kind", "unit", "better", "bounds", "note", "lines"),
    Kind.SMART: (),
    Kind.TEMPLATE: ("measure", "target", "days", "lines"),
    Kind.FINDING: ("severity", "expected", "fix", "lines"),
    Kind.NETWORK: ("status", "checked_on", "note", "footnote", "links"),
    Kind.SERVICE: ("advice", "note", "checked_on", "by"),
    Kind.POLICY: ("reason", "used_by", "sources"),
    Kind.REASON: ("used_by",),
    Kind.SOURCE: ("links",),
    Kind.DECISION: (),
    Kind.LINE: ("kind", "by", "unused"),
    Kind.WARNING: ("instead", "by"),
}
_LISTED = (Kind.METRIC, Kind.QUANTITY, Kind.GOAL_NUMBER, Kind.LEVER, Kind.RULE)
# A Git host shows no page above 512 KB, hence more than one.
_PAGES: Mapping[str, tuple[Kind, ...]] = {
    "REFERENCE": (
        Kind.FIELD,
        Kind.METRIC,
        Kind.QUANTITY,
        Kind.MEASURE,
        Kind.GOAL_NUMBER,
        Kind.SMART,
        Kind.TEMPLATE,
        Kind.LEVER,
        Kind.POLICY,
        Kind.REASON,
    ),
    "RULES": (Kind.FINDING, Kind.RULE, Kind.NETWORK, Kind.SERVICE, Kind.SOURCE, Kind.DECISION),
    "TRACE": (Kind.LINE, Kind.WARNING),
}
_PROVED = (Kind.FINDING, Kind.LINE, Kind.WARNING)
_NAMES = {
    Kind.FIELD: "column_name_field",
    Kind.POLICY: "label_value",
    Kind.FINDING: "label_message",
    Kind.LINE: "column_gist",
}

_CALLED: Mapping[Language, str] = {"ru": "По-русски", "en": "In English"}  # to those who read it

Proofs = Mapping[str, str]
"""The file of cases that proves an id, as the pages link to it."""


def pages(references: Mapping[Language, Reference], proofs: Proofs) -> Mapping[str, str]:
    """The pages by their file names."""
    return {
        file_name(page, language): "".join(_Page(page, reference, proofs).lines())
        for language, reference in references.items()
        for page in _PAGES
    }


def file_name(page: str, language: Language) -> str:
    """The file of a page: English has the bare name, as README does."""
    return f"{page}.md" if language == "en" else f"{page}.{language}.md"


class _Page:
    """One page: its sections, and links from it to the others."""

    def __init__(self, name: str, reference: Reference, proofs: Proofs) -> None:
        self.name = name
        self.reference = reference
        self.proofs = proofs
        self.anchored: set[str] = set()

    def text(self, key: str, **params: str | float) -> str:
        return self.reference.wording.text(f"reference.{key}", **params)

    def lines(self) -> Iterator[str]:
        """The page, piece by piece."""
        yield f"# {self.text(f'title_{self.name}')}\n\n{self.text(f'intro_{self.name}')}\n\n"
        yield f"{' · '.join(self._other_pages())}\n\n"
        kinds = _PAGES[self.name]
        yield " · ".join(f"[{self.text(f'kind_{kind}')}](#{kind})" for kind in kinds) + "\n"
        for kind in kinds:
            yield f'\n<a id="{kind}"></a>\n\n## {self.text(f"kind_{kind}")}\n'
            yield from self._section(kind)

    def _other_pages(self) -> Iterator[str]:
        language = self.reference.language
        for page in _PAGES:
            if page != self.name:
                yield f"[{self.text(f'title_{page}')}]({file_name(page, language)})"
        other = next(item for item in LANGUAGES if item != language)
        yield f"[{_CALLED[other]}]({file_name(self.name, other)})"

    def _section(self, kind: Kind) -> Iterator[str]:
        entries = [entry for entry in self.reference.entries if entry.kind is kind and not _is_reason(entry)]
        if kind is Kind.FIELD:
            yield f"\n{self.text('reasons_of_practices')}\n"
        if kind is Kind.LINE:
            unused = sum(not entry.fact("by") for entry in entries)
            yield f"\n{self.text('trace_total', lines=len(entries), unused=unused)}\n"
        for group, grouped in groupby(entries, lambda entry: entry.group):
            members = list(grouped)
            if group:
                yield f"\n### {group}\n"
            yield "\n"
            yield from self._list(members) if kind in _LISTED else self._table(kind, members)

    def _table(self, kind: Kind, entries: Sequence[Entry]) -> Iterator[str]:
        columns = [key for key in _COLUMNS[kind] if any(entry.fact(key) for entry in entries)]
        heads = ["column_id", _NAMES.get(kind, "column_name"), *(f"label_{key}" for key in columns)]
        rows = [[self.text(key) for key in heads], ["---"] * len(heads)]
        for entry in entries:
            facts = (self._fact(entry, key, "<br>") for key in columns)
            rows.append([self._anchor(entry.id) + f"`{entry.id}`", escaped(entry.name), *facts])
        if kind in _PROVED:
            rows[0].append(self.text("label_tests"))
            rows[1].append("---")
            for row, entry in zip(rows[2:], entries, strict=True):
                row.append(self._proofs(entry))
        yield from (f"| {' | '.join(row)} |\n" for row in rows)

    def _list(self, entries: Sequence[Entry]) -> Iterator[str]:
        for entry in entries:
            yield f"{self._anchor(entry.id)}**`{entry.id}` · {escaped(entry.name)}**\n\n"
            for fact in entry.facts:
                label = self.text(f"label_{fact.key}")
                if len(fact.lines) > 1:
                    yield f"- {label}:\n"
                    yield from (f"  {n}. {escaped(line)}\n" for n, line in enumerate(fact.lines, start=1))
                else:
                    yield f"- {label}: {self._fact(entry, fact.key)}\n"
            if proofs := self._proofs(entry):
                yield f"- {self.text('label_tests')}: {proofs}\n"
            yield "\n"

    def _proofs(self, entry: Entry) -> str:
        """Links to the cases of an entry, or of what answers for a line."""
        keys = entry.fact("by").ids or (entry.id,)
        files = dict.fromkeys(self.proofs[key] for key in keys if key in self.proofs)
        return " ".join(f"[{file.rpartition('/')[2].rpartition('.')[0]}]({file})" for file in files)

    def _fact(self, entry: Entry, key: str, joint: str = "") -> str:
        fact = entry.fact(key)
        return ", ".join(map(self._linked, fact.ids)) or joint.join(map(escaped, fact.lines))

    def _linked(self, key: str) -> str:
        """An id as a link to its entry; a text of the interface as its words."""
        entries = self.reference.by_id.get(key)
        if not entries:
            return f"`{key}`"
        entry = entries[0]
        if entry.kind is Kind.TEXT:
            opening, closing = "«»" if self.reference.language == "ru" else "“”"
            return f"{opening}{escaped(entry.name)}{closing}"
        page = next(page for page, kinds in _PAGES.items() if entry.kind in kinds)
        to = "" if page == self.name else file_name(page, self.reference.language)
        return f"[{key}]({to}#{key.rpartition('.')[0] if _is_reason(entry) else key})"

    def _anchor(self, key: str) -> str:
        """An anchor at the first entry of an id."""
        if key in self.anchored:
            return ""
        self.anchored.add(key)
        return f'<a id="{key}"></a>'


def _is_reason(entry: Entry) -> bool:
    """Whether it asks why a practice is not done: every practice has two such fields."""
    return entry.kind is Kind.FIELD and entry.id.endswith((".why_not", ".why_text"))


def escaped(text: str) -> str:
    """Text that Markdown must leave as it is; addresses become links."""
    if text.startswith(("https://", "http://")):
        return f"<{text}>"
    for sign in "\\*_<|[]":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")
