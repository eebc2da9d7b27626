"""`sheetreport report --watch`: a batch that goes on with every workbook that arrives."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import typer

from sheetreport import batch
from sheetreport.batch.arrivals import Arrivals, Sign
from sheetreport.batch.find import is_unfinished
from sheetreport.batch.interrupts import Interrupts
from sheetreport.cli.inputs import current, planned
from sheetreport.cli.progress import Progress, shown
from sheetreport.cli.screen import people, say
from sheetreport.cli.summary import marks, print_summary
from sheetreport.errors import ExitCode, Message, SheetreportError, reason_of
from sheetreport.i18n import Wording
from sheetreport.pipeline import Options
from sheetreport.worker import Engine

LOOK_SECONDS = 1.0
"""Between looks at the folders, or four times as long as a look takes, for the sake of a slow drive."""

RETRY_SECONDS = 30.0
"""After what stopped a whole round: a full disk, another run at work on the same outputs."""

KEEP_SECONDS = 300.0
"""How long the workers stay without work."""

_LOST_LOOKS = 3  # a folder that can't be reached once may just have been renamed


def watch(folders: Sequence[Path], options: Options, settings: batch.Settings, words: Wording) -> ExitCode:
    """Make the reports of what is there and of what arrives, until somebody ends it."""
    arrivals, rounds = Arrivals(folders, settings.out), _Rounds(folders, options, settings, words)
    with Interrupts(), rounds:
        try:
            say(words.text("cli.watching", folder=", ".join(map(str, folders))))
            while True:
                time.sleep(_step(arrivals, rounds))
        except KeyboardInterrupt:
            print_summary(list(rounds.outcomes.values()), words)
            return ExitCode.INTERRUPTED


def _step(arrivals: Arrivals, rounds: _Rounds) -> float:
    """Look once and do what there is to do. How long to wait for the next look."""
    start = time.monotonic()
    try:
        arrivals.look()
    except OSError as error:
        rounds.lost(error)
    else:
        rounds.reached()
        taken = time.monotonic() - start
        if arrivals.are_due() or rounds.texts_changed():
            rounds.make(arrivals)
        else:
            rounds.rest()
        return max(LOOK_SECONDS, 4 * taken)
    return LOOK_SECONDS


class _Rounds:
    """What became of the files so far, and who works on them."""

    def __init__(
        self, folders: Sequence[Path], options: Options, settings: batch.Settings, words: Wording
    ) -> None:
        self.outcomes: dict[Path, batch.FileOutcome] = {}
        self._folders, self._options, self._settings, self._words = folders, options, settings, words
        self._signs: Mapping[Path, Sign] = {}
        self._workers = ExitStack()
        self._pool: Engine | None = None
        self._used = self._retry = 0.0
        self._lost = 0
        self._error = ""
        self._said: set[str] = set()
        self._texts: Mapping[Path, Sign] | None = None
        self._texts_seen: Mapping[Path, Sign] | None = None

    def __enter__(self) -> _Rounds:
        return self

    def __exit__(self, *_: object) -> None:
        self._release()

    def texts_changed(self) -> bool:
        """Whether what the consultant wrote is another than in the last round, and no longer being saved."""
        now = _texts(self._options, self._settings)
        at_rest, self._texts_seen = now == self._texts_seen, now
        return at_rest and None not in (now, self._texts) and now != self._texts

    def make(self, arrivals: Arrivals) -> None:
        """Run the batch over the files that are whole; what stops all of it is said, and tried again."""
        if time.monotonic() < self._retry:
            return
        resting, texts = arrivals.resting, _texts(self._options, self._settings)
        try:
            self._run(resting)
        except (SheetreportError, OSError) as error:
            said = self._words.say(_message_of(error))
            if said != self._error:
                say(said, "red")
            self._error = said
            self._retry = time.monotonic() + RETRY_SECONDS
            if isinstance(error, batch.PortfolioError):  # which may be open in Excel for hours
                self._finished(resting)
            else:
                self._release()
        else:
            self._error = ""
            arrivals.handled(resting)
            self._texts = texts
            self._finished(resting)

    def _finished(self, files: Mapping[Path, Sign]) -> None:
        """These have their outcomes as they are."""
        self._signs = {**self._signs, **files}
        self._settings = replace(self._settings, force=False)

    def _run(self, resting: Mapping[Path, Sign]) -> None:
        found = batch.find_workbooks(self._folders, self._settings.out)
        ready = [file for file in found if file in resting or file in self.outcomes]
        own = [self._settings.clients] if self._settings.clients else []
        files = current(self._folders, ready, self._settings.out, self._words, self._once, own)
        jobs = planned(files, self._settings.out, self._options.commentary, self._words, self._once)
        known = {
            file: outcome for file, outcome in self.outcomes.items() if self._holds(file, outcome, resting)
        }
        progress, made = Progress(len(jobs), self._words), []

        def done(outcome: batch.FileOutcome) -> None:
            file = Path(outcome.source)
            progress.done(replace(outcome, skipped=outcome.skipped or file in known))
            if file not in known and not (outcome.skipped and file in self.outcomes):
                self.outcomes[file] = outcome
                if not outcome.skipped:
                    made.append(outcome)
                    self._tell(outcome)

        try:
            with shown(progress, people):
                batch.run(
                    jobs,
                    self._dated(),
                    self._settings,
                    done,
                    pool=self._warm(),
                    known=known,
                    read=progress.read,
                )
        finally:
            for outcome in made:
                for name in outcome.outputs:
                    typer.echo(name)
        for file in [file for file in self.outcomes if file not in files]:
            del self.outcomes[file]
            if not file.exists():
                say(self._words.text("cli.gone", file=file.name))

    def _holds(self, file: Path, outcome: batch.FileOutcome, resting: Mapping[Path, Sign]) -> bool:
        """Whether an outcome is not to be made anew: the file is being written, or failed as it is."""
        return file not in resting or (outcome.error is not None and self._signs.get(file) == resting[file])

    def _dated(self) -> Options:
        """The options for reports of this moment; reproducible ones have none."""
        if self._options.generated_at is None:
            return self._options
        return replace(self._options, generated_at=datetime.now().astimezone())

    def _warm(self) -> Engine:
        """The workers, which have everything loaded from the first file on."""
        if self._pool is None:
            engine = batch.engine(self._settings.workers, self._options, self._settings)
            self._pool = self._workers.enter_context(engine)
        self._used = time.monotonic()
        return self._pool

    def rest(self) -> None:
        """Nothing has to be done: after a while the workers may go."""
        if self._pool is not None and time.monotonic() - self._used > KEEP_SECONDS:
            self._release()

    def _release(self) -> None:
        self._workers.close()
        self._pool = None

    def lost(self, error: OSError) -> None:
        """A folder can't be reached."""
        self._lost += 1
        if self._lost == _LOST_LOOKS:
            say(self._words.text("cli.unreachable", folder=str(error.filename or error)), "yellow")

    def reached(self) -> None:
        """All folders are there."""
        self._lost = 0

    def _tell(self, outcome: batch.FileOutcome) -> None:
        """One line about a file."""
        status = self._words.text(f"cli.status_{outcome.status}")
        found = outcome.error or " ".join(marks(outcome.findings).split())
        said = " · ".join(part for part in (Path(outcome.source).name, status, found) if part)
        say(f"{datetime.now().astimezone():%H:%M}  {said}", "red" if outcome.error else None)

    def _once(self, text: str, style: str | None = None) -> None:
        """Say what a later round would say again."""
        if text not in self._said:
            self._said.add(text)
            say(text, style)


def _message_of(error: SheetreportError | OSError) -> Message:
    """What stopped a round; of the system's refusals with the file, where it is known."""
    if isinstance(error, SheetreportError):
        return error.message
    return Message("errors.at", {"place": error.filename or "--watch", "problem": reason_of(error)})


def _texts(options: Options, settings: batch.Settings) -> Mapping[Path, Sign] | None:
    """The list of clients and what was written about them, each file with what tells it from what it was.

    None while one is not there, as an editor that saves may take it away for a moment.
    """
    files = [settings.clients] if settings.clients else []
    try:
        if options.commentary:
            files += [file for file in options.commentary.iterdir() if not is_unfinished(file.name)]
        found = {file: file.stat() for file in files}
    except OSError:
        return None
    return {file: Sign(stat.st_size, stat.st_mtime_ns) for file, stat in found.items()}
