"""The list of clients as spreadsheet programs save it, and the workbooks and drafts that are made of it."""

from __future__ import annotations

import email
import re
from collections.abc import Sequence
from datetime import date
from email import policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from sheetreport import pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.cli import app
from sheetreport.drafts.clients import Client, absent, addressees, read_clients, stem_of
from sheetreport.drafts.letters import Addressee
from sheetreport.errors import UsageError
from sheetreport.i18n import NBSP, Wording, texts
from sheetreport.model import Language
from sheetreport.pipeline import Options
from tests.conftest import SAMPLES
from tests.said import refused, said

CATALOG = load_catalog()
RUSSIAN = (
    "Компания;Имя;Электронная почта;Язык отчёта;Валюта;Первый день периода;Вернуть до;# для себя\r\n"
    '"Пекарня ""Колос"", цех";Пётр;petr@example.org;русский;тенге;01.10.2026;25.11.2026;звонить утром\r\n'
    "\r\n"
    "Йога;;;английский;;;;\r\n"
)


def read(tmp_path: Path, data: str | bytes) -> tuple[Client, ...]:
    file = tmp_path / "clients.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_clients(file, CATALOG)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_list_is_read_as_excel_saves_it(tmp_path: Path, encoding: str, sign: str) -> None:
    text = RUSSIAN.replace(";", sign) if sign != "," else RUSSIAN.replace(", цех", " цех").replace(";", ",")
    first, second = read(tmp_path, text.encode(encoding))
    assert first.company in ('Пекарня "Колос", цех', 'Пекарня "Колос" цех')
    assert (first.line, first.to, first.due, first.language) == (
        2,
        Addressee("Пётр", ("petr@example.org",)),
        date(2026, 11, 25),
        "ru",
    )
    assert first.answers["profile.currency"] == "KZT"
    assert first.answers["profile.period_start"] == date(2026, 10, 1)
    assert (second.line, second.company, second.to, second.due) == (4, "Йога", Addressee(), None)
    assert second.answers == {"profile.company_name": "Йога", "profile.language": "en"}


def test_headings_are_ids_names_or_labels_and_the_first_line_may_state_the_separator(tmp_path: Path) -> None:
    headings = "sep=;\nprofile.company_name;stage;Клиентов в базе;Gross profit in the period\n"
    text = headings + '"A\nB";да;1 200;?\nC;;-;\n'
    first, second = read(tmp_path, text.encode("utf-8-sig"))
    assert (first.line, first.company) == (3, "A\nB")
    assert first.answers["profile.stage"] == "operating"
    assert first.answers["clients.total"] == 1200
    assert first.answers["clients.gross_profit"] == "?"
    assert (second.line, second.answers["clients.total"]) == (5, "-")


def test_two_addresses_and_a_cyrillic_domain_are_addresses(tmp_path: Path) -> None:
    first, second = read(tmp_path, 'company;email\nA;"a@example.org, b@example.org"\nB;info@пример.рф\n')
    assert first.to.addresses == ("a@example.org", "b@example.org")
    assert second.to.addresses == ("info@xn--e1afmkfd.xn--p1ai",)


