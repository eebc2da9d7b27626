"""The command line as scripts see it: exit codes, what stands on stdout and what on stderr."""

from __future__ import annotations

import json
import locale
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from sheetreport import __version__, cli, doctor
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import ExitCode, MissingLibraryError
from sheetreport.render import pdf
from tests.conftest import SAMPLES


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setattr(cli, "_use_utf8", lambda: None)

    def call(*arguments: str | Path) -> Done:
        monkeypatch.setattr(sys, "argv", ["sheetreport", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        captured = capsys.readouterr()
        return Done(int(caught.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def workbook(tmp_path: Path, filled: bytes) -> Path:
    path = tmp_path / "client.xlsx"
    path.write_bytes(filled)
    return path


def edited(path: Path, name: str, value: str | int) -> Path:
    """A copy of a workbook with one named cell overwritten, as a spreadsheet program would save it."""
    book = openpyxl.load_workbook(path)
    (sheet, cell), *_ = book.defined_names[name].destinations
    book[sheet][cell.replace("$", "")] = value
    stream = BytesIO()
    book.save(stream)
    target = path.with_name("edited.xlsx")
    target.write_bytes(stream.getvalue())
    return target


@pytest.mark.parametrize("arguments", [[], ["--help"], ["report", "--help"], ["check", "-h"]])
def test_help_is_there_for_the_asking(run: Callable[..., Done], arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code in (ExitCode.DONE, ExitCode.USAGE)
    assert "Usage" in done.out + done.err


@pytest.mark.parametrize(
    ("arguments", "has_words"), [(["--version"], False), (["--help"], True), (["report", "--help"], True)]
)
def test_help_loads_nothing_that_only_work_needs(arguments: list[str], has_words: bool) -> None:
    script = (
        "import sys\nfrom sheetreport.cli import main\n"
        "try: main()\nfinally: print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    loaded = done.stderr.splitlines()
    ours = {"", ".cli", ".cli.commands", ".cli.helping", ".errors"}
    words = {
        ".catalog",
        ".catalog.definitions",
        ".catalog.yaml",
        ".cli.language",
        ".formula",
        ".formula.tree",
        ".i18n",
        ".locale",
        ".model",
    }
    found = {name.removeprefix("sheetreport") for name in loaded if name.startswith("sheetreport")}
    assert found == (ours | words if has_words else ours)
    slow = {
        "babel",
        "jinja2",
        "numpy",
        "openpyxl",
        "PIL",
        "psutil",
        "rich",
        "weasyprint",
        "xlsxwriter",
        "yaml",
    }
    assert slow & set(loaded) == ({"babel", "yaml"} if has_words else set())


@pytest.mark.parametrize(
    ("command", "default"),
    [
        ("doctor", "default: the system's."),
        ("template", "default: that of the answers or of the older workbook, else the system's."),
        ("explain", "default: the workbook's own, else the system's."),
        ("check", "default: the workbook's own, else the system's."),
    ],
)
def test_help_names_the_default_language(run: Callable[..., Done], command: str, default: str) -> None:
    said = re.sub(r"[\s│]+", " ", run(command, "--help").out)
    assert f"Language; {default}" in said


def test_version(run: Callable[..., Done]) -> None:
    assert run("--version").out.strip() == f"sheetreport {__version__}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["report"],
        ["report", "nowhere.xlsx", "--out", "x"],
        ["check", "--lang", "fr", "x"],
        ["check", "--nope"],
    ],
)
def test_wrong_usage_ends_with_2_and_no_traceback(run: Callable[..., Done], arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code == ExitCode.USAGE
    assert done.out == ""
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("system", "said"), [("ru_RU.UTF-8", "а не таблица"), ("en_GB.UTF-8", "not a workbook")]
)
def test_a_file_that_tells_no_language_is_told_about_in_the_system_s(
    run: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, said: str
) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    monkeypatch.setenv("LC_ALL", system)
    assert said in run("check", tmp_path / "a.xlsx").out
    assert run("report", tmp_path / "a.xlsx", "--out", tmp_path / "out").code == ExitCode.WORKBOOK_ERRORS
    (document,) = (tmp_path / "out").rglob("*-report.json")
    assert said in document.read_text("utf-8")


def test_a_workbook_that_names_no_language_is_answered_in_its_own(
    run: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank = tmp_path / "blank.xlsx"
    blank.write_bytes((SAMPLES.parent / "templates" / "sheetreport-en.xlsx").read_bytes())
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    (document,) = json.loads(run("check", edited(blank, "in_profile_language", ""), "--json").out)
    assert document["language"] == "en"


@pytest.mark.parametrize(
    ("system", "said"), [("Russian_Russia", "Заполненных"), ("English_Ireland", "filled-in")]
)
def test_windows_says_its_language_elsewhere(
    run: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, said: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(locale, "getlocale", lambda: (system, "1251"))
    assert said in run("check", tmp_path).err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("check nowhere.xlsx", "нет такого файла или папки: nowhere.xlsx"),
        ("check .", "Заполненных файлов .xlsx здесь нет."),
        (
            "check . --corrections .",
            ". — папка для результатов, но в ней лежит и .: укажите для результатов отдельную папку",
        ),
        ("report . --out out --archive --no-pdf", "--archive делает PDF: уберите --no-pdf"),
        (
            "report . --out out --audience consultent",
            "--audience: «consultent» не подходит, можно owner, consultant: может быть, «consultant»?",
        ),
        (
            "report . --out out --engine dask://host",
            "--engine: «dask://host» — не адрес: напишите dask://АДРЕС:ПОРТ, dask+tls://АДРЕС:ПОРТ или local",
        ),
        (
            "report . --out . --watch",
            ". — папка для результатов, но в ней лежит и .: укажите для результатов отдельную папку",
        ),
        ("template -o a.xls", "--output: имя a.xls должно кончаться на .xlsx"),
        ("template -o a.xlsx --next-period", "--next-period работает только вместе с --from СТАРАЯ.xlsx"),
    ],
)
def test_wrong_usage_is_said_in_russian_to_a_russian_reader(
    run: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str, said: str
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    monkeypatch.chdir(tmp_path)
    done = run(*arguments.split())
    assert (done.code, done.err) == (ExitCode.USAGE, f"{said}\n")


def test_what_stopped_a_file_of_many_is_in_the_list_as_the_reader_read_it(
    run: Callable[..., Done], tmp_path: Path
) -> None:
    for name in ("in/a.xlsx", "in/deep/a.xlsx", "notes/a.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words")
    notes, out = tmp_path / "notes", tmp_path / "out"
    done = run("report", tmp_path / "in", "--out", out, "--commentary", notes, "--no-pdf", "--lang", "ru")
    first, second = (file["error"] for file in json.loads((out / "batch.json").read_bytes())["files"])
    asked = f"{notes / 'a.md'}: книг с таким именем 2; текст об этом клиенте назовите a-"
    assert first.startswith(asked)
    assert second.startswith(asked)
    assert f": {asked}" in done.err


@pytest.mark.parametrize("inside", [".", "inbox"])
@pytest.mark.parametrize(
    ("command", "option"), [("report", "--out"), ("report", "--watch --out"), ("check", "--corrections")]
)
def test_a_folder_for_outputs_that_holds_the_workbooks_is_refused(
    run: Callable[..., Done], workbook: Path, inside: str, command: str, option: str
) -> None:
    folder = workbook.parent / inside
    folder.mkdir(exist_ok=True)
    done = run(command, folder, *option.split(), workbook.parent)
    assert done.code == ExitCode.USAGE
    assert f"{workbook.parent} is for outputs, and holds {folder} too" in done.err


def test_a_template_is_written_and_named_on_stdout(run: Callable[..., Done], tmp_path: Path) -> None:
    target = tmp_path / "new" / "blank.xlsx"
    done = run("template", "-o", target, "--lang", "en", "--sheets", "core,nps")
    assert (done.code, done.out.strip()) == (ExitCode.DONE, str(target))
    titles = openpyxl.load_workbook(target).sheetnames
    catalog = load_catalog()
    assert catalog.sheet("clients").title.en in titles
    assert catalog.sheet("nps").title.en in titles
    assert catalog.sheet("practices").title.en not in titles


def test_an_unknown_part_gets_a_suggestion(run: Callable[..., Done], tmp_path: Path) -> None:
    done = run("template", "-o", tmp_path / "x.xlsx", "--sheets", "core,practises")
    assert done.code == ExitCode.USAGE
    assert "did you mean 'practices'?" in done.err
    assert "the parts are core, loyalty," in done.err


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("ru", "Ключа «clients.totl» в шаблоне нет: может быть, «total»? Пока пропускаем.\n"),
        ("en", "The template has no place for “clients.totl”: did you mean 'total'? Ignored.\n"),
    ],
)
def test_a_key_of_the_answers_that_no_field_takes_is_told(
    run: Callable[..., Done], tmp_path: Path, lang: str, line: str
) -> None:
    (tmp_path / "answers.yaml").write_text("clients: {totl: 800}\n")
    done = run("template", "--answers", tmp_path / "answers.yaml", "-o", tmp_path / "x.xlsx", "--lang", lang)
    assert (done.code, done.err) == (ExitCode.DONE, line)


@pytest.mark.parametrize("option", ["--from", "--answers"])
def test_a_template_never_takes_the_place_of_what_it_is_made_from(
    run: Callable[..., Done], workbook: Path, option: str
) -> None:
    before = workbook.read_bytes()
    done = run("template", option, workbook, "-o", workbook.parent / "." / workbook.name)
    assert (done.code, workbook.read_bytes()) == (ExitCode.USAGE, before)
    assert "another name" in done.err


@pytest.mark.parametrize("place", ["folder.xlsx", "file/blank.xlsx"])
def test_a_template_that_cannot_be_written_is_said_in_a_line(
    run: Callable[..., Done], tmp_path: Path, place: str
) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "file").write_text("")
    done = run("template", "-o", tmp_path / place)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err.startswith("can't write ")
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_a_long_entry_that_found_no_place_is_cut_on_the_screen(
    run: Callable[..., Done], workbook: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(workbook)
    sheet = book[load_catalog().sheet("clients").title.ru]
    sheet["G6"] = "спросить у бухгалтера " * 100
    book.save(workbook)
    err = run("template", "--from", workbook, "-o", tmp_path / "next.xlsx").err
    assert "G6: спросить у бухгалтера" in err
    assert max(map(len, err.splitlines())) < 300


def test_a_template_has_a_name_that_excel_opens(run: Callable[..., Done], tmp_path: Path) -> None:
    done = run("template", "-o", tmp_path / "blank.xls")
    assert (done.code, [*tmp_path.iterdir()]) == (ExitCode.USAGE, [])
    assert "must end in .xlsx" in done.err


def test_a_sound_workbook_checks_with_0(run: Callable[..., Done], workbook: Path) -> None:
    done = run("check", workbook)
    assert done.code == ExitCode.DONE
    assert "V-33" in done.out


def test_check_names_cell_and_mend_and_ends_with_1(run: Callable[..., Done], workbook: Path) -> None:
    bad = edited(workbook, "in_clients_new", -12)
    done = run("check", bad)
    assert done.code == ExitCode.WORKBOOK_ERRORS
    assert "✗ V-06 Клиенты!" in done.out
    assert "−12" in done.out
    assert "      Должно быть: целое число от 0. Уберите лишний минус" in done.out
    assert (
        "      Should be: a whole number from 0. Remove a stray minus"
        in run("check", bad, "--lang", "en").out
    )


def test_check_as_json_is_nothing_but_json(run: Callable[..., Done], workbook: Path) -> None:
    done = run("check", workbook, "--json")
    (document,) = json.loads(done.out)
    assert document["status"] == "complete"
    assert {finding["code"] for finding in document["findings"]} >= {"V-33", "V-45", "V-46"}


def test_a_report_names_its_outputs_and_says_the_rest_on_stderr(
    run: Callable[..., Done], workbook: Path, tmp_path: Path
) -> None:
    done = run("report", workbook, "--out", tmp_path / "out", "--no-pdf", "--timings")
    assert done.code == ExitCode.DONE
    names = ["client-report.json", "client-report.xlsx", "client-corrections.xlsx", "client.eml"]
    assert [Path(line).name for line in done.out.splitlines()] == names
    assert "compute" in done.err


def test_a_partial_report_is_made_and_ends_with_1(
    run: Callable[..., Done], workbook: Path, tmp_path: Path
) -> None:
    bad = edited(workbook, "in_clients_revenue", "около 700 тыс.")
    done = run("report", bad, "--out", tmp_path / "out", "--no-pdf", "--json")
    assert done.code == ExitCode.WORKBOOK_ERRORS
    (entry,) = json.loads(done.out)
    assert entry["status"] == "partial"
    report = json.loads((tmp_path / "out" / "edited" / "edited-report.json").read_text(encoding="utf-8"))
    values = {metric["id"]: metric for metric in report["metrics"] if metric["subject"] is None}
    assert values["aov"]["value"] is None
    assert values["cac"]["value"] == 1500
    strict = run("report", bad, "--out", tmp_path / "strict", "--no-pdf", "--strict", "--json")
    assert json.loads(strict.out)[0]["status"] == "refused"


def test_a_folder_gets_a_batch_file_and_one_bad_workbook_stops_nothing(
    run: Callable[..., Done], workbook: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "returned"
    folder.mkdir()
    workbook.rename(folder / "good.xlsx")
    (folder / "bad.xlsx").write_bytes(b"PK\x03\x04 but no zip")
    done = run("report", folder, "--out", tmp_path / "out", "--no-pdf")
    assert done.code == ExitCode.WORKBOOK_ERRORS
    entries = json.loads((tmp_path / "out" / "batch.json").read_text(encoding="utf-8"))["files"]
    assert {Path(entry["source"]).name: entry["status"] for entry in entries} == {
        "good.xlsx": "complete",
        "bad.xlsx": "refused",
    }


@pytest.mark.parametrize("identifier", ["cac", "R-08", "V-07", "clients.new", "goal_progress", "p.consent"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_everything_can_be_explained(
    run: Callable[..., Done], workbook: Path, identifier: str, language: str
) -> None:
    for arguments in ((identifier,), (identifier, workbook)):
        done = run("explain", *arguments, "--lang", language)
        assert done.code == ExitCode.DONE, done.err
        assert len(done.out.splitlines()) >= 2


def test_explain_shows_the_owner_s_figures_and_why_a_rule_did_not_fire(
    run: Callable[..., Done], workbook: Path
) -> None:
    assert "₽60,000 / 40 = ₽1,500" in run("explain", "cac", workbook, "--lang", "en").out
    assert "does not hold" in run("explain", "R-07", workbook, "--lang", "en").out


def test_explain_says_when_a_workbook_gives_no_values(run: Callable[..., Done], tmp_path: Path) -> None:
    torn = tmp_path / "torn.xlsx"
    torn.write_bytes(b"PK" + bytes(600))
    done = run("explain", "cac", torn, "--lang", "ru")
    assert done.code == ExitCode.WORKBOOK_ERRORS
    assert "Все расходы на продвижение / Новых за период" in done.out
    assert "✗ S-05" in done.out


def test_an_unknown_id_gets_a_suggestion(run: Callable[..., Done]) -> None:
    done = run("explain", "cacc")
    assert done.code == ExitCode.USAGE
    assert "did you mean 'cac'?" in done.err


def test_the_module_runs_and_a_broken_pipe_of_words_is_utf8(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sheetreport", "explain", "cac", "--lang", "ru"],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "PYTHONPATH": str(Path(cli.__file__).parents[2])},
        cwd=tmp_path,
    )
    assert "Стоимость привлечения клиента" in done.stdout.decode("utf-8")


def test_without_pango_all_but_the_pdf_is_made_and_one_line_says_how_to_mend_that(
    run: Callable[..., Done], workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> bytes:
        raise MissingLibraryError("pdf.no_pango")

    monkeypatch.setattr(pdf, "render_pdf", missing)
    monkeypatch.setattr(doctor, "install_commands", lambda: ("brew install pango",))
    done = run("report", workbook, "--out", tmp_path / "out")
    assert done.code == ExitCode.DONE
    assert [Path(line).suffix for line in done.out.splitlines()] == [".json", ".xlsx", ".xlsx", ".eml"]
    (line,) = [line for line in done.err.splitlines() if "Pango" in line]
    assert line.endswith("brew install pango")
    (entry,) = json.loads(run("report", workbook, "--out", tmp_path / "out", "--json", "--lang", "ru").out)
    assert entry["notice"] == "для PDF нужна библиотека Pango, а её нет"


def test_what_may_be_missing_or_double_in_a_folder_is_said(
    run: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder nobody may look into, and a copy that a cloud made."""
    inbox, closed = tmp_path / "inbox", tmp_path / "inbox" / "closed"
    closed.mkdir(parents=True)
    (inbox / "client (Anna's conflicted copy 2026-11-20).xlsx").write_bytes(b"")
    monkeypatch.setattr("os.access", lambda path, _: path != closed)
    said = run("check", inbox, "--lang", "en").err
    assert f"No permission to open: {closed}. What is in there was not read.\n" in said
    assert (
        said.count("client (Anna's conflicted copy 2026-11-20).xlsx looks like the copy a cloud makes") == 1
    )
