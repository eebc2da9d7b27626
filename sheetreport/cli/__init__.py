"""The command line. Results go to stdout, everything said to people to stderr; exit codes as in
errors.ExitCode.
"""

from __future__ import annotations

import signal
import sys
import traceback

import typer

from sheetreport.cli.commands import app
from sheetreport.cli.helping import LANGUAGE
from sheetreport.errors import ExitCode, Message, SheetreportError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; every failure ends with its documented exit code and one clear message."""
    _use_utf8()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a request to end is Ctrl-C by another name
    noted: dict[str, str | None] = {}
    try:
        code = app(standalone_mode=False, obj=noted)
    except SheetreportError as error:
        _say_message(error.message, noted.get(LANGUAGE), style="red")
        code = error.exit_code
    except typer.TyperException as error:
        _say(error.format_message())
        code = ExitCode.USAGE
    except PermissionError as error:  # a closed folder, or a file that Excel holds, met anywhere
        held = Message("files.cant_read_held", {"path": error.filename or error})
        _say_message(held, noted.get(LANGUAGE), style="red")
        code = ExitCode.USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.INTERRUPTED
    except Exception:
        traceback.print_exc()
        _say_message(Message("cli.defect", {}), noted.get(LANGUAGE))
        code = ExitCode.DEFECT
    if code == ExitCode.INTERRUPTED:  # also Typer's own answer to Ctrl-C, which comes without a word
        _say_message(Message("cli.interrupted", {}), noted.get(LANGUAGE))
    sys.exit(int(code or 0))


def _use_utf8() -> None:
    """Windows consoles and pipes default to a code page that lacks ₽ and Cyrillic."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _say(text: str, style: str | None = None) -> None:
    from sheetreport.cli.screen import say  # noqa: PLC0415  (what most runs never need)

    say(text, style=style)


def _say_message(message: Message, language: str | None, style: str | None = None) -> None:
    from sheetreport.cli.language import ui  # noqa: PLC0415  (what most runs never need)

    _say(ui(language).say(message), style)
