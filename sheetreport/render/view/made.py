"""The last lines of a report: what it was made with, and how anyone can check that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetreport.render.view.model import Cell, Column, Evidence, Line, Table
from sheetreport.render.view.words import Words

_HASHED = ("source", "catalog", "brand", "commentary")
_NAMES = {"weasyprint": "WeasyPrint", "xlsxwriter": "XlsxWriter", "openpyxl": "openpyxl"}


def evidence(result: Mapping[str, Any], words: Words) -> Evidence:
    """Versions and hashes in small type."""
    made = result["provenance"]
    programs = [f"sheetreport {made['tool_version']}"]
    if "python" in made:
        programs.append(f"Python {made['python']}")
        programs += [f"{_NAMES[name]} {number}" for name, number in made["libraries"].items()]
    hashed = [name for name in _HASHED if made[f"{name}_sha256"]]
    table = Table(
        columns=(Column(words.t("made_of"), 17.5), Column("SHA-256", 82.5)),
        rows=tuple(
            (
                Cell((Line(words.t(f"made_{name}"), "small"),)),
                Cell((Line(made[f"{name}_sha256"], "small"),)),
            )
            for name in hashed
        ),
        look="dense",
    )
    lines = (
        Line(words.t("made_with", programs=", ".join(programs), schema=made["schema_version"]), "small"),
        table,
        Line(words.t("made_check", file=result["source"]["file"]), "note"),
    )
    return Evidence(words.t("made"), "", lines)
