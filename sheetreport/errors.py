"""Exit codes of the command line, the exceptions that carry them, and what they say before it has words."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Self


class ExitCode(IntEnum):
    """The codes people script against (README, "Exit codes")."""

    DONE = 0
    WORKBOOK_ERRORS = 1
    USAGE = 2
    DEFECT = 3
    CATALOG = 4
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Message:
    """A text of the locale by its key, and what fills it: words, numbers, paths, or messages in their turn.

    It gets its words where the language of its reader is known: `Wording.say`.
    """

    key: str
    params: Mapping[str, object]


class SheetreportError(Exception):
    """An expected failure with a message for people and the exit code it ends with."""

    exit_code = ExitCode.DEFECT

    def __init__(self, key: str, /, **params: object) -> None:
        super().__init__(key)  # what an exception is made from anew in another process
        self.message = Message(key, params)

    def __str__(self) -> str:
        return f"{self.message.key} {self.message.params}"


class UsageError(SheetreportError):
    """What was asked for can't be done: a missing path, an unreadable answers file."""

    exit_code = ExitCode.USAGE


class CatalogError(SheetreportError):
    """A YAML catalogue or brand file is wrong; the message names file and line."""

    exit_code = ExitCode.CATALOG

    @classmethod
    def at(cls, place: str, problem: str | Message, /, **params: object) -> Self:
        """What is wrong at a place, `file:line`: a message, or the key of one with what fills it."""
        if isinstance(problem, str):
            problem = Message(problem, params)
        return cls("errors.at", place=place, problem=problem)


class MissingLibraryError(SheetreportError):
    """A library that was asked for is absent; the message names the command that mends it."""

    exit_code = ExitCode.USAGE


class EngineError(SheetreportError):
    """What was to do a batch's work is out of reach: the batch ends, and its finished files stay."""

    exit_code = ExitCode.USAGE


_REASONS = {
    errno.ENOENT: "errors.os_absent",
    errno.ENOTDIR: "errors.os_no_folder",
    errno.EISDIR: "errors.os_folder",
    errno.EACCES: "errors.os_permission",
    errno.EPERM: "errors.os_permission",
    errno.EROFS: "errors.os_read_only",
    errno.ENOSPC: "errors.os_full",
    errno.ENAMETOOLONG: "errors.os_long_name",
    errno.EIO: "errors.os_disk",
}


def reason_of(error: OSError) -> Message | str:
    """Why the system refused: the commonest reasons in our words, the others in its own."""
    known = _REASONS.get(error.errno or 0)
    return Message(known, {}) if known else error.strerror or str(error)
