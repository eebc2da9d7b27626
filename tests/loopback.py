"""Dask on this computer alone: a scheduler and workers as a user starts them, all of them ended at last."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent

_FORGETFUL = {"DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "0"}  # as the guide says


@dataclass
class Loopback:
    """Processes by name, each in a folder of its own below this one, from which it sees no file of ours."""

    folder: Path
    port: int = 0
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def engine(self) -> str:
        """The address as it is typed after `--engine`."""
        return f"dask://127.0.0.1:{self.port}"

    def scheduler(self, package: Path = ROOT, **config: str) -> None:
        """Start a scheduler on a free port, and wait until it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"]
        self._start("scheduler", "scheduler", package, *options, **config)
        until(self._answers)

    def worker(self, name: str, *options: str, package: Path = ROOT) -> None:
        """Start a worker of one thread; `package` is the folder that it finds sheetreport in."""
        common = ("--host", "127.0.0.1", "--name", name, "--nthreads", "1", "--no-dashboard")
        self._start(name, "worker", package, self.address, *common, *options)

    def hosts(self, name: str) -> list[psutil.Process]:
        """The processes beside this worker that have work done."""
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self.running[name].pid).children(recursive=True)
            return [one for one in family if _is_host(one) and not _is_host(one.parent())]
        return []

    def kill(self, name: str) -> None:
        """End a process as a power cut does."""
        self.running[name].kill()
        self.running.pop(name).wait()

    def end(self) -> None:
        """At once: what Dask still wants to do then takes seconds, and the folders go anyway."""
        families = [psutil.Process(one.pid).children(recursive=True) for one in self.running.values()]
        for name in list(self.running):
            self.kill(name)
        assert not psutil.wait_procs([one for family in families for one in family], 10)[1]

    def _start(self, name: str, command: str, package: Path, *options: str, **config: str) -> None:
        folder = self.folder / name
        folder.mkdir()
        with (folder / "log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "dask", command, *options],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(package), "TMPDIR": str(folder), **_FORGETFUL, **config},
                stdout=log,
                stderr=log,
            )

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False


def command_of(process: psutil.Process) -> list[str]:
    """How a process was started; nothing where it has gone."""
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


def _is_host(process: psutil.Process | None) -> bool:
    return process is not None and "sheetreport.cluster.host" in command_of(process)


def until(true: Callable[[], object], seconds: float = 120) -> None:
    """Wait for something to come about."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)
