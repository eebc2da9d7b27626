"""The list of a consultant's clients: who they are, where to write to them, what is known about them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from sheetreport.answers import Content
from sheetreport.answers.content import LONGEST_TEXT, NOT_APPLICABLE, UNKNOWN
from sheetreport.catalog.definitions import Catalog, FieldDef, FieldType, Text
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.drafts.letters import LONGEST_NAME, NOBODY, Addressee
from sheetreport.drafts.table import Record, read_table
from sheetreport.errors import Message, UsageError
from sheetreport.findings import Described, describe
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Finding, Language, State
from sheetreport.read import days
from sheetreport.read.context import Context
from sheetreport.read.values import Cell, parse
from sheetreport.read.words import clean, key

COMPANY, LANGUAGE = "profile.company_name", "profile.language"
_MOST_ADDRESSES = 5
_OWN_NOTE = "#"

# Columns that are no answers, by what people call them.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "file": ("file", "file name", "workbook", "файл", "имя файла", "книга"),
    "name": ("name", "contact", "contact person", "addressee", "имя", "контакт", "контактное лицо", "кому"),
    "email": ("email", "e-mail", "mail", "почта", "электронная почта", "эл. почта", "адрес почты"),
    "due": ("due", "due date", "return by", "вернуть до", "прислать до", "ждём до", "дата возврата"),
    COMPANY: ("client", "клиент"),
}
_ONE_CELL = frozenset(
    {
        FieldType.TEXT,
        FieldType.COUNT,
        FieldType.MONEY,
        FieldType.NUMBER,
        FieldType.SHARE,
        FieldType.DATE,
        FieldType.CHOICE,
    }
)
_ADDRESS = re.compile(r"[^@\s<>()\",;:]+@[^@\s<>()\",;:]+\.[^@\s<>()\",;:.]+")


@dataclass(frozen=True, slots=True)
class Client:
    """One line of the list. `answers` are those that go into a workbook to fill in, by field."""

    line: int
    company: str
    file: str = ""
    to: Addressee = NOBODY
    due: date | None = None
    answers: Mapping[str, Content] = field(default_factory=dict)

    @property
    def language(self) -> Language | None:
        stated = self.answers.get(LANGUAGE)
        return next((language for language in LANGUAGES if language == stated), None)


def read_clients(path: Path, catalog: Catalog) -> tuple[Client, ...]:
    """The clients of a CSV file. Raises UsageError at the first thing that is wrong, with line and column."""
    headings = _headings(catalog)
    records = read_table(path, lambda text: key(text) in headings)
    if not records:
        raise UsageError("clients_file.empty", path=path)
    headed = frozenset(index for index, cell in enumerate(records[0].cells) if cell.strip())
    reader = _Reader(path, catalog, _columns(records[0], headings, path), headed)
    clients = tuple(reader.client(record) for record in records[1:])
    if not clients:
        raise UsageError("clients_file.no_clients", path=path)
    _refuse_twice(path, clients)
    return clients


@dataclass(frozen=True, slots=True)
class Addressees:
    """Whom to write to about a workbook: by the name of its file, else by the company's name in it, or in
    the file's name where nothing in it can be read.
    """

    by_file: Mapping[str, Client] = field(default_factory=dict)
    by_company: Mapping[str, Client] = field(default_factory=dict)
    by_words: Mapping[str, Client] = field(default_factory=dict)

    def client(self, names: Collection[str], company: str) -> Client | None:
        """Whom the list has for a workbook of one of these names, without its ending, and this company."""
        found = self.of_file(names)
        if found is not None:
            return found
        return self.of_company(company) if company else self.of_unread(names)

    def of_file(self, names: Iterable[str]) -> Client | None:
        return next((self.by_file[name] for name in map(_folded, names) if name in self.by_file), None)

    def of_company(self, company: str) -> Client | None:
        return self.by_company.get(key(company))

    def of_unread(self, names: Iterable[str]) -> Client | None:
        """Whom the list has for a file that gives no company, called as `template --clients` called it."""
        return next((self.by_words[name] for name in map(_words, names) if name in self.by_words), None)


def addressees(path: Path, catalog: Catalog) -> Addressees:
    """The list of clients by what tells whose a workbook is. Raises UsageError."""
    clients = read_clients(path, catalog)
    by_company = {key(client.company): client for client in clients if not client.file}
    alike = Counter(_words(client.company) for client in by_company.values())
    return Addressees(
        {_folded(stem_of(client.file)): client for client in clients if client.file},
        by_company,
        {
            words: client
            for client in by_company.values()
            if (words := _words(client.company)) and alike[words] == 1
        },
    )


def absent(clients: Iterable[Client], files: Iterable[str], companies: Iterable[str]) -> list[str]:
    """The clients of a list of whom there is no workbook among these, by their names."""
    called = list(files)
    stems, words = {_folded(file) for file in called}, {_words(file) for file in called}
    names = {key(company) for company in companies}
    return [
        client.company or client.file
        for client in clients
        if _folded(stem_of(client.file)) not in stems
        and key(client.company) not in names
        and (client.file or _words(client.company) not in words)
    ]


def stem_of(file: str) -> str:
    """The name of a workbook without its folder and ending."""
    name = file.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    return stem if dot and ending.casefold().startswith(("xls", "ods")) else name


def _folded(stem: str) -> str:
    return unicodedata.normalize("NFC", stem).casefold()


def _words(name: str) -> str:
    """A name without the signs that a file's name loses."""
    return " ".join(re.findall(r"[^\W_]+", _folded(name)))


