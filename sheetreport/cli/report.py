"""`sheetreport report`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import get_args

import typer

from sheetreport import batch, pipeline
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.cli.inputs import catalog_with, newest
from sheetreport.cli.language import asked_language, ui
from sheetreport.cli.progress import Progress, shown
from sheetreport.cli.screen import people, say
from sheetreport.cli.summary import print_summary
from sheetreport.errors import UsageError


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
    several = len(files) > 1 or any(path.is_dir() for path in paths)
    start, progress = time.monotonic(), Progress(len(planned), words)
    with shown(progress, people) if several else nullcontext():
        outcomes = batch.run(planned, options, batch.Settings(out, jobs, force, several), progress.done)
    if json_output:
        typer.echo(pipeline.to_json([batch.entry(outcome) for outcome in outcomes]).decode(), nl=False)
    else:
        for outcome in outcomes:
            for name in outcome.outputs:
                typer.echo(name)
        print_summary(outcomes, words, time.monotonic() - start, timings=timings)
    return max(outcome.code for outcome in outcomes)


def _audience(name: str) -> pipeline.Audience:
    for audience in get_args(pipeline.Audience):
        if name == audience:
            return audience  # type: ignore[no-any-return]
    known = get_args(pipeline.Audience)
    raise UsageError(f"--audience: {name!r} is not one of {', '.join(known)}{did_you_mean(name, known)}")
