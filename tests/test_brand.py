"""A bureau's brand: what is refused and how that is said, and where the rest stands."""

from __future__ import annotations

import colorsys
import hashlib
import json
import re
import shutil
import struct
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from PIL import Image, PngImagePlugin
from pypdf.generic import DictionaryObject

from sheetreport import batch, pipeline
from sheetreport.bureau import palette
from sheetreport.bureau.brand import HIDEABLE_CHAPTERS, LONGEST_CLOSING, LONGEST_NAME, Brand, load_brand
from sheetreport.bureau.dress import PLAIN, Dress
from sheetreport.bureau.logo import Logo, LogoError, open_logo
from sheetreport.bureau.palette import Colours
from sheetreport.catalog.definitions import Text
from sheetreport.errors import CatalogError, ExitCode
from sheetreport.i18n import NBSP, Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.pipeline import Options
from sheetreport.render import pdf, view, workbook
from sheetreport.render.view.bureau import FRONT_LINES, LINE
from sheetreport.template import build as build_template
from tests import histories, logo
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
from tests.said import refused
from tests.verapdf import failures

NAME = "Бюро «Северный маяк» (вымышленное)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample brand, to be changed."""
    return Path(shutil.copytree(OWN_BRAND, tmp_path / "brand"))


def refusal(folder: Path, text: str, language: Language = "en") -> str:
    """What is said of a brand file with this text."""
    (folder / "brand.yaml").write_text(text, "utf-8")
    with pytest.raises(CatalogError) as caught:
        load_brand(folder / "brand.yaml")
    words = Wording(language).say(caught.value.message).replace(NBSP, " ")
    assert words.startswith(f"{folder / 'brand.yaml'}:")
    return words.removeprefix(f"{folder / 'brand.yaml'}:")


def own() -> Brand:
    return load_brand(OWN_BRAND / "brand.yaml")