def _headings(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Every way to call a column, and the columns that may be meant."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for item in catalog.fields.values():
        if item.table or item.type not in _ONE_CELL:
            continue
        short = (item.name,) if item.sheet == "profile" else ()
        for name in (item.id, *short, item.label.ru, item.label.en, *item.aliases):
            found[key(name)][item.id] = None
    for column, names in _COLUMNS.items():
        for name in names:
            found[key(name)] = {column: None}
    return {name: tuple(columns) for name, columns in found.items()}


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its place, its heading as typed, and what it holds."""

    index: int
    heading: str
    holds: str

    @property
    def shown(self) -> Message:
        letters = xl_col_to_name(self.index)
        return Message("clients_file.column_headed", {"letters": letters, "heading": self.heading})


def _unheaded(index: int) -> Message:
    """A column whose heading is blank, or is none that we know."""
    return Message("clients_file.column", {"letters": xl_col_to_name(index)})


def _wrong(path: Path, line: int, column: Message, problem: Message | Text) -> UsageError:
    """What is wrong in one cell, by its line and column as Excel shows them."""
    return UsageError("clients_file.at", path=path, line=str(line), column=column, problem=problem)


def _columns(first: Record, headings: Mapping[str, tuple[str, ...]], path: Path) -> Sequence[_Column]:
    columns: dict[str, _Column] = {}
    for index, cell in enumerate(first.cells):
        text = " ".join(clean(cell).split())
        if not text or text.startswith(_OWN_NOTE):
            continue
        meant = headings.get(key(text), ())
        problem = None
        if not meant:
            hint = did_you_mean(key(text), headings)
            problem = Message("clients_file.unknown_heading", {"heading": text, "hint": hint})
        elif len(meant) > 1:
            problem = Message("clients_file.many_meanings", {"heading": text, "example": meant[0]})
        elif meant[0] in columns:
            twin = columns[meant[0]].shown
            problem = Message("clients_file.same_column", {"heading": text, "twin": twin})
        if problem is not None:
            raise _wrong(path, first.line, _unheaded(index), problem)
        columns[meant[0]] = _Column(index, text, meant[0])
    if not {"file", COMPANY} & set(columns):
        raise UsageError("clients_file.no_client_column", path=path, line=str(first.line))
    return tuple(columns.values())


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the records of one list. `headed` are the columns that have a heading."""

    path: Path
    catalog: Catalog
    columns: Sequence[_Column]
    headed: frozenset[int]

    def client(self, record: Record) -> Client:
        cells = {column.holds: (column, self._cell(record, column)) for column in self.columns}
        for index, cell in enumerate(record.cells):
            if cell.strip() and index not in self.headed:
                problem = Message("clients_file.no_heading", {"text": clean(cell)})
                raise _wrong(self.path, record.line, _unheaded(index), problem)
        said = {holds: text for holds, (_, text) in cells.items()}
        answers = {
            holds: self._answer(record, column, text)
            for holds, (column, text) in cells.items()
            if holds in self.catalog.fields and text
        }
        company, file = said.get(COMPANY, ""), said.get("file", "")
        if not company and not file:
            column = next(column for column in self.columns if column.holds in (COMPANY, "file"))
            raise self._wrong(record, column, Message("clients_file.no_client", {}))
        return Client(
            line=record.line,
            company=company,
            file=file,
            to=Addressee(said.get("name", "")[:LONGEST_NAME], self._addresses(record, cells.get("email"))),
            due=self._due(record, cells.get("due")),
            answers=answers,
        )

    def _cell(self, record: Record, column: _Column) -> str:
        return clean(record.cells[column.index]) if column.index < len(record.cells) else ""

    def _wrong(self, record: Record, column: _Column, problem: Message | Text) -> UsageError:
        return _wrong(self.path, record.line, column.shown, problem)

    def _addresses(self, record: Record, cell: tuple[_Column, str] | None) -> tuple[str, ...]:
        column, text = cell or (None, "")
        if column is None or not text:
            return ()
        found = tuple(re.split(r"[;,\s]+", text.strip(" ;,")))
        if len(found) > _MOST_ADDRESSES:
            problem = Message("clients_file.many_addresses", {"n": len(found), "most": _MOST_ADDRESSES})
            raise self._wrong(record, column, problem)
        return tuple(self._address(record, column, address) for address in found)

    def _address(self, record: Record, column: _Column, text: str) -> str:
        """An address that every mail server takes: a Cyrillic domain by its other name."""
        try:
            local, _, domain = text.rpartition("@")
            address = f"{local}@{domain.encode('idna').decode()}"
            if _ADDRESS.fullmatch(address) and address.isascii():
                return Address(addr_spec=address).addr_spec
        except (MessageError, ValueError, IndexError):
            pass
        raise self._wrong(record, column, Message("clients_file.no_address", {"text": text}))

    def _due(self, record: Record, cell: tuple[_Column, str] | None) -> date | None:
        column, text = cell or (None, "")
        if column is None or not text:
            return None
        found = days.of_text(text, month_first=None)
        if not isinstance(found, date):
            raise self._wrong(record, column, Message("clients_file.no_date", {"text": text}))
        return found

    def _answer(self, record: Record, column: _Column, text: str) -> Content:
        """An answer as the reader of workbooks takes it; what it would ask about is refused here."""
        definition = self.catalog.fields[column.holds]
        if definition.type is FieldType.TEXT and len(text) > LONGEST_TEXT:
            problem = Message("clients_file.long_text", {"n": len(text), "most": LONGEST_TEXT})
            raise self._wrong(record, column, problem)
        parsed = parse(Cell(text), definition, Context())
        match parsed.value.state:
            case State.UNKNOWN:
                return UNKNOWN
            case State.NOT_APPLICABLE:
                return NOT_APPLICABLE
            case State.VALUE if isinstance(parsed.value.value, str | int | float | date):
                return parsed.value.value
            case _:
                words = Text(self._said(text, definition, "ru"), self._said(text, definition, "en"))
                raise self._wrong(record, column, words)

    def _said(self, text: str, definition: FieldDef, language: Language) -> str:
        """What the catalogue says of an answer, with numbers and choices as the language writes them."""
        wording = Wording(language)
        found = parse(Cell(text), definition, Context(language)).findings
        return " ".join(_mended(finding, describe(self.catalog, finding, wording)) for finding in found)


def _mended(finding: Finding, words: Described) -> str:
    """What is wrong and how to mend it; a CSV file has no list of choices to look into."""
    return f"{words.message} {words.expected if finding.variant == 'choice' else words.fix}"


def _refuse_twice(path: Path, clients: Iterable[Client]) -> None:
    """One client in two lines would get two letters, or one would get the other's."""
    seen: dict[tuple[bool, str], Client] = {}
    for client in clients:
        name, by_file = client.file or client.company, bool(client.file)
        twin = seen.setdefault((by_file, key(name)), client)
        if twin is client:
            continue
        line, other = str(client.line), str(twin.line)
        if by_file:
            raise UsageError("clients_file.same_client", path=path, line=line, name=name, twin=other)
        raise UsageError("clients_file.same_company", path=path, line=line, name=name, twin=other)
