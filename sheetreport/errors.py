"""Exit codes of the command line and the exceptions that carry them."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The codes people script against (README, "Exit codes")."""

    DONE = 0
    WORKBOOK_ERRORS = 1
    USAGE = 2
    DEFECT = 3
    CATALOG = 4
    INTERRUPTED = 130


class SheetreportError(Exception):
    """An expected failure with a message for people and the exit code it ends with."""

    exit_code = ExitCode.DEFECT


class UsageError(SheetreportError):
    """What was asked for can't be done: a missing path, an unreadable answers file."""

    exit_code = ExitCode.USAGE


class CatalogError(SheetreportError):
    """A YAML catalogue or brand file is wrong; the message names file and line."""

    exit_code = ExitCode.CATALOG


class MissingLibraryError(SheetreportError):
    """A library of the system that PDF needs is absent; the message names the command that mends it."""

    exit_code = ExitCode.USAGE


class EngineError(SheetreportError):
    """What was to do a batch's work is out of reach: the batch ends, and its finished files stay."""

    exit_code = ExitCode.USAGE
