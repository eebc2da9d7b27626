"""The commands. Results go to stdout, everything said to people to stderr; exit codes as in
errors.ExitCode.
"""

from __future__ import annotations

import json
import os
import sys
import textwrap
import traceback
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, get_args

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sheetreport import __version__, answers, batch, confined, copies, explain, pipeline, rounds
from sheetreport import doctor as machine
from sheetreport.bureau.brand import Brand, load_brand
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.catalog.overlay import notices
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.errors import ExitCode, SheetreportError, UsageError
from sheetreport.i18n import Wording, running
from sheetreport.model import LANGUAGES, Language, Status
from sheetreport.read import Accepted
from sheetreport.read.words import clean
from sheetreport.result import Report
from sheetreport.template import build as build_template

app = typer.Typer(
    name="sheetreport",
    help="Turn owners' workbooks into checked numbers, a workbook and a PDF of advice for each client.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
people = Console(stderr=True, highlight=False, soft_wrap=True)
_LONGEST_ENTRY = 200  # the new workbook holds the whole of it

LanguageOption = Annotated[
    str | None, typer.Option("--lang", metavar="ru|en", help="Language; default: the workbook's own.")
]
TemplateLanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="ru|en",
        help="Language; default: that of the answers or of the older workbook, else the system's.",
    ),
]
ExplainLanguageOption = Annotated[
    str | None,
    typer.Option("--lang", metavar="ru|en", help="Language; default: the workbook's own, else the system's."),
]
SystemLanguageOption = Annotated[
    str | None, typer.Option("--lang", metavar="ru|en", help="Language; default: the system's.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else there.")]
CatalogOption = Annotated[
    Path | None,
    typer.Option(
        "--catalog", metavar="DIR", help="Folder of your own YAML, laid over the built-in catalogue."
    ),
]
BrandOption = Annotated[
    Path | None,
    typer.Option(
        "--brand", metavar="FILE.yaml", help="Your name, logo, colours, contacts and closing words."
    ),
]
PathsArgument = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Workbooks, or folders of workbooks.")
]


def main() -> None:
    """Run the command line; every failure ends with its documented exit code and one clear message."""
    _use_utf8()
    try:
        code = app(standalone_mode=False)
    except SheetreportError as error:
        people.print(escape(_plain(error)), style="red")
        code = error.exit_code
    except typer.TyperException as error:
        people.print(escape(error.format_message()))
        code = ExitCode.USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.INTERRUPTED
    except Exception:
        traceback.print_exc()
        people.print(_ui(None).text("cli.defect"))
        code = ExitCode.DEFECT
    if code == ExitCode.INTERRUPTED:  # also Typer's own answer to Ctrl-C, which comes without a word
        people.print(_ui(None).text("cli.interrupted"))
    sys.exit(int(code or 0))


def _use_utf8() -> None:
    """Windows consoles and pipes default to a code page that lacks ₽ and Cyrillic."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _plain(text: object) -> str:
    """A text without characters that steer a terminal: a file's name may hold any."""
    return "".join(
        char if char == "\n" or unicodedata.category(char)[0] != "C" else repr(char)[1:-1]
        for char in str(text)
    )


def _language(code: str | None) -> Language | None:
    for language in LANGUAGES:
        if code == language:
            return language
    if code is None:
        return None
    raise UsageError(f"--lang: {code!r} is not one of {', '.join(LANGUAGES)}")


def _audience(name: str) -> pipeline.Audience:
    for audience in get_args(pipeline.Audience):
        if name == audience:
            return audience  # type: ignore[no-any-return]
    known = get_args(pipeline.Audience)
    raise UsageError(f"--audience: {name!r} is not one of {', '.join(known)}{did_you_mean(name, known)}")


def _ui(code: str | None) -> Wording:
    """The language of our own messages: asked for, else the system's."""
    system = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return Wording(_language(code) or ("ru" if system.lower().startswith("ru") else "en"))