# --- colours ----------------------------------------------------------------------------------------------


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, written anew from its text."""

    def luminance(colour: str) -> float:
        parts = []
        for at in (1, 3, 5):
            share = int(colour[at : at + 2], 16) / 255
            parts.append(share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4)
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#123456", "#123456", 1.0),
    ],
)
def test_contrast_is_as_wcag_has_it(one: str, other: str, ratio: float) -> None:
    assert palette.contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert palette.contrast(one, other) == pytest.approx(contrast(other, one), abs=1e-3)


def test_a_pair_that_can_not_be_read_is_named_with_the_nearest_colour_that_can(folder: Path) -> None:
    words = refusal(folder, "name: Бюро\ncolours:\n  accent: '#00a0e0'\n")
    assert words.startswith(
        "3: accent: #00a0e0 on white #ffffff has a contrast of 2.95:1, and 4.5:1 is needed"
    )
    nearest = words[-7:]
    assert 4.5 <= contrast(nearest, "#ffffff") < 4.8
    red, green, blue = (int(nearest[at : at + 2], 16) for at in (1, 3, 5))
    assert red < green < blue  # still the same blue


def test_a_contrast_is_not_rounded_up_to_what_is_needed(folder: Path) -> None:
    blue = "#0078d7"
    assert 4.495 < contrast(blue, "#ffffff") < 4.5
    assert "a contrast of 4.49:1, and 4.5:1 is" in refusal(
        folder, f"name: Бюро\ncolours: {{accent: '{blue}'}}\n"
    )


def test_text_is_tried_on_every_tint_and_bars_need_less(folder: Path) -> None:
    grey = "#6f6f6f"
    assert contrast(grey, "#ffffff") > 4.5 > contrast(grey, "#f5dbd7")
    assert "on the red tint #f5dbd7" in refusal(folder, f"name: Бюро\ncolours: {{ink: '{grey}'}}\n")
    assert palette.objection("accent", grey) is None
    purple = "#9a64bb"
    assert 3 < contrast(purple, "#f5dbd7") < 4.5
    assert palette.objection("data", purple) is None
    assert "and 3:1 is needed" in refusal(folder, "name: Бюро\ncolours: {data: '#c9a227'}\n")


@pytest.mark.parametrize("colour", ["#b3261e", "#c8102e", "#8b0000", "#a0522d"])
def test_bars_can_not_be_taken_for_what_is_wrong(folder: Path, colour: str) -> None:
    words = refusal(folder, f"name: Бюро\ncolours: {{data: '{colour}'}}\n")
    assert f"{colour} can be taken for the red of what is wrong, #b3261e" in words
    assert palette.objection("data", words[-7:]) is None


@pytest.mark.parametrize("colour", ["#c9a227", "#7fb8ad", "#e8b4b8", "#9bb53c", "#8fa9d8"])
def test_the_nearest_colour_that_passes_is_of_the_same_hue(colour: str) -> None:
    objection = palette.objection("accent", colour)
    assert objection is not None
    hues = [
        colorsys.rgb_to_hls(*(int(one[at : at + 2], 16) / 255 for at in (1, 3, 5)))[0]
        for one in (colour, str(objection.params["nearest"]))
    ]
    assert abs(hues[0] - hues[1]) < 0.01  # of a whole turn


def test_a_red_heading_is_a_brands_own_affair() -> None:
    assert palette.objection("accent", "#b3261e") is None


def test_bars_can_not_be_taken_for_comparisons(folder: Path) -> None:
    assert "grey of comparisons" in refusal(folder, "name: Бюро\ncolours: {data: '#737c85'}\n")


@pytest.mark.parametrize("role", Colours.__slots__)
def test_our_own_colours_pass(role: str) -> None:
    css = (ROOT / "sheetreport/render/html/report.css").read_text("utf-8")
    built_in = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))
    assert palette.objection(role, built_in[role]) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("accent: #0f5c5c", "3: accent: empty: put the colour in quotes"),
        ("accent: petrol", "3: accent: 'petrol' is not a colour"),
        ("accent: '#0f5'", "3: accent: '#0f5' is not a colour"),
        (
            "{accent: #0f5c5c}",
            "4: not YAML: did not find expected node content; close the bracket, and quote",
        ),
        ("acent: '#0f5c5c'", "3: unknown key 'acent': did you mean 'accent'?"),
    ],
)
def test_a_colour_is_six_digits_in_quotes(folder: Path, line: str, said: str) -> None:
    assert refusal(folder, f"name: Бюро\ncolours:\n  {line}\n").startswith(said)


# --- the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1: nothing to read"),
        ("closing: Пишите\n", "1: name is missing"),
        ("name: {ru: Бюро}\n", "1: name: en is missing"),
        ("name: Бюро\nlogotype: a.png\n", "2: unknown key 'logotype'"),
        ("name: Бюро\nlogos: a.png\n", "2: unknown key 'logos': did you mean 'logo'?"),
        ("name: Бюро\ncontacts:\n  tel: '1'\n", "3: unknown key 'tel': it knows phone, email, site"),
        ("name: Бюро\ncontacts:\n  phone: +74950000000\n", "3: phone: 74950000000 is not a text: put it"),
        ("name: Бюро\nname: Бюро\n", "2: the key 'name' stands twice"),
        ("name: 'Бюро\n", "2: not YAML"),
        (f"name: {'Б' * 81}\n", f"1: name: 81 characters, and {LONGEST_NAME} fit"),
        (f"name: Бюро\nclosing: {'Б' * 401}\n", f"2: closing: 401 characters, and {LONGEST_CLOSING} fit"),
        ("name: ' '\n", "1: name: an empty text"),
        ("name: [Бюро]\n", "1: name: ['Бюро'] is not a text"),
        ("name: Бюро\ncontacts:\n  phone:\n", "3: phone: an empty text: write it, or leave the line out"),
        ("name: Бюро\ncontacts:\n  phone: звоните\n", "3: phone: 'звоните' is no telephone number"),
        ("name: Бюро\ncontacts:\n  email: mail\n", "3: email: 'mail' is no address"),
        ("name: Бюро\ncontacts:\n  site: 'javascript:alert(1)'\n", "3: site: 'javascript:alert(1)' is no"),
        ("name: Бюро\nhide: [plan]\n", "2: hide: plan can't be hidden: the plan is what the report is for"),
        ("name: Бюро\nhide: [missing]\n", "2: hide: missing can't be hidden"),
        ("name: Бюро\nhide: [warnings]\n", "2: hide: warnings can't be hidden"),
        ("name: Бюро\nhide: [metod]\n", "2: hide: nothing is called 'metod': did you mean 'method'?"),
        ("name: Бюро\nhide: method\n", "2: hide: write a list"),
    ],
)
def test_a_mistake_is_named_with_its_line(folder: Path, text: str, said: str) -> None:
    assert refusal(folder, text).startswith(said)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1: читать нечего: начните файл со строки `name:`"),
        ("closing: Пишите\n", "1: нет name: добавьте name: ..."),
        ("name: {ru: Бюро}\n", "1: name: нет en: напишите текст на обоих языках или один общий"),
        (
            "name: Бюро\ncontacts:\n  phone: +74950000000\n",
            "3: phone: 74950000000 — не текст: возьмите его в кавычки",
        ),
        (
            "name: Бюро\ncontacts:\n  phone: звоните\n",
            "3: phone: «звоните» — не телефон: напишите, например, +7 495 000-00-00",
        ),
        (f"name: {'Б' * 81}\n", "1: name: 81 знак, а помещается 80: сократите текст"),
        ("name: Бюро\nlogo: a\\b.png\n", "2: logo: файла «a\\b.png» нет: разделяйте папки знаком /, а не \\"),
        ("name: Бюро\nhide: [plan]\n", "2: hide: plan скрыть нельзя: отчёт и нужен ради плана"),
        ("name: Бюро\nhide: [metod]\n", "2: hide: нет части отчёта «metod»: может быть, «method»?"),
        (
            "name: Бюро\ncolours:\n  accent: #0f5c5c\n",
            "3: accent: пусто: возьмите цвет в кавычки, например '#1f4e79', иначе всё после # — примечание",
        ),
    ],
)
def test_a_russian_consultant_reads_of_a_mistake_in_russian(folder: Path, text: str, words: str) -> None:
    assert refusal(folder, text, "ru") == words


def test_a_poor_colour_is_told_in_russian_with_decimal_commas(folder: Path) -> None:
    words = refusal(folder, "name: Бюро\ncolours: {ink: '#868f98'}\n", "ru")
    grounds = ("#ffffff", "#f5dbd7", "#f7e7cd", "#ddede5", "#edeff1")
    assert min(grounds, key=lambda ground: contrast("#868f98", ground)) == "#f5dbd7"
    assert 2.50 <= contrast("#868f98", "#f5dbd7") < 2.51
    beginning, nearest = words[:-7], words[-7:]
    assert beginning == (
        "2: ink: #868f98 плохо виден на бледно-красном фоне #f5dbd7: контраст 2,50:1, "
        "а нужно не меньше 4,5:1; ближайший подходящий цвет — "
    )
    assert palette.objection("ink", nearest) is None


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("logo.svg", b"<svg/>", "SVG не подойдёт: сохраните логотип в PNG или JPEG"),
        ("logo.png", b"\x89PNG" + b"\0" * 2_000_000, "файл больше 2 МБ: сохраните картинку поменьше"),
    ],
)
def test_a_poor_logo_is_told_in_russian(folder: Path, name: str, data: bytes, words: str) -> None:
    (folder / name).write_bytes(data)
    assert refusal(folder, f"name: Бюро\nlogo: {name}\n", "ru") == f"2: logo: {name}: {words}"


def test_a_name_alone_is_a_brand_and_invisible_characters_are_dropped(folder: Path) -> None:
    (folder / "brand.yaml").write_text('name: "Бю\\u202eро \\u200b Маяк"\n', "utf-8")
    brand = load_brand(folder / "brand.yaml")
    assert brand.name == Text("Бюро Маяк", "Бюро Маяк")
    assert (brand.logo, brand.colours, brand.contacts, brand.hide) == (None, Colours(), (), frozenset())


def test_the_command_ends_with_the_code_of_a_wrong_catalogue(folder: Path, tmp_path: Path) -> None:
    sample = ROOT / "samples" / "core-only-ru" / "core-only-ru.xlsx"
    (folder / "brand.yaml").write_text("name: Бюро\nlogo: no.png\n", "utf-8")
    brand = folder / "brand.yaml"
    for arguments in (
        ("report", sample, "--out", tmp_path / "out"),
        ("template", "-o", tmp_path / "blank.xlsx"),
        ("check", sample),
    ):
        done = command(*arguments, "--brand", brand)
        assert done.returncode == ExitCode.CATALOG
        assert f"{brand}:2: can't read the logo {folder / 'no.png'}: no such file" in done.stderr
    assert not (tmp_path / "out").exists()


# --- the logo ---------------------------------------------------------------------------------------------


def png(size: tuple[int, int], mode: str = "RGB", **settings: Any) -> bytes:
    stream = BytesIO()
    Image.new(mode, size, settings.pop("color", 0)).save(stream, "PNG", **settings)
    return stream.getvalue()


def header(width: int, height: int) -> bytes:
    """The beginning of a PNG that says it is as large as this, and has next to no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    facts = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", facts) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG is not taken: save the logo as PNG or JPEG"),
        (b"\n<?xml version='1.0'?><svg/>", "SVG is not taken"),
        (b"GIF89a....", "GIF is not taken"),
        (b"%PDF-1.7", "PDF is not taken"),
        (b"not a picture", "not a PNG or JPEG that can be opened"),
        (b"", "not a PNG or JPEG that can be opened"),
        (png((300, 100))[:60], "not a PNG or JPEG that can be opened"),
        (header(300, 100), "not a PNG or JPEG that can be opened"),
        (header(5000, 4000), "more than 16 million pixels"),
        (header(60_000, 60_000), "more than 16 million pixels"),
        (b"\x89PNG" + b"\0" * 2_000_000, "larger than 2 MB"),
        (png((900, 100)), "900 × 100 pixels: one side is more than 8 times the other"),
    ],
)
def test_what_is_no_logo_is_refused_in_words(folder: Path, data: bytes, said: str) -> None:
    (folder / "logo.png").write_bytes(data)
    assert f"3: logo: logo.png: {said}" in refusal(folder, "\nname: Бюро\nlogo: logo.png\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("logo: no.png", "no.png: no such file or folder"),
        ("logo: .", "is not a file"),
        ("logo: 5", "'5' is not the name of a file"),
        ("logo:", "'' is not the name of a file"),
        ("logo: ''", "'' is not the name of a file"),
        ("logo: img\\logo.png", "no such file: write / between folders"),
        ('logo: "img\\new.png"', "no such file: write / between folders"),
        ('logo: "C:\\Users\\me\\logo.png"', "single quotes, or write / instead of"),
        ('logo: "C:\\logo.png"', "single quotes, or write / instead of"),
    ],
)
def test_a_logo_that_is_not_there_is_named(folder: Path, line: str, said: str) -> None:
    answer = refusal(folder, f"name: Бюро\n{line}\n")
    assert answer.startswith("2: ")
    assert said in answer


