"""Draft e-mails: what they say, that every mail program reads them right, that nothing is ever sent."""

from __future__ import annotations

import ast
import email
import email.header
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import xlsxwriter

import sheetreport
from sheetreport import batch, pipeline
from sheetreport.answers import load
from sheetreport.batch.letters import Letters
from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import Text
from sheetreport.catalog.load import load_catalog
from sheetreport.digest import Action, Digest, digest
from sheetreport.drafts.fixes import by_importance
from sheetreport.drafts.letter import Enclosed, Letter, as_draft
from sheetreport.drafts.letters import Addressee, Writer
from sheetreport.drafts.of_result import draft
from sheetreport.errors import ExitCode, Message
from sheetreport.findings import nested
from sheetreport.i18n import NBSP, Wording
from sheetreport.model import Language
from sheetreport.pipeline import Options
from sheetreport.template import build
from tests.batches import Here
from tests.conftest import SAMPLES
from tests.said import refused

CATALOG = load_catalog()
ANNA = Addressee("Анна", ("anna@example.org",))
BUREAU = Brand(
    Text("Бюро «Кит» (вымышленное)", "Whale Bureau (fictional)"),
    "0",
    contacts=("+7 495 000-00-00", "kit@example.org"),
    closing=Text("Звоните, когда начнёте.", "Call when you begin."),
)
LONG = "Мастерская «Ключ, замок и дверная ручка» с очень длинным именем"


