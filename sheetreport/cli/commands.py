"""The commands with their options. What a command does is imported when it runs, so that help and a wrong
option are answered at once.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sheetreport import __version__

app = typer.Typer(
    name="sheetreport",
    help="Turn owners' workbooks into checked numbers, a workbook and a PDF of advice for each client.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

LanguageOption = Annotated[
    str | None,
    typer.Option("--lang", metavar="ru|en", help="Language; default: the workbook's own, else the system's."),
]
TemplateLanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="ru|en",
        help="Language; default: that of the answers or of the older workbook, else the system's.",
    ),
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
HistoryArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file of `report --history`.")]
PathsArgument = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Workbooks, or folders of workbooks.")
]


@app.command()
def template(
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="The workbook to write (.xlsx); with --clients, the folder for all of them.",
        ),
    ],
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
    clients: Annotated[
        Path | None,
        typer.Option(
            "--clients",
            metavar="FILE.csv",
            help="For each client of this list a workbook with what the list knows filled in, and a draft"
            " e-mail with it.",
        ),
    ] = None,
    own_catalog: CatalogOption = None,
    brand_file: BrandOption = None,
) -> None:
    """Write the workbook for an owner: blank, or with answers in it."""
    from sheetreport.cli import template as work

    work.run(
        output,
        lang=lang,
        sheets=sheets,
        answers_file=answers_file,
        old=old,
        next_period=next_period,
        report_file=report_file,
        clients=clients,
        own_catalog=own_catalog,
        brand_file=brand_file,
    )


@app.command()
def check(
    paths: PathsArgument,
    lang: LanguageOption = None,
    json_output: JsonOption = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a workbook with any error.")] = False,
    copies_to: Annotated[
        Path | None,
        typer.Option(
            "--corrections", help="Folder for copies of the workbooks with the cells to fix marked."
        ),
    ] = None,
    own_catalog: CatalogOption = None,
    brand_file: BrandOption = None,
) -> None:
    """Say which cells are wrong and how to fix them. --corrections also marks them in a copy."""
    from sheetreport.cli import check as work

    code = work.run(
        paths,
        lang=lang,
        json_output=json_output,
        strict=strict,
        copies_to=copies_to,
        own_catalog=own_catalog,
        brand_file=brand_file,
    )
    raise typer.Exit(code)


@app.command()
def report(
    paths: PathsArgument,
    out: Annotated[Path, typer.Option(help="Folder for the outputs, one folder per workbook.")],
    lang: LanguageOption = None,
    jobs: Annotated[int, typer.Option(min=1, help="How many workbooks to make at the same time.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Make unchanged workbooks again.")] = False,
    watched: Annotated[
        bool, typer.Option("--watch", help="Go on with every workbook that arrives, until Ctrl-C.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a workbook with any error.")] = False,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="Make the workbook and the JSON only.")] = False,
    reproducible: Annotated[
        bool, typer.Option("--reproducible", help="The same bytes for the same input: no creation date.")
    ] = False,
    timings: Annotated[
        bool, typer.Option("--timings", help="Print the seconds spent in each stage.")
    ] = False,
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
    engine: Annotated[
        str,
        typer.Option(
            metavar="local|dask://HOST:PORT",
            help="Where the work is done: by --jobs processes here, or by the workers of a Dask cluster.",
        ),
    ] = "local",
    history_file: Annotated[
        Path | None,
        typer.Option(
            "--history",
            metavar="FILE.sqlite",
            help="Keep each client's results by period in this file, and show trends from it in the reports.",
        ),
    ] = None,
    no_drafts: Annotated[
        bool, typer.Option("--no-drafts", help="Make no draft e-mails (NAME.eml) to the owners.")
    ] = False,
    clients: Annotated[
        Path | None,
        typer.Option(
            "--clients",
            metavar="FILE.csv",
            help="Your list of clients: addresses and names for the drafts, by workbook or by company.",
        ),
    ] = None,
    no_portfolio: Annotated[
        bool,
        typer.Option(
            "--no-portfolio", help="Make no page (index.html) and workbook about all clients together."
        ),
    ] = False,
) -> None:
    """Make the report of every workbook. That is a PDF, a workbook with live formulas, and a JSON file."""
    from sheetreport.cli import report as work

    code = work.run(
        paths,
        out,
        lang=lang,
        jobs=jobs,
        force=force,
        watched=watched,
        strict=strict,
        no_pdf=no_pdf,
        reproducible=reproducible,
        timings=timings,
        json_output=json_output,
        own_catalog=own_catalog,
        brand=brand,
        commentary=commentary,
        audience=audience,
        archive=archive,
        engine=engine,
        history=history_file,
        drafts=not no_drafts,
        clients=clients,
        portfolio=not no_portfolio,
    )
    raise typer.Exit(code)


@app.command()
def explain(
    identifier: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="What to explain: cac, R-08, V-07, clients.new, price, usable_sample, health"
        ),
    ],
    file: Annotated[Path | None, typer.Argument(help="A filled-in workbook, to show its values.")] = None,
    lang: LanguageOption = None,
    own_catalog: CatalogOption = None,
) -> None:
    """Explain a metric, rule, check, field, lever or threshold. With a workbook, its values and why."""
    from sheetreport.cli import explain as work

    work.run(identifier, file, lang=lang, own_catalog=own_catalog)


history = typer.Typer(
    help="See what `report --history` keeps, or take a client out of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(history, name="history")


@history.command("list")
def history_list(file: HistoryArgument, lang: SystemLanguageOption = None) -> None:
    """Say which clients are kept, and for which periods."""
    from sheetreport.cli import history as work

    work.list_clients(file, lang=lang)


@history.command("export")
def history_export(
    file: HistoryArgument,
    client: Annotated[str | None, typer.Option(help="One client; default: all of them.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table instead of JSON.")] = False,
) -> None:
    """Print everything that is kept, as JSON or as a table."""
    from sheetreport.cli import history as work

    work.export(file, client, as_table=as_csv)


@history.command("remove")
def history_remove(
    file: HistoryArgument,
    client: Annotated[str, typer.Option(help="The client's name, as `history list` shows it.")],
    period: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Only the period that begins on this day."
        ),
    ] = None,
    lang: SystemLanguageOption = None,
) -> None:
    """Remove a client completely: nothing of them is left in the file."""
    from sheetreport.cli import history as work

    work.remove(file, client, period.date() if period else None, lang=lang)


@history.command("rename")
def history_rename(
    file: HistoryArgument,
    client: Annotated[str, typer.Option(help="The name so far, as `history list` shows it.")],
    to: Annotated[str, typer.Option(help="The new name; if it is known already, both become one client.")],
    lang: SystemLanguageOption = None,
) -> None:
    """Give a client's periods to another name. For a company that is called otherwise now."""
    from sheetreport.cli import history as work

    work.rename(file, client, to, lang=lang)


@app.command()
def doctor(lang: SystemLanguageOption = None) -> None:
    """Say what this computer lacks, and the command that fixes it."""
    from sheetreport.cli import doctor as work

    raise typer.Exit(work.run(lang))


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    if version:
        typer.echo(f"sheetreport {__version__}")
        raise typer.Exit()
