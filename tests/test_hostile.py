"""Workbooks made to hang, to fill the memory or to be read wrong: each costs one clear finding at most."""

from __future__ import annotations

import copy
import os
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from sheetreport import confined, pipeline
from sheetreport.catalog.load import load_catalog
from sheetreport.model import LANGUAGES
from sheetreport.pipeline import Options
from sheetreport.read import guard, parts
from sheetreport.worker import Limit, Workers
from tests.said import refused

OPTIONS = Options(pdf=False, corrections=False)
MAIN = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
END = b"</sheetData>"


def package(named: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in named.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part changed."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        named = {entry: archive.read(entry) for entry in archive.namelist()}
    changed = change(named[name])
    assert changed != named[name]
    return package({**named, name: changed})


def sheet_of(data: bytes, title: str) -> str:
    """The part of a sheet; the template writes its sheets in the order of their titles' list."""
    titles = load_workbook(BytesIO(data), read_only=True).sheetnames
    return f"xl/worksheets/sheet{titles.index(title) + 1}.xml"


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with confined.workers(1, OPTIONS) as workers:
        yield workers


@pytest.fixture
def examine(pool: Workers, tmp_path: Path) -> Callable[[bytes], dict[str, Any]]:
    """The result of a workbook, as the commands get it."""

    def run(data: bytes) -> dict[str, Any]:
        file = tmp_path / "client.xlsx"
        file.write_bytes(data)
        return confined.examined(pool, file, OPTIONS).document

    return run


@pytest.fixture(scope="module")
def numbers(filled: bytes, tmp_path_factory: pytest.TempPathFactory, pool: Workers) -> dict[str, Any]:
    """What the worked example gives before anybody tampered with it."""
    file = tmp_path_factory.mktemp("sound") / "client.xlsx"
    file.write_bytes(filled)
    return values(confined.examined(pool, file, OPTIONS).document)


def values(document: dict[str, Any]) -> dict[str, Any]:
    return {f"{metric['id']} {metric['subject']}": metric["value"] for metric in document["metrics"]}


def verdict(data: bytes) -> str:
    finding = guard.inspect(data).refusal
    return f"{finding.code} {finding.variant}".strip() if finding else ""


def sheet(content: bytes) -> bytes:
    return package({"xl/workbook.xml": MAIN, "xl/worksheets/sheet1.xml": content})


# --- what is read all the same --------------------------------------------------------------------


def stray(row: int, column: str) -> Callable[[bytes], bytes]:
    cell = f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'.encode()
    return lambda part: part.replace(END, cell + END)


def merged_whole(part: bytes) -> bytes:
    whole = b'<mergeCell ref="A1:XFD1048576"/>'
    if b"<mergeCells" in part:
        return part.replace(b"</mergeCells>", whole + b"</mergeCells>")
    return part.replace(END, END + b"<mergeCells>" + whole + b"</mergeCells>")


def small_dimension(part: bytes) -> bytes:
    start = part.index(b"<dimension ")
    return part[:start] + b'<dimension ref="A1"/>' + part[part.index(b"/>", start) + 2 :]


def utf_16(part: bytes) -> bytes:
    text = part.decode("utf-8").replace('encoding="UTF-8"', 'encoding="UTF-16"', 1)
    return text.encode("utf-16")


@pytest.mark.parametrize(
    "change",
    [stray(1_048_576, "A"), stray(1_048_576, "XFD"), merged_whole, small_dimension, utf_16],
    ids=["last row", "last cell", "whole sheet merged", "dimension too small", "UTF-16"],
)
def test_what_is_only_odd_is_read_to_the_same_numbers(
    change: Callable[[bytes], bytes],
    filled: bytes,
    numbers: dict[str, Any],
    examine: Callable[[bytes], dict[str, Any]],
) -> None:
    document = examine(with_part(filled, sheet_of(filled, "Клиенты"), change))
    assert values(document) == numbers
    warned = [finding for finding in document["findings"] if finding["code"] == "S-15"]
    assert len(warned) == (1 if change is merged_whole else 0)


def test_pictures_are_never_opened(
    filled: bytes, numbers: dict[str, Any], examine: Callable[[bytes], dict[str, Any]]
) -> None:
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head
    bomb += struct.pack(">I", zlib.crc32(b"IHDR" + head))
    with zipfile.ZipFile(BytesIO(filled)) as archive:
        named = {entry: archive.read(entry) for entry in archive.namelist()}
    assert values(examine(package({**named, "xl/media/image1.png": bomb}))) == numbers


# --- what is refused before anything opens it -----------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'<a><row r="1048577"/></a>', "S-06 grid"),
        (b'<a><row r="2147483647"/></a>', "S-06 grid"),
        (b'<a><c r="XFE1"/></a>', "S-06 grid"),
        (b'<a><c r="A1048577"/></a>', "S-06 grid"),
        (b'<a><mergeCell ref="A1:A1048577"/></a>', "S-06 grid"),
        (b'<a><x:c xmlns:x="x" r="XFE1"/></a>', "S-06 grid"),
        (b'<a><c t="s"><v>-1</v></c></a>', "S-06 content"),
        (b'<a><c t="n"><v>-1</v></c></a>', ""),
        (b"<a>" * 65 + b"</a>" * 65, "S-06 content"),
        (b"<a>" * 64 + b"</a>" * 64, ""),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "S-06 dtd"),
        (
            b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;"><!ENTITY d "&c;&c;&c;">]><a>&d;</a>',
            "S-06 dtd",
        ),
        (b'<?xml version="1.0" encoding="EUC-JP"?><a/>', "S-06 encoding"),
    ],
)
def test_parts_that_no_program_writes_are_refused(content: bytes, expected: str) -> None:
    assert verdict(sheet(content)) == expected


