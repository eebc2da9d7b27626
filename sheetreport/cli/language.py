"""The language that was asked for, and the one of our own messages."""

from __future__ import annotations

import locale
import os

from sheetreport.errors import UsageError
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language


def asked_language(code: str | None) -> Language | None:
    """The language of `--lang`. Raises UsageError."""
    for language in LANGUAGES:
        if code == language:
            return language
    if code is None:
        return None
    raise UsageError("errors.not_one_of", name="--lang", value=code, known=", ".join(LANGUAGES), hint="")


def ui(code: str | None) -> Wording:
    """The language of our own messages: asked for, else the system's."""
    variables = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    system = next(filter(None, variables), None) or locale.getlocale()[0] or ""  # Windows has no variables
    return Wording(asked_language(code) or ("ru" if system.lower().startswith("ru") else "en"))
