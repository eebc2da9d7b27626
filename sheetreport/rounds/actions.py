"""The accepted actions of the last report, as lines of the list that the next workbook begins with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sheetreport.findings import typed
from sheetreport.i18n import Wording, texts
from sheetreport.model import LANGUAGES
from sheetreport.read import Action
from sheetreport.read.values import RawValue
from sheetreport.read.words import clean, key
from sheetreport.rounds.old import Note

_STATES = {"done_yes": "rounds.done", "done_no": "rounds.not_done", "done_begun": "rounds.action_begun"}


def note_of(action: Action, wording: Wording) -> Note:
    """An action with who does it, by when and how far it is."""
    what = action.what or wording.text("rounds.action_nameless")
    found = ", ".join(_parts(action, wording))
    return action.source, wording.text("rounds.action", what=what, found=found)


def _parts(action: Action, wording: Wording) -> Iterator[str]:
    for name, value in (("who", action.who), ("by", action.by)):
        if value is not None:
            yield wording.text(f"rounds.action_{name}", found=_said(value, wording))
    yield _state(action.done, wording)
    for value in action.more:
        yield wording.text("rounds.action_more", found=_said(value, wording))


def _state(done: RawValue, wording: Wording) -> str:
    """How far an action is: one of the states the sheet offers, else as it was written."""
    if done is None:
        return wording.text("rounds.action_open")
    if isinstance(done, bool):
        return wording.text("rounds.done" if done else "rounds.not_done")
    for offered, state in _STATES.items():
        if key(str(done)) in {key(texts()[f"workbook.{offered}"][language]) for language in LANGUAGES}:
            return wording.text(state)
    return wording.text("rounds.action_state", found=_said(done, wording))


def _said(value: RawValue, wording: Wording) -> str:
    match value:
        case datetime():
            return wording.date(value.date())
        case date():
            return wording.date(value)
        case int() | float() if not isinstance(value, bool):
            return typed(value, wording.language)
        case _:
            return clean(str(value))
