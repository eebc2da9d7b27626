"""`sheetreport template`."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import typer

from sheetreport import __version__, answers, batch, confined, copies, pipeline, rounds
from sheetreport.bureau.brand import Brand, load_brand
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.cli.findings import refuse
from sheetreport.cli.inputs import catalog_with
from sheetreport.cli.language import asked_language, ui
from sheetreport.cli.screen import say
from sheetreport.drafts.clients import Client, read_clients
from sheetreport.drafts.invitations import invitations, names
from sheetreport.drafts.letters import on_one_line
from sheetreport.errors import UsageError
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.outputs import DRAFT
from sheetreport.read import Accepted
from sheetreport.read.words import clean
from sheetreport.template import build

_LONGEST_ENTRY = 200  # the new workbook holds the whole of it


def run(
    output: Path,
    *,
    lang: str | None,
    sheets: str | None,
    answers_file: Path | None,
    old: Path | None,
    next_period: bool,
    report_file: Path | None,
    clients: Path | None,
    own_catalog: Path | None,
    brand_file: Path | None,
) -> None:
    """Write a workbook to fill in."""
    words = ui(lang)
    catalog = catalog_with(own_catalog, words)
    if answers_file and old:
        raise UsageError("usage.answers_or_from")
    if next_period and not old:
        raise UsageError("usage.next_period_with_from")
    if report_file and not next_period:
        raise UsageError("usage.actions_with_next_period")
    if clients and (answers_file or old):
        raise UsageError("usage.clients_fill_in")
    parts = _parts(catalog, sheets)
    brand = load_brand(brand_file) if brand_file else None
    if clients:
        listed = read_clients(clients, catalog)
        _write_for_all(output, catalog, listed, asked_language(lang) or words.language, parts, brand)
        today = datetime.now().astimezone().date()
        if late := [client.company or client.file for client in listed if client.due and client.due < today]:
            say(words.text("drafts.late", names=", ".join(map(on_one_line, late))), "yellow")
        return
    _check_target(output, (old, answers_file, report_file))
    if old:
        asked = None if parts is None else frozenset(parts)
        options = pipeline.Options(language=words.language, catalog=own_catalog, brand=brand_file)
        accepted = _accepted(report_file, catalog, options) if report_file else None
        request = rounds.Request(asked_language(lang), asked, next_period, accepted)
        data = _carried(old, catalog, request, options)
    else:
        data = _filled(catalog, answers_file, asked_language(lang), parts, words, brand)
    batch.write_template(output, data)
    typer.echo(output)


def _write_for_all(
    folder: Path,
    catalog: Catalog,
    clients: Sequence[Client],
    language: Language,
    parts: set[str] | None,
    brand: Brand | None,
) -> None:
    """A workbook and a draft for each client; none where one of them would write over a client's answers."""
    if folder.suffix.lower() == ".xlsx":
        raise UsageError("usage.output_is_file", path=folder)
    stems = batch.unique_stems(names(clients))
    for stem in stems:
        target = folder / f"{stem}.xlsx"
        if target.exists() and not copies.is_as_made(target):
            raise UsageError("files.edited", path=target)
    for made in invitations(catalog, zip(clients, stems, strict=True), language, parts=parts, brand=brand):
        for name, data in ((f"{made.stem}.xlsx", made.workbook), (f"{made.stem}.{DRAFT}", made.draft)):
            batch.write_template(folder / name, data)
            typer.echo(folder / name)


def _check_target(output: Path, sources: Sequence[Path | None]) -> None:
    """Refuse a name that Excel does not open as a workbook, and one that would write over what is read."""
    if output.suffix.lower() != ".xlsx":
        raise UsageError("usage.output_is_no_xlsx", name=output.name)
    for source in sources:
        if source is not None and output.resolve() == source.resolve():
            raise UsageError("usage.output_is_source", path=output)


def _filled(
    catalog: Catalog,
    answers_file: Path | None,
    lang: Language | None,
    parts: set[str] | None,
    words: Wording,
    brand: Brand | None,
) -> bytes:
    """The workbook with the answers of a file; blank without one."""
    content: answers.Flat | None = None
    if answers_file:
        content = answers.flatten(catalog, answers.load(answers_file))
        for ignored in content.ignored:
            say(words.say(ignored), "yellow")
    language = lang or _language_of(content) or words.language
    return build(catalog, language, answers=content, parts=parts, tool_version=__version__, brand=brand)


def _accepted(path: Path, catalog: Catalog, options: pipeline.Options) -> Accepted:
    """The actions of a report that were taken up."""
    found = confined.accepted(path, options)
    if not isinstance(found, Accepted):
        refuse(found, catalog, options)
    return found


def _carried(old: Path, catalog: Catalog, request: rounds.Request, options: pipeline.Options) -> bytes:
    """The workbook made from an older one; what found no place in it goes to stderr."""
    made = confined.carried(old, options, request)
    if not isinstance(made, rounds.Round):
        refuse(made, catalog, options)
    words = Wording(made.language)
    if made.period:
        say(words.text("cli.next_period", period=made.period))
    say(words.text("cli.carried", n=made.carried))
    if request.accepted is not None:
        number = len(request.accepted.actions)
        say(words.text("cli.actions" if number else "cli.no_actions", n=number))
    if made.left:
        say(words.text("cli.left", n=len(made.left)), "yellow")
    for source, said in made.left:
        place = "!".join(part for part in (source.sheet, source.cell) if part)
        shown = textwrap.shorten(clean(said), _LONGEST_ENTRY, placeholder=" …")
        say(f"  {place}: {shown}" if place else f"  {shown}")
    return made.data


def _parts(catalog: Catalog, asked: str | None) -> set[str] | None:
    """The parts that are asked for; the name of a sheet stands for the part it belongs to."""
    if asked is None:
        return None
    parts = {name: sheet.part for sheet in catalog.sheets for name in (sheet.part, sheet.id)}
    wanted = [name.strip() for name in asked.split(",") if name.strip()]
    for name in wanted:
        if name not in parts:
            known = ", ".join(dict.fromkeys(parts.values()))
            raise UsageError("usage.no_part", name=name, hint=did_you_mean(name, parts), known=known)
    return {parts[name] for name in wanted}


def _language_of(content: answers.Flat | None) -> Language | None:
    stated = content.scalars.get("profile.language") if content else None
    return next((language for language in LANGUAGES if language == stated), None)