@pytest.mark.parametrize(
    "content",
    [
        b'<a b="' + os.urandom(2 * parts.MAX_TOKEN).hex().encode() + b'"/>',
        b"<a><!--" + os.urandom(2 * parts.MAX_TOKEN).hex().encode() + b"--></a>",
    ],
    ids=["attribute", "comment"],
)
def test_a_token_that_must_be_held_as_a_whole_is_limited(content: bytes) -> None:
    assert verdict(sheet(content)) == "S-06 size"


def test_a_long_text_is_no_token() -> None:
    assert verdict(sheet(b"<a>" + os.urandom(2 * parts.MAX_TOKEN).hex().encode() + b"</a>")) == ""


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("c", b"<c/>"),
        ("si", b"<si/>"),
        ("xf", b"<xf/>"),
        ("mergeCell", b'<mergeCell ref="A1:B2"/>'),
        ("dataValidation", b"<dataValidation/>"),
        ("cfRule", b"<cfRule/>"),
        ("definedName", b"<definedName/>"),
    ],
)
def test_there_may_be_so_many_and_no_more(name: str, element: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_COUNTS", {**parts.MAX_COUNTS, name: 5})
    assert verdict(sheet(b"<a>" + element * 5 + b"</a>")) == ""
    assert verdict(sheet(b"<a>" + element * 6 + b"</a>")) == "S-06 content"
    split = {"xl/workbook.xml": MAIN, "1.xml": b"<a>" + element * 3 + b"</a>"}
    assert verdict(package({**split, "2.xml": split["1.xml"]})) == "S-06 content"


def test_elements_of_any_name_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_ELEMENTS", 10)
    assert verdict(sheet(b"<a>" + b"<b/>" * 8 + b"</a>")) == ""
    assert verdict(sheet(b"<a>" + b"<b/>" * 9 + b"</a>")) == "S-06 content"


def test_entries_that_share_their_bytes_are_refused() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", MAIN)
        archive.writestr("xl/a.xml", b"<a/>")
        twin = copy.copy(archive.getinfo("xl/a.xml"))
        twin.filename = "xl/b.xml"
        archive.filelist.append(twin)
    assert verdict(stream.getvalue()) == "S-06 duplicates"


def test_a_sheet_without_its_part_is_named(filled: bytes) -> None:
    lost = sheet_of(filled, "Клиенты")
    with zipfile.ZipFile(BytesIO(filled)) as archive:
        named = {entry: archive.read(entry) for entry in archive.namelist() if entry != lost}
    finding = guard.inspect(package(named)).refusal
    assert finding is not None
    assert (finding.code, finding.variant, finding.source.sheet) == ("S-05", "sheet", "Клиенты")


def test_strict_ooxml_is_named_wherever_the_workbook_stands() -> None:
    strict = b'<x:workbook xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
    types = (
        b'<Types><Override PartName="/elsewhere/workbook7.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    assert verdict(package({"xl/workbook.xml": strict})) == "S-04 strict"
    assert (
        verdict(package({"[Content_Types].xml": types, "elsewhere/workbook7.xml": strict})) == "S-04 strict"
    )


ODS = "application/vnd.oasis.opendocument.spreadsheet"
VALUE = '<table:table-cell office:value-type="float" office:value="1"{}/>'


def document(*rows: str) -> bytes:
    namespaces = 'xmlns:office="o" xmlns:table="t"'
    body = f"<office:document {namespaces}><table:table>{''.join(rows)}</table:table></office:document>"
    return package({"mimetype": ODS.encode(), "content.xml": body.encode()})


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (['<table:table-row table:number-rows-repeated="1048576"><table:table-cell/></table:table-row>'], ""),
        (
            [
                '<table:table-row table:number-rows-repeated="2000">',
                VALUE.format(' table:number-columns-repeated="1000"'),
                "</table:table-row>",
            ],
            "S-06 content",
        ),
        (
            [
                '<table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row>',
                '<table:table-row><table:table-cell table:number-columns-repeated="1000"/>',
                VALUE.format(""),
                "</table:table-row>",
            ],
            "S-06 content",
        ),
    ],
    ids=["blank rows", "repeated values", "stray value"],
)
def test_cells_that_an_opendocument_sheet_repeats(rows: list[str], expected: str) -> None:
    assert verdict(document(*rows)) == expected


