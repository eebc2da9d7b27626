"""Numbers and names as the report prints them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sheetreport.catalog.definitions import Catalog, Unit
from sheetreport.contacts import without_contacts
from sheetreport.i18n import BRIEF_FROM, NBSP, Wording
from sheetreport.model import Interval
from sheetreport.naming import MONEY_RATIOS
from sheetreport.render.view.facts import Measured

OWNER_TEXT = 300  # longer texts of the owner stand in the workbook in full
ELLIPSIS = "…"

_SPACES = re.compile(r"\s+")
_SHORT_WORD = re.compile(
    r"(?<![^\s(«„“‘])([\w’']{1,2}|без|для|или|при|про|под|над|from|with|the|and|for) (?=\S)", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?![^«]*»|[^“]*”)")  # not within a name in quotation marks
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(text: Any, limit: int = OWNER_TEXT) -> str:
    """An owner's words without invisible characters and contacts, on one line, no longer than the limit."""
    visible = "".join(
        " " if char in "\n\r\t" else char for char in str(text or "") if char in "\n\r\t" or _visible(char)
    )
    return cut(without_contacts(_SPACES.sub(" ", visible.replace(NBSP, " ")).strip()), limit)


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in _INVISIBLE


def cut(text: str, limit: int) -> str:
    """A text no longer than the limit, cut between words where it can be."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = head.rfind(" ")
    return (head[:at] if at > limit * 0.6 else head).rstrip(" ,;:—–-") + ELLIPSIS


def bind(heading: str) -> str:
    """A heading whose prepositions stay with the next word and whose last two words stay together."""
    bound = _SHORT_WORD.sub(lambda match: match[1] + NBSP, heading)
    head, _, last = bound.rpartition(" ")
    return f"{head}{NBSP}{last}" if head and NBSP not in last and len(last) < 14 else bound


def first_sentence(text: str) -> str:
    return _SENTENCE_END.split(text.strip(), maxsplit=1)[0]


def sentence(text: str) -> str:
    """A text with exactly one full stop at its end: abbreviations bring their own."""
    return text if text.endswith((".", "…", "!", "?")) else f"{text}."


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def join(*sentences: str) -> str:
    """Sentences that have something to say, with a space between them."""
    return " ".join(sentence for sentence in sentences if sentence)


class Words:
    """The wording of one report together with the catalogue's zones and policy numbers."""

    def __init__(self, wording: Wording, catalog: Catalog) -> None:
        self.wording = wording
        self.catalog = catalog
        self.language = wording.language

    def t(self, key: str, **params: str | float | int) -> str:
        """A text of locale/pdf.yaml."""
        return self.wording.text(f"pdf.{key}", **params)

    def policy(self, number_id: str) -> float:
        return self.catalog.policy[number_id].value

    def name(self, text: Any, limit: int = 80) -> str:
        return clean(text, limit)

    def row(self, name: str | None, limit: int = 60, table: str | None = None) -> str:
        """A row's own name; a network by what people call it, another choice of its table by its label."""
        subject = self.catalog.sheet(table).subject if table else None
        choice = self.catalog.fields[subject].choice(name) if subject and name else None
        if choice is not None:
            return choice.label[self.language]
        network = next((network for network in self.catalog.networks if network.id == name), None)
        return network.name[self.language] if network else clean(name, limit)

    def quoted(self, text: Any, limit: int = 60) -> str:
        """A name in the quotation marks of the language, inner marks changed so that they nest."""
        inner = clean(text, limit)
        if self.language == "ru":
            return f"«{inner.replace('«', '„').replace('»', '“')}»"
        return f"“{inner.replace('“', '‘').replace('”', '’')}”"

    def listed(self, items: Iterable[str]) -> str:
        """a, b and c."""
        names = list(items)
        if len(names) < 2:
            return "".join(names)
        return self.t("list_and", head=", ".join(names[:-1]), last=names[-1])

    # numbers

    def value(self, measured: Measured) -> str:
        """The value in its unit, or a dash where there is none (the reason then stands beside it)."""
        if measured.value is None:
            return "—"
        if measured.unit is Unit.MONEY and abs(measured.value) >= BRIEF_FROM:
            return self.money(measured.value)
        shown = self.wording.value(measured.value, measured.unit, self._boundaries(measured.id))
        return self.wording.per_one(shown) if measured.id in MONEY_RATIOS else shown

    def _boundaries(self, metric_id: str) -> tuple[float, ...]:
        if metric_id not in self.catalog.metrics:
            return ()
        return tuple(zone.low for zone in self.catalog.metric(metric_id).zones if zone.low is not None)

    def span(self, measured: Measured) -> str:
        """A metric's interval: 1 102–2 100 ₽; empty where there is none."""
        return "" if measured.interval is None else self.range(measured.interval, measured.unit)

    def range(self, interval: Interval, unit: Unit) -> str:
        """An interval; long amounts in millions or billions."""
        if unit is Unit.MONEY:
            return self.wording.brief_range(interval)
        return self.wording.range(interval, unit)

    def amount(self, value: float, unit: Unit) -> str:
        """A value in its unit; a long amount of money in millions or billions."""
        return self.money(value) if unit is Unit.MONEY else self.wording.value(value, unit)

    def money(self, value: float) -> str:
        """An amount; a long one in millions or billions."""
        return self.wording.brief_money(value)

    def bare(self, amount: str) -> str:
        """An amount without its currency, for where a heading or a line beside it names it."""
        return amount.replace(self.wording.symbol, "").strip()

    def zone(self, measured: Measured) -> str:
        """The zone as far as the sample lets us name it."""
        if not measured.zone:
            return ""
        if measured.weak:
            return self.t("zone_early")
        if measured.interval is not None and not measured.confident:
            return self.t("zone_probable", zone=measured.zone)
        return measured.zone

    def trend(self, series: Mapping[str, Any]) -> str:
        """What a list calls a metric that is followed from period to period."""
        known = next((trend for trend in self.catalog.trends if trend.id == series["metric"]), None)
        name: str = known.short[self.language] if known and known.short else series["name"]
        return name

    # places and dates

    def place(self, where: tuple[str, str]) -> str:
        """Sheet and cell as the owner sees them."""
        return f"{where[0]}{NBSP}{where[1]}" if all(where) else where[0] or where[1]

    def places(self, cells: Iterable[Mapping[str, Any]], limit: int = 6) -> str:
        """Cells grouped by sheet: Клиенты D14, D20; NPS C5."""
        sheets: dict[str, list[str]] = {}
        for cell in cells:
            known = sheets.setdefault(cell.get("sheet") or "", [])
            if cell.get("cell") and cell["cell"] not in known:
                known.append(cell["cell"])
        parts = []
        for sheet, names in sheets.items():
            shown = ", ".join(names[:limit]) + (f" {ELLIPSIS}" if len(names) > limit else "")
            parts.append(f"{sheet}{NBSP}{shown}".strip())
        return "; ".join(part for part in parts if part)

    def date(self, iso: str | None) -> str:
        return self.wording.date(date.fromisoformat(iso)) if iso else ""

    def day_month(self, iso: str) -> str:
        return self.wording.day_month(date.fromisoformat(iso))
