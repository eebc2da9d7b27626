"""The last lines of a report: what it was made with, and how anyone can check that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetreport.render.view.model import Cell, Column, Line, Table, Wide
from sheetreport.render.view.words import Words, join

_HASHED = ("source", "catalog", "brand", "commentary")
_NAMES = {"weasyprint": "WeasyPrint", "xlsxwriter": "XlsxWriter", "openpyxl": "openpyxl"}


def block(result: Mapping[str, Any], words: Words) -> Wide:
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
        look="close",
    )
    version = result["source"].get("template_version")
    said = join(
        words.t("made_with", programs=", ".join(programs), schema=made["schema_version"]),
        words.t("made_template", version=version) if version else "",
    )
    lines = (
        Line(said, "small"),
        table,
        Line(words.t("made_check", file=result["source"]["file"]), "note"),
    )
    return Wide(words.t("made"), lines, whole=True, close=True)
