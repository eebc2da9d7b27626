"""A workbook to fill in for each client of a list, and the draft that it goes with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sheetreport import __version__
from sheetreport.answers import Flat
from sheetreport.bureau.brand import Brand
from sheetreport.catalog.definitions import Catalog
from sheetreport.drafts.clients import LANGUAGE, Client, stem_of
from sheetreport.drafts.letter import Enclosed, as_draft
from sheetreport.drafts.letters import Writer
from sheetreport.i18n import Wording
from sheetreport.model import Language
from sheetreport.template import build


@dataclass(frozen=True, slots=True)
class Invitation:
    """A workbook and the draft that asks to fill it in, under one name."""

    stem: str
    workbook: bytes
    draft: bytes


def names(clients: Sequence[Client]) -> list[tuple[str, str]]:
    """What the files of each client are to be called, and what tells clients of one name apart."""
    return [
        (
            stem_of(client.file) or client.company,
            repr((client.file, client.company, client.to.addresses)),
        )
        for client in clients
    ]


def invitations(
    catalog: Catalog,
    clients: Iterable[tuple[Client, str]],
    language: Language,
    *,
    parts: Collection[str] | None = None,
    brand: Brand | None = None,
) -> Iterator[Invitation]:
    """The workbook and the draft of one client after another, each with the name of its files; `language`
    is that of clients whose own the list does not tell.
    """
    for client, stem in clients:
        spoken = client.language or language
        answers = Flat({LANGUAGE: spoken, **client.answers}, {}, ())
        workbook = build(catalog, spoken, answers=answers, parts=parts, tool_version=__version__, brand=brand)
        writer = Writer(Wording(spoken), brand, client.to)
        letter = writer.template(client.company or stem, client.due, [Enclosed(f"{stem}.xlsx", workbook)])
        yield Invitation(stem, workbook, as_draft(letter))
