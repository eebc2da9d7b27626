"""The commands. Results go to stdout, everything said to people to stderr; exit codes as in
errors.ExitCode.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sheetreport import __version__, answers, batch, explain, pipeline, result
from sheetreport import doctor as machine
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.catalog.yaml import did_you_mean
from sheetreport.errors import ExitCode, SheetreportError, UsageError
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language, Status
from sheetreport.template import build as build_template

app = typer.Typer(
    name="sheetreport",
    help="From owners' filled workbooks to checked numbers, a workbook and a PDF of advice for each client.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
people = Console(stderr=True, highlight=False, soft_wrap=True)

LanguageOption = Annotated[
    str | None, typer.Option("--lang", metavar="ru|en", help="Language; default: the workbook's own.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else there.")]
PathsArgument = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Workbooks, or folders of workbooks.")
]


def main() -> None:
    """Run the command line; every failure ends with its documented exit code and one clear message."""
    _use_utf8()
    try:
        code = app(standalone_mode=False)
    except SheetreportError as error:
        people.print(escape(str(error)), style="red")
        code = error.exit_code
    except typer.TyperException as error:
        people.print(escape(error.format_message()))
        code = ExitCode.USAGE
    except (KeyboardInterrupt, typer.Abort):
        people.print(_ui(None).text("cli.interrupted"))
        code = ExitCode.INTERRUPTED
    except Exception:
        traceback.print_exc()
        people.print(_ui(None).text("cli.defect"))
        code = ExitCode.DEFECT
    sys.exit(int(code or 0))


def _use_utf8() -> None:
    """Windows consoles and pipes default to a code page that lacks ₽ and Cyrillic."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _language(code: str | None) -> Language | None:
    for language in LANGUAGES:
        if code == language:
            return language
    if code is None:
        return None
    raise UsageError(f"--lang: {code!r} is not one of {', '.join(LANGUAGES)}")


def _ui(code: str | None) -> Wording:
    """The language of our own messages: asked for, else the system's."""
    system = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return Wording(_language(code) or ("ru" if system.lower().startswith("ru") else "en"))


@app.command()
def template(
    output: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write (.xlsx).")],
    lang: LanguageOption = None,
    sheets: Annotated[
        str | None,
        typer.Option(help="Parts to ask for, e.g. core,loyalty; core is always in. Default: all."),
    ] = None,
    answers_file: Annotated[
        Path | None, typer.Option("--answers", help="Prefill from this YAML or JSON answers file.")
    ] = None,
    old: Annotated[
        Path | None, typer.Option("--from", help="Carry the answers of an older workbook over.")
    ] = None,
) -> None:
    """Write the blank workbook for an owner, or one with the answers already in it."""
    catalog, ui = load_catalog(), _ui(lang)
    content: answers.Flat | None = None
    if answers_file and old:
        raise UsageError("--answers and --from exclude each other")
    if answers_file:
        content = answers.flatten(catalog, answers.load(answers_file))
        for ignored in content.ignored:
            people.print(escape(ui.text("cli.ignored_key", key=ignored)), style="yellow")
    elif old:
        report = pipeline.examine(catalog, _read(old), old.name, pipeline.Options())
        if report.status is Status.REFUSED and not report.submission.scalars:
            _print_findings(result.build(catalog, report, ui, None), ui)
            raise typer.Exit(ExitCode.WORKBOOK_ERRORS)
        content = answers.carried(report.submission)
    language = _language(lang) or _language_of(content) or ui.language
    parts = _parts(catalog, sheets)
    data = build_template(catalog, language, answers=content, parts=parts, tool_version=__version__)
    output.parent.mkdir(parents=True, exist_ok=True)
    batch.write_atomically(output, data)
    typer.echo(output)


def _parts(catalog: Catalog, asked: str | None) -> set[str] | None:
    """The parts that are asked for; the name of a sheet stands for the part it belongs to."""
    if asked is None:
        return None
    parts = {name: sheet.part for sheet in catalog.sheets for name in (sheet.part, sheet.id)}
    wanted = [name.strip() for name in asked.split(",") if name.strip()]
    for name in wanted:
        if name not in parts:
            raise UsageError(f"--sheets: no part {name!r}{did_you_mean(name, parts)}")
    return {parts[name] for name in wanted}


def _language_of(content: answers.Flat | None) -> Language | None:
    stated = content.scalars.get("profile.language") if content else None
    return next((language for language in LANGUAGES if language == stated), None)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror or error}") from error


@app.command()
def check(
    paths: PathsArgument,
    lang: LanguageOption = None,
    json_output: JsonOption = False,
    strict: Annotated[bool, typer.Option(help="Refuse a workbook with any error.")] = False,
) -> None:
    """Say what is wrong in which cell and how to mend it; make nothing."""
    catalog = load_catalog()
    documents = []
    for file in batch.find_workbooks(paths):
        options = pipeline.Options(language=_language(lang), strict=strict)
        report = pipeline.examine(catalog, _read(file), file.name, options)
        wording = pipeline.wording_of(report.submission, options)
        document = result.build(catalog, report, wording, None)
        documents.append({"file": str(file)} | {key: document[key] for key in _CHECKED})
        if not json_output:
            _print_findings(documents[-1], Wording(wording.language))
    if not documents:
        raise UsageError(_ui(lang).text("cli.no_workbooks"))
    if json_output:
        typer.echo(json.dumps(documents, ensure_ascii=False, indent=1))
    bad = any(_has_errors(document) for document in documents)
    raise typer.Exit(ExitCode.WORKBOOK_ERRORS if bad else ExitCode.DONE)


