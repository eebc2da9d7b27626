"""What a file is and whether it is opened: one finding for everything but a harmless workbook."""

from __future__ import annotations

import struct
import warnings
import zipfile
from io import BytesIO

import openpyxl
import pytest

from sheetreport.model import Severity
from sheetreport.read import guard
from sheetreport.read.formats import Format
from sheetreport.read.guard import inspect

STRICT = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
MAIN = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'


def package(parts: dict[str, bytes], *, stored: bool = False) -> bytes:
    stream = BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(stream, "w", method) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
    return stream.getvalue()


def workbook(**parts: bytes) -> bytes:
    """A package with a workbook and other parts: `sheet1` stands for xl/sheet1.xml."""
    return package({"xl/workbook.xml": MAIN} | {f"xl/{name}.xml": content for name, content in parts.items()})


def verdict(data: bytes) -> str | None:
    finding = inspect(data).refusal
    if finding is None:
        return None
    assert finding.severity is Severity.ERROR
    return f"{finding.code} {finding.variant}".strip()


def saved_workbook() -> bytes:
    stream = BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


def test_a_workbook_is_opened() -> None:
    assert verdict(saved_workbook()) is None
    assert verdict(workbook()) is None


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def compound_file(stream: str) -> bytes:
    """The container of old Office files with one stream in its directory."""
    name = (stream + "\0").encode("utf-16-le")
    entry = name.ljust(64, b"\0") + struct.pack("<HB", len(name), 2)
    return OLE2 + bytes(128) + entry.ljust(128, b"\0")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (saved_workbook(), Format.EXCEL),
        (compound_file("Workbook"), Format.XLS),
        (compound_file("Book"), Format.XLS),
        (
            package({"content.xml": b"<a/>", "mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
            Format.ODS,
        ),
        (package({"content.xml": b"<a/>"}), Format.ODS),
        (package({"xl/workbook.bin": b"x"}), Format.XLSB),
        (package({"xl/workbook2.xml": MAIN}), Format.EXCEL),
    ],
)
def test_workbooks_are_recognised_by_their_content(data: bytes, expected: Format) -> None:
    inspected = inspect(data)
    assert (inspected.format, inspected.refusal) == (expected, None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "S-01"),
        (bytes(512), "S-01 zeros"),
        (compound_file("EncryptedPackage"), "S-03 password"),
        (compound_file("WordDocument"), "S-04 docx"),
        (OLE2, "S-04 other"),
        (bytes.fromhex("0902060000001000") + bytes(20), "S-03 old_format"),
        (b'{"":"DO NOT EDIT","doc_id":"x"}', "S-04 shortcut"),
        (b"[InternetShortcut]\nURL=https://docs.example", "S-04 shortcut"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "S-04 xml_table"),
        (b"\x1f\x8b\x08\x00", "S-04 zip"),
        (b"Rar!\x1a\x07\x00", "S-04 zip"),
        (b"{\\rtf1 answers}", "S-04 docx"),
        ("name;spend".encode("utf-16"), "S-04 text"),
        (b"%PDF-1.7\n", "S-04 pdf"),
        (b"\n<!DOCTYPE html><html>", "S-04 html"),
        ("\ufeff<table>".encode(), "S-04 html"),
        ("Канал;Расход\nVK;100\n".encode("cp1251"), "S-04 text"),
        (b"name,spend\nVK,100\n", "S-04 text"),
        (b"<?xml version='1.0'?><a/>", "S-04 other"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "S-04 other"),
        (package({"word/document.xml": b"<a/>"}), "S-04 docx"),
        (package({"mimetype": b"application/vnd.oasis.opendocument.text"}), "S-04 docx"),
        (package({"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "S-03 password"),
        (package({"Index/Document.iwa": b"x"}), "S-04 numbers"),
        (package({"readme.txt": b"x"}), "S-04 zip"),
        (package({"xl/workbook.xml": STRICT}), "S-04 strict"),
        (b"PK\x03\x04 and then nothing", "S-05"),
    ],
)
def test_other_files_are_named(data: bytes, expected: str) -> None:
    assert verdict(data) == expected


def test_every_truncation_is_refused() -> None:
    data = saved_workbook()
    for end in range(4, len(data) - 1, 97):
        assert verdict(data[:end]) == "S-05", end


def test_damaged_content_is_refused() -> None:
    data = package({"xl/workbook.xml": MAIN, "xl/a.bin": b"0123456789" * 50}, stored=True)
    assert verdict(data) is None
    assert verdict(data.replace(b"0123456789" * 50, b"0123456789" * 49 + b"0123456788")) == "S-05"
    assert verdict(workbook(sheet1=b"<a><b></a>")) == "S-05"


def test_the_size_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook()
    monkeypatch.setattr(guard, "MAX_FILE", len(data))
    assert verdict(data) is None
    monkeypatch.setattr(guard, "MAX_FILE", len(data) - 1)
    assert verdict(data) == "S-02"


def test_the_number_of_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_ENTRIES", 3)
    assert verdict(workbook(a=b"<a/>", b=b"<a/>")) is None
    assert verdict(workbook(a=b"<a/>", b=b"<a/>", c=b"<a/>")) == "S-06 entries"


def test_parts_that_differ_only_in_case() -> None:
    assert verdict(workbook(sheet1=b"<a/>", SHEET1=b"<a/>")) == "S-06 duplicates"


@pytest.mark.parametrize(("limit", "expected"), [(2000, None), (1999, "S-06 size")])
def test_the_inflated_size_of_a_part(
    monkeypatch: pytest.MonkeyPatch, limit: int, expected: str | None
) -> None:
    monkeypatch.setattr(guard, "MAX_PART", limit)
    assert verdict(package({"xl/workbook.xml": MAIN, "xl/a.bin": b"0" * 2000})) == expected


def test_the_inflated_size_of_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"xl/workbook.xml": MAIN, "xl/a.bin": b"0" * 1000, "xl/b.bin": b"0" * 1000}
    monkeypatch.setattr(guard, "MAX_TOTAL", len(MAIN) + 2000)
    assert verdict(package(parts)) is None
    monkeypatch.setattr(guard, "MAX_TOTAL", len(MAIN) + 1999)
    assert verdict(package(parts)) == "S-06 size"