def test_only_the_pixels_of_a_logo_go_further() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Кашалот-7")
    data = png((1800, 600), "RGBA", color=(0, 90, 90, 0), pnginfo=notes)
    assert "Кашалот-7".encode() in data or b"Author" in data
    found = open_logo(data)
    assert b"Author" not in found.png
    assert (found.width, found.height) == (900, 300)
    with Image.open(BytesIO(found.png)) as drawn:
        assert (drawn.mode, drawn.getpixel((5, 5))) == ("RGB", (255, 255, 255))  # what is clear is paper


def test_a_photograph_is_turned_as_its_camera_says_and_cmyk_is_understood() -> None:
    picture = Image.new("CMYK", (40, 20), (0, 255, 255, 0))
    turned = Image.Exif()
    turned[0x0112] = 6
    stream = BytesIO()
    picture.save(stream, "JPEG", exif=turned)
    found = open_logo(stream.getvalue())
    assert (found.width, found.height) == (20, 40)
    with Image.open(BytesIO(found.png)) as drawn:
        red, green, blue = drawn.getpixel((10, 10))  # type: ignore[misc]
    assert red > 200
    assert max(green, blue) < 60


def test_a_logo_error_has_words_for_people() -> None:
    with refused("save the logo anew", LogoError):
        open_logo(b"\xff\xd8\xff\xe0" + b"\0" * 40)


