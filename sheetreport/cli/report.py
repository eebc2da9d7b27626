"""`sheetreport report`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import get_args

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sheetreport import batch, doctor, pipeline
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.cli.inputs import catalog_with, newest
from sheetreport.cli.language import asked_language, ui
from sheetreport.cli.screen import literal, people, say
from sheetreport.errors import UsageError
from sheetreport.i18n import Wording


def run(
    paths: Sequence[Path],
    out: Path,
    *,
    lang: str | None,
    jobs: int,
    force: bool,
    strict: bool,
    no_pdf: bool,
    reproducible: bool,
    timings: bool,
    json_output: bool,
    own_catalog: Path | None,
    brand: Path | None,
    commentary: Path | None,
    audience: str,
    archive: bool,
) -> int:
    """Make the outputs of every workbook, and print their names."""
    words = ui(lang)
    if no_pdf and _audience(audience) == "consultant":
        raise UsageError("--audience consultant makes a PDF: leave --no-pdf out")
    if no_pdf and archive:
        raise UsageError("--archive makes a PDF: leave --no-pdf out")
    files = newest(paths, out, words)
    options = pipeline.Options(
        language=asked_language(lang),
        strict=strict,
        pdf=not no_pdf,
        generated_at=None if reproducible else datetime.now().astimezone(),
        catalog=own_catalog,
        brand=brand,
        commentary=commentary,
        audience=_audience(audience),
        archive=archive,
    )
    catalog_with(own_catalog, words)
    planned = batch.plan(files, out)
    if commentary and (unused := batch.unused_commentary(planned, commentary)):
        names = ", ".join(file.name for file in unused)
        say(words.text("brand.unused_commentary", files=names), "yellow")
    outcomes = _made(planned, options, jobs, force=force)
    if any(path.is_dir() for path in paths) or len(files) > 1:
        batch.write_summary(out, outcomes)
    if json_output:
        typer.echo(pipeline.to_json([batch.entry(outcome) for outcome in outcomes]).decode(), nl=False)
    else:
        for outcome in outcomes:
            for name in outcome.outputs:
                typer.echo(name)
        _print_summary(outcomes, words, timings=timings)
    return max(outcome.code for outcome in outcomes)


def _audience(name: str) -> pipeline.Audience:
    for audience in get_args(pipeline.Audience):
        if name == audience:
            return audience  # type: ignore[no-any-return]
    known = get_args(pipeline.Audience)
    raise UsageError(f"--audience: {name!r} is not one of {', '.join(known)}{did_you_mean(name, known)}")


def _made(
    jobs: Sequence[batch.Job], options: pipeline.Options, workers: int, *, force: bool
) -> list[batch.FileOutcome]:
    """Run the batch behind a progress bar; on a pipe there is none."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=people,
        transient=True,
        disable=not people.is_terminal or len(jobs) == 1,
    )
    with progress:
        task = progress.add_task("", total=len(jobs))

        def done(outcome: batch.FileOutcome) -> None:
            progress.update(task, advance=1, description=literal(Path(outcome.source).name))

        return batch.run(jobs, options, workers, done, force=force)


def _print_summary(outcomes: Sequence[batch.FileOutcome], words: Wording, *, timings: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("file", "company", "status", "findings", "seconds"):
        table.add_column(
            words.text(f"cli.column_{column}"), justify="right" if column == "seconds" else "left"
        )
    for outcome in outcomes:
        table.add_row(
            literal(Path(outcome.source).name),
            literal(outcome.company or ""),
            words.text(f"cli.status_{outcome.status}")
            + (f" ({words.text('cli.unchanged')})" if outcome.skipped else ""),
            words.text("cli.counts", **{"error": 0, "warning": 0, "info": 0, **outcome.findings}),
            words.number(outcome.seconds, 1),
        )
    people.print(table)
    for outcome in outcomes:
        for note in outcome.notes:
            say(note, "yellow")
        if outcome.error:
            say(f"{outcome.source}: {outcome.error}", "red")
        if timings and outcome.timings:
            spent = ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in outcome.timings.items())
            say(f"{Path(outcome.source).name}: {spent} s")
    if any(outcome.notice for outcome in outcomes):
        command = " && ".join(doctor.install_commands()) or "sheetreport doctor"
        say(words.text("cli.no_pdf", command=command), "yellow")
