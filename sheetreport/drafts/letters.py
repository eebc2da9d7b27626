"""What a draft says to an owner: with a report, with a correction copy, where nothing could be read, with a
workbook to fill in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import Catalog
from sheetreport.contacts import without_contacts
from sheetreport.digest import Digest
from sheetreport.drafts.fixes import by_importance
from sheetreport.drafts.letter import Enclosed, Letter
from sheetreport.findings import nested, words_of
from sheetreport.i18n import Wording, running, texts
from sheetreport.model import Finding, Severity, Status
from sheetreport.read.words import clean
from sheetreport.render.view.words import Words
from sheetreport.template.start import MINUTES

Json = Mapping[str, Any]

MOST_FIXES = 3
LONGEST_NAME, _LONGEST_MESSAGE = 80, 300
_NO_WORKBOOK = Finding("S-04", Severity.ERROR, variant="docx")


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a draft is for, as far as the list of clients says it."""

    name: str = ""
    addresses: tuple[str, ...] = ()


NOBODY = Addressee()


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: in which language, under which brand, to whom."""

    wording: Wording
    brand: Brand | None = None
    to: Addressee = NOBODY

    def report(self, digest: Digest, enclosed: Sequence[Enclosed]) -> Letter:
        """A report with its main figure, the first action and what to do about a number in doubt."""
        company, period = on_one_line(digest.company), digest.period
        intro = "intro" if any(item.name.endswith(".pdf") for item in enclosed) else "intro_workbook"
        action = digest.action
        if action is None:
            advice = [self._text("report_no_action")]
        else:
            advice = [
                self._text("report_action", title=running(action.title).rstrip(".")),
                self._text("report_step", step=running(action.step).rstrip(".")),
            ]
        headline = nested(digest.main, self.wording.language)
        main = self._text("report_main", main=headline) if headline else ""
        return self._letter(
            self._text("report_subject", company=company, period=period),
            self._text(f"report_{intro}", period=period),
            "\n".join(line for line in (main, *advice) if line),
            self._text("report_question"),
            enclosed=enclosed,
            closing=True,
        )

    def corrections(self, document: Json, catalog: Catalog, company: str, copy: Enclosed) -> Letter:
        """A correction copy with what to mend first."""
        found = by_importance(document, catalog, copy.content)
        first, number = found[:MOST_FIXES], len(found)
        more = number > len(first)
        copy_language = document["source"]["language"] or self.wording.language
        doubts = any(item["severity"] == Severity.WARNING for item in found)
        refused = document["status"] == Status.REFUSED
        fixes = (f"{place}. {self._fix(catalog, item)}" for place, item in enumerate(first, start=1))
        return self._letter(
            self._text("corrections_subject", company=company, n=number),
            self._text("corrections_refused" if refused else "corrections_partial"),
            self._text("corrections_copy", n=number),
            self._text("corrections_first" if more else "corrections_all"),
            *fixes,
            _joined(
                self._text("corrections_list", sheet=texts()["corrections.list_title"][copy_language])
                if more
                else "",
                self._text("corrections_doubts") if doubts else "",
            ),
            self._text("corrections_return"),
            enclosed=(copy,),
        )

    def unread(self, document: Json, catalog: Catalog, company: str) -> Letter:
        """A file that gave no answers, and what to send instead."""
        finding = next(item for item in document["findings"] if item["severity"] == Severity.ERROR)
        # The letter asks for the workbook that was filled in, and only then offers a blank one.
        blank = words_of(catalog, _NO_WORKBOOK).fix[self.wording.language]
        fix = "" if finding["fix"] == blank else finding["fix"]
        file = nested(on_one_line(document["source"]["file"]), self.wording.language)
        return self._letter(
            self._text("unread_subject", company=company),
            self._text("unread", file=file, problem=_joined(finding["message"], fix)),
            self._text("unread_ask"),
        )

    def template(self, company: str, due: date | None, enclosed: Sequence[Enclosed]) -> Letter:
        """A workbook to fill in: how long it takes, where to begin, what may stay blank."""
        back = (
            self._text("template_return_by", date=self.wording.long_date(due))
            if due
            else self._text("template_return")
        )
        sheet = self.wording.text("template.start_title")
        return self._letter(
            self._text("template_subject", company=on_one_line(company)),
            self._text("template_intro", minutes=MINUTES),
            self._text("template_begin", sheet=sheet),
            self._text("template_blanks"),
            back,
            enclosed=enclosed,
        )

    def _text(self, key: str, **params: str | float | int) -> str:
        return self.wording.text(f"drafts.{key}", **params)

    def _fix(self, catalog: Catalog, finding: Json) -> str:
        """One thing to mend: where, what is seen there, how."""
        language = self.wording.language
        message = _cut(without_contacts(finding["message"]), _LONGEST_MESSAGE)
        field = catalog.fields.get(finding["field"] or "")
        row = Words(self.wording, catalog).row(finding["subject"], LONGEST_NAME, finding["table"])
        label = nested(field.label[language], language) if field else ""
        params = {"place": self._place(finding), "message": message, "fix": finding["fix"]}
        if not label or label in message:
            return self._text("fix", **params)
        named = self._text("row_label", row=nested(row, language), label=label) if row else label
        return self._text("fix_label", label=named, **params)

    def _place(self, finding: Json) -> str:
        sheet, cell = nested(finding["sheet"], self.wording.language), finding["cell"]
        if not sheet:
            return self._text("place_file")
        if not cell:
            return self._text("place_sheet", sheet=sheet)
        return self._text("place_cells" if ":" in cell else "place_cell", sheet=sheet, cell=cell)

    def _letter(
        self, subject: str, *paragraphs: str, enclosed: Sequence[Enclosed] = (), closing: bool = False
    ) -> Letter:
        name = on_one_line(self.to.name)
        greeting = self._text("greeting_name", name=name) if name else self._text("greeting")
        said = (greeting, *paragraphs, *self._signature(closing=closing))
        body = "\n\n".join(paragraph for paragraph in said if paragraph) + "\n"
        return Letter(subject, body, tuple(enclosed), name, self.to.addresses)

    def _signature(self, *, closing: bool) -> tuple[str, ...]:
        """The bureau's; without a brand none, since the mail program adds its user's own."""
        if self.brand is None:
            return ()
        language = self.wording.language
        words = self.brand.closing[language] if closing and self.brand.closing else ""
        return words, "\n".join((self._text("regards"), self.brand.name[language], *self.brand.contacts))


def on_one_line(text: str) -> str:
    """A name on one line, without what nobody sees, no longer than a name is."""
    return _cut(" ".join(clean(text).split()), LONGEST_NAME)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
