"""Answers of a survey counted score by score, with what they say right now."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell

from sheetreport import derive
from sheetreport.answers.content import UNKNOWN, AsFound
from sheetreport.catalog.definitions import FieldDef
from sheetreport.template import live
from sheetreport.template.book import Book
from sheetreport.template.live import EMPTY, Live, Result, Span, number, words
from sheetreport.template.page import Page
from sheetreport.template.scopes import Scope
from sheetreport.template.styles import POINTS, Role

_BAR = 20
_DETRACTORS, _PASSIVES, _PROMOTERS = (0, 6), (7, 8), (9, 10)


def cells_of(book: Book, field: FieldDef, content: object) -> tuple[Result, ...]:
    """What the cells of a tally hold; an unknown tally is unknown in each of them."""
    size = derive.tally_size(field)
    if isinstance(content, AsFound):
        return content.cells
    if content is None or isinstance(content, str):
        return (content,) * size
    assert isinstance(content, tuple), field.id
    return tuple(book.shown(field, cell) for cell in content)


def write_tally(book: Book, page: Page, row: int, field: FieldDef, scope: Scope) -> int:
    """A vertical tally with bars and its results; gives the row after it."""
    assert field.scores is not None, field.id
    low, high = field.scores
    nps = field.id == "nps.tally_0_10"
    last = len(page.widths) - 1
    page.section(row)
    page.fill(row, range(last + 1), "heading_line")
    titles = (field.label[book.language], book.text("tally_count"), book.text("tally_group") if nps else "")
    for column, title in enumerate((*titles, book.text("tally_bar"))):
        page.write(row, column, title, "heading_line", **({"indent": 1} if column in (1, 2) else {}))
    page.height(row, 24)
    contents = cells_of(book, field, scope.given(field))
    top = row + 1
    span = Span(f"B{top + 1}:B{top + high - low + 1}", contents)
    for index, content in enumerate(contents):
        row = top + index
        cell = page.answer(row, 1, field, content, Role.OPTIONAL)
        page.write(row, 0, _score(book, field, low + index), "text_bold")
        if nps:
            page.write(row, 2, book.text(f"nps_{_group(index)}"), "check")
        page.live(row, 3, _bar(cell, span, _group(index) if nps else "promoter"), "bar")
        page.height(row, 20)
    book.define(scope.name(field), page.title, (top, 1, row, 1))
    page.answered.append(live.count_filled(page.span((top, 1, row, 1), contents)))
    row = _total(book, page, row + 1, span)
    if nps:
        return _nps(book, page, row + 1, span, scope)
    return _mean(book, page, row + 1, span, field)


def _group(score: int) -> str:
    return "detractor" if score <= _DETRACTORS[1] else "passive" if score <= _PASSIVES[1] else "promoter"


def _score(book: Book, field: FieldDef, score: int) -> str:
    assert field.scores is not None
    scale = "nps" if field.id == "nps.tally_0_10" else "stars"
    words_ = {field.scores[0]: f"{scale}_lowest", field.scores[1]: f"{scale}_highest"}
    return f"{score} — {book.text(words_[score])}" if score in words_ else str(score)


def _bar(cell: Live, span: Span, group: str) -> Live:
    """A bar of characters, as long as the score is frequent; unlike a data bar it shows everywhere."""
    sign = {"detractor": "░", "passive": "▒", "promoter": "█"}[group]
    peak = live.largest(span)
    size = live.rounded(live.calculate(live.calculate(cell, "*", number(_BAR)), "/", peak))
    bar = live.join(live.repeat(sign, size), words(" "), cell)
    worth = live.if_(live.is_number(cell), live.compare(cell, ">", number(0)), Live("FALSE", False))
    return live.if_(worth, bar, EMPTY)


def _total(book: Book, page: Page, row: int, span: Span) -> int:
    """The number of answers, and whether every score has its count."""
    page.write(row, 0, book.text("tally_total"), "total")
    page.live(row, 1, live.sum_of(span), "total", align="right", num_format="#,##0_-")
    size = number(len(span.values))
    counted, filled = live.count_numbers(span), live.count_filled(span)
    told = live.first(
        (live.compare(filled, "=", number(0)), EMPTY),
        (live.compare(live.count_equal(span, UNKNOWN), "=", size), words(book.text("check_unknown"))),
        (live.compare(counted, "<", filled), words(book.text("wrong_count"))),
        (live.compare(live.count_negative(span), ">", number(0)), words(book.text("wrong_count"))),
        (
            live.compare(live.sum_of(span), "<>", live.integer(live.sum_of(span))),
            words(book.text("wrong_count")),
        ),
        (live.compare(filled, "<", size), words(book.text("tally_gaps"))),
        otherwise=words("✓"),
    )
    page.check(row, 2, told, "check_line")
    page.height(row, 22)
    return row + 1


def _result_heading(book: Book, page: Page, row: int, key: str) -> int:
    page.section(row)
    page.fill(row, range(len(page.widths)), "section")
    page.write(row, 0, book.text(key), "section")
    page.height(row, 26)
    return row + 1


def _nps(book: Book, page: Page, row: int, span: Span, scope: Scope) -> int:
    row = _result_heading(book, page, row, "nps_now")
    low_row = int(span.text.split(":", 1)[0][1:])
    counts: dict[str, Live] = {}
    for group, scores in (("promoter", _PROMOTERS), ("passive", _PASSIVES), ("detractor", _DETRACTORS)):
        part = Span(f"B{low_row + scores[0]}:B{low_row + scores[1]}", span.values[scores[0] : scores[1] + 1])
        count = _counted(book, span, part, scope, f"nps.{group}s")
        page.write(row, 0, book.text(f"nps_{group}s", low=scores[0], high=scores[1]))
        page.live(row, 1, count, "computed", num_format="#,##0_-")
        page.height(row, 20)
        counts[group] = Live(xl_rowcol_to_cell(row, 1), count.value)
        row += 1
    everyone = live.total(*counts.values())
    value = live.calculate(
        live.calculate(number(100), "*", live.calculate(counts["promoter"], "-", counts["detractor"])),
        "/",
        everyone,
    )
    page.write(row, 0, "NPS", "text_bold", font_size=14)
    page.live(row, 1, live.if_error(value, EMPTY), "key_number", num_format=POINTS)
    nps = Live(xl_rowcol_to_cell(row, 1), live.if_error(value, EMPTY).value)
    interval = _nps_interval(book, counts["promoter"], counts["detractor"], everyone)
    page.live(row, 2, _zone(book, nps, interval, everyone), "state", indent=1)
    page.colour_signs(row, 2, row, 2)
    page.height(row, 34)
    row += 1
    usable = number(book.catalog.policy["indicative_sample"].value)
    sure = live.if_(
        live.compare(everyone, "<", usable),
        words(book.text("nps_too_few")),
        live.join(
            words(book.text("nps_between")),
            live.signed(interval[0]),
            words(book.text("nps_and")),
            live.signed(interval[1]),
        ),
    )
    page.write(row, 0, book.text("nps_sure"), "text_bold")
    page.live(
        row, 1, live.if_(live.compare(everyone, "=", number(0)), EMPTY, live.if_error(sure, EMPTY)), "text"
    )
    page.height(row, 22)
    row += 1
    page.write(row, 0, book.text("nps_precision"), "text_bold")
    needed = _nps_needed(book, counts["promoter"], counts["detractor"], everyone)
    told = live.if_error(live.join(words(book.text("nps_needed")), needed), EMPTY)
    page.live(row, 1, told, "text")
    page.height(row, 22)
    return row + 1


def _counted(book: Book, span: Span, part: Span, scope: Scope, field_id: str) -> Live:
    """A group's answers: from the scores, or as the owner counted them."""
    own = scope.ref(field_id) if book.has(field_id) else EMPTY
    otherwise = live.if_(live.is_number(own), own, number(0))
    return live.if_(live.compare(live.sum_of(span), ">", number(0)), live.sum_of(part), otherwise)


