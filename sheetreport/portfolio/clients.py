"""A row of the portfolio: what one result says, where its outputs are, and how urgent it is."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from sheetreport.catalog.definitions import Catalog
from sheetreport.digest import Digest, digest
from sheetreport.i18n import Wording, running
from sheetreport.model import LANGUAGES, GoalStatus, Language, Severity, Status
from sheetreport.outputs import CONSULTANT, CORRECTIONS, DRAFT, PDF, RESULT, WORKBOOK
from sheetreport.portfolio.peers import COMPARED, Compared
from sheetreport.read.words import key
from sheetreport.render.view.words import clean, sentence

FAILED = "failed"
"""The status of a workbook that got no result at all."""

KINDS = {
    f"-{PDF}": "pdf",
    f"-{WORKBOOK}": "workbook",
    f"-{RESULT}": "json",
    f"-{CORRECTIONS}": "corrections",
    f"-{CONSULTANT}": "consultant",
    f".{DRAFT}": "draft",
}
"""What an output is, by the end of its name."""

_HEAD = 4096
_NAMED = re.compile(rb'"language": *"(\w\w)"')

NAME, TEXT = 80, 240
"""Characters of a client's name and of other texts that a row has room for."""


class Urgency(IntEnum):
    """How soon a client needs the consultant, the soonest first."""

    NO_REPORT = 0
    URGENT_ACTION = 1
    GOAL_MISSED = 2
    WRONG_CELLS = 3
    GOAL_AT_RISK = 4
    NONE = 5


