"""What the program costs, as ratios within one run: `python -m tests.benchmarks`, or some of its parts.

Figures of seconds are of the machine they were measured on, and of what else it was doing: the ratios are
what to compare.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Mapping

from tests.benchmarks import batches, cluster, report, starts, thousand
from tests.benchmarks.measure import Aim, Size

PARTS: Mapping[str, Callable[[Size], list[Aim]]] = {
    "report": report.run,
    "starts": starts.run,
    "batches": batches.run,
    "thousand": thousand.run,
    "cluster": cluster.run,
}


def main() -> None:
    """Measure the parts that are asked for, and say at the end what is met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all without any")
    parser.add_argument("--quick", action="store_true", help="few and small: whether a change did harm")
    parser.add_argument("--no-pdf", action="store_true", help="the thousand without PDF, much quicker")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    size = Size.of(quick=asked.quick, pdf=not asked.no_pdf)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    aims = []
    for name in asked.parts or PARTS:
        started = time.perf_counter()
        print(f"\n{name} (load {os.getloadavg()[0]:.1f})")
        aims += PARTS[name](size)
        print(f"  took {time.perf_counter() - started:.0f} s, load {os.getloadavg()[0]:.1f}")
    print("\nWhat is aimed at")
    for aim in aims:
        print(f"  {aim}")


if __name__ == "__main__":
    main()
