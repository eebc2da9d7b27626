"""What several commands work on: the catalogue with the consultant's own, the workbooks that are meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sheetreport import batch, confined, copies
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.overlay import notices
from sheetreport.cli.screen import say
from sheetreport.errors import UsageError
from sheetreport.i18n import Wording


def catalog_with(folder: Path | None, ui: Wording) -> Catalog:
    """The catalogue with the consultant's own on top; what they should know about it goes to stderr."""
    catalog = confined.get_ready(folder)
    for notice in notices(catalog, datetime.now().astimezone().date(), ui):
        say(notice, "yellow")
    return catalog


def check_apart(paths: Sequence[Path], out: Path) -> None:
    """Refuse a folder for outputs that holds the workbooks, all of which would be taken for outputs."""
    for path in paths:
        if path.is_dir() and path.resolve().is_relative_to(out.resolve()):
            raise UsageError("usage.out_holds_workbooks", out=out, path=path)


def newest(paths: Sequence[Path], out: Path | None, ui: Wording, own: Sequence[Path] = ()) -> list[Path]:
    """The workbooks meant, without those whose correction copy came back; what is left out is said, but for
    the consultant's own files.
    """
    if out is not None:
        check_apart(paths, out)
    files = batch.find_workbooks(paths, out)
    kept = current(paths, files, out, ui, own=own)
    if not files:
        raise UsageError("usage.no_workbooks")
    return kept


def current(
    paths: Sequence[Path],
    files: Sequence[Path],
    out: Path | None,
    ui: Wording,
    tell: Callable[..., None] = say,
    own: Sequence[Path] = (),
) -> list[Path]:
    """Of these workbooks those that no correction copy replaces; `tell` hears what is left out."""
    if papers := batch.find_papers(paths, [*files, *own], out):
        tell(ui.text("cli.papers", files=", ".join(file.name for file in papers)))
    if closed := batch.find_closed(paths):
        tell(ui.text("cli.closed", folders=", ".join(map(str, closed))), "yellow")
    for file in batch.conflicting(files):
        tell(ui.text("cli.conflict", file=file.name), "yellow")
    replaced = copies.replaced(files)
    for file, copy in replaced.items():
        tell(ui.text("cli.replaced", file=file.name, copy=copy.name))
    return [file for file in files if file not in replaced]


def planned(
    files: Sequence[Path], out: Path, commentary: Path | None, ui: Wording, tell: Callable[..., None] = say
) -> list[batch.Job]:
    """Where the outputs go; `tell` hears of equal names, and of texts that fit none of the workbooks."""
    jobs = batch.plan(files, out)
    for twins in batch.twins(jobs, out):
        tell(ui.text("cli.twins", n=len(twins)), "yellow")
        for job in twins:
            tell(f"  {job.source} → {job.folder}")
    if commentary and (unused := batch.unused_commentary(jobs, commentary)):
        tell(ui.text("brand.unused_commentary", files=", ".join(file.name for file in unused)), "yellow")
    return jobs
