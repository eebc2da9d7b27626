"""The documents say what is true: paths exist, commands and options exist, samples are what they claim."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sheetreport import answers
from sheetreport.catalog.load import load_catalog
from sheetreport.errors import ExitCode
from tests.generated import samples, workbook_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "GUIDE.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def paths_named(text: str) -> set[str]:
    """What stands in code quotes and looks like a path of the checkout."""
    quoted = re.findall(r"`([^`\s]+)`", text)
    return {name for name in quoted if re.match(r"(sheetreport|tests|samples|templates)/", name)}


@pytest.mark.parametrize("document", ["README.md", "GUIDE.md", "CONTRIBUTING.md"])
def test_every_path_that_a_document_names_exists(document: str) -> None:
    named = paths_named((ROOT / document).read_text(encoding="utf-8"))
    assert len(named) >= 3
    missing = [name for name in named if not any(ROOT.glob(name.rstrip("/")))]
    assert missing == []


def test_every_link_of_the_documents_leads_somewhere() -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README + GUIDE + CONTRIBUTING)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_part_of_the_guide_is_listed_where_it_begins_and_in_the_readme() -> None:
    parts = re.findall(r"^## (.+)$", re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL), re.MULTILINE)
    anchors = [re.sub(r"[^a-z -]", "", part.lower()).replace(" ", "-") for part in parts]
    assert len(parts) > 5
    assert re.findall(r"^- \[(.+)\]\(#(.+)\)", GUIDE, re.MULTILINE) == list(zip(parts, anchors, strict=True))
    assert re.findall(r"^- \[(.+)\]\(GUIDE.md#(.+)\)", README, re.MULTILINE) == list(
        zip(parts, anchors, strict=True)
    )


@cache
def commands() -> dict[str, str]:
    """Each command of the program with its help text."""
    listed = _help().partition("Commands:")[2]
    names = re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)
    return {name: _help(name) for name in names}


def _help(*command: str) -> str:
    arguments = [sys.executable, "-m", "sheetreport", *command, "--help"]
    environment = os.environ | {
        "COLUMNS": "200",
        "LC_ALL": "en_GB.UTF-8",
        "PYTHONUTF8": "1",
        "TERM": "dumb",
    }
    done = subprocess.run(arguments, capture_output=True, encoding="utf-8", env=environment, check=True)
    return done.stdout


def documented() -> Iterator[tuple[str, set[str]]]:
    """The rows of the README's table of commands: the command and the options named beside it."""
    for row in re.findall(r"^\| `sheetreport .*$", README, re.MULTILINE):
        command = re.findall(r"`sheetreport (\w+)", row)[0]
        yield command, set(re.findall(r"--[a-z][a-z-]*", row))


def test_the_table_of_commands_names_every_command_and_only_options_that_exist() -> None:
    table = dict(documented())
    real = commands()
    assert set(table) == set(real)
    for command, options in table.items():
        assert [option for option in options if option not in real[command]] == [], command


def test_every_command_line_in_the_documents_uses_commands_and_options_that_exist() -> None:
    real = commands()
    lines = re.findall(r"sheetreport ((?:template|check|report|explain|doctor)\b[^`\n]*)", README + GUIDE)
    assert len(lines) > 10
    for line in lines:
        command, *words = line.split()
        options = [word for word in words if re.fullmatch(r"--[a-z][a-z-]*", word)]
        assert [option for option in options if option not in real[command]] == [], line


def test_the_table_of_exit_codes_is_complete() -> None:
    codes = [int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)]
    assert codes == [int(code) for code in ExitCode]


def test_each_sample_is_a_workbook_of_an_invented_business() -> None:
    assert len(samples()) == 6
    for sample in samples():
        words = (sample / "answers.yaml").read_text(encoding="utf-8")
        name = re.findall(r"company_name: (.+)", words)[0]
        assert re.search(r"\((вымышленн\w+|fictional)\)$", name), sample.name
        assert workbook_of(sample).exists(), f"{sample.name}: run `python -m tests.generated`"
        assert (sample / "result.json").exists(), sample.name


def test_no_sample_has_an_error() -> None:
    results = [json.loads((sample / "result.json").read_text(encoding="utf-8")) for sample in samples()]
    assert [result["status"] for result in results] == ["complete"] * len(samples())
    assert [found for result in results for found in result["findings"] if found["severity"] == "error"] == []


def test_twenty_seven_cells_are_enough_for_a_report() -> None:
    """The README says so; the sample that shows it answers these and what the blank template fills itself."""
    catalog = load_catalog()
    content = answers.load(ROOT / "samples" / "core-only-ru" / "answers.yaml")
    flat = answers.flatten(catalog, content)
    records = [flat.scalars, *(row for rows in flat.tables.values() for row in rows)]
    answered = {field for record in records for field, value in record.items() if value is not None}
    core = {field.id for field in catalog.fields.values() if field.core}
    assert len(core) == 27
    assert core <= answered
    prefilled = {field.id for field in catalog.fields.values() if field.prefilled}
    assert answered - core <= prefilled | {"profile.report_date"}
