"""The consultant's copy: what it holds, that every page is marked, and that personal data stay in it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from typer.testing import CliRunner

from sheetreport import batch, pipeline
from sheetreport.bureau.brand import Brand
from sheetreport.bureau.dress import PLAIN, Dress
from sheetreport.catalog.definitions import Text
from sheetreport.catalog.load import load_catalog
from sheetreport.cli import app
from sheetreport.errors import ExitCode
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.pipeline import Options
from sheetreport.render import pdf
from sheetreport.render.view import consultant
from sheetreport.render.view.model import Copy
from tests.conftest import SAMPLES
from tests.said import said

CATALOG = load_catalog()
NBSP = "\N{NO-BREAK SPACE}"
NAME, PHONE = "Маркерова-Полевая", "+7 900 111-22-33"
SPOILT_PHONE = "+7 900 11"
"""Too short for a number, so that a finding is about it."""
MARKS = {"ru": "Для консультанта, не для клиента", "en": "For the consultant, not for the client"}

Json = dict[str, Any]


@cache
def marked(phone: str = PHONE, sample: str = "barbershop-ru", **cells: str | None) -> bytes:
    """A sample with a contact that stands nowhere else; further cells by their names."""
    book = openpyxl.load_workbook(SAMPLES / sample / f"{sample}.xlsx")
    for name, value in {"in_profile_owner_name": NAME, "in_profile_phone": phone, **cells}.items():
        ((sheet, cell),) = book.defined_names[name].destinations
        book[sheet][cell.replace("$", "")] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def made(phone: str = PHONE, *, archive: bool = False, sample: str = "barbershop-ru") -> pipeline.Outcome:
    """Everything made of the marked workbook."""
    options = Options(audience="consultant", archive=archive, generated_at=datetime(2026, 11, 16, tzinfo=UTC))
    return pipeline.process(CATALOG, marked(phone, sample), "marked.xlsx", options)


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(data)).pages]


def plain(text: str) -> str:
    """A page's text without the breaks of its lines, for names that are set in two."""
    return re.sub(r"\s+", " ", text)


def secrets(phone: str) -> tuple[str, ...]:
    return NAME, phone, phone.replace(" ", ""), phone.replace(" ", NBSP), NAME.split("-", maxsplit=1)[0]


# --- personal data ------------------------------------------------------------------------------------------


def test_the_consultants_copy_alone_names_the_contact() -> None:
    """The number is mistyped, so that a finding is about it, which must not quote it."""
    outputs = made(SPOILT_PHONE).outputs
    copy = plain(" ".join(pages(outputs["consultant.pdf"])))
    assert NAME in copy
    assert SPOILT_PHONE in copy
    assert "V-05" in copy
    seen = {
        "PDF": plain(" ".join(pages(outputs["report.pdf"]))),
        "JSON": outputs["report.json"].decode(),
        **dict(parts_of(outputs["report.xlsx"])),
    }
    assert len(seen) > 20
    texts = [
        (where, secret) for where, text in seen.items() for secret in secrets(SPOILT_PHONE) if secret in text
    ]
    assert not texts
    assert not [page for page in pages(outputs["report.pdf"]) if MARKS["ru"] in plain(page)]


