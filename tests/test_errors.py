"""Expected failures on their way: from the process that meets them to the one that says them."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from sheetreport.batch import PortfolioError
from sheetreport.batch.writing import DiskError
from sheetreport.errors import CatalogError, EngineError, Message, MissingLibraryError, UsageError
from sheetreport.worker import Workers
from tests.said import refused

WHY = Message("errors.os_permission", {})
SENTENCE = "can't read client.xlsx: no permission"


def fail(kind: type[UsageError]) -> None:
    """What work may raise."""
    raise kind("files.cant_read", path=Path("client.xlsx"), why=WHY)


@pytest.mark.parametrize(
    "kind", [UsageError, CatalogError, MissingLibraryError, EngineError, DiskError, PortfolioError]
)
def test_an_error_that_was_sent_on_says_what_it_said(kind: type[UsageError]) -> None:
    error = pickle.loads(pickle.dumps(kind("files.cant_read", path=Path("client.xlsx"), why=WHY)))
    with refused(f"^{SENTENCE}$", kind):
        raise error


def test_a_portfolio_error_keeps_what_became_of_the_files() -> None:
    error = PortfolioError.of(UsageError("files.cant_read", path="a", why=WHY), [])
    assert pickle.loads(pickle.dumps(error)).outcomes == []


def test_an_error_of_another_process_says_what_it_said_there() -> None:
    with Workers(1, int) as pool, refused(f"^{SENTENCE}$", DiskError):
        pool.result(pool.submit(30, fail, DiskError))
