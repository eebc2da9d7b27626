"""What a report was made with and of: versions and hashes, by which anyone can make it again."""

from __future__ import annotations

import platform
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from sheetreport import __version__

LIBRARIES = ("weasyprint", "xlsxwriter", "openpyxl")


def provenance(schema_version: str, catalog_sha256: str, source_sha256: str) -> dict[str, Any]:
    """The versions of a run and the hashes of its input; what a bureau adds is known when it is rendered."""
    return {
        "tool_version": __version__,
        "schema_version": schema_version,
        "catalog_sha256": catalog_sha256,
        "source_sha256": source_sha256,
        "brand_sha256": None,
        "commentary_sha256": None,
        "python": platform.python_version(),
        "libraries": dict(_libraries()),
    }


@lru_cache(maxsize=1)
def _libraries() -> dict[str, str]:
    return {name: version(name) for name in LIBRARIES}