@app.command()
def template(
    output: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write (.xlsx).")],
    lang: TemplateLanguageOption = None,
    sheets: Annotated[
        str | None,
        typer.Option(help="Parts to ask for, e.g. core,loyalty; core is always in. Default: all."),
    ] = None,
    answers_file: Annotated[
        Path | None, typer.Option("--answers", help="Prefill from this YAML or JSON answers file.")
    ] = None,
    old: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Carry over the answers from an older workbook, in its language and with its sheets unless"
            " --lang or --sheets say otherwise; what found no place is listed.",
        ),
    ] = None,
    next_period: Annotated[
        bool,
        typer.Option(
            "--next-period",
            help="With --from: open the period after. What lasts stays, this period's figures become the"
            " previous ones, the rest is blank with the last answer beside it.",
        ),
    ] = False,
    report_file: Annotated[
        Path | None,
        typer.Option(
            "--actions",
            metavar="OLD-report.xlsx",
            help="With --next-period: list the actions of this report's workbook that have a name, a date or"
            " a mark, with their state, at the end of the new workbook.",
        ),
    ] = None,
    own_catalog: CatalogOption = None,
    brand_file: BrandOption = None,
) -> None:
    """Write the blank workbook for an owner, or one with the answers already in it."""
    ui = _ui(lang)
    catalog = _catalog(own_catalog, ui)
    if answers_file and old:
        raise UsageError("--answers and --from exclude each other")
    if next_period and not old:
        raise UsageError("--next-period goes with --from OLD.xlsx")
    if report_file and not next_period:
        raise UsageError("--actions goes with --from OLD.xlsx --next-period")
    _check_target(output, (old, answers_file, report_file))
    parts = _parts(catalog, sheets)
    brand = load_brand(brand_file) if brand_file else None
    if old:
        asked = None if parts is None else frozenset(parts)
        options = pipeline.Options(language=ui.language, catalog=own_catalog, brand=brand_file)
        accepted = _accepted(report_file, catalog, options) if report_file else None
        request = rounds.Request(_language(lang), asked, next_period, accepted)
        data = _carried(old, catalog, request, options)
    else:
        data = _filled(catalog, answers_file, _language(lang), parts, ui, brand)
    batch.write_template(output, data)
    typer.echo(output)


def _check_target(output: Path, sources: Sequence[Path | None]) -> None:
    """Refuse a name that Excel does not open as a workbook, and one that would write over what is read."""
    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"--output: {output.name} must end in .xlsx")
    for source in sources:
        if source is not None and output.resolve() == source.resolve():
            raise UsageError(f"--output: {output} is what is read here; give the new workbook another name")


def _filled(
    catalog: Catalog,
    answers_file: Path | None,
    lang: Language | None,
    parts: set[str] | None,
    ui: Wording,
    brand: Brand | None,
) -> bytes:
    """The workbook with the answers of a file; blank without one."""
    content: answers.Flat | None = None
    if answers_file:
        content = answers.flatten(catalog, answers.load(answers_file))
        for ignored in content.ignored:
            people.print(escape(ui.text("cli.ignored_key", key=ignored)), style="yellow")
    language = lang or _language_of(content) or ui.language
    return build_template(
        catalog, language, answers=content, parts=parts, tool_version=__version__, brand=brand
    )


def _accepted(path: Path, catalog: Catalog, options: pipeline.Options) -> Accepted:
    """The actions of a report that were taken up."""
    found = confined.accepted(path, options)
    if not isinstance(found, Accepted):
        _refuse(found, catalog, options)
    return found


def _refuse(report: Report, catalog: Catalog, options: pipeline.Options) -> NoReturn:
    """Say why a file gives no workbook and no values."""
    document = pipeline.document_of(catalog, report, options)
    _print_findings(document, Wording(document["language"]))
    raise typer.Exit(ExitCode.WORKBOOK_ERRORS)


