"""`sheetreport doctor`."""

from __future__ import annotations

import typer

from sheetreport import doctor
from sheetreport.cli.language import ui
from sheetreport.errors import ExitCode


def run(lang: str | None) -> ExitCode:
    """Print what was found on this computer, each with the commands that mend it."""
    checks = doctor.diagnose(ui(lang).language)
    for item in checks:
        typer.echo(f"{ {'ok': '✓', 'warning': '!', 'error': '✗'}[item.level] } {item.words}")
        for command in item.commands:
            typer.echo(f"    {command}")
    failed = any(item.level == doctor.Level.ERROR for item in checks)
    return ExitCode.WORKBOOK_ERRORS if failed else ExitCode.DONE
