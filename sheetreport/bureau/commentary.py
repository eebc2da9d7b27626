"""What a consultant wrote about one client: Markdown to a few kinds of plain text.

The files stand in a folder of their own, NAME.md for NAME.xlsx. Text before the first heading is for page 1,
`## chapter` begins what is for that chapter. Nothing but words comes through: no HTML, pictures or styles.
"""

from __future__ import annotations

import hashlib
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from sheetreport.catalog.yaml import did_you_mean
from sheetreport.errors import Message, UsageError, reason_of
from sheetreport.i18n import texts
from sheetreport.model import LANGUAGES, Language

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_BYTES = 100_000
LONGEST = 8_000
"""Characters of a text for one place, which is about three pages."""

CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "clients": ("pdf.clients_name",),
    "business": ("pdf.break_even", "pdf.automation", "pdf.partners"),
    "channels": ("pdf.channels_name",),
    "loyalty": ("pdf.loyalty_name",),
    "satisfaction": ("pdf.satisfaction_name",),
    "social": ("pdf.social_name",),
    "trends": ("history.name",),
    "goals": ("pdf.goals_name",),
    "plan": ("pdf.plan_name",),
    "missing": ("pdf.missing_name",),
    "method": ("pdf.method_name",),
}
"""The report's chapters by id, each with the texts that it is called by."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")
_NUMBER = re.compile(r"^\d+\.\s*")
_SHOWN_LINKS = re.compile(r"(?:https?://|mailto:|tel:)(\S+)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # a note to oneself, which no client should read


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one weight."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the consultant's."""

    kind: ClassVar[str] = "paragraph"
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """A list of the consultant's; numbered ones count from 1."""

    kind: ClassVar[str] = "points"
    items: tuple[tuple[Span, ...], ...]
    numbered: bool = False


Words: TypeAlias = Paragraph | Points


@dataclass(frozen=True, slots=True)
class Commentary:
    """What stands on page 1, and what stands in chapters by their id. `sha256` is that of the file."""

    sha256: str
    front: tuple[Words, ...] = ()
    chapters: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    """What was left out, each with its file and line."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """What was written about one client: for every language, for one of them, or both."""

    files: Mapping[Language | None, Commentary] = field(default_factory=dict)

    def read_in(self, language: Language) -> Commentary | None:
        """The text for a reader of this language: its own, else the one for all."""
        return self.files.get(language) or self.files.get(None)

    @property
    def sha256(self) -> str | None:
        """What tells these texts from others; None where there is none."""
        parts = [f"{language} {text.sha256}" for language, text in self.files.items()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest() if parts else None

    @property
    def notes(self) -> tuple[Message, ...]:
        return tuple(chain.from_iterable(text.notes for text in self.files.values()))


def names_of(stem: str) -> Mapping[Language | None, str]:
    """What the files about the workbook of this stem are called."""
    stem = unicodedata.normalize("NFC", stem)
    return {None: f"{stem}.md"} | {language: f"{stem}.{language}.md" for language in LANGUAGES}


def files_in(folder: Path) -> Mapping[str, Path]:
    """The Markdown files of a folder by name. Raises UsageError where there is no such folder."""
    if not folder.is_dir():
        raise UsageError("usage.no_folder", option="--commentary", folder=folder)
    files = (file for file in sorted(folder.iterdir()) if file.suffix == ".md" and file.name[0] != ".")
    return {unicodedata.normalize("NFC", file.name): file for file in files}


def read_remarks(files: Mapping[str, Path], stem: str) -> Remarks:
    """The texts about one workbook. Raises UsageError with file and line where one can't be used."""
    asked = names_of(stem).items()
    return Remarks(
        {
            language: parse(_content(files[name]), str(files[name]))
            for language, name in asked
            if name in files
        }
    )


