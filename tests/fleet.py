"""As many workbooks as a test wants, no two alike: the samples in turn, with other companies and numbers.

`fleet(200)` gives them one by one, `write(folder, 200)` as files `0001-barbershop-ru.xlsx` and so on. The
same number gives the same bytes, and a longer fleet begins as a shorter one does. One takes about 10 ms: only
the cells that differ are written anew. Every one gives a report; its worst finding is a warning.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from xml.sax.saxutils import escape

from sheetreport import answers
from tests.generated import samples, workbook_of

_STRINGS, _BOOK, _RELATIONS = "xl/sharedStrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MADE = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Client:
    """A workbook as somebody sends it: the file's name, the company inside, the bytes."""

    file: str
    company: str
    data: bytes


def fleet(number: int) -> Iterator[Client]:
    """So many clients, one at a time."""
    for count, sample in enumerate(islice(cycle(samples()), number), start=1):
        yield _client(sample, count)


def write(folder: Path, number: int) -> list[Path]:
    """So many workbooks as files of a folder, in the order of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for client in fleet(number):
        paths.append(folder / client.file)
        paths[-1].write_bytes(client.data)
    return paths


def _client(sample: Path, count: int) -> Client:
    parts, stated = _parts(sample), _stated(sample)
    company = f"{stated['company']} {count}"
    changed = {_STRINGS: _named(parts[_STRINGS], str(stated["company"]), company)}
    for field, value in _numbers(stated, count).items():
        part, cell = _place(sample, field)
        changed[part] = _with_number(changed.get(part, parts[part]), cell, value)
    return Client(f"{count:04}-{sample.name}.xlsx", company, _packed({**parts, **changed}))


def _numbers(stated: Mapping[str, object], count: int) -> dict[str, int]:
    """What differs: the money spent on promotion, and up to a tenth more revenue where there is any."""
    spend, revenue = stated["promo.other_spend"], stated["clients.revenue"]
    assert isinstance(spend, int)
    assert isinstance(revenue, int)
    return {"promo.other_spend": spend + count, "clients.revenue": revenue + revenue * (count % 20) // 200}


@cache
def _stated(sample: Path) -> dict[str, object]:
    content = answers.load(sample / "answers.yaml")
    profile, clients, promo = content["profile"], content["clients"], content["promo"]
    assert isinstance(profile, dict)
    assert isinstance(clients, dict)
    assert isinstance(promo, dict)
    return {
        "company": profile["company_name"],
        "clients.revenue": clients["revenue"],
        "promo.other_spend": promo["other_spend"],
    }


@cache
def _parts(sample: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(workbook_of(sample)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def _place(sample: Path, field: str) -> tuple[str, str]:
    """The part and the cell of a field, by the name it has in the workbook."""
    book, relations = _parts(sample)[_BOOK].decode(), _parts(sample)[_RELATIONS].decode()
    name = f"in_{field.replace('.', '_')}"
    found = re.search(rf"<definedName name=\"{name}\">'([^<]+)'!\$(\w+)\$(\d+)<", book)
    assert found, f"{sample.name} has no cell {name}"
    title, column, row = found.groups()
    sheet = re.search(rf'<sheet name="{re.escape(title)}"[^>]* r:id="(\w+)"', book)
    assert sheet
    target = re.search(rf'Id="{sheet[1]}"[^>]* Target="([^"]+)"', relations)
    assert target
    return f"xl/{target[1]}", f"{column}{row}"


def _named(strings: bytes, old: str, new: str) -> bytes:
    before, after = (escape(name).encode() for name in (old, new))
    assert strings.count(b">%b<" % before) == 1
    return strings.replace(b">%b<" % before, b">%b<" % after)


def _with_number(sheet: bytes, cell: str, value: int) -> bytes:
    pattern = rb'(<c r="%b"[^>]*>)<v>[^<]*</v>' % cell.encode()
    changed, times = re.subn(pattern, rb"\g<1><v>%d</v>" % value, sheet)
    assert times == 1, f"{cell} holds no number"
    return changed


def _packed(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