def _nps_interval(book: Book, promoters: Live, detractors: Live, everyone: Live) -> tuple[Live, Live]:
    """The adjusted-Wald interval of NPS: three answers more, three quarters of one at each end."""
    n = live.calculate(everyone, "+", number(3))
    p = live.calculate(live.calculate(promoters, "+", number(0.75)), "/", n)
    d = live.calculate(live.calculate(detractors, "+", number(0.75)), "/", n)
    difference = live.calculate(p, "-", d)
    variance = live.calculate(live.calculate(p, "+", d), "-", live.calculate(difference, "*", difference))
    z = number(book.catalog.policy["z"].value)
    margin = live.calculate(z, "*", live.root(live.calculate(variance, "/", n)))
    ends = [live.calculate(number(100), "*", live.calculate(difference, sign, margin)) for sign in ("-", "+")]
    return live.within(ends[0], -100, 100), live.within(ends[1], -100, 100)


def _nps_needed(book: Book, promoters: Live, detractors: Live, everyone: Live) -> Live:
    """Answers for ±10 points at the spread seen so far."""
    p, d = live.calculate(promoters, "/", everyone), live.calculate(detractors, "/", everyone)
    difference = live.calculate(p, "-", d)
    variance = live.calculate(live.calculate(p, "+", d), "-", live.calculate(difference, "*", difference))
    z = book.catalog.policy["z"].value
    raw = live.calculate(live.calculate(variance, "*", number((z / 0.1) ** 2)), "-", number(3))
    return live.if_(live.compare(variance, ">", number(0)), live.rounded_up(raw), Live("NA()", live.ERROR))


