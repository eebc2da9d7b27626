"""What whole commands cost from a cold start of Python."""

from __future__ import annotations

import tempfile

from tests.benchmarks.measure import Aim, Size, at_most, sheetreport, spent_by, typical
from tests.benchmarks.report import LONGEST
from tests.generated import workbook_of


def run(size: Size) -> list[Aim]:
    """Print each command's CPU and wall time."""
    workbook = str(workbook_of(LONGEST))
    with tempfile.TemporaryDirectory() as out:
        commands = {
            "--help": ["--help"],
            "check": ["check", workbook],
            "report --no-pdf": ["report", workbook, "--out", out, "--force", "--no-pdf"],
            "report": ["report", workbook, "--out", out, "--force"],
        }
        print(f"Cold starts ({LONGEST.name}), median of {size.rounds + 2} rounds")
        found = {}
        for name, arguments in commands.items():
            rounds = [spent_by(sheetreport(*arguments), (0, 1)) for _ in range(size.rounds + 2)]
            found[name] = typical(rounds)
            print(f"  {name:16} {found[name].cpu:6.2f} s CPU {found[name].wall:6.2f} s wall")
    return [at_most(0.3, "--help from a cold start, CPU", found["--help"].cpu, " s")]
