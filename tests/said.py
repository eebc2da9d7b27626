"""What a refusal says to people, in English."""

from __future__ import annotations

import re
from types import TracebackType

import pytest

from sheetreport.errors import SheetreportError, UsageError
from sheetreport.i18n import Wording


def said(error: BaseException) -> str:
    """The words of an expected failure."""
    assert isinstance(error, SheetreportError)
    return Wording("en").say(error.message)


class refused:  # noqa: N801  (it reads as `pytest.raises` does)
    """What is done here is refused in words that fit the pattern; the exception is what `with` gives."""

    def __init__(self, pattern: str, kind: type[SheetreportError] = UsageError) -> None:
        self._pattern, self._raises = pattern, pytest.raises(kind)

    def __enter__(self) -> pytest.ExceptionInfo[SheetreportError]:
        self._caught = self._raises.__enter__()
        return self._caught

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        expected = self._raises.__exit__(kind, error, trace)
        if expected:
            words = said(self._caught.value)
            assert re.search(self._pattern, words), words
        return expected