WRONG = {
    "": "clients.csv:1: the list is empty",
    "company;email\n": "clients.csv:2: no clients below the headings",
    "company;emial\nA;a@b.org\n": "csv:1: column B: no heading is called 'emial': did you mean 'email'?;",
    "Компания;Почтта\nA;a@example.org\n": "column B: no heading is called 'Почтта': did you mean 'почта'?",
    "name;email\nAnna;a@example.org\n": "clients.csv:1: no column says which client it is",
    "company;Компания\nA;B\n": "clients.csv:1: column B: 'Компания' is the same as column A (company)",
    "company;email\nA;a@example\n": "clients.csv:2: column B (email): 'a@example' is no address",
    "company;email\nA;a b@example.org\n": "clients.csv:2: column B (email): 'a' is no address",
    "company;email\nA;иван@example.org\n": "column B (email): 'иван@example.org' is no address",
    "company;email\n\nA;a@b.org\n;x@b.org\n": "clients.csv:4: column A (company): no client named: write",
    'company;name\n"A\nB";C\nD;E\n"a  b";F\n': "clients.csv:5: 'a b' stands in line 2 too: for one client",
    "file;company\na.xlsx;A\nA.XLSX;B\n": "clients.csv:3: 'A.XLSX' stands in line 2 already",
    "company;language\nA;français\n": "clients.csv:2: column B (language): We see “français”",
    "company;currency\nA;золотой\n": "clients.csv:2: column B (currency): We see “золотой”",
    "company;language\nA;попугай\n": "there is no such choice. One of these: “Russian”, “English”.",
    "company;due\nA;03/04/2026\n": "clients.csv:2: column B (due): '03/04/2026' is no date",
    "company;clients.total\nA;сто\n": "clients.csv:2: column B (clients.total): We see “сто”",
    "company;website\nA;"
    + "x" * 301
    + "\n": "clients.csv:2: column B (website): 301 characters, and 300 fit",
    "company;email\nA;a@b.org;B\n": "clients.csv:2: column C: 'B' stands under no heading",
    "company;If no, why\nA;B\n": "clients.csv:1: column B: 'If no, why' is the heading of several questions",
    'company;name\nA;B\n"C;D\n': "csv:3: not CSV from here on: a quotation mark is opened and never closed",
    'company;name\n"A"B;C\n': "csv:2: not CSV from here on: text follows a closing quotation mark",
    f'company;name\nA;"{"x" * 140_000}\n': "csv:2: not CSV from here on: one cell holds too much text",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_line_and_column(tmp_path: Path, text: str) -> None:
    with refused(f"^{re.escape(str(tmp_path))}.*{re.escape(WRONG[text])}"):
        read(tmp_path, text)


IN_RUSSIAN = {
    "": "1: список пуст: напишите в первой строке названия столбцов, например компания;почта",
    "Клиент;Почта\n": "2: под заголовками нет ни одного клиента",
    "Клиент;Почтта\nA;a@example.org\n": (
        "1: столбец B: заголовок «Почтта» нам неизвестен. Если столбец для себя, начните заголовок с #, "
        "иначе исправьте его: может быть, «почта»?"
    ),
    "Клиент;Погода\nA;ясно\n": (
        "1: столбец B: заголовок «Погода» нам неизвестен. Если столбец для себя, начните заголовок с #, "
        "иначе исправьте его"
    ),
    "Клиент;Если нет — почему\nA;B\n": (
        "1: столбец B: заголовок «Если нет — почему» есть у нескольких вопросов: напишите ключ нужного, "
        "например p.base_metrics.why_not"
    ),
    "Клиент;Компания\nA;B\n": (
        "1: столбец B: «Компания» означает то же, что столбец A (Клиент): оставьте один из этих столбцов"
    ),
    "Имя;Почта\nАнна;a@example.org\n": (
        "1: ни один столбец не говорит, какой это клиент: назовите такой столбец «Компания» или «Файл»"
    ),
    "Клиент;Почта\nA;a@example.org;звонить\n": (
        "2: столбец C: над «звонить» нет заголовка: назовите столбец, а если разделитель стоит внутри "
        "текста, возьмите весь текст в кавычки"
    ),
    "Клиент;Почта\n;a@example.org\n": "2: столбец A (Клиент): не указан клиент: впишите компанию или файл",
    "Клиент;Почта\nA;a@example\n": (
        "2: столбец B (Почта): «a@example» не похоже на адрес почты; пример: name@example.com"
    ),
    f"Клиент;Почта\nA;{'a@example.org,' * 6}\n": "2: столбец B (Почта): адресов: 6, а можно не больше 5",
    "Клиент;Вернуть до\nA;03/04/2026\n": (
        "2: столбец B (Вернуть до): «03/04/2026» не читается как дата: напишите, например, 25.11.2026 или "
        "2026-11-25"
    ),
    "Клиент;Язык отчёта\nA;англиский\n": (
        "2: столбец B (Язык отчёта): Видим «англиский». Это «английский»? Если да, выберите в списке "
        "«английский»."
    ),
    "Клиент;clients.total\nA;1,234\n": (
        "2: столбец B (clients.total): «1,234» читается и как 1234, и как дробь. Введите 1234 или, если "
        "дробь, 1,23."
    ),
    f"Клиент;website\nA;{'x' * 301}\n": "2: столбец B (website): 301 знак, а помещается 300",
    "Клиент;Язык отчёта\nA;попугай\n": (
        "2: столбец B (Язык отчёта): Видим «попугай», такого варианта нет. Один из вариантов: "
        "«русский», «английский»."
    ),
    "Файл;Имя\nA.xlsx;B\na.xlsx;C\n": "3: «a.xlsx» уже есть в строке 2: оставьте одну из этих строк",
    "Клиент;Имя\nA;B\nA;C\n": (
        "3: «A» есть и в строке 2: если это один клиент, оставьте одну строку, если разные — впишите в "
        "столбец «Файл» имя книги каждого"
    ),
    'Клиент;Имя\nA;B\n"C;D\n': (
        "3: начиная с этой строки файл не читается как CSV: кавычка открыта и не закрыта"
    ),
}


@pytest.mark.parametrize("text", IN_RUSSIAN)
def test_what_is_wrong_is_told_in_russian_too(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as found:
        read(tmp_path, text)
    told = Wording("ru").say(found.value.message).replace(NBSP, " ")
    assert told == f"{tmp_path / 'clients.csv'}:{IN_RUSSIAN[text]}"


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as found:
        read_clients(tmp_path / "none.csv", CATALOG)
    assert said(found.value) == f"can't read {tmp_path / 'none.csv'}: no such file or folder"
    told = Wording("ru").say(found.value.message)
    assert told == f"не удалось прочитать {tmp_path / 'none.csv'}: такого файла или папки нет"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("company;name\nCafé;Zoë\n".encode("cp1252"), "clients.csv:2: the letters are in a code page"),
        (
            "Компания;Имя\nГараж;Фёдор\n".encode("mac_cyrillic"),
            "clients.csv:1: the letters are in a code page",
        ),
        (b"company\nA\x98\n", "clients.csv:2: the letters can't be read"),
        (b"PK\x03\x04", "a workbook, not a CSV file"),
        (b"x" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_bytes_that_are_no_list_are_refused(tmp_path: Path, data: bytes, problem: str) -> None:
    with refused(re.escape(problem)):
        read(tmp_path, data)


def test_the_same_company_twice_needs_a_file(tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text("company;email\nA;a@example.org\na;b@example.org\n", "utf-8")
    told = r"clients\.csv:3: 'a' stands in line 2 too: for one client keep one of the two lines, for two"
    with refused(told):
        addressees(file, CATALOG)
    code, printed, error = template("--clients", file, "-o", tmp_path / "new")
    assert (code, printed, (tmp_path / "new").exists()) == (1, [], False)
    assert re.search(told, error)
    file.write_text("company;file;email\nA;a.xlsx;a@example.org\nA;b;b@example.org\n", "utf-8")
    listed = addressees(file, CATALOG)
    found = listed.client(["x", "A"], "A")
    assert found is not None
    assert found.to == Addressee("", ("a@example.org",))
    assert listed.client(["c"], "A") is None
    assert template("--clients", file, "-o", tmp_path / "new", "--sheets", "core")[0] == 0
    assert {made.name for made in (tmp_path / "new").glob("*.xlsx")} == {"a.xlsx", "b.xlsx"}


def test_who_has_sent_nothing_yet_is_named(tmp_path: Path) -> None:
    listed = read(tmp_path, "company;file\nA;\nB;one.xlsx\nC;two.xlsx\n;three\n«D»;\nE;four.xlsx\n")
    assert absent(listed, ["ONE", "x"], ["a", "D", "e"]) == ["C", "three"]


@pytest.mark.parametrize(
    ("file", "stem"),
    [("a.xlsx", "a"), ("c:\\in\\a.b.XLSM", "a.b"), ("in/a.ods", "a"), ("v1.2", "v1.2"), (".xlsx", "")],
)
def test_a_workbook_is_known_by_its_stem(file: str, stem: str) -> None:
    assert stem_of(file) == stem


def test_the_sample_is_a_list(tmp_path: Path) -> None:
    file = SAMPLES / "own-clients" / "clients.csv"
    assert file.read_bytes()[:3] == b"\xef\xbb\xbf"  # by which Excel knows its encoding
    bakery, yoga, barber = read_clients(file, CATALOG)
    assert bakery.to == Addressee("Пётр", ("petr@bakery.example",))
    assert (yoga.language, yoga.answers["profile.currency"], yoga.due) == ("en", "GBP", date(2026, 11, 27))
    assert (barber.company, barber.due) == ("Барбершоп «Борода и чай» (вымышленный)", None)


# --- workbooks to fill in -----------------------------------------------------------------------------------


def template(*arguments: object) -> tuple[int, Sequence[str], str]:
    made = CliRunner().invoke(app, ["template", *map(str, arguments)])
    error = said(made.exception) if made.exception else ""
    return made.exit_code, made.stdout.splitlines(), error


def parsed(file: Path) -> EmailMessage:
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage) -> str:
    part = message.get_body()
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").replace(NBSP, " ")


def test_a_day_to_return_the_workbook_by_that_has_passed_is_pointed_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clients = tmp_path / "clients.csv"
    clients.write_text("company;due\nA;2020-01-31\nB;2999-01-31\nC;\n", "utf-8")
    made = CliRunner().invoke(app, ["template", "--clients", str(clients), "-o", str(tmp_path / "new")])
    told = made.stderr + capsys.readouterr().err
    assert "has passed: A. Change" in told or "уже прошёл: A. Поправьте" in told


def test_each_client_gets_a_workbook_with_what_is_known_and_a_draft_with_it(tmp_path: Path) -> None:
    clients, out = tmp_path / "clients.csv", tmp_path / "new" / "blank"
    clients.write_bytes(RUSSIAN.encode("cp1251"))
    code, printed, _ = template("--clients", clients, "-o", out, "--sheets", "core")
    stems = ["Пекарня _Колос_, цех", "Йога"]
    assert code == 0
    assert printed == [str(out / f"{stem}{ending}") for stem in stems for ending in (".xlsx", ".eml")]
    first, second = (parsed(out / f"{stem}.eml") for stem in stems)
    assert (first["To"], second["To"]) == ("Пётр <petr@example.org>", None)
    assert first["Subject"] == 'Пекарня "Колос", цех: цифры для отчёта'
    assert second["Subject"] == "Йога: figures for your report"
    assert body(first) == (
        "Здравствуйте, Пётр.\n\n"
        "Чтобы собрать для вас отчёт о клиентах, рекламе и целях, мне нужны ваши цифры. Прикладываю файл "
        "Excel: на него уйдёт около 20 минут.\n\n"
        "Начните с листа «Начните здесь»: он ведёт по остальным. Писать нужно только в жёлтых ячейках. То, "
        "что я уже знаю, вписано; если что-то не так, поправьте.\n\n"
        "Цифры нет под рукой — поставьте знак вопроса (?). Вопрос не про вас — поставьте дефис (-). Пустая "
        "ячейка тоже не беда: отчёт соберём по тому, что есть.\n\n"
        "Сохраните файл и до 25 ноября 2026 г. пришлите его в ответ на это письмо.\n"
    )
    assert body(second) == (
        "Hello,\n\n"
        "For your report on clients, advertising and goals I need your figures. I attach an Excel workbook: "
        "it takes about 20 minutes.\n\n"
        "Begin with the sheet “Start here”: it leads you through the others. Write only in the yellow cells. "
        "What I know already is filled in; correct it if anything is wrong.\n\n"
        "If you don't have a figure, type a question mark (?). If a question doesn't apply to you, type a "
        "hyphen (-). Blank cells are fine too: we work with what there is.\n\n"
        "Save the workbook and send it back with your reply.\n"
    )
    (part,) = first.iter_attachments()
    assert part.get_filename() == "Пекарня _Колос_, цех.xlsx"
    workbook = (out / "Пекарня _Колос_, цех.xlsx").read_bytes()
    assert part.get_content() == workbook
    read = pipeline.examine(CATALOG, workbook, "x.xlsx", Options()).submission
    assert read.get("profile.company_name").value == 'Пекарня "Колос", цех'
    assert read.get("profile.currency").value == "KZT"
    assert read.get("profile.period_start").value == date(2026, 10, 1)
    english = load_workbook(BytesIO((out / "Йога.xlsx").read_bytes()), read_only=True)
    core = [sheet.title.en for sheet in CATALOG.sheets if sheet.core]
    assert english.sheetnames == ["Start here", *core, "Lists"]


def test_what_the_letter_says_of_the_workbook_stands_on_its_first_sheet(tmp_path: Path) -> None:
    clients = tmp_path / "clients.csv"
    clients.write_text("company\nA\n", "utf-8")
    spoken: dict[Language, str] = {"ru": "около 20 минут", "en": "about 20 minutes"}
    for language, minutes in spoken.items():
        assert template("--clients", clients, "-o", tmp_path / language, "--lang", language)[0] == 0
        sheet = load_workbook(tmp_path / language / "A.xlsx", read_only=True).worksheets[0]
        shown = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
        letter = body(parsed(tmp_path / language / "A.eml"))
        assert minutes in shown
        assert minutes in letter
        assert sheet.title == texts()["template.start_title"][language]
        assert sheet.title in letter


def test_clients_of_one_name_keep_files_of_their_own_and_the_same_ones_each_time(tmp_path: Path) -> None:
    clients, out = tmp_path / "clients.csv", tmp_path / "out"
    lines = ["company;email", "A/B;one@example.org", "a:b;two@example.org", "C;three@example.org"]
    clients.write_text("\n".join(lines), "utf-8")
    _, first, _ = template("--clients", clients, "-o", out, "--sheets", "core")
    content = {file.name: file.read_bytes() for file in out.iterdir()}
    assert len({name.casefold() for name in content}) == 6
    assert {"C.xlsx", "C.eml"} < set(content)
    clients.write_text("\n".join([lines[0], *reversed(lines[1:])]), "utf-8")
    _, second, _ = template("--clients", clients, "-o", out, "--sheets", "core")
    assert set(first) == set(second)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == content


def test_nothing_is_written_where_the_list_is_wrong(tmp_path: Path) -> None:
    clients, out = tmp_path / "clients.csv", tmp_path / "out"
    clients.write_text("company;email\nA;a@example.org\nB;nobody\n", "utf-8")
    code, printed, error = template("--clients", clients, "-o", out)
    assert (code, printed, out.exists()) == (1, [], False)
    assert "clients.csv:3: column B (email): 'nobody' is no address" in error


def test_a_workbook_that_came_back_is_not_written_over(tmp_path: Path) -> None:
    clients, out = tmp_path / "clients.csv", tmp_path / "out"
    clients.write_text("company\nA\nB\n", "utf-8")
    assert template("--clients", clients, "-o", out)[0] == 0
    before = (out / "A.xlsx").read_bytes()
    assert template("--clients", clients, "-o", out)[0] == 0
    returned = (SAMPLES / "core-only-ru" / "core-only-ru.xlsx").read_bytes()
    workbook = load_workbook(BytesIO(returned))
    workbook.save(out / "B.xlsx")
    came_back = (out / "B.xlsx").read_bytes()
    (out / "A.eml").unlink()
    code, printed, error = template("--clients", clients, "-o", out)
    assert code != 0
    assert f"{out / 'B.xlsx'}: somebody has worked in it" in error
    assert (out / "B.xlsx").read_bytes() == came_back
    assert (out / "A.xlsx").read_bytes() == before
    assert (printed, (out / "A.eml").exists()) == ([], False)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (("-o", "x.xlsx"), "is for several workbooks here: give a folder"),
        (("-o", "x", "--from", "old.xlsx"), "leave --answers and --from out"),
        (("-o", "x", "--answers", "a.yaml"), "leave --answers and --from out"),
    ],
)
def test_options_that_do_not_go_with_a_list_are_refused(
    tmp_path: Path, more: tuple[str, ...], problem: str
) -> None:
    clients = tmp_path / "clients.csv"
    clients.write_text("company\nA\n", "utf-8")
    assert problem in template("--clients", clients, *more)[2]