def _carried(old: Path, catalog: Catalog, request: rounds.Request, options: pipeline.Options) -> bytes:
    """The workbook made from an older one; what found no place in it goes to stderr."""
    made = confined.carried(old, options, request)
    if not isinstance(made, rounds.Round):
        _refuse(made, catalog, options)
    words = Wording(made.language)
    if made.period:
        people.print(escape(words.text("cli.next_period", period=made.period)))
    people.print(escape(words.text("cli.carried", n=made.carried)))
    if request.accepted is not None:
        number = len(request.accepted.actions)
        people.print(escape(words.text("cli.actions" if number else "cli.no_actions", n=number)))
    if made.left:
        people.print(escape(words.text("cli.left", n=len(made.left))), style="yellow")
    for source, said in made.left:
        place = "!".join(part for part in (source.sheet, source.cell) if part)
        shown = textwrap.shorten(clean(said), _LONGEST_ENTRY, placeholder=" …")
        people.print(escape(_plain(f"  {place}: {shown}" if place else f"  {shown}")))
    return made.data


def _catalog(folder: Path | None, ui: Wording) -> Catalog:
    """The catalogue with the consultant's own on top; what they should know about it goes to stderr."""
    catalog = load_catalog(folder)
    for notice in notices(catalog, datetime.now().astimezone().date(), ui):
        people.print(escape(notice), style="yellow")
    return catalog


def _parts(catalog: Catalog, asked: str | None) -> set[str] | None:
    """The parts that are asked for; the name of a sheet stands for the part it belongs to."""
    if asked is None:
        return None
    parts = {name: sheet.part for sheet in catalog.sheets for name in (sheet.part, sheet.id)}
    wanted = [name.strip() for name in asked.split(",") if name.strip()]
    for name in wanted:
        if name not in parts:
            known = ", ".join(dict.fromkeys(parts.values()))
            raise UsageError(f"--sheets: no part {name!r}{did_you_mean(name, parts)}\nthe parts are {known}")
    return {parts[name] for name in wanted}


def _language_of(content: answers.Flat | None) -> Language | None:
    stated = content.scalars.get("profile.language") if content else None
    return next((language for language in LANGUAGES if language == stated), None)


@app.command()
def check(
    paths: PathsArgument,
    lang: LanguageOption = None,
    json_output: JsonOption = False,
    strict: Annotated[bool, typer.Option(help="Refuse a workbook with any error.")] = False,
    copies_to: Annotated[
        Path | None,
        typer.Option(
            "--corrections", help="Folder for copies of the workbooks with the cells to fix marked."
        ),
    ] = None,
    own_catalog: CatalogOption = None,
    brand_file: BrandOption = None,
) -> None:
    """Say which cells are wrong and how to fix them; --corrections also marks them in a copy."""
    _catalog(own_catalog, _ui(lang))
    options = pipeline.Options(
        language=_language(lang), strict=strict, corrections=copies_to is not None, catalog=own_catalog
    )
    if brand_file:
        load_brand(brand_file)
        options = replace(options, brand=brand_file)
    files = _newest(paths, copies_to, _ui(lang))
    targets = batch.plan_copies(files, copies_to) if copies_to else {}
    documents = []
    with confined.workers(1, options) as pool:
        for file in files:
            examined = confined.examined(pool, confined.start_examining(pool, file, options), file, options)
            document = examined.document
            documents.append({"file": str(file)} | {key: document[key] for key in _CHECKED})
            if file in targets:
                copy = batch.write_copy(targets[file], examined.copy)
                documents[-1]["corrections_file"] = None if copy is None else str(copy)
            if not json_output:
                _print_findings(documents[-1], Wording(document["language"]))
    if json_output:
        typer.echo(json.dumps(documents, ensure_ascii=False, indent=1))
    bad = any(_has_errors(document) for document in documents)
    raise typer.Exit(ExitCode.WORKBOOK_ERRORS if bad else ExitCode.DONE)


_CHECKED = ("language", "company", "status", "findings", "repairs", "corrections")


def _newest(paths: Sequence[Path], out: Path | None, ui: Wording) -> list[Path]:
    """The workbooks meant, without those whose correction copy came back; what is left out is said."""
    files = batch.find_workbooks(paths, out)
    if papers := batch.find_papers(paths, files, out):
        people.print(escape(ui.text("cli.papers", files=", ".join(file.name for file in papers))))
    replaced = copies.replaced(files)
    for file, copy in replaced.items():
        people.print(escape(ui.text("cli.replaced", file=file.name, copy=copy.name)))
    if not files:
        raise UsageError(ui.text("cli.no_workbooks"))
    return [file for file in files if file not in replaced]