# --- the PDF ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_whose_it_is(language: Language) -> None:
    brand = own()
    one = shown(Dress(replace(brand, hide=frozenset())), "core-only-ru", language)
    reader = printed(one)
    name = brand.name[language]
    assert name in on_one_line(reader.pages[0].extract_text())
    plan = next(chapter for chapter in one.chapters if chapter.body.id == "plan")
    assert plan.body.blocks[-1].kind == "closing"
    whole = on_one_line("".join(page.extract_text() for page in reader.pages))
    assert brand.closing is not None
    assert brand.closing[language] in whole
    assert "+7 495 000-00-00 · hello@north-beacon.example · north-beacon.example" in whole
    for page in reader.pages:
        assert name[:20] in on_one_line(page.extract_text())[-200:]
    (picture,) = reader.pages[0].images
    assert picture.image is not None
    assert picture.image.size == (brand.logo.width, brand.logo.height)  # type: ignore[union-attr]
    tags = [item for item in reader.resolved_objects.values() if isinstance(item, DictionaryObject)]
    assert [str(tag["/Alt"]) for tag in tags if tag.get("/S") == "/Figure"].count(name) == 1


def fills(reader: Any) -> Counter[str]:
    """The colours that things are filled with or drawn in, as they stand in the pages."""
    found: Counter[str] = Counter()
    for page in reader.pages:
        text = page.get_contents().get_data().decode("latin-1")
        for channels in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG|scn|SCN)\b", text):
            found["#" + "".join(f"{round(float(channel) * 255):02x}" for channel in channels)] += 1
    return found


