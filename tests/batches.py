"""Batches whose work costs nothing, to see what becomes of their outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sheetreport import batch, confined, pipeline
from sheetreport.batch import FileOutcome, Settings
from sheetreport.batch.jobs import OWN
from sheetreport.bureau.commentary import Commentary
from sheetreport.pipeline import Options

P = ParamSpec("P")
T = TypeVar("T")

OPTIONS = Options(pdf=False)


class Here:
    """Work done at once, in this process."""

    number = 1

    def submit(
        self, _seconds: float, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        work: Future[T] = Future()
        try:
            work.set_result(function(*args, **kwargs))
        except Exception as error:
            work.set_exception(error)
        return work

    def result(self, work: Future[T]) -> T:
        return work.result()


def examine(data: bytes, name: str, options: Options) -> confined.Examined:
    """A result that says nothing but what the workbook holds."""
    source = {"file": name, "sha256": confined.source_of(data, name).sha256}
    document = {"source": source, "status": "complete", "findings": [], "company": data.decode()}
    return confined.Examined({**document, "language": "en", "catalog_sha256": ""}, {})


def render(
    data: bytes | None, document: Mapping[str, Any], options: Options, commentary: Commentary | None = None
) -> confined.Made:
    """Outputs that hold what the workbook held."""
    held = document["company"].encode()
    names = ("report.json", "report.xlsx", *(("report.pdf",) if options.pdf else ()))
    return confined.Made(pipeline.Rendered({name: name.encode() + b" " + held for name in names}), {})


def workbooks(folder: Path, content: Mapping[str, str]) -> list[Path]:
    """Workbooks of these names that hold these words."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in content.items():
        (folder / f"{name}.xlsx").write_bytes(words.encode())
    return [folder / f"{name}.xlsx" for name in content]


def run(files: list[Path], out: Path, options: Options = OPTIONS, **settings: Any) -> list[FileOutcome]:
    """The outcomes of a batch; a test puts `examine` and `render` in place of the real work."""
    jobs = batch.plan(files, out)
    return batch.run(jobs, options, Settings(out, **settings), lambda _: None, pool=Here())


def made(out: Path) -> dict[str, bytes]:
    """Every file that people see, by its name in the folder of outputs."""
    return {
        file.relative_to(out).as_posix(): file.read_bytes()
        for file in sorted(out.rglob("*"))
        if file.is_file() and OWN not in file.parts
    }


def left_behind(out: Path) -> list[str]:
    """What runs keep of their own beyond lock and journal."""
    return sorted(file.name for file in (out / OWN).rglob("*") if file.is_file() and file.name not in KEPT)


KEPT = ("lock", "journal.jsonl")
