"""What else a check looks at: the other cells that a number has to agree with."""

from __future__ import annotations

from sheetreport.template import live
from sheetreport.template.book import Book
from sheetreport.template.derived import Ref, formula_of, point_a
from sheetreport.template.live import Live, number

Attention = tuple[Live, str]

# A cell that can't be more than another, with the key of what to say.
_AT_MOST = {
    "clients.active": ("clients.total", "more_than_base"),
    "clients.repeat_purchases": ("clients.sales_count", "more_than_sales"),
    "clients.gross_profit": ("clients.revenue", "more_than_revenue"),
    "clients.revenue_new": ("clients.revenue", "more_than_revenue"),
    "clients.gross_profit_new": ("clients.revenue_new", "more_than_revenue"),
    "clients.dissatisfied": ("clients.total", "more_than_base"),
    "clients.with_contact": ("clients.total", "more_than_base"),
    "clients.inactive_contactable": ("clients.inactive", "more_than_inactive"),
    "clients.buyers_12m": ("clients.total", "more_than_base"),
    "clients.repeat_buyers_12m": ("clients.buyers_12m", "more_than_buyers"),
    "channels.clicks": ("channels.impressions", "more_than_impressions"),
    "channels.customers": ("channels.leads", "more_than_leads"),
    "awareness.before_yes": ("awareness.before_n", "more_than_asked"),
    "awareness.after_yes": ("awareness.after_n", "more_than_asked"),
    "social.answered": ("social.questions", "more_than_questions"),
    "social.unique_reach_non_followers": ("social.unique_reach", "more_than_reach"),
    "goals.current_date": ("profile.report_date", "after_report_date"),
}


def attentions(book: Book, ref: Ref, field_id: str) -> tuple[Attention, ...]:
    """Conditions under which a valid answer still needs a second look, most serious first."""
    found: list[Attention] = []
    if field_id in _AT_MOST and book.has(_AT_MOST[field_id][0]):
        other, key = _AT_MOST[field_id]
        found.append((_more(ref(field_id), ref(other)), book.text(key)))
    match field_id:
        case "profile.period_end" | "clients.active_end":
            found += _beside_formula(book, ref, field_id)
        case "goals.target":
            start = point_a(book, ref)
            same = live.and_(live.is_number(start), live.compare(ref(field_id), "=", start))
            found.append((same, book.text("same_as_start")))
        case "goals.deadline":
            start, deadline = ref("goals.start"), ref(field_id)
            known = live.is_number(start)
            late = live.calculate(deadline, "-", live.if_(known, start, deadline))
            found.append((live.and_(known, live.compare(deadline, "<=", start)), book.text("before_start")))
            found.append((live.compare(late, ">", number(366)), book.text("longer_than_year")))
        case "channels.leads":
            if book.has("channels.clicks"):
                found.append((_more(ref(field_id), ref("channels.clicks")), book.text("more_than_clicks")))
        case "channels.spend":
            nobody = live.and_(
                live.compare(ref(field_id), ">", number(0)),
                live.is_number(ref("channels.customers")),
                live.compare(ref("channels.customers"), "=", number(0)),
            )
            found.append((nobody, book.text("no_customers")))
        case _:
            pass
    return tuple(found)


def _more(left: Live, right: Live) -> Live:
    return live.and_(live.is_number(right), live.compare(left, ">", right))


def _beside_formula(book: Book, ref: Ref, field_id: str) -> list[Attention]:
    """Whether a calculated cell that the owner wrote over is far from what the other cells give."""
    formula = formula_of(book, ref, book.fields[field_id])
    assert formula is not None, field_id
    near = number(3 if field_id == "profile.period_end" else 0)
    difference = live.if_error(live.absolute(live.calculate(ref(field_id), "-", formula)), number(0))
    return [(live.compare(difference, ">", near), book.text("not_as_calculated"))]
