"""From what was typed after `--engine` to the cluster. Dask is imported only here, when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sheetreport.errors import Message, MissingLibraryError, UsageError
from sheetreport.pipeline import Options

if TYPE_CHECKING:
    from sheetreport.cluster.engine import Cluster

LOCAL = "local"
"""The engine that needs no cluster: processes of this computer."""

_SCHEMES = {"dask": "tcp", "dask+tls": "tls"}


def address_of(engine: str) -> str:
    """The scheduler's address as Dask writes it. Raises UsageError."""
    try:
        parts = urlsplit(engine)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or engine.rstrip("/") != f"{parts.scheme}://{parts.netloc}" or "@" in engine:
        scheme = None
    else:
        scheme = _SCHEMES.get(parts.scheme)
    if scheme is None:
        raise UsageError("cluster.no_address", engine=engine)
    return f"{scheme}://{parts.netloc}"


def connect(engine: str, options: Options, tell: Callable[[Message], None]) -> Cluster:
    """The cluster of this address. Raises UsageError, and MissingLibraryError where Dask is not installed."""
    address = address_of(engine)
    try:
        from sheetreport.cluster.engine import Cluster  # noqa: PLC0415  (an extra, and slow to import)
    except ImportError as error:
        command = f"{sys.executable} -m pip install 'sheetreport[cluster]'"
        raise MissingLibraryError(
            "cluster.no_dask", engine=engine, library=error.name, command=command
        ) from error
    return Cluster(address, options, tell)