_CHECKED = ("language", "company", "status", "findings", "repairs")


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
    out.print(f"[bold]{escape(str(document.get('file') or document['source']['file']))}[/bold]")
    out.print(
        "  " + words.text(f"cli.status_{document['status']}") + " · " + words.text("cli.counts", **counts)
    )
    for finding in sorted(document["findings"], key=lambda item: list(_MARKS).index(item["severity"])):
        place = "!".join(part for part in (finding["sheet"], finding["cell"]) if part)
        lead = f"  {_MARKS[finding['severity']]} {finding['code']} " + (f"{place}: " if place else "")
        out.print(escape(lead + finding["message"]))
        advice = " ".join(part for part in (finding["expected"], finding["fix"]) if part)
        if advice:
            out.print(escape(f"      {advice}"))
    for repair in document.get("repairs", ()):
        out.print(
            escape(
                "  ~ "
                + words.text(
                    "cli.repair",
                    place=f"{repair['sheet']}!{repair['cell']}",
                    found=repair["found"],
                    used=repair["used"],
                )
            )
        )


@app.command()
def report(
    paths: PathsArgument,
    out: Annotated[Path, typer.Option(help="Folder for the outputs, one folder a workbook.")],
    lang: LanguageOption = None,
    jobs: Annotated[int, typer.Option(min=1, help="Workbooks made at the same time.")] = 1,
    force: Annotated[bool, typer.Option(help="Make unchanged workbooks again.")] = False,
    strict: Annotated[bool, typer.Option(help="Refuse a workbook with any error.")] = False,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Make the workbook and the JSON only.")] = False,
    reproducible: Annotated[
        bool, typer.Option(help="The same bytes for the same input: no date of making.")
    ] = False,
    timings: Annotated[bool, typer.Option(help="Print the seconds spent in each stage.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Make the report of every workbook: a PDF, a workbook with live formulas, and the result as JSON."""
    ui = _ui(lang)
    files = batch.find_workbooks(paths, out)
    if not files:
        raise UsageError(ui.text("cli.no_workbooks"))
    options = pipeline.Options(
        language=_language(lang),
        strict=strict,
        pdf=not no_pdf,
        generated_at=None if reproducible else datetime.now().astimezone(),
    )
    outcomes = _run(batch.plan(files, out), options, jobs, force=force)
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
            progress.update(task, advance=1, description=escape(Path(outcome.source).name))

        return batch.run(jobs, options, workers, done, force=force)


def _print_summary(outcomes: Sequence[batch.FileOutcome], ui: Wording, *, timings: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("file", "company", "status", "findings", "seconds"):
        table.add_column(ui.text(f"cli.column_{column}"), justify="right" if column == "seconds" else "left")
    for outcome in outcomes:
        table.add_row(
            escape(Path(outcome.source).name),
            escape(outcome.company or ""),
            ui.text(f"cli.status_{outcome.status}")
            + (f" ({ui.text('cli.unchanged')})" if outcome.skipped else ""),
            ui.text("cli.counts", **{"error": 0, "warning": 0, "info": 0, **outcome.findings}),
            ui.number(outcome.seconds, 1),
        )
    people.print(table)
    for outcome in outcomes:
        if outcome.error:
            people.print(escape(f"{outcome.source}: {outcome.error}"), style="red")
        if timings and outcome.timings:
            spent = ", ".join(f"{stage} {seconds:.3f}" for stage, seconds in outcome.timings.items())
            people.print(escape(f"{Path(outcome.source).name}: {spent} s"))
    if any(outcome.notice for outcome in outcomes):
        command = " && ".join(machine.install_commands()) or "sheetreport doctor"
        people.print(escape(ui.text("cli.no_pdf", command=command)), style="yellow")


@app.command("explain")
def explain_command(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="A metric, rule, check or field: cac, R-08, V-07, clients.new")
    ],
    file: Annotated[Path | None, typer.Argument(help="A filled workbook, to see its values.")] = None,
    lang: LanguageOption = None,
) -> None:
    """Explain a metric, a rule, a check or a field in words; with a workbook, its values and why."""
    catalog = load_catalog()
    options = pipeline.Options(language=_language(lang))
    report = pipeline.examine(catalog, _read(file), file.name, options) if file else None
    wording = pipeline.wording_of(report.submission, options) if report else _ui(lang)
    for line in explain.explain(catalog, identifier, wording, report):
        typer.echo(line)


@app.command()
def doctor(lang: LanguageOption = None) -> None:
    """Say what this machine lacks, and the exact command that mends it."""
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
        bool, typer.Option("--version", is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    if version:
        typer.echo(f"sheetreport {__version__}")
        raise typer.Exit()
