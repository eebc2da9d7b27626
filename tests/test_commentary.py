"""The consultant's own words: what is understood, where they stand, and that nobody else gets them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from sheetreport import batch
from sheetreport.bureau.brand import load_brand
from sheetreport.bureau.commentary import (
    CHAPTERS,
    Paragraph,
    Points,
    Remarks,
    Span,
    files_in,
    parse,
    plain,
    read_remarks,
)
from sheetreport.bureau.dress import Dress
from sheetreport.errors import ExitCode, UsageError
from sheetreport.i18n import NBSP, Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.pipeline import Options
from sheetreport.render import pdf, workbook
from sheetreport.render.view import bureau
from sheetreport.render.view.model import Remark, View
from tests.dressed import (
    CATALOG,
    OWN_BRAND,
    ROOT,
    command,
    document,
    on_one_line,
    printed,
    shown,
    without_most,
    words_of,
    written,
)
from tests.said import refused, said

SENTENCE = "Новые клиенты приходят, но не задерживаются. "


# --- what is understood -----------------------------------------------------------------------------------


def test_words_before_the_first_heading_are_for_page_one_and_the_rest_for_its_chapter() -> None:
    found = written(
        "Начните с листовок.\n\n## Реклама по каналам\n\nКарты *лучше*.\n\n## goals\n\n- один\n- два\n"
    )
    assert found.front == (Paragraph((Span("Начните с листовок."),)),)
    assert found.chapters == {
        "channels": (Paragraph((Span("Карты "), Span("лучше", strong=True), Span("."))),),
        "goals": (Points(((Span("один"),), (Span("два"),))),),
    }


@pytest.mark.parametrize(
    ("heading", "chapter"),
    [
        ("loyalty", "loyalty"),
        ("Лояльность: NPS", "loyalty"),
        ("3. Advertising by channel", "channels"),
        ("ПЛАН  ДЕЙСТВИЙ", "plan"),
        ("Break-even", "business"),
        ("Партнёры.", "business"),
    ],
)
def test_a_chapter_goes_by_its_id_and_by_its_titles(heading: str, chapter: str) -> None:
    assert list(written(f"## {heading}\n\nСлова.").chapters) == [chapter]


def test_an_unknown_chapter_is_named_with_its_line_and_the_nearest_one() -> None:
    with pytest.raises(UsageError) as caught:
        written("Слова.\n\n## Рекалма по каналам\n")
    assert said(caught.value) == (
        "notes/client.md:3: no chapter is called 'Рекалма по каналам': did you mean 'реклама по каналам'?"
    )
    with refused(r"client\.md:1: .*the chapters are clients, business"):
        written("# Квазар\n")


def test_every_chapter_of_the_report_can_be_written_about() -> None:
    ids = {chapter.body.id for chapter in shown(Dress()).chapters}
    assert {"plan", "method", "loyalty"} <= ids
    assert ids - {"proof", "contents"} <= set(CHAPTERS)


def test_a_note_to_oneself_is_not_printed_and_lines_keep_their_numbers() -> None:
    found = written("<!-- спросить\nпро аренду -->Слова.<!-- без конца")
    assert plain(found.front) == "Слова."
    with refused(r"client\.md:4: no chapter"):
        written("<!-- раз\nдва -->\n\n## Квазар\n")


def test_html_is_text_wherever_it_is_printed() -> None:
    found = written("<script>alert(1)</script> и <img src=x onerror=y> & [тут](javascript:alert(1))")
    html = pdf.render_html(shown(Dress(commentary=found)))
    assert "<script" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_an_address_is_printed_where_it_can_be_typed_and_only_once() -> None:
    text = "[сайт](https://example.com/a), <https://example.org>, [почта](mailto:a@example.com), [файл](file:///etc/x)"
    expected = "сайт (example.com/a), https://example.org, почта (a@example.com), [файл](file:///etc/x)"
    assert plain(written(text).front) == expected


def test_a_picture_is_left_out_and_said() -> None:
    found = written("Раз.\n\nДва\n![схема](plan.png) слова.\n")
    assert plain(found.front) == "Раз. Два слова."
    assert [Wording(language).say(note) for note in found.notes for language in LANGUAGES] == [
        "notes/client.md:4: картинки в отчёт не попадают", "notes/client.md:4: pictures are left out",
    ]  # fmt: skip


def test_lists_inside_lists_and_smaller_headings_stay_readable() -> None:
    found = written("### Сначала\n\n1. один\n   - внутри\n2. два\n\n> цитата\n\n    код <b>\n")
    assert found.front == (
        Paragraph((Span("Сначала", strong=True),)),
        Points(((Span("один"),), (Span("внутри"),), (Span("два"),)), numbered=True),
        Paragraph((Span("цитата"),)),
        Paragraph((Span("код <b>"),)),
    )


def test_invisible_characters_are_dropped() -> None:
    assert plain(written("За\u202eдом\u200b на\u0007перёд\n").front) == "Задом наперёд"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("Слова\nещё".encode("cp1251"), r"client\.md:1: not UTF-8"),
        (b"ok\n\xff", r"client\.md:2: not UTF-8"),
        (b"a" * 100_001, "larger than 100 kB"),
        (("слово " * 2000).encode(), "for page 1 has 11,999 characters, 8,000 fit: shorten it"),
        (("# goals\n" + "слово " * 2000).encode(), "the text of goals has 11,999 characters"),
    ],
)
def test_a_file_that_is_no_commentary_is_refused_in_words(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "client.md").write_bytes(data)
    with refused(message):
        read_remarks(files_in(tmp_path), "client")


def test_a_folder_of_the_name_of_a_text_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "client.md").mkdir()
    with refused(r"client\.md: it is not a file"):
        read_remarks(files_in(tmp_path), "client")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("Слова".encode("cp1251"), "client.md:1: файл не в кодировке UTF-8: сохраните его в UTF-8"),
        (
            "Слова.\n\n## Рекалма по каналам\n".encode(),
            "client.md:3: нет главы «Рекалма по каналам»: может быть, «реклама по каналам»?",
        ),
        (
            "## Квазар\n".encode(),
            (
                "client.md:1: нет главы «Квазар»: бывают clients, business, channels, loyalty, "
                "satisfaction, social, trends, goals, plan, missing, method; "
                "годится и название главы, как в отчёте"
            ),
        ),
        (
            ("слово " * 2000).encode(),
            "client.md: в тексте для первой страницы 11 999 знаков, а помещается 8 000: сократите его",
        ),
        (
            ("## goals\n\n" + "слово " * 2000).encode(),
            "client.md: в тексте главы «goals» 11 999 знаков, а помещается 8 000: сократите его",
        ),
    ],
)
def test_a_russian_consultant_reads_of_a_mistake_in_russian(data: bytes, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(data, "client.md")
    assert Wording("ru").say(caught.value.message).replace(NBSP, " ") == words


def test_a_text_in_the_readers_language_wins(tmp_path: Path) -> None:
    for name in ("client.md", "client.ru.md", "other.en.md"):
        (tmp_path / name).write_text(name)
    files = files_in(tmp_path)
    ours, other = read_remarks(files, "client"), read_remarks(files, "other")

    def front(remarks: Remarks, language: Language) -> str | None:
        found = remarks.read_in(language)
        return plain(found.front) if found else None

    assert [front(ours, language) for language in LANGUAGES] == ["client.ru.md", "client.md"]
    assert [front(other, language) for language in LANGUAGES] == [None, "other.en.md"]


# --- where the words stand --------------------------------------------------------------------------------


def remarks_of(one: View) -> dict[str, Remark]:
    return {
        chapter.body.id: block
        for chapter in one.chapters
        for block in chapter.body.blocks
        if isinstance(block, Remark)
    }


def test_words_stand_on_page_one_and_first_in_their_chapter_under_the_bureaus_name() -> None:
    brand = load_brand(OWN_BRAND / "brand.yaml")
    found = written("Начните с листовок.\n\n## channels\n\nКарты лучше.\n")
    one = shown(Dress(brand, found))
    assert all(
        summary.remark and plain(summary.remark.words) == "Начните с листовок." for summary in one.summaries
    )
    channels = next(chapter.body for chapter in one.chapters if chapter.body.id == "channels")
    ((place, remark),) = remarks_of(one).items()
    assert place == "channels"
    assert remark is channels.blocks[0]
    assert (remark.label, remark.by) == ("Комментарий консультанта", "Бюро «Северный маяк» (вымышленное)")


def test_words_on_a_chapter_that_is_not_here_are_not_lost() -> None:
    brand = replace(load_brand(OWN_BRAND / "brand.yaml"), hide=frozenset({"loyalty"}))
    one = shown(Dress(brand, written("## loyalty\n\nСпросите весной.\n")))
    first = one.chapters[0]
    assert (first.number, first.body.id) == ("1", bureau.OWN)
    remarks = [block for block in first.body.blocks if isinstance(block, Remark)]
    assert [(block.label, plain(block.words)) for block in remarks] == [
        ("Лояльность: NPS", "Спросите весной.")
    ]
    assert "loyalty" not in {chapter.body.id for chapter in one.chapters[1:]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_text_begins_on_page_one_and_goes_on_in_a_chapter_of_its_own(language: Language) -> None:
    brand = replace(load_brand(OWN_BRAND / "brand.yaml"))
    long = SENTENCE * 60
    one = shown(Dress(brand, written(long)), "losing-money-ru", language)
    assert {plain(summary.remark.words) for summary in one.summaries if summary.remark} == {
        (SENTENCE * 7).strip()
    }
    reader = printed(without_most(one, bureau.OWN, "missing"))
    first, second, *_ = (on_one_line(page.extract_text()) for page in reader.pages)
    assert first.count("не задерживаются") == 7
    assert {"ru": "Полностью — на с. 2.", "en": "In full on p. 2."}[language] in first
    whole = "".join(page.extract_text() for page in reader.pages)
    assert on_one_line(whole).count("Новые клиенты приходят") == 67
    assert "1. " + Wording(language).text("brand.commentary") in second


def test_without_a_commentary_nothing_of_it_is_there() -> None:
    one = shown(Dress(load_brand(OWN_BRAND / "brand.yaml"), written("<!-- ничего -->")))
    assert not any(summary.remark for summary in one.summaries)
    assert not remarks_of(one)
    assert one.chapters[0].body.id == "clients"


def test_the_workbook_has_them_on_its_summary_and_all_on_a_sheet() -> None:
    found = document("barbershop-ru", "ru")
    dress = Dress(
        load_brand(OWN_BRAND / "brand.yaml"),
        written("=1+1 начните с листовок.\n\n## goals\n\n1. Раз.\n2. Два.\n"),
    )
    book = openpyxl.load_workbook(BytesIO(workbook.build(found, CATALOG, Wording("ru"), dress)))
    front = {cell.value for row in book["Итоги"].iter_rows(max_row=8) for cell in row}
    assert "=1+1 начните с листовок." in front
    assert "Комментарий консультанта · Бюро «Северный маяк» (вымышленное)" in front
    assert not any(
        cell.data_type == "f" and "1+1" in str(cell.value) for row in book["Итоги"] for cell in row
    )
    sheet = [cell.value for (cell,) in book["Комментарий"].iter_rows(max_col=1) if cell.value]
    assert sheet[2:] == ["=1+1 начните с листовок.", "Цели", "1. Раз.", "2. Два."]
    short = Dress(None, written("Только это."))
    assert (
        "Комментарий"
        not in openpyxl.load_workbook(
            BytesIO(workbook.build(found, CATALOG, Wording("ru"), short))
        ).sheetnames
    )


# --- whose words they are ---------------------------------------------------------------------------------

MARKER = "Кашалот-7"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in ("one", "two"):
        shutil.copy(ROOT / "samples" / "core-only-ru" / "core-only-ru.xlsx", folder / f"{name}.xlsx")
    return folder


def made(
    inbox: Path, options: Options, *, force: bool = False, workers: int = 1
) -> dict[str, batch.FileOutcome]:
    files = batch.find_workbooks([inbox])
    settings = batch.Settings(inbox.parent / "out", workers, force)
    outcomes = batch.run(batch.plan(files, settings.out), options, settings, lambda _: None)
    return {Path(outcome.source).relative_to(inbox).as_posix(): outcome for outcome in outcomes}


def told(outcome: batch.FileOutcome) -> str:
    """Everything that stands in the outputs of one client."""
    texts = []
    for name in map(Path, outcome.outputs):
        data = name.read_bytes()
        match name.suffix:
            case ".pdf":
                reader = PdfReader(BytesIO(data))
                texts += [page.extract_text() for page in reader.pages] + [str(reader.metadata)]
            case ".xlsx":
                texts.append(words_of(data))
            case _:
                texts.append(data.decode())
    assert len(texts) > 2
    return "".join(texts)


def test_no_client_gets_what_was_written_about_another(inbox: Path) -> None:
    notes = inbox.parent / "notes"
    notes.mkdir()
    (notes / "one.md").write_text(f"{MARKER} для первого.\n\n## clients\n\n{MARKER} в главе.\n", "utf-8")
    outcomes = made(inbox, Options(commentary=notes), workers=2)
    assert {outcome.code for outcome in outcomes.values()} == {ExitCode.DONE}
    assert MARKER in told(outcomes["one.xlsx"])
    assert MARKER not in told(outcomes["two.xlsx"])


def test_a_text_beside_the_workbook_is_not_taken_unasked(inbox: Path) -> None:
    (inbox / "one.md").write_text(MARKER, "utf-8")
    outcomes = made(inbox, Options(pdf=False))
    assert MARKER not in "".join(map(told, outcomes.values()))


def test_workbooks_of_one_name_each_need_a_text_of_their_own(inbox: Path) -> None:
    (inbox / "sub").mkdir()
    shutil.move(inbox / "two.xlsx", inbox / "sub" / "one.xlsx")
    notes = inbox.parent / "notes"
    notes.mkdir()
    (notes / "one.md").write_text(MARKER, "utf-8")
    outcomes = made(inbox, Options(pdf=False, commentary=notes))
    assert {outcome.code for outcome in outcomes.values()} == {ExitCode.USAGE}
    folder = batch.plan(batch.find_workbooks([inbox]), inbox.parent / "out")[0].folder.name
    error = outcomes["one.xlsx"].error or ""
    assert f"2 workbooks go by this name; call the one about this client {folder}.md" in error
    (notes / "one.md").rename(notes / f"{folder}.md")
    outcomes = made(inbox, Options(pdf=False, commentary=notes))
    assert MARKER in told(outcomes["one.xlsx"])
    assert MARKER not in told(outcomes["sub/one.xlsx"])


@pytest.mark.parametrize(("other", "text"), [("one.ru", "one.ru"), ("one-corrections", "one")])
def test_a_text_that_two_workbooks_could_mean_is_given_to_neither(inbox: Path, other: str, text: str) -> None:
    (inbox / "two.xlsx").rename(inbox / f"{other}.xlsx")
    notes = inbox.parent / "notes"
    notes.mkdir()
    (notes / f"{text}.md").write_text(MARKER, "utf-8")
    outcomes = made(inbox, Options(pdf=False, commentary=notes))
    assert {outcome.code for outcome in outcomes.values()} == {ExitCode.USAGE}
    errors = [outcome.error or "" for outcome in outcomes.values()]
    assert all("2 workbooks go by this name" in error for error in errors)
    assert not any(outcome.outputs for outcome in outcomes.values())


def test_a_slip_in_one_text_stops_that_report_alone(inbox: Path) -> None:
    notes = inbox.parent / "notes"
    notes.mkdir()
    (notes / "one.md").write_text("## Квазар\n", "utf-8")
    outcomes = made(inbox, Options(pdf=False, commentary=notes))
    assert outcomes["one.xlsx"].code == ExitCode.USAGE
    assert f"{notes / 'one.md'}:1: no chapter is called 'Квазар'" in (outcomes["one.xlsx"].error or "")
    assert not outcomes["one.xlsx"].outputs
    assert outcomes["two.xlsx"].code == ExitCode.DONE


def test_a_changed_text_makes_the_report_of_its_client_again(inbox: Path) -> None:
    notes = inbox.parent / "notes"
    notes.mkdir()
    (notes / "one.md").write_text("Раз.", "utf-8")
    options = Options(pdf=False, commentary=notes)
    made(inbox, options)
    assert {name: outcome.skipped for name, outcome in made(inbox, options).items()} == {
        "one.xlsx": True,
        "two.xlsx": True,
    }
    (notes / "one.md").write_text("Два.", "utf-8")
    (notes / "one.en.md").write_text("Two.", "utf-8")
    again = made(inbox, options)
    assert {name: outcome.skipped for name, outcome in again.items()} == {"one.xlsx": False, "two.xlsx": True}
    (notes / "two.md").write_text("Раз.", "utf-8")
    assert not made(inbox, options)["two.xlsx"].skipped


def test_a_copy_that_came_back_has_the_text_of_its_workbook(inbox: Path) -> None:
    (inbox / "two.xlsx").rename(inbox / "three-corrections.xlsx")
    notes = inbox.parent / "notes"
    notes.mkdir()
    (notes / "three.md").write_text(MARKER, "utf-8")
    (notes / "nobody.md").write_text(MARKER, "utf-8")
    outcomes = made(inbox, Options(pdf=False, commentary=notes))
    assert MARKER in told(outcomes["three-corrections.xlsx"])
    assert MARKER not in told(outcomes["one.xlsx"])
    jobs = batch.plan(batch.find_workbooks([inbox]), inbox.parent / "out")
    assert batch.unused_commentary(jobs, notes) == [notes / "nobody.md"]


def test_the_command_says_what_it_left_out_and_what_fits_nobody(inbox: Path) -> None:
    notes, out = inbox.parent / "notes", inbox.parent / "out"
    notes.mkdir()
    (notes / "one.md").write_text("![](x.png) Слова.", "utf-8")
    for name in ("onne.md", "two.txt"):
        (notes / name).write_text("Слова.", "utf-8")
    done = command("report", inbox, "--out", out, "--no-pdf", "--commentary", notes)
    assert done.returncode == ExitCode.DONE
    assert "Not taken from the commentary folder: onne.md, two.txt. The text for NAME.xlsx" in done.stderr
    assert f"{notes / 'one.md'}:1: pictures are left out" in done.stderr
    asked = ("report", inbox, "--out", out, "--no-pdf", "--commentary", notes)
    again = command(*asked, system="ru_RU.UTF-8")
    assert "как раньше" in again.stderr
    assert f"{notes / 'one.md'}:1: картинки в отчёт не попадают" in again.stderr
    assert "left out" not in again.stderr  # of the first run, which said it in another language
    lost = command("report", inbox, "--out", out, "--commentary", notes / "no")
    assert lost.returncode == ExitCode.USAGE
    assert "--commentary: no such folder" in lost.stderr
