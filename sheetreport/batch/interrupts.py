"""Ctrl-C and a request to end, which never come in the middle of a set of outputs."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

_ENDINGS = [
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGBREAK") if name in signal.Signals.__members__
]


class Interrupts:
    """While it is entered, signals that ask to end raise KeyboardInterrupt."""

    def __init__(self) -> None:
        self._held = False
        self._came = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._before = {ending: signal.signal(ending, self._hear) for ending in _ENDINGS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for ending, handler in self._before.items():
            signal.signal(ending, signal.SIG_DFL if handler is None else handler)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if not self._held:
            raise KeyboardInterrupt
        self._came = True

    def hold(self) -> None:
        """Put off what comes from now on."""
        self._held = True

    def release(self) -> None:
        """Let come what was put off, if anything."""
        self._held = False
        if self._came:
            self._came = False
            raise KeyboardInterrupt
