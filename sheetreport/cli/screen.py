"""What people read on stderr, whatever files and their owners are called."""

from __future__ import annotations

import unicodedata

from rich.console import Console
from rich.markup import escape

people = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: object, style: str | None = None) -> None:
    """Tell people a line, to the letter."""
    people.print(literal(text), style=style)


def literal(text: object) -> str:
    """A text to stand in a markup as it is."""
    return escape(plain(text))


def plain(text: object) -> str:
    """A text without characters that steer a terminal: a file's name may hold any."""
    return "".join(
        char if char == "\n" or unicodedata.category(char)[0] != "C" else repr(char)[1:-1]
        for char in str(text)
    )
