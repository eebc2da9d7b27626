"""What doctor finds and the commands it gives, on this machine and on others that it is told of."""

from __future__ import annotations

import importlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sheetreport import doctor
from sheetreport.doctor import Check, Level, diagnose, install_commands
from sheetreport.model import LANGUAGES, Language

ALL = ["python", "weasyprint", "pango", "subset", "fonts", "folder"]


def machine(
    monkeypatch: pytest.MonkeyPatch,
    *,
    system: str = "Linux",
    programs: tuple[str, ...] = ("apt-get",),
    root: bool = True,
    pango: int | None = 15012,
    subset: bool = True,
) -> None:
    """Pretend to be on a machine with these programs and libraries; `pango=None` can't be loaded."""
    import_module = importlib.import_module

    def load(name: str) -> object:
        if name != "weasyprint.text.ffi":
            return import_module(name)
        if pango is None:
            sys.stdout.write("WeasyPrint could not import some external libraries.")
            raise OSError("cannot load library 'libgobject-2.0-0'")
        library = SimpleNamespace(pango_version=lambda: pango)
        return SimpleNamespace(pango=library, harfbuzz_subset=object() if subset else None)

    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in programs else None)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000, raising=False)
    monkeypatch.setattr(importlib, "import_module", load)


def check(name: str, language: Language = "en") -> Check:
    return next(found for found in diagnose(language) if found.id == name)


def test_a_complete_machine_lacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch)
    checks = diagnose("en")
    assert [found.id for found in checks] == ALL
    assert {found.level for found in checks} == {Level.OK}
    assert install_commands() == ()


@pytest.mark.parametrize(
    ("programs", "system", "root", "expected"),
    [
        (
            ("apt-get",),
            "Linux",
            True,
            ("apt-get update", "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0"),
        ),
        (
            ("sudo", "apt-get"),
            "Linux",
            False,
            ("sudo apt-get update", "sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0"),
        ),
        (("dnf",), "Linux", True, ("dnf install -y pango",)),
        (("pacman",), "Linux", False, ("sudo pacman -S --noconfirm pango",)),
        (("brew",), "Darwin", False, ("brew install pango",)),
        (
            (),
            "Windows",
            False,
            (
                "winget install MSYS2.MSYS2",
                r"C:\msys64\usr\bin\pacman -S --noconfirm mingw-w64-ucrt-x86_64-pango",
            ),
        ),
    ],
)
def test_without_pango_each_system_gets_its_own_commands(
    monkeypatch: pytest.MonkeyPatch,
    programs: tuple[str, ...],
    system: str,
    root: bool,
    expected: tuple[str, ...],
) -> None:
    machine(monkeypatch, programs=programs, system=system, root=root, pango=None)
    found = check("pango")
    assert found.level is Level.ERROR
    assert found.commands == expected
    assert install_commands() == expected
    assert "workbook and JSON are made" in found.words


def test_a_mac_without_homebrew_on_the_path_is_told_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, system="Darwin", programs=("apt-get",), pango=None)
    assert check("pango").commands == ()
    assert "your system's pango package" in check("pango").words


def test_a_mac_whose_python_does_not_look_in_homebrew_is_told_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, system="Darwin", programs=("brew",), root=False, pango=None)
    monkeypatch.setattr(doctor, "HOMEBREW_LIBRARIES", (tmp_path / "absent", tmp_path))
    (tmp_path / "libpango-1.0.dylib").touch()
    assert check("pango").commands == (f"export DYLD_FALLBACK_LIBRARY_PATH={tmp_path}",)


def test_what_weasyprint_prints_about_a_missing_library_is_held_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine(monkeypatch, pango=None)
    diagnose("en")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("version", "level"), [(14312, Level.ERROR), (14400, Level.OK), (15601, Level.OK)])
def test_pango_is_old_below_1_44(monkeypatch: pytest.MonkeyPatch, version: int, level: Level) -> None:
    machine(monkeypatch, pango=version)
    assert check("pango").level is level


def test_a_missing_subsetter_only_slows(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, subset=False)
    found = check("subset")
    assert found.level is Level.WARNING
    assert found.commands == ("apt-get update", "apt-get install -y libharfbuzz-subset0")
    assert "twice as long" in found.words


def test_without_weasyprint_nothing_is_said_of_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    checks = diagnose("en")
    assert [found.id for found in checks] == ["python", "weasyprint", "fonts", "folder"]
    assert check("weasyprint").commands[0].endswith("-m pip install weasyprint")


def test_a_python_too_old_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch)
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 1))
    found = check("python")
    assert found.level is Level.ERROR
    assert "99.1" in found.words


def test_lost_fonts_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch)
    monkeypatch.setattr(doctor, "FONT_FILES", (".absent",))
    assert check("fonts").level is Level.ERROR


def test_a_folder_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch)
    *_, folder = diagnose("en", tmp_path / "absent")
    assert folder.level is Level.ERROR
    assert "--out" in folder.words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("programs", [("apt-get",), ()])
def test_every_state_has_words_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, language: Language, programs: tuple[str, ...]
) -> None:
    lacks = [{"pango": None}, {"pango": 14300}, {"subset": False}]
    for lack in lacks:
        machine(monkeypatch, programs=programs, **lack)  # type: ignore[arg-type]
        assert all(found.words and "{" not in found.words for found in diagnose(language))


def test_importing_doctor_does_not_import_weasyprint() -> None:
    script = "import sys, sheetreport.doctor; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