def test_a_bomb_is_refused_long_before_it_is_inflated() -> None:
    data = package({"xl/workbook.xml": MAIN, "xl/a.bin": bytes(60 * guard.MEGABYTE)})
    assert len(data) < 100_000
    assert verdict(data) == "S-06 size"


def test_the_declared_size_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = package({"xl/workbook.xml": MAIN, "xl/a.bin": bytes(5000)})
    lying = data.replace(struct.pack("<I", 5000), struct.pack("<I", 10))
    assert lying != data
    assert verdict(lying) == "S-05"


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://example.org/x.dtd"><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ],
)
def test_a_document_type_is_refused(content: bytes) -> None:
    assert verdict(workbook(sheet1=content)) == "S-06 dtd"
    assert verdict(package({"xl/workbook.xml": MAIN, "_rels/.rels": content})) == "S-06 dtd"


def test_text_about_a_document_type_is_no_document_type() -> None:
    assert verdict(workbook(sheet1=b"<a>&lt;!DOCTYPE a&gt;<![CDATA[<!DOCTYPE a>]]></a>")) is None


def test_an_unknown_encoding_is_refused() -> None:
    assert verdict(workbook(sheet1=b'<?xml version="1.0" encoding="UTF-7"?><a/>')) == "S-06 encoding"
    assert (
        verdict(workbook(sheet1='<?xml version="1.0" encoding="windows-1251"?><a>я</a>'.encode("cp1251")))
        is None
    )


def test_an_encrypted_archive_asks_for_the_password() -> None:
    data = bytearray(workbook(a=b"<a/>"))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(signature, start)) >= 0:
            data[start + offset] |= 1
            start += 4
    assert verdict(bytes(data)) == "S-03 password"


def test_the_density_of_a_large_part(monkeypatch: pytest.MonkeyPatch) -> None:
    data = package({"xl/workbook.xml": MAIN, "xl/a.bin": b"0" * 2000})
    stored = zipfile.ZipFile(BytesIO(data)).getinfo("xl/a.bin").compress_size
    for from_size, ratio, expected in (
        (1999, 2000 // stored, "S-06 size"),
        (1999, 2000 // stored + 1, None),
        (2000, 1, None),
    ):
        monkeypatch.setattr(guard, "RATIO_FROM", from_size)
        monkeypatch.setattr(guard, "MAX_RATIO", ratio)
        assert verdict(data) == expected
