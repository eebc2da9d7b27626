"""Outputs appear whole or not at all, those of one workbook all of them or none.

A set is written into a folder of its own inside DIR/.sheetreport, and moved from there when all of it is on
the disk. Such a folder that outlived its run says that the set it belongs to may be in place in part.
"""

from __future__ import annotations

import errno
import glob
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from sheetreport import copies
from sheetreport.batch.jobs import OWN, Job
from sheetreport.errors import Message, UsageError, reason_of
from sheetreport.outputs import CONSULTANT, CORRECTIONS, DRAFT

_LOCK = "lock"
_ASIDE = "aside"
_LOCK_SECONDS = 1.0  # processes of a run that was killed may hold it for a moment
_KEY_LENGTH = 16
_PAUSES = (0.1, 0.2, 0.4, 0.8)  # before trying again what another program holds: a virus scanner lets go soon
_FULL = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name))
_FOR_ALL = _FULL | {errno.EROFS}


class DiskError(UsageError):
    """The disk takes nothing more, which stops not one file but all of them."""


@contextmanager
def claimed(out: Path) -> Iterator[None]:
    """Keep the folder of outputs to one run at a time. Raises UsageError where another one has it."""
    own = out / OWN
    try:
        own.mkdir(parents=True, exist_ok=True)
        lock = FileLock(own / _LOCK)
        lock.acquire(timeout=_LOCK_SECONDS)
    except Timeout as error:
        raise UsageError("files.another_run", out=out) from error
    except PermissionError as error:
        raise UsageError("files.out_is_closed", path=out) from error
    except OSError as error:
        raise cant_write(out, error) from error
    try:
        yield
    finally:
        lock.release()


def cant_write(place: Path, error: OSError) -> UsageError:
    """Why nothing could be written there."""
    if error.errno in _FOR_ALL:
        why = Message("errors.os_full" if error.errno in _FULL else "errors.os_read_only", {})
        return DiskError("files.cant_write_to", path=place, why=why)
    where = error.filename2 or error.filename or place
    if isinstance(error, PermissionError):
        return UsageError("files.cant_write_held", path=where)
    if isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError):
        return UsageError("files.in_the_way", path=where)
    return UsageError("files.cant_write", path=where, why=reason_of(error))


def sweep(out: Path, finished: Callable[[str], str | None], forget: Callable[[str], None]) -> None:
    """Take away what a killed run left; a set that it may have put in place in part is no longer finished."""
    for left in sorted((out / OWN / _ASIDE).glob("*")):
        mark, _, folder = left.name.partition("-")
        known = finished(folder)
        if known is not None and not known.startswith(mark):
            forget(folder)
        with suppress(OSError):  # what is held open is in nobody's way and goes next time
            shutil.rmtree(left) if left.is_dir() else left.unlink()


def write_outputs(out: Path, job: Job, key: str, outputs: Mapping[str, bytes]) -> list[str]:
    """Put the outputs in place, all or none of them; what only an earlier run left goes.

    Until `settle`, the next run takes the set for one that may be in place in part. Raises UsageError.
    """
    aside = _aside(out, job, key)
    copy = job.output(CORRECTIONS)
    try:
        aside.mkdir(parents=True, exist_ok=True)
        changes: dict[Path, Path | None] = {}
        for ending, data in outputs.items():
            changes[job.output(ending)] = _written(aside / ending, data)
        is_new = not job.folder.exists()
        job.folder.mkdir(parents=True, exist_ok=True)
        for old in (
            *job.folder.glob(f"{glob.escape(job.folder.name)}-report.*"),
            copy,
            job.output(CONSULTANT),
            job.output(DRAFT),
        ):
            if old.exists():
                changes.setdefault(old, None)
        keep_edited(copy)
        _change(changes, aside)
        sync_folder(job.folder)
        if is_new:
            sync_folder(out)
    except OSError as error:
        for left in aside.glob("*"):
            left.unlink(missing_ok=True)
        raise cant_write(job.folder, error) from error
    return [str(target) for target, new in changes.items() if new is not None]


def settle(out: Path, job: Job, key: str) -> None:
    """The set is written down as finished."""
    shutil.rmtree(_aside(out, job, key), ignore_errors=True)


def _aside(out: Path, job: Job, key: str) -> Path:
    return out / OWN / _ASIDE / f"{key[:_KEY_LENGTH]}-{job.folder.name}"


def _change(changes: Mapping[Path, Path | None], aside: Path) -> None:
    """Move every new file to its place and take away what has none; where one can't be, all is as before."""
    before: dict[Path, Path | None] = {}
    try:
        for number, (target, new) in enumerate(changes.items()):
            before[target] = _kept(target, aside / f"before-{number}")
            _patiently(partial(_put, target, new), target)
    except BaseException:
        for target, kept in before.items():
            with suppress(OSError):
                _put(target, kept)
        raise
    for kept in before.values():
        if kept is not None:
            kept.unlink()


def _put(target: Path, new: Path | None) -> None:
    if new is None:
        target.unlink(missing_ok=True)
    else:
        new.replace(target)


def _kept(target: Path, name: Path) -> Path | None:
    """What stands at a place, under another name as well; None where nothing does."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not target.exists():
        return None
    try:
        name.hardlink_to(target)
    except OSError:  # not every file system has links
        shutil.copyfile(target, name)
    return name


def _patiently(move: Callable[[], object], held: Path) -> None:
    """Try again for a moment where another program holds a file, as virus scanners and clouds do."""
    for pause in (*_PAUSES, None):
        try:
            move()
        except PermissionError as error:
            if pause is None:
                raise PermissionError(error.errno, error.strerror, str(held)) from error
            time.sleep(pause)
        else:
            return


def write_copy(target: Path, data: bytes | None) -> Path | None:
    """Put a correction copy in place; where nothing is to be mended, that of an earlier run goes."""
    try:
        keep_edited(target)
        if data is None:
            target.unlink(missing_ok=True)
            return None
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, data)
    except OSError as error:
        raise cant_write(target, error) from error
    return target


def keep_edited(copy: Path) -> None:
    """Move a correction copy that somebody has worked in out of the way of the next one."""
    if copy.is_file() and not copies.is_as_made(copy):
        _patiently(partial(copy.rename, copies.free_name(copy)), copy)


def write_template(target: Path, data: bytes) -> None:
    """Put a workbook to fill in in place, with its folders. Raises UsageError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, data)
    except OSError as error:
        raise cant_write(target, error) from error


def write_for_all(out: Path, name: str, data: bytes) -> Path:
    """Put a file about the whole batch in place. Raises UsageError."""
    target, aside = out / name, out / OWN / _ASIDE / f"-{name}"
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        _patiently(partial(_written(aside, data).replace, target), target)
        sync_folder(out)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise cant_write(target, error) from error
    return target


def write_atomically(target: Path, data: bytes) -> None:
    """Write a file under a temporary name beside it, then move it into place."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        _patiently(partial(_written(temporary, data).replace, target), target)
    except OSError as error:
        if error.filename == str(temporary):
            error.filename = str(target)  # the name that people know
        raise
    finally:
        temporary.unlink(missing_ok=True)


def _written(file: Path, data: bytes) -> Path:
    """Write a file; on return it is on the disk."""
    with file.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    return file


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk; Windows sees to that itself."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS):  # not every file system can
            raise
    finally:
        os.close(opened)