_BEHIND = frozenset({GoalStatus.OVERDUE, GoalStatus.OFF_TRACK})


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one workbook, and the files that it gave. `error` is what stopped it, if anything."""

    file: str
    status: str
    outputs: Sequence[Path]
    error: str = ""

    @property
    def result(self) -> Path | None:
        """The file of the result, if there is one."""
        return next((path for path in self.outputs if path.name.endswith(f"-{RESULT}")), None)


@dataclass(frozen=True, slots=True)
class Link:
    """An output: what it is, its address relative to the page, its path as people read it."""

    kind: str
    href: str
    path: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a client needs attention, in full and in brief, and in which language that is."""

    urgency: Urgency
    text: str
    language: str
    brief: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A wrong or doubtful cell."""

    severity: Severity
    sheet: str
    cell: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Client:
    """One workbook of the folder. `digest` is None where there is no result; `todo` then says what to do.
    `is_past`: the folder holds a report of a later period, so nothing here is urgent any more.
    """

    number: int
    name: str
    file: str
    status: str
    digest: Digest | None
    todo: str
    links: tuple[Link, ...]
    reasons: tuple[Reason, ...]
    made: date | None
    findings: tuple[Finding, ...]
    compared: Mapping[str, float]
    is_latest: bool = True
    is_past: bool = False

    @property
    def language(self) -> str | None:
        """The language of what the result says in its own words."""
        return self.digest.language if self.digest else None

    @property
    def urgency(self) -> Urgency:
        return self.reasons[0].urgency if self.reasons else Urgency.NONE

    @property
    def errors(self) -> int:
        return self.digest.findings.get(Severity.ERROR, 0) if self.digest else 0

    def order(self) -> tuple[bool, int, int, float, str, int]:
        """What needs attention first: the most urgent, for the most reasons, the least healthy; past periods
        come last.
        """
        health = self.digest.health.value if self.digest else None
        return (
            self.is_past,
            self.urgency,
            -len(self.reasons),
            float("inf") if health is None else health,
            self.name.casefold(),
            self.number,
        )


def read_clients(entries: Iterable[Entry], out: Path, catalog: Catalog, wording: Wording) -> list[Client]:
    """The rows of the portfolio, one result in memory at a time, in the order of attention."""
    found = [
        _client(number, *one, out, catalog, wording) for number, one in enumerate(_read(entries), start=1)
    ]
    return sorted(_marked(found), key=Client.order)


def compared(clients: Iterable[Client]) -> list[Compared]:
    """What the clients show of themselves, each once."""
    return [
        Compared(client.digest.currency, client.compared)
        for client in clients
        if client.is_latest and client.digest
    ]


def common_language(entries: Iterable[Entry]) -> Language | None:
    """The language of most of the results, as their heads say it; of as many in each, that of the first."""
    found = Counter(language for entry in entries if (language := _language(entry)))
    return found.most_common(1)[0][0] if found else None


def _language(entry: Entry) -> Language | None:
    """A result begins with its own language, so that the rest need not be read twice."""
    path = entry.result
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            named = _NAMED.search(file.read(_HEAD))
    except OSError:
        return None
    return next((language for language in LANGUAGES if named and named[1].decode() == language), None)


def _read(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Mapping[str, Any] | None]]:
    for entry in entries:
        yield entry, _document(entry)


def _document(entry: Entry) -> Mapping[str, Any] | None:
    """The result of a workbook; None where there is none, or somebody has spoilt it since."""
    if entry.result is None:
        return None
    try:
        document = json.loads(entry.result.read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _client(
    number: int,
    entry: Entry,
    document: Mapping[str, Any] | None,
    out: Path,
    catalog: Catalog,
    wording: Wording,
) -> Client:
    file = clean(PurePath(entry.file).name, NAME)
    links = tuple(_links(entry.outputs, out))
    if document is None:
        todo = _failure(entry, wording)
        reason = Reason(Urgency.NO_REPORT, todo, wording.language, todo)
        name = clean(PurePath(entry.file).stem, NAME)
        return Client(number, name, file, FAILED, None, todo, links, (reason,), None, (), {})
    found = digest(document, catalog, wording)
    todo = _failure(entry, wording) if entry.error else _todo(found)
    generated = document.get("generated_at")
    return Client(
        number=number,
        name=found.company or clean(PurePath(entry.file).stem, NAME),
        file=file,
        status=found.status.value,
        digest=found,
        todo=todo,
        links=links,
        reasons=tuple(_reasons(found, todo, wording)),
        made=date.fromisoformat(generated[:10]) if generated else None,
        findings=tuple(_findings(document)),
        compared=_compared(document, found),
    )


def _links(outputs: Sequence[Path], out: Path) -> Iterator[Link]:
    """The outputs in the order of use, as addresses relative to the folder."""
    for ending, kind in KINDS.items():
        for path in outputs:
            if path.name.endswith(ending) and path.is_relative_to(out):
                inside = path.relative_to(out).as_posix()
                yield Link(kind, quote(inside, errors="replace"), inside)


def _failure(entry: Entry, wording: Wording) -> str:
    """What stopped a workbook: a message for people as it is, a traceback as words and what to do."""
    if entry.error and "\n" not in entry.error.strip():
        return sentence(clean(entry.error, TEXT))
    return wording.text("portfolio.failed")


def _todo(found: Digest) -> str:
    """What the first wrong cell needs; empty where nothing is wrong."""
    first = found.fix
    if first is None:
        return ""
    place = " ".join(part for part in (first.sheet, first.cell) if part)
    said = f"{first.message} {first.fix}".strip()
    return clean(f"{place}: {said}" if place else said, TEXT)


def _reasons(found: Digest, todo: str, wording: Wording) -> Iterator[Reason]:
    """Why this client needs attention, the most urgent first."""
    if found.status is Status.REFUSED:
        yield Reason(Urgency.NO_REPORT, todo, found.language, todo)
        return
    if found.action and found.action.tier == "P0":
        yield Reason(Urgency.URGENT_ACTION, running(found.action.title), found.language, "")
    goal = found.worst_goal
    if goal and goal.status in _BEHIND:
        yield Reason(Urgency.GOAL_MISSED, goal.text, wording.language, goal.status_name)
    if errors := found.findings.get(Severity.ERROR, 0):
        places = wording.text("portfolio.places", n=errors)
        yield Reason(Urgency.WRONG_CELLS, f"{places}. {todo}", found.language, f"{places}. {todo}")
    if goal and goal.status is GoalStatus.AT_RISK:
        yield Reason(Urgency.GOAL_AT_RISK, goal.text, wording.language, goal.status_name)


def _findings(document: Mapping[str, Any]) -> Iterator[Finding]:
    for item in document["findings"]:
        severity = Severity(item["severity"])
        if severity is not Severity.INFO:
            yield Finding(
                severity, item["sheet"], item["cell"], clean(item["message"], TEXT), clean(item["fix"], TEXT)
            )


def _compared(document: Mapping[str, Any], found: Digest) -> Mapping[str, float]:
    """The figures that clients are compared by, as far as this one has them."""
    values = {
        entry["id"]: entry["value"]
        for entry in document["metrics"]
        if entry["row"] is None and entry["id"] in COMPARED and entry["value"] is not None
    }
    if found.health.value is not None:
        values["health"] = found.health.value
    return values


def _marked(clients: Sequence[Client]) -> list[Client]:
    """The clients, of whom each counts once among peers, with the latest period that has a report; what came
    before that asks for nothing any more.
    """
    latest: dict[str, Client] = {}
    for client in clients:
        name = key(client.name)
        if client.digest and client.digest.end and client.status != Status.REFUSED:
            known = latest.get(name)
            if known is None or (known.digest and known.digest.end and client.digest.end >= known.digest.end):
                latest[name] = client
    counted = {client.number for client in latest.values()}
    marked = [replace(client, is_latest=client.number in counted) for client in clients]
    return [
        replace(client, is_past=True, reasons=())
        if _is_before(client, latest.get(key(client.name)))
        else client
        for client in marked
    ]


def _is_before(client: Client, latest: Client | None) -> bool:
    ends = [one.digest.end for one in (client, latest) if one and one.digest and one.digest.end]
    return len(ends) == 2 and ends[0] < ends[1]