def test_a_brands_colours_take_the_place_of_ours_and_no_other() -> None:
    colours = Colours(accent="#0f5c5c", ink="#14201f", data="#6a1b9a")
    ours, theirs = (
        fills(printed(without_most(shown(dress), "channels", "missing")))
        for dress in (PLAIN, Dress(replace(own(), colours=colours, logo=None)))
    )
    assert ours["#1f4e79"] > 10
    assert not {"#0f5c5c", "#14201f", "#6a1b9a"} & ours.keys()
    assert theirs["#6a1b9a"] > 10
    assert theirs["#0f5c5c"] > 5
    assert theirs["#14201f"] > 50
    assert not {"#1f4e79", "#15181c"} & theirs.keys()
    assert theirs["#b3261e"] == ours["#b3261e"] > 0  # what is wrong stays red


def test_hidden_chapters_are_not_there_and_the_numbers_close_up() -> None:
    whole = shown(PLAIN)
    brand = replace(own(), hide=frozenset({"channels", "satisfaction", "method", "health", "changes"}))
    less = shown(Dress(brand))
    ids = [chapter.body.id for chapter in whole.chapters]
    assert {"channels", "satisfaction", "method"} <= set(ids)
    left = [name for name in ids if name not in brand.hide]
    assert [chapter.body.id for chapter in less.chapters] == left
    assert [chapter.number for chapter in less.chapters] == [str(n) for n in range(1, len(left) + 1)]
    assert any(summary.health for summary in whole.summaries)
    assert not any(summary.health or summary.changes or summary.changes_heading for summary in less.summaries)
    name = Wording("ru").text("pdf.channels_name")
    assert name in pdf.render_html(whole)
    assert name not in pdf.render_html(less)


def test_what_may_be_hidden_are_chapters_of_the_report() -> None:
    known = view.build(histories.third(), histories.CATALOG, Wording("en"))  # trends need a history
    ids = {chapter.body.id for one in (shown(PLAIN), known) for chapter in one.chapters}
    assert set(HIDEABLE_CHAPTERS) <= ids
    assert {"plan", "missing"} & set(HIDEABLE_CHAPTERS) == set()