# --- what gets past the guard ---------------------------------------------------------------------


@pytest.mark.parametrize("limit", Limit)
def test_a_file_that_stops_its_process_is_refused_in_words(limit: Limit) -> None:
    report = confined.refused(confined.source_of(b"anything", "client.xlsx"), limit)
    for language in LANGUAGES:
        options = Options(language=language)
        (finding,) = pipeline.document_of(load_catalog(), report, options)["findings"]
        assert finding["severity"] == "error"
        assert finding["message"]
        assert finding["fix"]
        assert "{" not in finding["message"] + finding["expected"] + finding["fix"]


def hang(data: bytes, name: str, options: Options, genuine: Any = confined.examine) -> Any:
    """Work that never ends for one file."""
    if name == "hanging.xlsx":
        time.sleep(60)
    return genuine(data, name, options)


def test_a_hang_costs_one_finding_and_the_next_file_is_read(
    filled: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "hanging.xlsx", tmp_path / "client.xlsx"]
    for file in files:
        file.write_bytes(filled)
    monkeypatch.setattr(confined, "READ_SECONDS", 2)
    monkeypatch.setattr(confined, "examine", hang)
    with confined.workers(1, OPTIONS) as pool:
        documents = [confined.examined(pool, file, OPTIONS).document for file in files]
    assert [one["status"] for one in documents] == ["refused", "complete"]
    assert [finding["code"] for finding in documents[0]["findings"]] == ["S-06"]


def test_a_file_larger_than_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "large.xlsx"
    with file.open("wb") as opened:
        opened.truncate(40 * guard.MAX_FILE)
    assert len(confined.content_of(file)) == guard.MAX_FILE + 1
    assert verdict(confined.content_of(file)) == "S-02"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "client.xlsx")
    with refused("not a file"):
        confined.content_of(tmp_path / "client.xlsx")
