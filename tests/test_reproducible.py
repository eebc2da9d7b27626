"""The same workbook, the same programs, the same bytes, wherever and whenever they run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.generated import SAMPLES, workbook_of

ROOT = Path(__file__).parent.parent
SAMPLE = workbook_of(SAMPLES / "barbershop-ru")


def reports(folder: Path, *extra: str, **environment: str) -> dict[str, bytes]:
    """Everything that a process of this environment makes of the sample, by name."""
    folder.mkdir()
    shutil.copy(SAMPLE, folder / SAMPLE.name)
    command = [sys.executable, "-m", "sheetreport", "report", SAMPLE.name, "--out", "made", *extra]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    done = subprocess.run(
        command,
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode in {0, 1}, done.stderr.decode(errors="replace")
    files = [path for path in (folder / "made").rglob("*") if path.is_file()]
    return {path.name: path.read_bytes() for path in files if path.suffix in {".pdf", ".xlsx", ".json"}}


WEST = {"TZ": "Pacific/Pago_Pago", "LC_ALL": "C", "PYTHONHASHSEED": "1", "PYTHONUTF8": "1"}
EAST = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "2",
}  # a day later than in the west


def test_the_same_bytes_on_another_day_in_another_place(tmp_path: Path) -> None:
    options = ("--reproducible", "--archive", "--audience", "consultant")
    west = reports(tmp_path / "west", *options, **WEST)
    east = reports(tmp_path / "a folder in the east", *options, **EAST)
    stem = SAMPLE.stem
    assert set(west) == {
        f"{stem}-{end}"
        for end in ("report.pdf", "report.xlsx", "report.json", "consultant.pdf", "corrections.xlsx")
    }
    assert {name for name in west if west[name] != east.get(name)} == set()


def test_without_the_option_the_result_says_when(tmp_path: Path) -> None:
    west = reports(tmp_path / "west", "--no-pdf", **WEST)
    east = reports(tmp_path / "east", "--no-pdf", **EAST)
    assert {name for name in west if west[name] != east.get(name)} >= {f"{SAMPLE.stem}-report.json"}
