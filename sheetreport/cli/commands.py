"""The commands with their options; their texts stand in `locale/help.yaml` and are named here. What a command
does is imported when it runs, so that help and a wrong option are answered at once.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sheetreport import __version__
from sheetreport.cli.helping import Command, Group

app = typer.Typer(
    name="sheetreport",
    cls=Group,
    help="help.program",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

LanguageOption = Annotated[str | None, typer.Option("--lang", metavar="ru|en", help="help.lang_of_workbook")]
TemplateLanguageOption = Annotated[
    str | None, typer.Option("--lang", metavar="ru|en", help="help.lang_of_answers")
]
SystemLanguageOption = Annotated[
    str | None, typer.Option("--lang", metavar="ru|en", help="help.lang_of_system")
]
JsonOption = Annotated[bool, typer.Option("--json", help="help.json")]
StrictOption = Annotated[bool, typer.Option("--strict", help="help.strict")]
CatalogOption = Annotated[Path | None, typer.Option("--catalog", metavar="help.DIR", help="help.catalog")]
BrandOption = Annotated[Path | None, typer.Option("--brand", metavar="help.FILE_YAML", help="help.brand")]
HistoryArgument = Annotated[Path, typer.Argument(metavar="help.FILE", help="help.history_file")]
PathsArgument = Annotated[list[Path], typer.Argument(metavar="help.PATHS", help="help.paths")]


@app.command(cls=Command, help="help.template")
def template(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="help.PATH", help="help.template_output")],
    lang: TemplateLanguageOption = None,
    sheets: Annotated[str | None, typer.Option(metavar="help.PARTS", help="help.template_sheets")] = None,
    answers_file: Annotated[
        Path | None, typer.Option("--answers", metavar="help.FILE", help="help.template_answers")
    ] = None,
    old: Annotated[
        Path | None, typer.Option("--from", metavar="help.FILE", help="help.template_from")
    ] = None,
    next_period: Annotated[bool, typer.Option("--next-period", help="help.template_next_period")] = False,
    report_file: Annotated[
        Path | None, typer.Option("--actions", metavar="help.OLD_REPORT", help="help.template_actions")
    ] = None,
    clients: Annotated[
        Path | None, typer.Option("--clients", metavar="help.FILE_CSV", help="help.template_clients")
    ] = None,
    own_catalog: CatalogOption = None,
    brand_file: BrandOption = None,
) -> None:
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


@app.command(cls=Command, help="help.check")
def check(
    paths: PathsArgument,
    lang: LanguageOption = None,
    json_output: JsonOption = False,
    strict: StrictOption = False,
    copies_to: Annotated[
        Path | None, typer.Option("--corrections", metavar="help.DIR", help="help.corrections")
    ] = None,
    own_catalog: CatalogOption = None,
    brand_file: BrandOption = None,
) -> None:
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


@app.command(cls=Command, help="help.report")
def report(
    paths: PathsArgument,
    out: Annotated[Path, typer.Option(metavar="help.DIR", help="help.report_out")],
    lang: LanguageOption = None,
    jobs: Annotated[int, typer.Option(min=1, metavar="help.NUMBER", help="help.report_jobs")] = 1,
    force: Annotated[bool, typer.Option("--force", help="help.report_force")] = False,
    watched: Annotated[bool, typer.Option("--watch", help="help.report_watch")] = False,
    strict: StrictOption = False,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="help.report_no_pdf")] = False,
    reproducible: Annotated[bool, typer.Option("--reproducible", help="help.report_reproducible")] = False,
    timings: Annotated[bool, typer.Option("--timings", help="help.report_timings")] = False,
    json_output: JsonOption = False,
    own_catalog: CatalogOption = None,
    brand: BrandOption = None,
    commentary: Annotated[
        Path | None, typer.Option("--commentary", metavar="help.DIR", help="help.report_commentary")
    ] = None,
    audience: Annotated[str, typer.Option(metavar="owner|consultant", help="help.report_audience")] = "owner",
    archive: Annotated[bool, typer.Option("--archive", help="help.report_archive")] = False,
    engine: Annotated[str, typer.Option(metavar="help.ENGINE", help="help.report_engine")] = "local",
    history_file: Annotated[
        Path | None, typer.Option("--history", metavar="help.FILE_SQLITE", help="help.report_history")
    ] = None,
    no_drafts: Annotated[bool, typer.Option("--no-drafts", help="help.report_no_drafts")] = False,
    clients: Annotated[
        Path | None, typer.Option("--clients", metavar="help.FILE_CSV", help="help.report_clients")
    ] = None,
    no_portfolio: Annotated[bool, typer.Option("--no-portfolio", help="help.report_no_portfolio")] = False,
) -> None:
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


@app.command(cls=Command, help="help.explain")
def explain(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="help.explain_id")],
    file: Annotated[Path | None, typer.Argument(metavar="help.FILE", help="help.explain_file")] = None,
    lang: LanguageOption = None,
    own_catalog: CatalogOption = None,
) -> None:
    from sheetreport.cli import explain as work

    work.run(identifier, file, lang=lang, own_catalog=own_catalog)


history = typer.Typer(cls=Group, help="help.history", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(history, name="history")


@history.command("list", cls=Command, help="help.history_list")
def history_list(file: HistoryArgument, lang: SystemLanguageOption = None) -> None:
    from sheetreport.cli import history as work

    work.list_clients(file, lang=lang)


@history.command("export", cls=Command, help="help.history_export")
def history_export(
    file: HistoryArgument,
    client: Annotated[str | None, typer.Option(metavar="help.NAME", help="help.history_only_client")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="help.history_csv")] = False,
) -> None:
    from sheetreport.cli import history as work

    work.export(file, client, as_table=as_csv)


@history.command("remove", cls=Command, help="help.history_remove")
def history_remove(
    file: HistoryArgument,
    client: Annotated[str, typer.Option(metavar="help.NAME", help="help.history_client")],
    period: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%d.%m.%Y"], metavar="help.DATE", help="help.history_period"),
    ] = None,
    lang: SystemLanguageOption = None,
) -> None:
    from sheetreport.cli import history as work

    work.remove(file, client, period.date() if period else None, lang=lang)


@history.command("rename", cls=Command, help="help.history_rename")
def history_rename(
    file: HistoryArgument,
    client: Annotated[str, typer.Option(metavar="help.NAME", help="help.history_old_name")],
    to: Annotated[str, typer.Option(metavar="help.NAME", help="help.history_new_name")],
    lang: SystemLanguageOption = None,
) -> None:
    from sheetreport.cli import history as work

    work.rename(file, client, to, lang=lang)


@app.command(cls=Command, help="help.doctor")
def doctor(lang: SystemLanguageOption = None) -> None:
    from sheetreport.cli import doctor as work

    raise typer.Exit(work.run(lang))


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="help.version")] = False,
) -> None:
    if version:
        typer.echo(f"sheetreport {__version__}")
        raise typer.Exit()