def _content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError("files.not_a_file", path=path)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError("files.cant_read", path=path, why=reason_of(error)) from error
    if len(data) > MAX_BYTES:
        raise UsageError("commentary.too_large", path=path, most=MAX_BYTES // 1000)
    return data


def parse(data: bytes, name: str) -> Commentary:
    """A commentary from the bytes of its file. Raises UsageError with file and line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = Message("files.not_utf8", {})
        raise UsageError("errors.at", place=f"{name}:{line}", problem=problem) from error
    reader = _Reader(name, hashlib.sha256(data).hexdigest())
    return reader.read(_markdown().parse(_COMMENT.sub(_line_ends, text)))


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  (few runs have any commentary)

    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20})


def _line_ends(found: re.Match[str]) -> str:
    """What is left of a comment in the file, so that lines keep their numbers."""
    return "\n" * found[0].count("\n")


def plain(words: Sequence[Words]) -> str:
    """The words alone, on one line."""
    return " ".join("".join(span.text for span in spans) for spans in _lines(words))


def _lines(words: Sequence[Words]) -> Iterator[tuple[Span, ...]]:
    for one in words:
        match one:
            case Paragraph(spans):
                yield spans
            case Points(items):
                yield from items


class _Reader:
    def __init__(self, name: str, sha256: str) -> None:
        self._name = name
        self._sha256 = sha256
        self._notes: list[Message] = []
        self._line = 1

    def read(self, tokens: Sequence[Token]) -> Commentary:
        parts: dict[str, list[Words]] = {"": []}
        chapter = ""
        rest = iter(tokens)
        for token in rest:
            self._line = token.map[0] + 1 if token.map else self._line
            match token.type:
                case "heading_open" if token.tag in ("h1", "h2"):
                    chapter = self._chapter(next(rest))
                    parts.setdefault(chapter, [])
                case "heading_open":
                    spans = self._spans(next(rest))
                    parts[chapter].append(Paragraph(tuple(Span(span.text, strong=True) for span in spans)))
                case "bullet_list_open" | "ordered_list_open":
                    parts[chapter].append(self._points(rest, token))
                case "inline":
                    parts[chapter].append(Paragraph(self._spans(token)))
                case "code_block" | "fence":
                    parts[chapter].append(Paragraph((Span(_visible(token.content)),)))
                case _:  # ends, quotations and rules: their words come as tokens of their own
                    pass
        shown = {name: _filled(words) for name, words in parts.items()}
        for name, words in shown.items():
            if (length := len(plain(words))) > LONGEST:
                page_one = Message("commentary.for_page_one", {})
                where = Message("commentary.of_chapter", {"name": name}) if name else page_one
                raise UsageError(
                    "commentary.too_long", path=self._name, where=where, length=length, longest=LONGEST
                )
        front = shown.pop("")
        chapters = {name: words for name, words in shown.items() if words}
        return Commentary(self._sha256, front, chapters, tuple(self._notes))

    def _chapter(self, heading: Token) -> str:
        """The id of the chapter that a heading names, by its id or its title in either language."""
        said = _visible("".join(child.content for child in heading.children or ()))
        named = _chapters()
        known = _folded(said)
        if known not in named:
            hint = did_you_mean(known, named) or Message("commentary.chapters", {"ids": ", ".join(CHAPTERS)})
            place = f"{self._name}:{self._line}"
            raise UsageError("commentary.no_chapter", place=place, name=said, hint=hint)
        return named[known]

    def _points(self, rest: Iterator[Token], opened: Token) -> Points:
        """A list; lists inside lists become items of the outer one."""
        items: list[tuple[Span, ...]] = []
        depth = 1
        while depth:
            token = next(rest)
            self._line = token.map[0] + 1 if token.map else self._line
            if token.type.endswith("_list_open"):
                depth += 1
            elif token.type.endswith("_list_close"):
                depth -= 1
            elif token.type == "inline":
                items.append(self._spans(token))
            elif token.type in ("code_block", "fence"):
                items.append((Span(_visible(token.content)),))
        return Points(tuple(item for item in items if item), opened.type == "ordered_list_open")

    def _spans(self, inline: Token) -> tuple[Span, ...]:
        spans: list[Span] = []
        weight, target, linked = 0, "", ""
        for token in inline.children or ():
            text = ""
            match token.type:
                case "strong_open" | "em_open":
                    weight += 1
                case "strong_close" | "em_close":
                    weight -= 1
                case "link_open":
                    target, linked = str(token.attrs.get("href", "")), ""
                case "link_close":
                    text, target = _address(target, linked), ""
                case "image":
                    place = f"{self._name}:{self._line}"
                    self._notes.append(Message("commentary.no_pictures", {"place": place}))
                case "softbreak" | "hardbreak":
                    text = " "
                    self._line += 1
                case _:
                    text = token.content
            if target:
                linked += text
            shown = _invisible_gone(text)
            if shown:
                spans.append(Span(shown, strong=weight > 0))
        return _trimmed(spans)


def _address(target: str, linked: str) -> str:
    """The address behind words, in brackets, where it is one that can be typed and the words don't say it."""
    found = _SHOWN_LINKS.fullmatch(target)
    return f" ({found[1]})" if found and found[1] not in linked else ""


def _filled(words: Sequence[Words]) -> tuple[Words, ...]:
    return tuple(one for one in words if plain((one,)))


def _trimmed(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans of one weight in one, without spaces at the ends."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].strong == span.strong:
            joined[-1] = Span(_SPACES.sub(" ", joined[-1].text + span.text), span.strong)
        else:
            joined.append(span)
    if joined:
        joined[0] = Span(joined[0].text.lstrip(), joined[0].strong)
        joined[-1] = Span(joined[-1].text.rstrip(), joined[-1].strong)
    return tuple(span for span in joined if span.text)


def _visible(text: str) -> str:
    return _invisible_gone(text).strip()


def _invisible_gone(text: str) -> str:
    visible = (char for char in text if char.isspace() or unicodedata.category(char) not in _INVISIBLE)
    return _SPACES.sub(" ", "".join(visible))


def _folded(title: str) -> str:
    return _NUMBER.sub("", " ".join(title.split())).rstrip(".:").casefold()


def _chapters() -> Mapping[str, str]:
    """Every name of every chapter, folded, with the chapter's id."""
    found = {chapter: chapter for chapter in CHAPTERS}
    for chapter, keys in CHAPTERS.items():
        for key in keys:
            for language in LANGUAGES:
                found[_folded(texts()[key][language])] = chapter
    return found
