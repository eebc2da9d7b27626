"""What became of a batch, in a table for people: first what they have to do something about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sheetreport import doctor
from sheetreport.batch import FileOutcome
from sheetreport.cli.findings import MARKS
from sheetreport.cli.screen import literal, people, say
from sheetreport.i18n import Wording
from sheetreport.model import WITH_REPORT

MOST_ROWS = 30
"""Rows that still can be taken in; of more files only those that ask for something are listed."""

WIDE = 110
"""Columns of a terminal from which on the worst goal has a column of its own."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How many files came to what."""

    made: int
    wrong: int
    without: int
    unchanged: int

    @staticmethod
    def of(outcomes: Sequence[FileOutcome]) -> Totals:
        """`wrong`: made, with errors in the workbook; `unchanged` are counted nowhere else."""
        new = [outcome for outcome in outcomes if not outcome.skipped]
        made = [outcome for outcome in new if outcome.status in WITH_REPORT]
        wrong = sum(bool(outcome.findings.get("error")) for outcome in made)
        return Totals(len(made), wrong, len(new) - len(made), len(outcomes) - len(new))


def print_summary(
    outcomes: Sequence[FileOutcome],
    words: Wording,
    seconds: float | None = None,
    *,
    timings: bool = False,
    console: Console = people,
) -> None:
    """The table with its totals, then what is to be said about single files."""
    ordered = sorted(outcomes, key=_urgency)
    listed = ordered if len(ordered) <= MOST_ROWS else [one for one in ordered if _asks(one)][:MOST_ROWS]
    if listed:
        console.print(_table(listed, words, wide=console.width >= WIDE))
    if others := ordered[len(listed) :]:
        asking = sum(_asks(one) for one in others)
        console.print(
            escape(words.text("cli.others_asking" if asking else "cli.others", n=len(others), asking=asking))
        )
    console.print(escape(totals(Totals.of(outcomes), words, seconds)))
    for note in dict.fromkeys(note for outcome in outcomes for note in outcome.notes):
        say(note, "yellow")
    for outcome in outcomes:
        _print_troubles(outcome, words, timings=timings)
    if any(outcome.findings.get("error") for outcome in outcomes):
        say(words.text("cli.what_to_mend"))
    if any(outcome.notice for outcome in outcomes):
        command = " && ".join(doctor.install_commands()) or "sheetreport doctor"
        say(words.text("cli.no_pdf", command=command), "yellow")


def _urgency(outcome: FileOutcome) -> tuple[int, int]:
    """What stopped first, then what has no report, then by the number of errors."""
    rank = 0 if outcome.error else 1 if outcome.status not in WITH_REPORT else 2
    return rank, -outcome.findings.get("error", 0)


def _asks(outcome: FileOutcome) -> bool:
    """Whether somebody has to do something: send a file again, mend a cell."""
    return bool(outcome.code)


def _table(outcomes: Sequence[FileOutcome], words: Wording, *, wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    table.add_column(words.text("cli.column_client"), ratio=3, overflow="fold")
    table.add_column(words.text("cli.column_status"), no_wrap=True)
    table.add_column(words.text("cli.column_findings"), no_wrap=True)
    if wide:
        table.add_column(words.text("cli.column_goal"), ratio=4, overflow="fold")
    table.add_column(words.text("cli.column_files"), no_wrap=True, justify="right")
    shared = Counter(outcome.company for outcome in outcomes)
    for outcome in outcomes:
        client = literal(_client(outcome, alone=shared[outcome.company] == 1))
        goal = literal(outcome.worst_goal or "")
        cells = [client if wide or not goal else f"{client}\n[dim]{goal}[/dim]", _status(outcome, words)]
        cells += [marks(outcome.findings), *([goal] if wide else []), words.number(len(outcome.outputs))]
        table.add_row(*cells)
    return table


def _client(outcome: FileOutcome, *, alone: bool) -> str:
    """The company; the file too where it has no company, or several have the same."""
    file = Path(outcome.source).name
    if not outcome.company:
        return file
    return outcome.company if alone else f"{outcome.company} ({file})"


def _status(outcome: FileOutcome, words: Wording) -> str:
    status = words.text(f"cli.row_{outcome.status}")
    return words.text("cli.row_unchanged", status=status) if outcome.skipped else status


def marks(findings: Mapping[str, int]) -> str:
    """Errors, warnings and notes below each other, each with the mark that `check` gives it."""
    numbers = {mark: findings.get(kind, 0) for kind, mark in MARKS.items()}
    return " ".join((f"{mark} {number}" if number else "").ljust(4) for mark, number in numbers.items())


def totals(found: Totals, words: Wording, seconds: float | None) -> str:
    """Made, with errors, without a report, unchanged; and seconds and rate, where it was one run."""
    number = found.made + found.without
    made = words.text("cli.progress_made", n=found.made)
    said = [f"{made} ({words.text('cli.totals_wrong', n=found.wrong)})" if found.wrong else made]
    said += [words.text("cli.progress_without", n=found.without)] if found.without else []
    said += [words.text("cli.progress_unchanged", n=found.unchanged)] if found.unchanged else []
    if seconds is None:
        return " · ".join(said)
    said.append(words.text("cli.totals_seconds", seconds=words.number(seconds, 0 if seconds >= 10 else 1)))
    if number > 2:
        rate = 60 * number / seconds
        said.append(words.text("cli.progress_rate", rate=words.number(rate, 0 if rate >= 10 else 1)))
    return " · ".join(said)


def _print_troubles(outcome: FileOutcome, words: Wording, *, timings: bool) -> None:
    name = Path(outcome.source).name
    if outcome.error:
        say(f"{outcome.source}: {outcome.error}", "red")
    elif outcome.attempts > 1:
        say(words.text("cli.twice", file=name), "yellow")
    if timings and outcome.timings:
        spent = ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in outcome.timings.items())
        say(f"{name}: {spent} s")