def parsed(draft: bytes) -> EmailMessage:
    message = email.message_from_bytes(draft, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def said(draft: bytes) -> str:
    body = parsed(draft).get_body()
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n").replace(NBSP, " ")


def names(draft: bytes) -> list[str | None]:
    return [part.get_filename() for part in parsed(draft).iter_attachments()]


def raw_header(draft: bytes, name: str) -> str:
    """A header as programs with no library of ours decode it: encoded words joined, nothing repaired."""
    head = draft.partition(b"\r\n\r\n")[0].decode("ascii")
    found = re.search(rf"^{name}: ([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head, re.MULTILINE)
    assert found is not None
    assert all(len(line) <= 78 for line in found[0].split("\r\n"))
    return str(email.header.make_header(email.header.decode_header(found[1].replace("\r\n", ""))))


# --- the file ---------------------------------------------------------------------------------------------


def test_a_draft_is_one_and_leaves_sender_and_date_to_the_mail_program() -> None:
    letter = Letter("Отчёт", "Здравствуйте.\n", (Enclosed("a.pdf", b"%PDF"),), "Анна", ("anna@example.org",))
    made = as_draft(letter)
    assert parsed(made)["X-Unsent"] == "1"
    assert parsed(made)["To"] == "Анна <anna@example.org>"
    assert parsed(made).keys() == ["X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"]
    assert made == as_draft(letter)
    assert made.count(b"\n") == made.count(b"\r\n")
    assert parsed(as_draft(replace(letter, addresses=())))["To"] is None
    made.decode("ascii")  # what every server and program takes


def test_a_long_subject_and_a_long_name_keep_their_spaces() -> None:
    subject = "Барбершоп «Борода и чай» (вымышленный): проверьте, пожалуйста, 10 мест в файле"
    name = "Александра Константиновна Вознесенская, управляющая двумя салонами"
    made = as_draft(Letter(subject, ".", (), name, ("a@example.org",)))
    assert raw_header(made, "Subject") == subject == parsed(made)["Subject"]
    assert raw_header(made, "To") == f"{name} <a@example.org>"


@pytest.mark.parametrize(
    "name",
    ["client-report.pdf", f"{LONG}-corrections.xlsx", "a b; c=d, e «é»-report.pdf", "я" * 50 + ".xlsx"],
)
def test_names_of_attachments_stand_whole_in_both_writings(name: str) -> None:
    made = as_draft(Letter("x", "x", (Enclosed(name, b"content"),)))
    assert names(made) == [name]
    (part,) = parsed(made).iter_attachments()
    assert part.get_content() == b"content"
    head = made[made.index(b"Content-Transfer-Encoding: base64") :].partition(b"\r\n\r\n")[0].decode("ascii")
    assert "*0" not in head  # pieces of a name, which Outlook does not put together
    older = re.search(r'name="((?:[^"]|\r\n )*)"\r\n', head.replace("filename=", ""))
    assert older is not None
    unfolded = older[1].replace("\r\n", "")
    assert str(email.header.make_header(email.header.decode_header(unfolded))) == name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Щит\r\nBcc: all@example.org", "Щит Bcc: all@example.org"),
        ("Plain\nX-Evil: 1", "Plain X-Evil: 1"),
        ("=?utf-8?q?=41=42?=", "= ?utf-8?q?=41=42?="),
        ("A\u202eB\u2066C\u200bD", "ABCD"),
        ("Тест\x00\x1b[31m", "Тест [31m"),
    ],
)
def test_a_name_can_not_change_a_letter(typed: str, shown: str) -> None:
    made = as_draft(Letter(f"{typed}: отчёт", "x", (), typed, ("a@example.org",)))
    assert parsed(made).keys() == [
        "X-Unsent", "To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    ]  # fmt: skip
    assert parsed(made)["Subject"] == raw_header(made, "Subject") == f"{shown}: отчёт"
    (address,) = parsed(made)["To"].addresses
    assert (address.display_name, address.addr_spec) == (shown, "a@example.org")


def test_a_name_of_300_letters_is_cut() -> None:
    made = as_draft(Letter("Ы" * 300, "x", (), "Ы" * 300, ("a@example.org",)))
    assert raw_header(made, "Subject") == "Ы" * 149 + "…"


def test_no_part_of_the_program_that_writes_letters_can_send_them() -> None:
    senders = {
        "smtplib",
        "socket",
        "ssl",
        "http",
        "urllib",
        "imaplib",
        "poplib",
        "ftplib",
        "asyncio",
        "subprocess",
    }
    senders |= {"requests", "httpx", "aiohttp", "urllib3", "webbrowser"}
    root = Path(sheetreport.__file__).parent
    files = [*(root / "drafts").glob("*.py"), root / "batch" / "letters.py"]
    imported = {name.partition(".")[0] for file in files for name in _imports(file.read_text("utf-8"))}
    assert "email" in imported
    assert not imported & senders


def _imports(source: str) -> Iterable[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


# --- with a report ----------------------------------------------------------------------------------------


def sample(case: str) -> dict[str, Any]:
    return json.loads((SAMPLES / case / "result.json").read_text("utf-8"))  # type: ignore[no-any-return]


def known(language: Language, **changes: Any) -> Digest:
    case = {"ru": "barbershop-ru", "en": "travel-agency-en"}[language]
    whole = digest(sample(case), CATALOG, Wording(language))
    return replace(whole, **changes)


def action(title: str, step: str) -> Action:
    first = known("ru").action
    assert first is not None
    return replace(first, title=title, step=step)


def test_a_report_goes_with_its_main_figure_and_the_first_action_in_russian() -> None:
    told = known(
        "ru",
        company="Пекарня «Колос»",
        period="1–31 октября 2026 г.",
        main="Канал «Листовки» не привёл никого (6 000 ₽ на каналы без клиентов)",
        action=action("Остановите расходы на канал «Листовки»", "Спросите новых клиентов"),
    )
    enclosed = (Enclosed("k-report.pdf", b"1"), Enclosed("k-report.xlsx", b"2"))
    letter = Writer(Wording("ru"), BUREAU, ANNA).report(told, enclosed)
    assert letter.subject == "Пекарня «Колос»: отчёт за 1–31 октября 2026 г."
    assert letter.addresses == ("anna@example.org",)
    assert letter.body.replace(NBSP, " ") == (
        "Здравствуйте, Анна.\n\n"
        "Ваш отчёт за 1–31 октября 2026 г. готов. Прикладываю его и таблицу, в которой видно, как посчитано "
        "каждое число.\n\n"
        "Главное в отчёте: «Канал „Листовки“ не привёл никого (6 000 ₽ на каналы без клиентов)».\n"
        "С чего начать: остановите расходы на канал «Листовки».\n"
        "Первый шаг: спросите новых клиентов.\n\n"
        "Если какое-то число покажется странным, напишите мне, на каком листе таблицы и в какой ячейке оно "
        "стоит: разберёмся вместе.\n\n"
        "Звоните, когда начнёте.\n\n"
        "С уважением,\nБюро «Кит» (вымышленное)\n+7 495 000-00-00\nkit@example.org\n"
    )


def test_a_report_goes_in_english_without_a_name_or_a_signature_where_none_is_known() -> None:
    told = known(
        "en",
        company="Teal Yoga",
        period="1–31 October 2026",
        main="Growing: active base +3.8% (+15 active clients)",
        action=action("Ask every client", "NPS first: print the card."),
    )
    letter = Writer(Wording("en")).report(told, (Enclosed("t-report.xlsx", b"2"),))
    assert letter.subject == "Teal Yoga: your report for 1–31 October 2026"
    assert letter.body == (
        "Hello,\n\n"
        "Your report for 1–31 October 2026 is ready. I attach the workbook, which shows how each number was "
        "worked out.\n\n"
        "The report's headline: “Growing: active base +3.8% (+15 active clients)”.\n"
        "Where to begin: ask every client.\n"
        "First step: NPS first: print the card.\n\n"
        "If a number seems odd, write back and name the sheet and the cell of the workbook: we will go "
        "through it together.\n"
    )


def test_a_report_without_actions_or_a_main_figure_says_no_more_than_it_has() -> None:
    letter = Writer(Wording("ru")).report(known("ru", main="", action=None), ())
    assert "\n\nНовых дел отчёт на этот раз не предлагает.\n\n" in letter.body
    assert "Главное" not in letter.body


@pytest.mark.parametrize(
    "case", ["barbershop-ru", "travel-agency-en", "before-opening-en", "losing-money-ru"]
)
def test_the_letter_says_what_page_1_says(case: str) -> None:
    result = sample(case)
    outputs = {
        "report.pdf": b"1",
        "report.xlsx": b"2",
        "report.json": b"3",
        "corrections.xlsx": b"4",
        "consultant.pdf": b"for the consultant alone",
    }
    made = draft(result, CATALOG, outputs, case)
    told = digest(result, CATALOG, Wording(result["language"]))
    assert told.action is not None
    headline = nested(told.main, result["language"])
    for sentence in (headline, told.action.title[1:], told.action.step[1:]):
        assert sentence.replace(NBSP, " ") in said(made)
    assert names(made) == [f"{case}-report.pdf", f"{case}-report.xlsx"]


# --- with a correction copy ---------------------------------------------------------------------------------


def copy_with(lines: Iterable[tuple[str, ...]]) -> bytes:
    """A copy as far as its hidden list goes."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet("Что исправить")
        sheet = book.add_worksheet("_fix")
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                sheet.write_string(row, column, text)
    return stream.getvalue()


def finding(field: str | None, cell: str, severity: str = "error", sheet: str = "Клиенты") -> dict[str, Any]:
    code = "V-57" if severity == "error" else "V-33"
    return {
        "code": code, "severity": severity, "sheet": sheet, "cell": cell, "field": field,
        "message": "Видим «сто», а здесь нужно число.", "fix": "Введите, например, 12.",
    }  # fmt: skip


def wrong(*findings: dict[str, Any], status: str = "partial", **more: Any) -> dict[str, Any]:
    source = {"file": "Колос.xlsx", "language": "ru"}
    scalars = {name: {"state": "value"} for name in ("profile.company_name", "clients.new")}
    document = {
        "language": "ru", "company": "Пекарня «Колос»", "status": status, "source": source, "unlock": [],
        "findings": list(findings), "answers": {"scalars": scalars, "tables": {}},
    }  # fmt: skip
    return {**document, **more}


def corrections(document: dict[str, Any], language: Language = "ru") -> bytes:
    return draft(
        {**document, "language": language}, CATALOG, {"corrections.xlsx": copy_with(())}, "Колос", to=ANNA
    )


@pytest.mark.parametrize(
    ("number", "ru", "en"),
    [
        (1, "проверьте, пожалуйста, 1 место в файле", "1 place to check in your workbook"),
        (2, "проверьте, пожалуйста, 2 места в файле", "2 places to check in your workbook"),
        (5, "проверьте, пожалуйста, 5 мест в файле", "5 places to check in your workbook"),
        (11, "проверьте, пожалуйста, 11 мест в файле", "11 places to check in your workbook"),
        (21, "проверьте, пожалуйста, 21 место в файле", "21 places to check in your workbook"),
    ],
)
def test_the_number_of_places_is_counted_in_both_languages(number: int, ru: str, en: str) -> None:
    document = wrong(*(finding("clients.new", f"B{row}") for row in range(number)))
    assert raw_header(corrections(document), "Subject") == f"Пекарня «Колос»: {ru}"
    assert raw_header(corrections(document, "en"), "Subject") == f"Пекарня «Колос»: {en}"
    listed = re.findall(r"^[0-9]+\. ", said(corrections(document)), re.MULTILINE)
    assert listed == ["1. ", "2. ", "3. "][:number]
    assert ("Начните с этих трёх:" in said(corrections(document))) == (number > 3)


def test_a_workbook_with_errors_gets_its_copy_and_what_to_mend_first() -> None:
    document = wrong(
        finding("clients.new", "B11"),
        finding("clients.total", "B6:B7"),
        finding(None, "", sheet="Реклама"),
        finding("csi.overall_1_5", "B6", "warning", "Опрос CSI"),
        finding(None, "", "info", sheet=""),
    )
    made = corrections(document)
    assert names(made) == ["Колос-corrections.xlsx"]
    assert said(made) == (
        "Здравствуйте, Анна.\n\n"
        "Спасибо за файл. Отчёт уже собран, но пока не полный.\n\n"
        "Прикладываю копию вашего файла. Все ответы в ней сохранены, и отмечено 4 места, где нужна правка "
        "или проверка.\n\n"
        "Начните с этих трёх:\n\n"
        "1. Лист «Реклама». Видим «сто», а здесь нужно число. Введите, например, 12.\n\n"
        "2. Лист «Клиенты», ячейка B11, «Новых за период». Видим «сто», а здесь нужно число. Введите, "
        "например, 12.\n\n"
        "3. Лист «Клиенты», ячейки B6:B7, «Клиентов в базе». Видим «сто», а здесь нужно число. Введите, "
        "например, 12.\n\n"
        "Остальное — в списке на листе «Что исправить», с которого копия открывается. Где стоит «!», просто "
        "проверьте: если всё верно, ничего не меняйте.\n\n"
        "Поправьте прямо в копии, сохраните её и пришлите в ответ на это письмо. Заполнять остальное заново "
        "не нужно.\n"
    )


def test_a_refused_workbook_gets_its_copy_in_english() -> None:
    document = wrong(finding("clients.new", "B11", sheet="Clients"), status="refused")
    assert said(corrections(document, "en")) == (
        "Hello Анна,\n\n"
        "Thank you for the workbook. There is no report yet: some answers need another look first.\n\n"
        "I attach a copy of your workbook. All your answers are in it, and 1 place is marked for a fix or a "
        "check.\n\n"
        "What and where:\n\n"
        "1. Sheet “Clients”, cell B11, “New in the period”. Видим «сто», а здесь нужно число. Введите, "
        "например, 12.\n\n"
        "Please make the changes in the copy itself, save it and send it back with your reply. Nothing else "
        "needs filling in again.\n"
    )


def test_a_bureau_signs_every_letter_and_closes_only_those_with_reports() -> None:
    document = wrong(finding("clients.new", "B11"))
    made = draft(document, CATALOG, {"corrections.xlsx": copy_with(())}, "Колос", brand=BUREAU)
    assert said(made).endswith(
        "не нужно.\n\nС уважением,\nБюро «Кит» (вымышленное)\n+7 495 000-00-00\nkit@example.org\n"
    )


def test_a_question_that_the_message_names_is_not_named_twice() -> None:
    blank = finding("profile.period_type", "B7", sheet="О компании") | {
        "message": "«За какой период цифры?» — пусто.",
        "fix": "Выберите из списка.",
    }
    assert (
        "\n1. Лист «О компании», ячейка B7. «За какой период цифры?» — пусто. Выберите из списка.\n"
    ) in said(corrections(wrong(blank)))


def test_a_row_of_a_table_is_called_by_its_name() -> None:
    def row(subject: str, cell: str) -> dict[str, Any]:
        field = "social.likes" if subject == "vk" else "channels.spend"
        return {"subject": subject, "values": {field: {"sheet": "Лист", "cell": cell}}}

    found = [finding("channels.spend", "C7", sheet="Лист"), finding("social.likes", "F6", sheet="Лист")]
    document = wrong(*found)
    document["answers"]["tables"] = {
        "channels": [row("Листовки", "C6"), row("Карты «Рядом»", "C7")],
        "social": [row("vk", "F6")],
    }
    told = said(corrections(document))
    assert "1. Лист «Лист», ячейка C7, «Карты „Рядом“: Расход»." in told
    assert "2. Лист «Лист», ячейка F6, «ВКонтакте: Лайки»." in told


def test_what_unlocks_most_comes_first_and_doubts_last() -> None:
    found = [
        finding("csi.overall_1_5", "B1", "warning"),
        finding("clients.new", "B2"),
        finding("clients.total", "B3"),
        finding("channels.spend", "C6"),
        finding("channels.spend", "C7"),
        finding("profile.period_type", "B4"),
    ]

    def opens(field: str, cell: str, number: int, row: int | None = None) -> dict[str, Any]:
        metrics = [f"metric {index}" for index in range(number)]
        return {"field": field, "cell": cell, "sheet": "Клиенты", "row": row, "metrics": metrics}

    unlock = [
        opens("clients.total", "B3", 5),
        opens("clients.new", "B2", 2),
        opens("channels.spend", "C7", 9, 2),
        opens("channels.spend", "C6", 1, 1),
        opens("csi.overall_1_5", "B1", 30),
    ]
    first = by_importance(wrong(*found, unlock=unlock), CATALOG, copy_with(()))
    # No report without a period; then 9, 5, 2 and 1 numbers; the doubt last, whatever rests on it.
    assert [item["cell"] for item in first] == ["B4", "C7", "B3", "B2", "C6", "B1"]


def test_a_letter_names_the_cells_of_the_copy_that_goes_with_it() -> None:
    found = [finding("clients.new", "B99"), finding("clients.new", "B98"), finding("clients.total", "")]
    lines = [
        ("V-57", "error", "clients.new", "", "Клиенты", "B11", "", "", "", "", ""),
        ("V-57", "error", "clients.new", "", "Клиенты", "B12", "", "", "", "", ""),
        ("V-57", "error", "clients.total", "", "Клиенты", "B6", "", "", "", "", ""),
        (
            "V-57",
            "error",
            "clients.total",
            "",
            "Клиенты",
            "B7",
            "",
            "",
            "",
            "",
            "1",
        ),  # mended in a round before
    ]
    first = by_importance(wrong(*found), CATALOG, copy_with(lines))
    assert [item["cell"] for item in first] == ["B11", "B12", "B6"]


# --- from a workbook ----------------------------------------------------------------------------------------


@cache
def planted() -> bytes:
    """A filled-in workbook with three mistakes that leave a report, and one doubt of the sample's own."""
    answers: Any = load(SAMPLES / "core-only-ru" / "answers.yaml")
    answers["clients"] |= {"new": -12, "total": "около 500"}
    answers["channels"][0]["spend"] = "сто"
    return build(CATALOG, "ru", answers=answers, tool_version="0")


@cache
def outcome() -> pipeline.Outcome:
    return pipeline.process(CATALOG, planted(), "Колос.xlsx", Options(pdf=False))


def test_the_draft_of_a_real_workbook_names_places_that_its_copy_marks() -> None:
    made = outcome()
    assert made.status == "partial"
    told = said(draft(made.result, CATALOG, made.outputs, "Колос"))
    copy = pipeline.examine(CATALOG, made.outputs["corrections.xlsx"], "c.xlsx", Options())
    marked = {(item.source.sheet, item.source.cell) for item in copy.findings}
    named = re.findall(r"^[0-9]\. Лист «(.+?)», ячейк[аи] ([A-Z0-9:]+)", told, re.MULTILINE)
    assert len(named) == 3
    assert set(named) <= marked
    assert {cell for _, cell in named} == {"B6", "B11", "C6"}


def text_document() -> bytes:
    """A Word file, as far as anybody looks into it here."""
    data = BytesIO()
    with ZipFile(data, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", "<document/>")
    return data.getvalue()


UNREAD = {
    "pdf": (
        b"%PDF-1.7\n",
        "Это PDF, а не таблица. Пришлите сам файл Excel, из которого сделан PDF.",
        "This is a PDF, not a workbook. Send the workbook that the PDF was made from.",
    ),
    "empty": (
        b"",
        "Файл пустой: в нём нет ни одного байта. Откройте файл, сохраните его ещё раз и пришлите снова.",
        "The file is empty: it holds no data at all. Open the workbook, save it again and send the new file.",
    ),
    # What the letter itself goes on to ask for is not asked for twice.
    "text document": (
        text_document(),
        "Это текстовый документ, а не таблица.",
        "This is a text document, not a workbook.",
    ),
    "text": (
        "Выручка: 100\n".encode(),
        "Это текст (например, CSV), а не таблица.",
        "This is text (CSV, for example), not a workbook.",
    ),
}


def unread(case: str, language: Language) -> bytes:
    made = pipeline.process(CATALOG, UNREAD[case][0], "Колос.xlsx", Options(language=language, pdf=False))
    return draft(made.result, CATALOG, made.outputs, "Колос")


@pytest.mark.parametrize("case", UNREAD)
def test_where_nothing_could_be_read_the_letter_says_what_to_send(case: str) -> None:
    russian, english = unread(case, "ru"), unread(case, "en")
    assert names(russian) == names(english) == []
    assert raw_header(russian, "Subject") == "Колос: пришлите, пожалуйста, заполненный файл"
    assert raw_header(english, "Subject") == "Колос: please send your filled-in workbook"
    assert said(russian) == (
        "Здравствуйте.\n\n"
        f"Спасибо, файл «Колос.xlsx» пришёл, но прочитать ответы из него не получилось. {UNREAD[case][1]}\n\n"
        "Мне нужен файл Excel (.xlsx), который вы заполняли: в нём жёлтые ячейки для ответов. Если он не "
        "находится, напишите: пришлю чистый.\n"
    )
    assert said(english) == (
        "Hello,\n\n"
        "Thank you, your file “Колос.xlsx” arrived, but the answers in it can't be read. "
        f"{UNREAD[case][2]}\n\n"
        "What I need is the Excel workbook (.xlsx) you filled in, the one with yellow cells for answers. "
        "If you can't find it, tell me and I will send a blank one.\n"
    )


# --- in a batch ---------------------------------------------------------------------------------------------


def run(out: Path, *files: Path, options: Options | None = None, **more: Any) -> list[batch.FileOutcome]:
    settings = batch.Settings(out, **{"drafts": True, **more})
    jobs = batch.plan(files, out)
    return batch.run(jobs, options or Options(pdf=False), settings, lambda _: None, pool=Here())


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Колос.xlsx").write_bytes(planted())
    (folder / "scan.xlsx").write_bytes(b"%PDF-1.7\n")
    return folder


def test_a_draft_lies_among_the_outputs_and_goes_where_none_is_wanted(inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = run(out, *sorted(inbox.iterdir()))
    target = out / "Колос" / "Колос.eml"
    assert str(target) in made[-1].outputs
    assert names(target.read_bytes()) == ["Колос-corrections.xlsx"]
    (part,) = parsed(target.read_bytes()).iter_attachments()
    assert part.get_content() == (out / "Колос" / "Колос-corrections.xlsx").read_bytes()
    assert names((out / "scan" / "scan.eml").read_bytes()) == []
    run(out, *sorted(inbox.iterdir()), drafts=False)
    assert not target.exists()
    assert (out / "Колос" / "Колос-report.json").exists()


def test_what_failed_by_a_defect_has_no_draft(inbox: Path, tmp_path: Path) -> None:
    (inbox / "Колос.xlsx").unlink()
    (inbox / "Колос.xlsx").mkdir()
    (failed,) = run(tmp_path / "out", inbox / "Колос.xlsx")
    assert (failed.status, failed.outputs) == ("failed", [])
    assert not list((tmp_path / "out").rglob("*.eml"))


def test_a_changed_line_of_the_list_makes_the_draft_anew(inbox: Path, tmp_path: Path) -> None:
    out, clients = tmp_path / "out", tmp_path / "clients.csv"
    lines = ["file;name;email", "Колос.xlsx;Анна;anna@example.org"]

    def again(*lines: str) -> tuple[batch.FileOutcome, str | None]:
        clients.write_text("\n".join(lines), "utf-8")
        (made,) = run(out, inbox / "Колос.xlsx", clients=clients)
        return made, parsed((out / "Колос" / "Колос.eml").read_bytes())["To"]

    assert again(*lines)[1] == "Анна <anna@example.org>"
    made, to = again(*lines, "another.xlsx;Пётр;petr@example.org")
    assert (made.skipped, to) == (True, "Анна <anna@example.org>")
    made, to = again(lines[0], "Колос.xlsx;Анна;new@example.org")
    assert (made.skipped, to) == (False, "Анна <new@example.org>")


def test_an_address_is_found_by_the_company_and_never_for_a_namesake(inbox: Path, tmp_path: Path) -> None:
    company = outcome().result["company"]
    clients = tmp_path / "clients.csv"
    twin = inbox / "sub" / "Колос.xlsx"
    twin.parent.mkdir()
    twin.write_bytes(planted())
    clients.write_text(f"company,email\n{company.upper()},a@example.org\n", "utf-8")
    (made,) = run(tmp_path / "one", inbox / "Колос.xlsx", clients=clients)
    assert parsed(Path(made.outputs[-1]).read_bytes())["To"] == "a@example.org"
    clients.write_text("file,email\nКолос,a@example.org\n", "utf-8")
    two = run(tmp_path / "two", inbox / "Колос.xlsx", twin, clients=clients)
    assert [parsed(Path(one.outputs[-1]).read_bytes())["To"] for one in two] == [None, None]
    clients.write_text(f"file,email\n{Path(two[0].outputs[0]).parent.name},a@example.org\n", "utf-8")
    two = run(tmp_path / "two", inbox / "Колос.xlsx", twin, clients=clients)
    assert [parsed(Path(one.outputs[-1]).read_bytes())["To"] for one in two] == ["a@example.org", None]


def test_a_file_that_gives_no_company_is_known_by_the_name_that_its_template_had(tmp_path: Path) -> None:
    clients, unread = tmp_path / "clients.csv", tmp_path / "Кафе _Утро_.xlsx"
    clients.write_text('company;email\n"Кафе ""Утро""";a@example.org\nВечер;b@example.org\n', "utf-8")
    unread.write_bytes(b"PK\x03\x04")
    (made,) = run(tmp_path / "out", unread, clients=clients)
    assert made.company is None
    assert parsed(Path(made.outputs[-1]).read_bytes())["To"] == "a@example.org"
    assert batch.absent_clients(clients, CATALOG, [made]) == ["Вечер"]
    clients.write_text('company;email\n"Кафе ""Утро""";a@example.org\nКафе-Утро;b@example.org\n', "utf-8")
    (made,) = run(tmp_path / "out", unread, clients=clients)
    assert parsed(Path(made.outputs[-1]).read_bytes())["To"] is None


def test_a_file_without_answers_is_called_what_the_list_calls_the_client(tmp_path: Path) -> None:
    clients, file = tmp_path / "clients.csv", tmp_path / "кедр-2.xlsx"
    file.write_bytes(text_document())

    def subject(text: str) -> str:
        clients.write_text(text, "utf-8")
        (made,) = run(tmp_path / "out", file, clients=clients)
        return raw_header(Path(made.outputs[-1]).read_bytes(), "Subject")

    rest = ": пришлите, пожалуйста, заполненный файл"
    assert subject("file;email\nкедр-2.xlsx;a@example.org\n") == "кедр-2" + rest
    assert subject("file;company;email\nкедр-2.xlsx;Барбершоп «Кедр»;a@example.org\n") == (
        "Барбершоп «Кедр»" + rest
    )
    assert subject("company;email\n«Кедр» 2;a@example.org\n") == "«Кедр» 2" + rest


def test_a_workbook_of_another_company_than_the_list_has_for_its_file_is_pointed_out(
    inbox: Path, tmp_path: Path
) -> None:
    out, clients = tmp_path / "out", tmp_path / "clients.csv"
    company, file, told = outcome().result["company"], inbox / "Колос.xlsx", list[Message]()

    def again(listed: str) -> list[str]:
        told.clear()
        clients.write_text(f"file;company;email\nКолос;{listed};a@example.org\n", "utf-8")
        run(out, file, clients=clients, tell=told.append)
        return [Wording("ru").say(message) for message in told]

    assert again("Сад «Кедр»") == [
        f"Колос.xlsx: в списке «Сад „Кедр“», а в книге «{nested(company, 'ru')}»: проверьте адрес в письме"
    ]
    assert Wording("en").say(told[0]) == (
        f"Колос.xlsx: the list says “Сад «Кедр»”, the workbook “{company}”: check the address in the draft"
    )
    assert again(company.upper()) == again("") == []


def test_what_was_passed_over_is_looked_at_too_and_who_is_not_listed_is_named_once(
    inbox: Path, tmp_path: Path
) -> None:
    out, clients, told = tmp_path / "out", tmp_path / "clients.csv", list[Message]()
    company, files = outcome().result["company"], sorted(inbox.iterdir())
    settings = batch.Settings(out, drafts=True, clients=clients, tell=told.append)

    def words(made: list[batch.FileOutcome], language: Language = "ru") -> list[str]:
        told.clear()
        Letters(Options(pdf=False), settings).tell(zip(batch.plan(files, out), made, strict=True))
        return [Wording(language).say(message) for message in told]

    clients.write_text("file;company;email\nКолос;Кедр;a@example.org\n", "utf-8")
    made = run(out, *files, clients=clients)
    assert words(made) == ["Нет в списке клиентов: scan.xlsx. Адрес в письма впишите сами."]
    told.clear()
    made = run(out, *files, clients=clients, tell=told.append)
    assert [message.key for message in told] == ["drafts.other_company", "drafts.unlisted"]
    assert [one.skipped for one in made] == [True, True]
    assert words(made, "en") == [
        f"Колос.xlsx: the list says “Кедр”, the workbook “{company}”: check the address in the draft",
        "Not in the list of clients: scan.xlsx. Their drafts have no address: type it yourself.",
    ]
    failed = [replace(one, error="no such file", skipped=False) for one in made]
    assert words(failed) == []
    clients.write_text(f"file;company\n;{company}\nscan;\n", "utf-8")
    assert words(made) == []
    Letters(Options(pdf=False), replace(settings, clients=None)).tell([])
    assert told == []


def test_of_many_workbooks_that_are_not_listed_the_first_20_are_named(tmp_path: Path) -> None:
    clients, told = tmp_path / "clients.csv", list[Message]()
    clients.write_text("company\nA\n", "utf-8")
    settings = batch.Settings(tmp_path, drafts=True, clients=clients, tell=told.append)
    files = [tmp_path / f"n{number:02}.xlsx" for number in range(22)]
    jobs = batch.plan(files, tmp_path / "out")
    made = batch.FileOutcome("", "", "", "complete", {}, [], 0.0, company="B")
    for number in (20, 22):
        Letters(Options(pdf=False), settings).tell([(job, made) for job in jobs[:number]])
    first, second = (Wording("en").say(message) for message in told)
    assert "n18.xlsx, n19.xlsx. Their" in first
    assert "n18.xlsx, n19.xlsx and 2 more. Their" in second
    assert "n19.xlsx и ещё 2. Адрес" in Wording("ru").say(told[1])


def test_a_list_that_is_wrong_stops_before_anything_is_made(inbox: Path, tmp_path: Path) -> None:
    clients = tmp_path / "clients.csv"
    clients.write_text("company;email\nA;nobody\n", "utf-8")
    with refused(r"clients.csv:2: column B \(email\)") as found:
        run(tmp_path / "out", inbox / "Колос.xlsx", clients=clients)
    assert found.value.exit_code == ExitCode.USAGE
    assert not list((tmp_path / "out").rglob("*.json"))
