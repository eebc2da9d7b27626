"""Words of owners: how a text is cleaned and compared, and the words that mean "no value" in a cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from sheetreport.model import State

TEXT_LIMIT = 2000

_ESCAPED_CONTROL = re.compile(r"_x00(?:[01][0-9A-Fa-f]|7[Ff])_")  # how Excel stores control characters
_UNTIDY = re.compile(r"^ |  | $|_x00")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_JOINERS = "\u200c\u200d"  # part of emoji and of some scripts
_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-"})

# What an owner writes instead of a number, by what it means.
_STATE_WORDS: Mapping[str, State] = MappingProxyType(
    {
        word: state
        for state, words in {
            State.UNKNOWN: "?|??|???|нет данных|данных нет|нет информации|нет сведений|не знаю|не знаем"
            "|неизвестно|н/д|н.д|нд|не считали|не считаем|не считал|не считала|не измеряли"
            "|не ведем учет|уточняется|no data|unknown|don't know|dont know|do not know|not known|not sure"
            "|not available|not counted|not tracked|not measured|tbc|tbd",
            State.NOT_APPLICABLE: "-|--|---|н/п|неприменимо|не применимо|не применяется|n/a|n.a|na"
            "|not applicable",
        }.items()
        for word in words.split("|")
    }
)


def clean(text: str) -> str:
    """Text of an owner as every output can print it: composed, no control characters or stray spaces."""
    if text.isprintable() and not _UNTIDY.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    text = _ESCAPED_CONTROL.sub(" ", text.replace("_x000D_\n", "\n"))
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(map(_printable, text))
    lines = (_SPACES.sub(" ", line).strip() for line in kept.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _printable(character: str) -> str:
    if character == "\n" or character in _JOINERS:
        return character
    category = unicodedata.category(character)
    # XML can't hold a lone surrogate or a noncharacter; a format character nobody sees.
    if category in {"Cs", "Cf"} or _is_noncharacter(ord(character)):
        return ""
    return " " if category in {"Cc", "Zs", "Zl", "Zp"} else character


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """A text as it is compared: case, spaces, «ё», quotes, end punctuation don't count.

    >>> key(" Новые  клиенты: ")
    'новые клиенты'
    """
    folded = clean(text).translate(_DASHES).casefold().replace("ё", "е").replace("\n", " ")
    bare = _SPACES.sub(" ", re.sub(r"[«»„“”\"'’*]", "", folded)).strip()
    return bare.strip(" .:;,!") or bare


def state_of(text: str) -> State | None:
    """The state that a text stands for: blank, unknown, not applicable; None when it is a value."""
    bare = clean(text).translate(_DASHES).casefold().replace("ё", "е").strip(" .()[]")
    return _STATE_WORDS.get(bare) if bare else State.BLANK


def closest(text: str, known: Iterable[str], cutoff: float = 0.75) -> str | None:
    """The known wording that `text` probably is a slip of, for "did you mean"."""
    by_key = {key(word): word for word in known}
    found = get_close_matches(key(text), by_key, n=1, cutoff=cutoff)
    return by_key[found[0]] if found else None