def _zone(book: Book, nps: Live, interval: tuple[Live, Live], everyone: Live) -> Live:
    """The zone in words, as sure as the interval allows."""
    policy = book.catalog.policy
    language = book.language
    cases: list[tuple[Live, Live]] = [
        (live.compare(everyone, "=", number(0)), words(book.text("nps_wait"))),
        (
            live.compare(everyone, "<", number(policy["indicative_sample"].value)),
            words(book.text("nps_anecdotal", n=policy["indicative_sample"].value)),
        ),
    ]
    early = live.compare(everyone, "<", number(policy["usable_sample"].value))
    zones = book.catalog.metrics["nps"][0].zones
    for zone in zones:
        assert zone.low is not None
        assert zone.high is not None
        name = zone.name[language]
        sign = "✓" if zone.tone == "green" else "!"
        inside = live.and_(
            live.compare(interval[0], ">=", number(zone.low)),
            live.compare(interval[1], "<=" if zone.high_closed else "<", number(zone.high)),
        )
        told = live.first(
            (early, words(book.text("nps_early", zone=name))),
            (inside, words(f"{sign} {name}")),
            otherwise=words(book.text("nps_likely", zone=name)),
        )
        cases.append((live.compare(nps, "<=" if zone.high_closed else "<", number(zone.high)), told))
    return live.first(*cases, otherwise=EMPTY)


def _mean(book: Book, page: Page, row: int, span: Span, field: FieldDef) -> int:
    """The mean score, and how many gave the two best."""
    assert field.scores is not None
    row = _result_heading(book, page, row, "mean_now")
    top = int(span.text.split(":", 1)[0][1:])
    answers = live.sum_of(span)
    page.write(row, 0, book.text("mean_score"), "text_bold")
    mean = live.if_error(live.calculate(live.weighted(span, field.scores[0], down=True), "/", answers), EMPTY)
    page.live(row, 1, mean, "key_number", num_format="0.00")
    few = live.compare(answers, "<", number(book.catalog.policy["usable_sample"].value))
    told = live.first(
        (live.compare(answers, "=", number(0)), words(book.text("nps_wait"))),
        (few, words(book.text("mean_early", n=book.catalog.policy["usable_sample"].value))),
        otherwise=EMPTY,
    )
    page.live(row, 2, told, "check_line")
    page.height(row, 32)
    best = Span(f"B{top + len(span.values) - 2}:B{top + len(span.values) - 1}", span.values[-2:])
    row += 1
    page.write(row, 0, book.text("mean_best", low=field.scores[1] - 1, high=field.scores[1]), "text_bold")
    share = live.if_error(live.calculate(live.sum_of(best), "/", answers), EMPTY)
    page.live(row, 1, share, "text", num_format=book.styles.share(), align="left")
    page.height(row, 22)
    return row + 1
