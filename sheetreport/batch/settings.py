"""What a batch is asked for beyond what one report depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sheetreport.errors import Message
from sheetreport.i18n import Wording

_ENGLISH = Wording("en")


def _say_nothing(_: Message) -> None:
    """Nobody is listening."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch runs, which workers never hear of.

    `out` is the folder of all outputs, `workers` how many workbooks are made at the same time, `force` makes
    finished ones again. `several`: a folder or several files were asked for, so that there is a list of them
    all. `history` is the SQLite file of earlier periods, `clients` the table of addresses, `engine` the
    address of a cluster. `wording` is that of the person at the terminal, for what stopped a file; `tell`
    hears what they should know meanwhile.
    """

    out: Path
    workers: int = 1
    force: bool = False
    several: bool = False
    history: Path | None = None
    drafts: bool = False
    clients: Path | None = None
    portfolio: bool = False
    engine: str | None = None
    wording: Wording = _ENGLISH
    tell: Callable[[Message], None] = _say_nothing
