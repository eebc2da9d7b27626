"""The generated files: `python -m tests.generated` writes templates/, samples/ and the pages of the reference
anew, `--check` compares.

A sample is a folder with answers.yaml; beside it lie the workbook that an owner with these answers would
send, and the result JSON that the workbook must give.
"""

from __future__ import annotations

import argparse
import difflib
import io
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from sheetreport import __version__, answers, pipeline
from sheetreport.bureau.logo import open_logo
from sheetreport.catalog.definitions import Catalog
from sheetreport.catalog.load import load_catalog
from sheetreport.catalog.provenance import load_provenance
from sheetreport.i18n import Wording
from sheetreport.model import LANGUAGES, Language
from sheetreport.reference import Reference
from sheetreport.reference.markdown import pages
from sheetreport.template import build
from tests import logo
from tests.proofs import proofs

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
SAMPLES = ROOT / "samples"
LOGO = SAMPLES / "own-brand" / "logo.png"
REFERENCE = ROOT / "sheetreport" / "reference" / "pages"
LINES_SHOWN = 40
PNG = b"\x89PNG"


def samples() -> list[Path]:
    """The folders of the samples."""
    return sorted(path.parent for path in SAMPLES.glob("*/answers.yaml"))


def workbook_of(sample: Path) -> Path:
    return sample / f"{sample.name}.xlsx"


def filled_workbook(catalog: Catalog, sample: Path) -> bytes:
    """The owner's workbook of a sample, with only the parts that its answers use."""
    content = answers.load(sample / "answers.yaml")
    profile = content["profile"]
    assert isinstance(profile, dict)
    language: Language = next(language for language in LANGUAGES if language == profile["language"])
    parts = {sheet.part for sheet in catalog.sheets if sheet.id in content}
    return build(catalog, language, answers=content, parts=parts, tool_version=__version__)


def result_json(catalog: Catalog, sample: Path) -> bytes:
    """What the sample's workbook on disk gives: another zlib may compress it otherwise.

    The versions of Python and of the libraries are left out, for they differ between computers.
    """
    workbook = workbook_of(sample)
    outcome = pipeline.process(catalog, workbook.read_bytes(), workbook.name, pipeline.Options(pdf=False))
    document = json.loads(outcome.outputs["report.json"])
    for name in ("python", "libraries"):
        del document["provenance"][name]
    return pipeline.to_json(document)


def reference_pages(catalog: Catalog) -> Mapping[str, str]:
    """The pages of the reference, by name."""
    references = {
        language: Reference(catalog, load_provenance(), Wording(language)) for language in LANGUAGES
    }
    to_root = "../" * len(REFERENCE.relative_to(ROOT).parts)
    return pages(references, {key: to_root + file for key, file in proofs().items()})


def same(old: bytes, new: bytes) -> bool:
    """Whether two files hold the same; what is compressed is opened, since that differs between machines."""
    if old == new:
        return True
    if new.startswith(PNG) and old.startswith(PNG):
        return open_logo(old) == open_logo(new)
    return zipfile.is_zipfile(io.BytesIO(old)) and _parts(old) == _parts(new)


def _parts(workbook: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def settle(path: Path, content: bytes, *, check: bool) -> str | None:
    """Write a file that is not as it should be, or only say in what it differs; None where it is right."""
    old = path.read_bytes() if path.exists() else b""
    if same(old, content):
        return None
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return "\n".join([path.relative_to(ROOT).as_posix(), *_difference(path, old, content)])


def _difference(path: Path, old: bytes, new: bytes) -> Iterator[str]:
    if not old:
        yield "  is missing"
    elif path.suffix in (".json", ".md"):
        lines = difflib.unified_diff(old.decode().splitlines(), new.decode().splitlines(), n=0, lineterm="")
        yield from islice(lines, 2, 2 + LINES_SHOWN)
    elif path.suffix == ".png":
        yield "  is another picture"
    else:
        before, after = dict(_parts(old)), dict(_parts(new))
        yield from (f"  {name}" for name in {**before, **after} if before.get(name) != after.get(name))


def generate(*, check: bool) -> list[str]:
    """Every generated file in turn; what was, or would be, changed."""
    catalog = load_catalog()
    changed = [
        settle(
            TEMPLATES / f"sheetreport-{language}.xlsx",
            build(catalog, language, tool_version=__version__),
            check=check,
        )
        for language in LANGUAGES
    ]
    for sample in samples():
        changed.append(settle(workbook_of(sample), filled_workbook(catalog, sample), check=check))
        if workbook_of(sample).exists():
            changed.append(settle(sample / "result.json", result_json(catalog, sample), check=check))
    changed.append(settle(LOGO, logo.draw(), check=check))
    for name, text in reference_pages(catalog).items():
        changed.append(settle(REFERENCE / name, text.encode(), check=check))
    return [change for change in changed if change is not None]


def main() -> int:
    """Exit code 1 where --check found a stale file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if anything would change")
    check = parser.parse_args().check
    assert samples(), f"no samples in {SAMPLES}"
    changed = generate(check=check)
    for change in changed:
        print(change)
    if check and changed:
        print("Stale: run `python -m tests.generated` and read the difference.")
    elif not changed:
        print(
            f"{len(LANGUAGES)} templates, {len(samples())} samples and the reference are as they should be."
        )
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
