"""What a batch is asked for beyond what one report depends on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch runs, which workers never hear of.

    `out` is the folder of all outputs, `workers` how many workbooks are made at the same time, `force` makes
    finished ones again. `several`: a folder or several files were asked for, so that there is a list of them
    all. `history` is the SQLite file of earlier periods, `clients` the table of addresses, `engine` the
    address of a cluster.
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
