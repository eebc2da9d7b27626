"""Help, and what is said of wrong usage: in the reader's language, all of it."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from sheetreport import cli
from sheetreport.errors import ExitCode, UsageError
from sheetreport.i18n import texts
from sheetreport.model import LANGUAGES, Language

SYSTEM: dict[Language, str] = {"ru": "ru_RU.UTF-8", "en": "en_GB.UTF-8"}
OURS = {name: text for name, text in texts().items() if name.startswith("help.")}
CODE = [Path(cli.__file__).with_name(name).read_text() for name in ("commands.py", "helping.py")]

# What a Russian reader meets in Latin letters: names of formats, files, ids, parts and programs.
LATIN = set(
    "PDF JSON YAML Ctrl-C Dask stdout PDF/A-3 ID .xlsx .csv .sqlite .yaml .md .eml index.html -report.xlsx"
    " -consultant.pdf consultant core loyalty cac R-08 V-07 clients.new price usable_sample health report"
    " list history local dask".split()
)
SAME_EVERYWHERE = {"ru|en", "owner|consultant", "ID"}


def commands() -> Iterator[tuple[str, ...]]:
    """The program, each command and each subcommand, as they are typed."""

    def below(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        if isinstance(command, TyperGroup):
            for name, one in command.commands.items():
                yield from below(one, (*path, name))

    return below(get_command(cli.app), ())


def command_of(path: tuple[str, ...]) -> TyperCommand | TyperGroup:
    command = get_command(cli.app)
    for name in path:
        assert isinstance(command, TyperGroup)
        command = command.commands[name]
    assert isinstance(command, TyperCommand | TyperGroup)
    return command


def help_of(path: tuple[str, ...], language: Language) -> str:
    """The help as a terminal of 80 columns shows it."""
    environment = {"LC_ALL": SYSTEM[language]}
    width = 78  # what Typer takes of such a terminal, and the runner does not
    done = CliRunner().invoke(
        cli.app, [*path, "--help"], env=environment, prog_name="sheetreport", terminal_width=width
    )
    assert (done.exit_code, done.stderr) == (ExitCode.DONE, "")
    return done.stdout


def plain(text: str) -> str:
    return " ".join(text.split())


ALL = list(commands())
everywhere = pytest.mark.parametrize("path", ALL, ids=[" ".join(path) or "sheetreport" for path in ALL])
in_both = pytest.mark.parametrize("language", LANGUAGES)


def test_the_commands_that_are_looked_at_are_all_there_are() -> None:
    assert {" ".join(path) for path in ALL} >= {"", "report", "history", "history rename"}
    assert len(ALL) == 11


@everywhere
@in_both
def test_help_says_what_the_command_and_each_option_are_for(
    path: tuple[str, ...], language: Language
) -> None:
    shown, command = plain(help_of(path, language)), command_of(path)
    assert plain(OURS[command.help or ""][language]) in shown
    for param in command.params:
        assert plain(OURS[getattr(param, "help", "")][language]) in shown, param.name
        for name in param.opts if param.param_type_name == "option" else []:
            assert name in shown
        if not getattr(param, "is_flag", False):
            metavar = param.metavar or "it has none"
            shown_as = metavar if metavar in SAME_EVERYWHERE else OURS[metavar][language]
            assert shown_as in shown, param.name


@everywhere
def test_russian_help_has_no_english_word(path: tuple[str, ...]) -> None:
    shown = help_of(path, "ru")
    names = {"sheetreport", "owner", "-h", "--help", *(name for one in ALL for name in one)}
    options = {name for one in ALL for param in command_of(one).params for name in param.opts}
    rest = shown
    for word in sorted(names | options | SAME_EVERYWHERE | LATIN, key=len, reverse=True):
        rest = rest.replace(word, "")
    assert re.findall("[A-Za-z]+", rest) == []


@everywhere
@in_both
def test_help_fits_a_terminal_and_a_command_its_line(path: tuple[str, ...], language: Language) -> None:
    shown = help_of(path, language)
    assert max(map(len, shown.splitlines())) <= 78
    command = command_of(path)
    if isinstance(command, TyperGroup):
        listed = shown.partition(f"{OURS['help.commands'][language]}:\n")[2].splitlines()
        assert [line.split()[0] for line in listed] == list(command.commands)


def test_help_in_full_in_english() -> None:
    assert (
        help_of(("history", "remove"), "en")
        == """\
Usage: sheetreport history remove [OPTIONS] FILE

  Remove a client completely: nothing of them is left in the file.

