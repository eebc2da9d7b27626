"""A folder of workbooks: two at a time, one at a time, and LibreOffice printing the result workbooks to PDF.

The three take turns. LibreOffice prints them all in one go, which spares it its start for each; ours is the
whole command with everything it makes of a folder.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests import fleet
from tests.benchmarks.measure import Aim, Size, Spent, at_least, sheetreport, spent_by, typical


def run(size: Size) -> list[Aim]:
    """Print workbooks a minute of each."""
    office = shutil.which("soffice")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fleet.write(home / "in", size.workbooks)
        spent: dict[str, list[Spent]] = {}
        if office:
            _print(office, home, [fleet.write(home / "first", 1)[0]])  # its first start makes a profile
        for _ in range(size.rounds):
            for jobs in ("2", "1"):
                spent.setdefault(f"{jobs} jobs", []).append(_report(home, jobs))
            if office:
                results = sorted((home / "out").glob("*/*-report.xlsx"))
                assert len(results) == size.workbooks
                spent.setdefault("LibreOffice", []).append(_print(office, home, results))
    found = {name: typical(rounds) for name, rounds in spent.items()}
    print(f"{size.workbooks} workbooks, median of {size.rounds} rounds")
    for name, one in found.items():
        rate, cpu = 60 * size.workbooks / one.wall, one.cpu / size.workbooks
        print(f"  {name:12} {one.wall:7.1f} s {rate:7.1f} a minute {cpu:6.2f} s CPU each")
    aims = [at_least(1.8, "2 jobs, times as fast as 1", found["1 jobs"].wall / found["2 jobs"].wall)]
    if office:
        ratio = found["LibreOffice"].wall / found["2 jobs"].wall
        aims.append(at_least(1, "2 jobs, workbooks a minute over LibreOffice's", ratio))
    else:
        print("  LibreOffice is not installed (Debian package libreoffice-calc)")
    return aims


def _report(home: Path, jobs: str) -> Spent:
    shutil.rmtree(home / "out", ignore_errors=True)
    return spent_by(sheetreport("report", str(home / "in"), "--out", str(home / "out"), "--jobs", jobs))


def _print(office: str, home: Path, workbooks: list[Path]) -> Spent:
    shutil.rmtree(home / "printed", ignore_errors=True)
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(home / "printed")]
    spent = spent_by([*command, *map(str, workbooks)])
    assert len(list((home / "printed").glob("*.pdf"))) == len(workbooks)
    return spent
