"""What a bureau adds to the report: its name and logo, the consultant's own words, contacts at the end."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sheetreport.bureau.brand import Brand
from sheetreport.bureau.commentary import CHAPTERS, Paragraph, Points, Span, plain
from sheetreport.bureau.commentary import Words as Written
from sheetreport.bureau.dress import Dress
from sheetreport.render.view.model import Body, Closing, Mark, Remark, Summary
from sheetreport.render.view.words import Words, bind, cut

OWN = "commentary"
"""The chapter for what page 1 has no room for, and for words on chapters that are not in this report."""

FRONT_LINES, LINE = 5, 80
"""Lines of the commentary that page 1 has room for, and the characters of one."""

NAME_ABOVE, NAME_BELOW, NAME_BESIDE, WORD_BESIDE = 50, 40, 48, 20
"""Characters of the bureau's name above the client's, in the footer and beside the words on page 1, and of a
word of it there.
"""

CLIENT_BELOW, CLIENT_ALONE = 44, 60
"""Characters of the client's name in the footer: with the bureau's, and without."""

_SENTENCE = re.compile(r".*[.!?…](?=\s|$)", re.DOTALL)


def mark(dress: Dress, words: Words) -> Mark | None:
    """What page 1 and the footers show of a brand."""
    if dress.brand is None:
        return None
    name = dress.brand.name[words.language]
    return Mark(
        name=name,
        above=words.wording.text("brand.above", name=cut(name, NAME_ABOVE)),
        logo=dress.brand.logo,
        colours=dress.brand.colours,
    )


def footer(shown: Mark | None, client: str, period: str) -> str:
    """The line at the foot of every page."""
    if shown is None:
        return f"{cut(client, CLIENT_ALONE)}, {period}"
    return f"{cut(client, CLIENT_BELOW)}, {period} · {cut(shown.name, NAME_BELOW)}"


def chapters(dress: Dress, words: Words, found: Sequence[Body]) -> list[Body]:
    """The chapters with the consultant's words in them, and the bureau's contacts below the plan."""
    shown = [*found]
    if dress.commentary is not None:
        written = dress.commentary.chapters
        shown = [_remarked(body, dress, words, written.get(body.id, ())) for body in found]
        shown = [*_own_chapter(dress, words, found), *shown]
    closing = _closing(dress.brand, words) if dress.brand else None
    if closing:
        place = next((at for at, body in enumerate(shown) if body.id == "plan"), len(shown) - 1)
        shown[place] = replace(shown[place], blocks=(*shown[place].blocks, closing))
    return shown


def front(dress: Dress, words: Words, found: Sequence[Summary]) -> tuple[Summary, ...]:
    """Page 1 without what the bureau hides and with the consultant's words, for which the rest makes room."""
    summaries = tuple(_without(summary, dress.hidden) for summary in found)
    written = dress.commentary.front if dress.commentary else ()
    if not written:
        return summaries
    remark = _remark(dress, words, written)
    by = " ".join(cut(word, WORD_BESIDE) for word in cut(remark.by, NAME_BESIDE).split())
    remark = replace(remark, by=by)
    if _lines(written) > FRONT_LINES:
        start = Paragraph((Span(_beginning(plain(written))),))
        remark = replace(remark, words=(start,), more=words.wording.text("brand.more"), page=OWN)
    return tuple(replace(summary, remark=remark) for summary in summaries)


def _without(summary: Summary, hidden: frozenset[str]) -> Summary:
    """Page 1 without the parts of these names."""
    if "health" in hidden:
        summary = replace(summary, health=None)
    if "changes" in hidden:
        summary = replace(summary, changes=None, changes_heading="", no_changes="")
    return summary


def _remark(dress: Dress, words: Words, written: Sequence[Written], label: str = "") -> Remark:
    by = dress.brand.name[words.language] if dress.brand else ""
    return Remark(label or words.wording.text("brand.commentary"), by, tuple(written))


def _remarked(body: Body, dress: Dress, words: Words, written: Sequence[Written]) -> Body:
    """A chapter with the consultant's words in front of its evidence."""
    if not written:
        return body
    return replace(body, blocks=(_remark(dress, words, written), *body.blocks))


def _own_chapter(dress: Dress, words: Words, found: Sequence[Body]) -> Iterator[Body]:
    assert dress.commentary is not None
    commentary, here = dress.commentary, {body.id for body in found}
    blocks = []
    if _lines(commentary.front) > FRONT_LINES:
        blocks.append(_remark(dress, words, commentary.front))
    for chapter, keys in CHAPTERS.items():
        if chapter not in here and (written := commentary.chapters.get(chapter)):
            blocks.append(_remark(dress, words, written, words.wording.text(keys[0])))
    if blocks:
        name = words.wording.text("brand.commentary")
        yield Body(OWN, name, bind(words.wording.text("brand.commentary_claim")), "", tuple(blocks))


def _closing(brand: Brand, words: Words) -> Closing | None:
    said = brand.closing[words.language] if brand.closing else ""
    if not said and not brand.contacts:
        return None
    return Closing(brand.name[words.language], said, brand.contacts)


def _lines(written: Sequence[Written]) -> int:
    count = 0
    for one in written:
        match one:
            case Paragraph():
                count += math.ceil(len(plain((one,))) / LINE)
            case Points(items):
                count += sum(math.ceil(len(plain((Paragraph(item),))) / LINE) for item in items)
    return count


def _beginning(text: str) -> str:
    """As much of a text as page 1 has room for, in whole sentences where one fits."""
    room = FRONT_LINES * LINE - 2 * LINE // 3  # the pointer to the rest follows on its last line
    whole = _SENTENCE.match(text[:room])
    return whole[0] if whole else cut(text, room)