def _has_errors(document: dict[str, Any]) -> bool:
    return document["status"] == Status.REFUSED or any(
        finding["severity"] == "error" for finding in document["findings"]
    )


_MARKS = {"error": "✗", "warning": "!", "info": "i"}


def _print_findings(document: dict[str, Any], words: Wording) -> None:
    """One workbook's findings, worst first: mark, place, what we saw, how to mend it."""
    out = Console(highlight=False, soft_wrap=True)
    counts = dict.fromkeys(_MARKS, 0)
    for finding in document["findings"]:
        counts[finding["severity"]] += 1
    out.print(f"[bold]{escape(_plain(document.get('file') or document['source']['file']))}[/bold]")
    out.print(
        "  " + words.text(f"cli.status_{document['status']}") + " · " + words.text("cli.counts", **counts)
    )
    if document.get("corrections"):
        out.print(escape("  ✓ " + words.text("cli.mended", **document["corrections"])))
    for finding in sorted(document["findings"], key=lambda item: list(_MARKS).index(item["severity"])):
        place = "!".join(part for part in (finding["sheet"], finding["cell"]) if part)
        lead = f"  {_MARKS[finding['severity']]} {finding['code']} " + (f"{place}: " if place else "")
        out.print(escape(lead + finding["message"]))
        expected = finding["expected"] and words.text("cli.expected", expected=running(finding["expected"]))
        advice = " ".join(part for part in (expected, finding["fix"]) if part)
        if advice:
            out.print(escape(f"      {advice}"))
    for repair in document.get("repairs", ()):
        out.print(
            escape(
                "  ~ "
                + words.text(
                    "cli.repair",
                    place=f"{repair['sheet']}!{repair['cell']}",
                    found=clean(repair["found"]),
                    used=repair["used"],
                )
            )
        )
    if document.get("corrections_file"):
        out.print(escape("  → " + words.text("cli.copy", file=document["corrections_file"])))


@app.command()
def report(
    paths: PathsArgument,
    out: Annotated[Path, typer.Option(help="Folder for the outputs, one folder per workbook.")],
    lang: LanguageOption = None,
    jobs: Annotated[int, typer.Option(min=1, help="How many workbooks to make at the same time.")] = 1,
    force: Annotated[bool, typer.Option(help="Make unchanged workbooks again.")] = False,
    strict: Annotated[bool, typer.Option(help="Refuse a workbook with any error.")] = False,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Make the workbook and the JSON only.")] = False,
    reproducible: Annotated[
        bool, typer.Option(help="The same bytes for the same input: no creation date.")
    ] = False,
    timings: Annotated[bool, typer.Option(help="Print the seconds spent in each stage.")] = False,
    json_output: JsonOption = False,
    own_catalog: CatalogOption = None,
    brand: BrandOption = None,
    commentary: Annotated[
        Path | None,
        typer.Option(
            "--commentary",
            metavar="DIR",
            help="Folder of what you wrote about your clients: NAME.md goes into the report of NAME.xlsx.",
        ),
    ] = None,
    audience: Annotated[
        str,
        typer.Option(
            metavar="owner|consultant",
            help="consultant: beside the owner's report also NAME-consultant.pdf, which is for you alone.",
        ),
    ] = "owner",
    archive: Annotated[
        bool,
        typer.Option(
            "--archive", help="A PDF to keep for years (PDF/A-3) with the workbook and the result inside."
        ),
    ] = False,
) -> None:
    """Make the report of every workbook: a PDF, a workbook with live formulas, and the result as JSON."""
    ui = _ui(lang)
    if no_pdf and _audience(audience) == "consultant":
        raise UsageError("--audience consultant makes a PDF: leave --no-pdf out")
    if no_pdf and archive:
        raise UsageError("--archive makes a PDF: leave --no-pdf out")
    files = _newest(paths, out, ui)
    options = pipeline.Options(
        language=_language(lang),
        strict=strict,
        pdf=not no_pdf,
        generated_at=None if reproducible else datetime.now().astimezone(),
        catalog=own_catalog,
        brand=brand,
        commentary=commentary,
        audience=_audience(audience),
        archive=archive,
    )
    _catalog(own_catalog, ui)
    planned = batch.plan(files, out)
    if commentary and (unused := batch.unused_commentary(planned, commentary)):
        names = ", ".join(file.name for file in unused)
        people.print(escape(_plain(ui.text("brand.unused_commentary", files=names))), style="yellow")
    outcomes = _run(planned, options, jobs, force=force)
    if any(path.is_dir() for path in paths) or len(files) > 1:
        batch.write_summary(out, outcomes)
    if json_output:
        typer.echo(pipeline.to_json([batch.entry(outcome) for outcome in outcomes]).decode(), nl=False)
    else:
        for outcome in outcomes:
            for name in outcome.outputs:
                typer.echo(name)
        _print_summary(outcomes, ui, timings=timings)
    raise typer.Exit(max(outcome.code for outcome in outcomes))