Arguments:
  FILE  The file of `report --history`.  [required]

Options:
  --client NAME        The client's name, as `history list` shows it.
                       [required]
  --period YYYY-MM-DD  Only the period that begins on this day.
  --lang ru|en         Language; default: the system's.
  -h, --help           Show this message and exit.
"""
    )


def test_help_in_full_in_russian() -> None:
    assert (
        help_of(("history", "remove"), "ru")
        == """\
Использование: sheetreport history remove [ПАРАМЕТРЫ] ФАЙЛ

  Удалить клиента совсем: в файле о нём ничего не останется.

Аргументы:
  ФАЙЛ  Файл, который указывали в `report --history`.  [обязательно]

Параметры:
  --client ИМЯ         Имя клиента, как его показывает `history list`.
                       [обязательно]
  --period ДД.ММ.ГГГГ  Только период, который начинается в этот день.
  --lang ru|en         Язык; по умолчанию системный.
  -h, --help           Показать эту справку и выйти.
"""
    )


def test_help_names_what_goes_without_saying_and_what_may_be_left_out() -> None:
    russian, english = (plain(help_of(("report",), language)) for language in ("ru", "en"))
    assert "Сколько отчётов делать одновременно. [по умолчанию: 1]" in russian
    assert "How many workbooks to make at the same time. [default: 1]" in english
    assert russian.startswith("Использование: sheetreport report [ПАРАМЕТРЫ] ПУТЬ... ")
    assert plain(help_of(("explain",), "en")).startswith("Usage: sheetreport explain [OPTIONS] ID [FILE] ")
    group = plain(help_of(("history",), "ru"))
    assert group.startswith("Использование: sheetreport history [ПАРАМЕТРЫ] КОМАНДА [АРГУМЕНТЫ]... ")


def test_no_text_of_help_waits_in_vain_and_none_is_missing() -> None:
    named = set(re.findall(r"['\"](help\.\w+)['\"]", "".join(CODE)))
    assert named == set(OURS)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command line says to people, and that it ends as wrong usage does."""
    monkeypatch.setattr(cli, "_use_utf8", lambda: None)

    def call(arguments: str, system: Language, code: int = ExitCode.USAGE) -> str:
        monkeypatch.setenv("LC_ALL", SYSTEM[system])
        monkeypatch.setattr(sys, "argv", ["sheetreport", *arguments.split()])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        assert caught.value.code == code
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err.strip()

    return call


@pytest.mark.parametrize(
    ("arguments", "russian", "english"),
    [
        (
            "reprot",
            "Нет такой команды: «reprot»: может быть, «report»?",
            "No such command: 'reprot': did you mean 'report'?",
        ),
        (
            "history forget",
            "Нет такой команды: «forget». Команды: list, export, remove, rename",
            "No such command: 'forget'. The commands are list, export, remove, rename",
        ),
        (
            "report in --out out --no-pfd",
            "Нет такого параметра: «--no-pfd»: может быть, «--no-pdf»?",
            "No such option: '--no-pfd': did you mean '--no-pdf'?",
        ),
        ("--quick", "Нет такого параметра: «--quick»", "No such option: '--quick'"),
        ("doctor -x", "Нет такого параметра: «-x»", "No such option: '-x'"),
        (
            "check",
            "Не указан аргумент «ПУТЬ...». Книги или папки с книгами.",
            "Missing argument 'PATH...'. Workbooks, or folders of workbooks.",
        ),
        (
            "report in",
            "Не указан параметр «--out ПАПКА». Папка для отчётов, в ней по папке на каждую книгу.",
            "Missing option '--out DIR'. Folder for the outputs, one folder per workbook.",
        ),
        ("check in --lang", "После --lang нужно значение: ru|en", "Option --lang needs a value: ru|en"),
        ("template -o", "После -o нужно значение: ПУТЬ", "Option -o needs a value: PATH"),
        (
            "check in --json=yes",
            "Параметр --json пишут без значения.",
            "Option --json takes no value.",
        ),
        (
            "explain cac my client.xlsx",
            "Лишнее в команде: «client.xlsx». Если это имя с пробелами, возьмите его в кавычки.",
            "Not expected here: 'client.xlsx'. If it is a name with spaces, put it in quotes.",
        ),
        (
            "report in --out out --jobs many",
            "--jobs: нужно целое число от 1.",
            "--jobs: a whole number is needed, 1 or more.",
        ),
        (
            "report in --out out --jobs 0",
            "--jobs: нужно целое число от 1.",
            "--jobs: a whole number is needed, 1 or more.",
        ),
        (
            "history remove a.sqlite --client A --period октябрь",
            "--period: нужна дата вида 01.10.2026.",
            "--period: a date is needed, such as 2026-10-01.",
        ),
        (
            "history --",
            "Не указана команда. Команды: list, export, remove, rename",
            "Missing command. The commands are list, export, remove, rename",
        ),
    ],
)
def test_wrong_usage_is_said_in_the_readers_language(
    said: Callable[..., str], arguments: str, russian: str, english: str
) -> None:
    assert said(arguments, "ru") == russian
    assert said(arguments, "en") == english


