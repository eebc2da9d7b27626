"""What this machine has and lacks for making reports, with the exact commands that mend each lack.

Nothing here needs WeasyPrint or Pango to be in order: that is what it finds out.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import os
import platform
import shutil
import sys
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata, resources
from pathlib import Path
from types import ModuleType

from sheetreport.errors import Message, reason_of
from sheetreport.i18n import Wording
from sheetreport.model import Language

OLDEST_PYTHON = (3, 11)
OLDEST_PANGO = (1, 44)
FONT_FILES = (".otf", ".ttf", ".woff2")

Commands = tuple[str, ...]


class Level(StrEnum):
    """Whether reports can be made: in full, in full but slower, or not in full."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: how it stands, in words, and the commands that mend it."""

    id: str
    level: Level
    words: str
    commands: Commands = ()


@dataclass(frozen=True, slots=True)
class System:
    """A way to install system libraries; `root` says that only an administrator may use it."""

    root: bool
    pango: Commands
    subset: Commands


# Two commands, since older Debian releases have no package of the subsetter: libharfbuzz0b holds it there.
SYSTEMS: Mapping[str, System] = {
    "apt-get": System(
        root=True,
        pango=("apt-get update", "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0"),
        subset=("apt-get update", "apt-get install -y libharfbuzz-subset0"),
    ),
    "dnf": System(root=True, pango=("dnf install -y pango",), subset=("dnf install -y harfbuzz",)),
    "zypper": System(
        root=True,
        pango=("zypper install -y libpango-1_0-0",),
        subset=("zypper install -y libharfbuzz-subset0",),
    ),
    "pacman": System(
        root=True, pango=("pacman -S --noconfirm pango",), subset=("pacman -S --noconfirm harfbuzz",)
    ),
    "apk": System(root=True, pango=("apk add pango",), subset=("apk add so:libharfbuzz-subset.so.0",)),
    "brew": System(root=False, pango=("brew install pango",), subset=("brew install harfbuzz",)),
    "windows": System(
        root=False,
        pango=(
            "winget install MSYS2.MSYS2",
            r"C:\msys64\usr\bin\pacman -S --noconfirm mingw-w64-ucrt-x86_64-pango",
        ),
        subset=(r"C:\msys64\usr\bin\pacman -S --noconfirm mingw-w64-ucrt-x86_64-harfbuzz",),
    ),
}
HOMEBREW_LIBRARIES = (Path("/opt/homebrew/lib"), Path("/usr/local/lib"))


def diagnose(language: Language, folder: Path | None = None) -> tuple[Check, ...]:
    """Look at everything a report needs; `folder` is where reports are to be written (default: here)."""
    wording = Wording(language)
    return (
        _python(wording),
        *_pdf_libraries(wording),
        _fonts(wording),
        _folder(wording, folder or Path.cwd()),
    )


def install_commands() -> Commands:
    """The commands that install the missing system libraries, most needed first; none where nothing lacks."""
    return tuple(
        command
        for check in _pdf_libraries(Wording("en"))
        if check.id in {"pango", "subset"}
        for command in check.commands
    )


def _python(wording: Wording) -> Check:
    version = platform.python_version()
    if sys.version_info >= OLDEST_PYTHON:
        return Check("python", Level.OK, wording.text("doctor.python_ok", version=version))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return Check("python", Level.ERROR, wording.text("doctor.python_old", version=version, oldest=oldest))


def _pdf_libraries(wording: Wording) -> tuple[Check, ...]:
    """WeasyPrint, then the two libraries of the system it loads; what stands on a missing one is left out."""
    if importlib.util.find_spec("weasyprint") is None:
        command = f"{_quoted(sys.executable)} -m pip install weasyprint"
        return (Check("weasyprint", Level.ERROR, wording.text("doctor.weasyprint_missing"), (command,)),)
    weasyprint = Check(
        "weasyprint", Level.OK, wording.text("doctor.weasyprint_ok", version=metadata.version("weasyprint"))
    )
    libraries = _loaded_libraries()
    if libraries is None:
        return weasyprint, Check("pango", Level.ERROR, wording.text(_key("pango_missing")), _pango_commands())
    found = divmod(libraries.pango.pango_version() // 100, 100)
    version = ".".join(map(str, found))
    if found < OLDEST_PANGO:
        oldest = ".".join(map(str, OLDEST_PANGO))
        words = wording.text("doctor.pango_old", version=version, oldest=oldest)
        return weasyprint, Check("pango", Level.ERROR, words, _pango_commands())
    pango = Check("pango", Level.OK, wording.text("doctor.pango_ok", version=version))
    if libraries.harfbuzz_subset is None:
        words = wording.text(_key("subset_missing"))
        return weasyprint, pango, Check("subset", Level.WARNING, words, _commands("subset"))
    return weasyprint, pango, Check("subset", Level.OK, wording.text("doctor.subset_ok"))


def _loaded_libraries() -> ModuleType | None:
    """WeasyPrint's bindings, or None where Pango can't be loaded; what it prints meanwhile is held back."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module("weasyprint.text.ffi")
        except OSError:
            return None


def _fonts(wording: Wording) -> Check:
    folder = resources.files("sheetreport") / "render" / "fonts"
    count = sum(file.name.endswith(FONT_FILES) for file in folder.iterdir()) if folder.is_dir() else 0
    if count:
        return Check("fonts", Level.OK, wording.text("doctor.fonts_ok", n=count))
    command = f"{_quoted(sys.executable)} -m pip install --force-reinstall sheetreport"
    return Check("fonts", Level.ERROR, wording.text("doctor.fonts_missing"), (command,))


def _folder(wording: Wording, folder: Path) -> Check:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        words = wording.say(Message("doctor.folder_closed", {"folder": folder, "error": reason_of(error)}))
        return Check("folder", Level.ERROR, words)
    return Check("folder", Level.OK, wording.text("doctor.folder_ok", folder=str(folder)))


def _package_manager() -> str | None:
    if platform.system() == "Windows":
        return "windows"
    candidates = ("brew",) if platform.system() == "Darwin" else tuple(SYSTEMS)
    return next((name for name in candidates if shutil.which(name)), None)


def _commands(library: str) -> Commands:
    manager = _package_manager()
    if manager is None:
        return ()
    system = SYSTEMS[manager]
    commands: Commands = getattr(system, library)
    if system.root and hasattr(os, "geteuid") and os.geteuid() != 0:
        return tuple(f"sudo {command}" for command in commands)
    return commands


def _pango_commands() -> Commands:
    """On macOS a Python that is not Homebrew's looks elsewhere for Homebrew's libraries: tell it where."""
    if platform.system() == "Darwin":
        for folder in HOMEBREW_LIBRARIES:
            if (folder / "libpango-1.0.dylib").exists():
                return (f"export DYLD_FALLBACK_LIBRARY_PATH={folder}",)
    return _commands("pango")


def _key(name: str) -> str:
    """The text for a missing library: with the commands below it, or asking to find the package by hand."""
    return f"doctor.{name}" if _package_manager() else f"doctor.{name}_by_hand"


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path