def _run(
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
            progress.update(task, advance=1, description=escape(_plain(Path(outcome.source).name)))

        return batch.run(jobs, options, workers, done, force=force)


def _print_summary(outcomes: Sequence[batch.FileOutcome], ui: Wording, *, timings: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("file", "company", "status", "findings", "seconds"):
        table.add_column(ui.text(f"cli.column_{column}"), justify="right" if column == "seconds" else "left")
    for outcome in outcomes:
        table.add_row(
            escape(_plain(Path(outcome.source).name)),
            escape(outcome.company or ""),
            ui.text(f"cli.status_{outcome.status}")
            + (f" ({ui.text('cli.unchanged')})" if outcome.skipped else ""),
            ui.text("cli.counts", **{"error": 0, "warning": 0, "info": 0, **outcome.findings}),
            ui.number(outcome.seconds, 1),
        )
    people.print(table)
    for outcome in outcomes:
        for note in outcome.notes:
            people.print(escape(_plain(note)), style="yellow")
        if outcome.error:
            people.print(escape(_plain(f"{outcome.source}: {outcome.error}")), style="red")
        if timings and outcome.timings:
            spent = ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in outcome.timings.items())
            people.print(escape(_plain(f"{Path(outcome.source).name}: {spent} s")))
    if any(outcome.notice for outcome in outcomes):
        command = " && ".join(machine.install_commands()) or "sheetreport doctor"
        people.print(escape(ui.text("cli.no_pdf", command=command)), style="yellow")


@app.command("explain")
def explain_command(
    identifier: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="What to explain: cac, R-08, V-07, clients.new, price, usable_sample, health"
        ),
    ],
    file: Annotated[Path | None, typer.Argument(help="A filled-in workbook, to show its values.")] = None,
    lang: ExplainLanguageOption = None,
    own_catalog: CatalogOption = None,
) -> None:
    """Explain a metric, rule, check, field, lever or threshold; with a workbook, its values and why."""
    catalog = _catalog(own_catalog, _ui(lang))
    options = pipeline.Options(language=_language(lang), catalog=own_catalog)
    report = confined.report_on(file, options) if file else None
    wording = pipeline.wording_of(report.submission, options) if report else _ui(lang)
    for line in explain.explain(catalog, identifier, wording, report):
        typer.echo(line)
    if report is not None and report.computation is None:
        _refuse(report, catalog, options)


@app.command()
def doctor(lang: SystemLanguageOption = None) -> None:
    """Say what this computer lacks, and the exact command that fixes it."""
    checks = machine.diagnose(_ui(lang).language)
    for item in checks:
        typer.echo(f"{ {'ok': '✓', 'warning': '!', 'error': '✗'}[item.level] } {item.words}")
        for command in item.commands:
            typer.echo(f"    {command}")
    failed = any(item.level == machine.Level.ERROR for item in checks)
    raise typer.Exit(ExitCode.WORKBOOK_ERRORS if failed else ExitCode.DONE)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    if version:
        typer.echo(f"sheetreport {__version__}")
        raise typer.Exit()