def parts_of(workbook: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        for name in archive.namelist():
            yield name, archive.read(name).decode("utf-8", errors="replace")


def test_an_archive_keeps_the_owners_own_file_as_it_was_and_nothing_else_personal() -> None:
    """The attached workbook is the owner's, contact and all; the result beside it and the pages hold none."""
    reader = pypdf.PdfReader(BytesIO(made(archive=True, sample="core-only-ru").outputs["report.pdf"]))
    kept = {name: files[0] for name, files in reader.attachments.items()}
    assert set(kept) == {"marked.xlsx", "marked-report.json"}
    assert any(NAME in text for _, text in parts_of(kept["marked.xlsx"]))
    said = [
        kept["marked-report.json"].decode(),
        plain(" ".join(page.extract_text() for page in reader.pages)),
    ]
    assert not [secret for secret in secrets(PHONE) for text in said if secret in text]
    assert not pypdf.PdfReader(
        BytesIO(made(archive=True, sample="core-only-ru").outputs["consultant.pdf"])
    ).attachments


def test_the_owners_outputs_are_the_same_with_and_without_the_copy() -> None:
    options = Options(generated_at=datetime(2026, 11, 16, tzinfo=UTC), pdf=False)
    alone = pipeline.process(CATALOG, marked(SPOILT_PHONE, "barbershop-ru"), "marked.xlsx", options).outputs
    both = made(SPOILT_PHONE).outputs
    assert set(both) - set(alone) == {"consultant.pdf", "report.pdf"}
    assert alone["report.json"] == both["report.json"]
    assert dict(parts_of(alone["report.xlsx"])) == dict(parts_of(both["report.xlsx"]))


# --- every page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_whom_it_is_for(language: Language) -> None:
    reader = pypdf.PdfReader(BytesIO(pdf.render_pdf(built(document(language), language))))
    found = [plain(page.extract_text()) for page in reader.pages]
    assert len(found) > 5
    assert all(MARKS[language] in page for page in found)
    assert MARKS[language] in str(reader.metadata and reader.metadata.title)
    catalog: Any = reader.trailer["/Root"]
    assert (catalog["/Lang"], bool(catalog["/MarkInfo"]["/Marked"])) == (language, True)


# --- what it holds ------------------------------------------------------------------------------------------


@cache
def document(language: Language = "ru") -> Json:
    options = Options(language=language, audience="consultant")
    data = (SAMPLES / "barbershop-ru" / "barbershop-ru.xlsx").read_bytes()
    return pipeline.document_of(CATALOG, pipeline.examine(CATALOG, data, "b.xlsx", options), options)


def built(result: Json, language: Language = "ru", dress: Dress = PLAIN) -> Copy:
    return consultant.build(result, CATALOG, Wording(language), dress)


def written(part: object) -> Iterator[str]:
    """Every text in a view."""
    if isinstance(part, str):
        yield part.replace(NBSP, " ")
    elif isinstance(part, tuple):
        for item in part:
            yield from written(item)
    elif is_dataclass(part):
        for field in fields(part):
            yield from written(getattr(part, field.name))


def chapter(copy: Copy, name: str) -> list[str]:
    """The texts of a chapter, or none where the copy has no such chapter."""
    return [text for one in copy.chapters if one.body.id == name for text in written(one.body)]


def test_page_1_has_the_contact_the_state_and_the_questions_in_order() -> None:
    result = document()
    front = built(result).summaries[0]
    known = dict(front.known)
    assert known["С кем говорить"] == "Иванов И. И. (вымышленный), +7 000 000-00-00"
    assert "Показателей посчитано: 137 из 139." in known["Что с файлом"].replace(NBSP, " ")
    assert front.questions is not None
    shown = [row[1].lines[0].text for row in front.questions.rows]
    assert shown == [question["text"] for question in result["questions"]]
    assert front.changes is not None


def test_without_a_contact_page_1_says_so() -> None:
    front = built({key: value for key, value in document().items() if key != "contact"}).summaries[0]
    assert dict(front.known)["С кем говорить"] == "Имя и телефон в файле не указаны."


def test_every_finding_and_repair_stands_in_the_chapter_of_cells() -> None:
    result = document() | {
        "repairs": [
            {
                "sheet": "Клиенты",
                "cell": "B16",
                "field": "clients.revenue",
                "found": "720 т.р.",
                "used": "720000",
            }
        ]
    }
    texts = chapter(built(result), "cells")
    assert len(result["findings"]) == 5
    for finding in result["findings"]:
        assert finding["message"].replace(NBSP, " ") in texts
        assert finding["code"] in texts
    assert {"720 т.р.", "720000", "Клиенты B16"} <= {*texts}


def test_near_misses_stand_with_their_border_and_the_rules_that_wait_with_their_cell() -> None:
    texts = chapter(built(document()), "near")
    assert "«Активных на конец» меньше «Активных на начало»" in texts
    assert "Сейчас 480, а «Активных на начало» — 470." in texts
    assert "Время ответа, мин" in texts
    assert any("(R-19)" in text for text in texts)


def test_small_samples_say_how_many_answers_are_missing() -> None:
    """The metric asks for 256 answers for ±10 points, and there are 100."""
    result = document()
    needed = next(metric["value"] for metric in result["metrics"] if metric["id"] == "nps_required_n")
    texts = chapter(built(result), "unsure")
    assert needed == 256
    assert "Ещё 156 ответов, всего 256" in texts
    assert "Ещё 24 случая, всего 30" in texts  # VK Реклама: 6 clients
    low = [item["title"] for item in result["recommendations"] if item["confidence"]["level"] == "low"]
    assert low
    assert {title.replace(NBSP, " ") for title in low} <= {*texts}


def test_advice_held_back_names_the_rule_that_holds_it() -> None:
    texts = chapter(built(document()), "held")
    assert "Заложите 21 667 ₽ на остаток цели: «100 заявок через таргетированную рекламу»" in texts
    assert any("(R-33)" in text for text in texts)


def test_advice_switched_off_says_until_when_and_hidden_chapters_are_listed() -> None:
    off = {
        "id": "R-44",
        "title": "Опишите 2–3 группы клиентов",
        "subject": None,
        "by": "catalog",
        "reason": "описали на встрече",
        "until": "2027-03-31",
    }
    dress = Dress(Brand(Text("Бюро", "Bureau"), "0" * 64, hide=frozenset({"social", "health"})))
    texts = chapter(built(document() | {"suppressed": [off]}, dress=dress), "held")
    assert "До 31.03.2027 включительно. Описали на встрече." in texts
    assert "В отчёте нет: «Соцсети и узнаваемость», оценки здоровья." in texts
    assert not [text for text in chapter(built(document()), "held") if text.startswith("В отчёте нет")]


def test_all_actions_goals_and_metrics_are_there() -> None:
    result = document()
    copy = built(result)
    actions = chapter(copy, "actions")
    assert len(result["recommendations"]) == 31
    assert {str(number) for number in range(1, 32)} <= {*actions}
    assert {item["title"].replace(NBSP, " ") for item in result["recommendations"]} <= {*actions}
    goals = chapter(copy, "goals-in-detail")
    said = {
        f"{letter}: {found['message']}".replace(NBSP, " ")
        for goal in result["goals"]
        for letter, found in goal["smart"].items()
        if found["verdict"] not in ("pass", "pass_binary")
    }
    assert len(said) >= 3
    assert said <= {*goals}
    measures = " ".join(chapter(copy, "measures"))
    assert len(result["metrics"]) > 130
    assert not [
        metric["name"] for metric in result["metrics"] if metric["name"].replace(NBSP, " ") not in measures
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_unfilled(language: Language) -> None:
    copy = built(document(language), language)
    texts = [*written(copy)]
    assert len(texts) > 500
    assert not [text for text in texts if "{" in text or "None" in text or "_" in text]


# --- files --------------------------------------------------------------------------------------------------


def run(tmp_path: Path, data: bytes, options: Options) -> batch.FileOutcome:
    source = tmp_path / "marked.xlsx"
    source.write_bytes(data)
    (job,) = batch.plan([source], tmp_path / "out")
    settings = batch.Settings(tmp_path / "out", several=True)
    (outcome,) = batch.run([job], options, settings, lambda _: None)
    return outcome


def names(tmp_path: Path) -> set[str]:
    return {file.name for file in (tmp_path / "out" / "marked").iterdir()}


def test_a_batch_lists_the_copy_and_a_run_for_the_owner_alone_takes_it_away(tmp_path: Path) -> None:
    for_both = Options(audience="consultant", corrections=False)
    data = marked(sample="core-only-ru")
    first = run(tmp_path, data, for_both)
    listed = json.loads((tmp_path / "out" / "batch.json").read_text("utf-8"))["files"][0]["outputs"]
    assert str(tmp_path / "out" / "marked" / "marked-consultant.pdf") in first.outputs
    assert listed == first.outputs
    assert NAME not in (tmp_path / "out" / "batch.json").read_text("utf-8")
    assert run(tmp_path, data, for_both).skipped
    alone = run(tmp_path, data, replace(for_both, audience="owner"))
    assert not alone.skipped
    assert names(tmp_path) == {"marked-report.pdf", "marked-report.xlsx", "marked-report.json"}


def test_a_refused_workbook_gives_a_copy_with_what_to_settle(tmp_path: Path) -> None:
    data = marked(in_profile_period_start=None)
    outcome = run(tmp_path, data, Options(audience="consultant", corrections=False))
    assert outcome.status == "refused"
    assert outcome.code == ExitCode.WORKBOOK_ERRORS
    assert names(tmp_path) == {"marked-consultant.pdf", "marked-report.json"}
    found = [
        plain(page) for page in pages((tmp_path / "out" / "marked" / "marked-consultant.pdf").read_bytes())
    ]
    assert all(MARKS["ru"] in page for page in found)
    assert NAME in found[0]
    assert "Отчёт не построен" in found[0]
    assert "«Первый день периода» — пусто. Что сюда вписать?" in found[0]


def test_a_file_that_is_no_workbook_gives_a_copy_too() -> None:
    outputs = pipeline.process(CATALOG, b"%PDF-1.7 scan", "scan.xlsx", Options(audience="consultant")).outputs
    assert set(outputs) == {"report.json", "consultant.pdf"}
    (first, *_) = pages(outputs["consultant.pdf"])
    assert "S-04" not in first
    assert "Пришлите сам файл Excel" in plain(first)


@pytest.mark.parametrize("option", ["--audience=consultant", "--archive"])
def test_what_is_a_pdf_without_a_pdf_is_a_wrong_use(option: str, tmp_path: Path) -> None:
    source = tmp_path / "marked.xlsx"
    source.write_bytes(marked())
    asked = ["report", str(source), "--out", str(tmp_path / "out"), option, "--no-pdf"]
    done = CliRunner().invoke(app, asked)
    assert done.exception is not None
    assert said(done.exception) == f"{' '.join(option.split('='))} makes a PDF: leave --no-pdf out"
    assert not (tmp_path / "out").exists()