def test_the_logo_and_the_commentary_are_fit_for_screen_readers_and_archives(tmp_path: Path) -> None:
    sample = ROOT / "samples" / "core-only-ru" / "core-only-ru.xlsx"
    options = Options(brand=OWN_BRAND / "brand.yaml", corrections=False)
    text = written(
        "Начните **с листовок**.\n\n- один\n- два\n\n## clients\n\n1. Раз.\n\n## loyalty\n\nДва.\n"
    )
    for standard, chosen in (("ua1", options), ("3a", replace(options, archive=True))):
        file = tmp_path / f"{standard}.pdf"
        made = pipeline.process(CATALOG, sample.read_bytes(), sample.name, chosen, text)
        file.write_bytes(made.outputs["report.pdf"])
        assert failures(standard, [file]) == [[]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", ["barbershop-ru", "losing-money-ru"])
def test_page_one_stays_one_page_with_the_longest_brand_and_commentary(
    sample: str, language: Language
) -> None:
    wide = open_logo(png((800, 100)))
    words = "Щедрое маркетинговое бюро " * 3 + "да"
    assert len(words) == LONGEST_NAME
    brand = Brand(
        Text(words, words),
        "",
        wide,
        Colours(),
        ("+7 495 000-00-00", "a" * 70 + "@b.example"),
        Text(words, words),
    )
    paragraphs = "Длинное слово консультанта о вашем деле. " * 8 + "\n\n- " + "Ш" * 300
    one = shown(Dress(brand, written(paragraphs)), sample, language)
    reader = printed(without_most(one, "commentary", "missing"))
    first, second, *_ = reader.pages
    assert Wording(language).text("brand.commentary") in on_one_line(first.extract_text())
    assert Wording(language).text("pdf.contents") in on_one_line(second.extract_text())


def test_the_result_names_the_brand_and_the_commentary_it_was_dressed_in() -> None:
    path = ROOT / "samples" / "core-only-ru" / "core-only-ru.xlsx"
    options, text = Options(pdf=False, brand=OWN_BRAND / "brand.yaml"), written("Слова.")
    made = [
        pipeline.process(CATALOG, path.read_bytes(), path.name, chosen, commentary).outputs["report.json"]
        for chosen, commentary in ((options, text), (Options(pdf=False), None))
    ]
    dressed, plain = (json.loads(data)["provenance"] for data in made)
    content = [(OWN_BRAND / name).read_bytes() for name in ("brand.yaml", "logo.png")]
    assert dressed["brand_sha256"] == hashlib.sha256(b"".join(content)).hexdigest()
    assert dressed["commentary_sha256"] == hashlib.sha256("Слова.".encode()).hexdigest()
    assert (plain["brand_sha256"], plain["commentary_sha256"]) == (None, None)


def test_without_a_brand_nothing_of_one_is_printed() -> None:
    html = pdf.render_html(shown(PLAIN))
    assert 'class="logo"' not in html
    assert 'class="closing"' not in html
    assert 'class="remark"' not in html


def test_a_brands_words_are_never_markup() -> None:
    bad = Text("<b>&</b>", "<b>&</b>")
    brand = Brand(bad, "", None, Colours(), ("<i>",), bad)
    html = pdf.render_html(shown(Dress(brand)))
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in html
    assert "<b>&" not in html
    assert "<i>" not in html.replace("<i class", "")


# --- the workbooks ----------------------------------------------------------------------------------------


def texts_of(sheet: Any) -> set[object]:
    return {cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_says_whose_it_is_and_hides_what_is_hidden(language: Language) -> None:
    found, brand = document("barbershop-ru", language), replace(own(), hide=frozenset({"method", "loyalty"}))
    data = workbook.build(found, CATALOG, Wording(language, "RUB"), Dress(brand))
    book = openpyxl.load_workbook(BytesIO(data))
    first: Any = book.worksheets[0]
    assert {brand.name[language], " · ".join(brand.contacts)} <= texts_of(first)
    assert len(first._images) == 1
    with ZipFile(BytesIO(data)) as archive:
        assert archive.read("xl/media/image1.png") == brand.logo.png  # type: ignore[union-attr]
        styles = archive.read("xl/styles.xml").decode()
        charts = "".join(archive.read(name).decode() for name in archive.namelist() if "/chart" in name)
    assert "0F5C5C" in styles.upper()
    assert "0B4F6C" not in styles.upper() + charts.upper()
    assert "0F5C5C" in charts.upper()
    method = Wording(language).text("workbook.sheet_method")
    hidden = {sheet.title for sheet in book.worksheets if sheet.sheet_state == "hidden"}
    assert hidden == {method}  # the sheet on loyalty holds satisfaction too
    places = [
        link.location
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if (link := cell.hyperlink)
    ]
    assert places
    assert not any(method in str(place) for place in places)


def test_the_blank_workbook_says_whose_it_is(tmp_path: Path) -> None:
    target = tmp_path / "blank.xlsx"
    assert (
        command("template", "-o", target, "--lang", "ru", "--brand", OWN_BRAND / "brand.yaml").returncode == 0
    )
    book = openpyxl.load_workbook(target)
    first: Any = book.worksheets[0]
    assert {NAME, *own().contacts} <= texts_of(first)
    assert len(first._images) == 1
    assert NAME not in texts_of(book.worksheets[1])


def branded(answers: Mapping[str, object]) -> bytes:
    return build_template(CATALOG, "ru", answers=answers, tool_version="0", brand=own())


ANSWERS = {
    "profile": {
        "company_name": "Ателье «Пуговица» (вымышленное)",
        "period_type": "month",
        "period_start": "2026-10-01",
    },
    "clients": {"total": "много"},
}


def copied(brand: Brand | None) -> bytes:
    """The correction copy of a workbook that the bureau had sent out."""
    data = branded(ANSWERS)
    report = pipeline.examine(CATALOG, data, "client.xlsx", Options())
    copy = pipeline.correct(CATALOG, data, report, brand=brand)
    assert copy is not None
    return copy


def test_a_copy_of_the_bureaus_own_workbook_takes_its_name_for_nobodys_note() -> None:
    described = f'descr="{NAME}"'
    assert words_of(branded(ANSWERS)).replace(described, "").count(NAME) == 1
    assert NAME not in words_of(copied(None))


def test_a_correction_copy_says_whose_it_is_once() -> None:
    book = openpyxl.load_workbook(BytesIO(copied(own())))
    named = [sheet.title for sheet in book.worksheets if NAME in texts_of(sheet)]
    assert named == [Wording("ru").text("template.start_title")]


def test_a_new_round_of_the_workbook_says_whose_it_is(tmp_path: Path) -> None:
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    old.write_bytes(branded(ANSWERS))
    done = command("template", "--from", old, "-o", new, "--brand", OWN_BRAND / "brand.yaml")
    assert done.returncode == 0, done.stderr
    assert NAME not in done.stderr  # nothing of it was left over
    book = openpyxl.load_workbook(new)
    assert [sheet.title for sheet in book.worksheets if NAME in texts_of(sheet)] == [book.worksheets[0].title]


# --- what makes a report anew -----------------------------------------------------------------------------


def test_what_changes_the_outputs_makes_them_again(folder: Path) -> None:
    source = folder / "client.xlsx"
    shutil.copy(ROOT / "samples" / "core-only-ru" / "core-only-ru.xlsx", source)
    jobs, brand = batch.plan([source], folder / "out"), folder / "brand.yaml"

    def skipped(options: Options) -> bool:
        (outcome,) = batch.run(jobs, options, batch.Settings(folder / "out"), lambda _: None)
        assert outcome.code == ExitCode.DONE
        return outcome.skipped

    options = Options(pdf=False, brand=brand)
    assert not skipped(options)
    assert skipped(options)
    brand.write_text(brand.read_text("utf-8").replace("Позвоните", "Напишите"), "utf-8")
    assert not skipped(options)
    assert skipped(options)
    (folder / "logo.png").write_bytes(png((300, 100)))
    assert not skipped(options)
    assert not skipped(Options(pdf=False))
    assert not skipped(options)
    for other in (replace(options, audience="consultant"), replace(options, archive=True)):
        assert not skipped(other)
        assert skipped(other)
        assert not skipped(options)


# --- the sample -------------------------------------------------------------------------------------------


def test_the_sample_is_a_brand_with_the_logo_that_is_drawn_for_it() -> None:
    brand = own()
    assert brand.name.ru == NAME
    assert open_logo(logo.draw()) == brand.logo
    assert isinstance(brand.logo, Logo)
    for text in sorted((OWN_BRAND / "commentary").glob("*.md")):
        assert (ROOT / "samples" / text.stem / f"{text.stem}.xlsx").exists()
        found = written(text.read_text("utf-8"))
        assert found.front
        assert found.chapters
        assert not found.notes


def test_what_the_guide_shows_works(folder: Path) -> None:
    guide = (ROOT / "GUIDE.md").read_text("utf-8")
    (brand,) = re.findall(r"```yaml\n(name: .*?)```", guide, re.DOTALL)
    (folder / "brand.yaml").write_text(brand, "utf-8")
    found = load_brand(folder / "brand.yaml")
    assert found.logo == own().logo
    assert found.hide == {"method", "health"}
    (text,) = re.findall(r"```markdown\n(.*?)```", guide, re.DOTALL)
    assert set(written(text).chapters) == {"channels"}
    assert f"about {FRONT_LINES * LINE} characters" in guide