@pytest.mark.parametrize(
    ("arguments", "russian", "english"),
    [
        ("check {file}", "ПУТЬ...: нет прав на чтение: {file}", "PATH...: no permission to read {file}"),
        (
            "template -o a.xlsx --from {file}",
            "--from: нет прав на чтение: {file}",
            "--from: no permission to read {file}",
        ),
    ],
)
def test_a_file_that_may_not_be_read_is_named(
    said: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: str,
    russian: str,
    english: str,
) -> None:
    file = tmp_path / "Anna's.xlsx"
    file.write_bytes(b"")
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests, root may read all
    assert said(arguments.format(file=file), "ru") == russian.format(file=file)
    assert said(arguments.format(file=file), "en") == english.format(file=file)


@pytest.mark.parametrize(
    ("arguments", "system", "words"),
    [
        ("check nowhere.xlsx --lang ru", "en", "нет такого файла или папки: nowhere.xlsx"),
        ("check nowhere.xlsx --lang en", "ru", "no such file or folder: nowhere.xlsx"),
        ("check nowhere.xlsx", "ru", "нет такого файла или папки: nowhere.xlsx"),
        ("check nowhere.xlsx --lang fr", "ru", "--lang: «fr» не подходит, можно ru, en"),
        ("check nowhere.xlsx --lang fr", "en", "--lang: 'fr' is not one of ru, en"),
        ("report in --lang en", "ru", "Missing option '--out DIR'. Folder for the outputs, one folder per"),
        ("check --lang ru", "en", "Не указан аргумент «ПУТЬ...». Книги или папки с книгами."),
        ("report --lang en --nope", "ru", "No such option: '--nope'"),
        ("report --nope --lang=ru", "en", "Нет такого параметра: «--nope»"),
        ("check --lang", "ru", "После --lang нужно значение: ru|en"),
    ],
)
def test_what_lang_asks_for_is_the_language_of_messages_too(
    said: Callable[..., str], arguments: str, system: Language, words: str
) -> None:
    assert said(arguments, system).startswith(words)


def test_help_follows_lang_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, system, begins in [
        ("ru", SYSTEM["en"], "Использование: "),
        ("en", SYSTEM["ru"], "Usage: "),
        ("fr", SYSTEM["ru"], "Использование: "),
    ]:
        monkeypatch.setenv("LC_ALL", system)
        done = CliRunner().invoke(cli.app, ["history", "remove", "--lang", asked, "-h"])
        assert done.stdout.startswith(begins)


@pytest.mark.parametrize(
    ("failure", "code", "russian", "english"),
    [
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "Прервано.", "Interrupted."),
        (ZeroDivisionError(), ExitCode.DEFECT, "Это ошибка программы", "This is a fault in the program"),
        (
            PermissionError(errno.EACCES, "Permission denied", "shut/a"),
            ExitCode.USAGE,
            "не удалось прочитать shut/a: нет прав; если файл открыт в Excel, закройте его там",
            "can't read shut/a: no permission; if it is open in Excel, close it there",
        ),
        (typer.TyperException("of a kind we don't word"), ExitCode.USAGE, "we don't word", "we don't word"),
        (UsageError("usage.no_workbooks"), ExitCode.USAGE, "Заполненных файлов", "There are no filled-in"),
    ],
)
def test_however_a_command_ends_the_words_are_in_the_language_of_lang(
    said: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    code: ExitCode,
    russian: str,
    english: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("sheetreport.cli.doctor.run", fail)
    for arguments, system, words in [
        ("doctor --lang ru", "en", russian),
        ("doctor --lang en", "ru", english),
        ("doctor", "ru", russian),
        ("doctor --lang fr", "ru", russian),
    ]:
        assert words in said(arguments, system, code).splitlines()[-1]
