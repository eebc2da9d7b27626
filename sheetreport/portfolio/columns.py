"""The columns of the portfolio's workbook: their headings, what a row has in each, how its numbers look."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from xlsxwriter.url import Url

from sheetreport.catalog.definitions import Catalog, Unit
from sheetreport.digest import Digest, Figure, Goal
from sheetreport.i18n import Wording
from sheetreport.portfolio.clients import KINDS, Client
from sheetreport.portfolio.peers import COMPARED, MONEY, RATIOS, Quartiles
from sheetreport.portfolio.words import peer_name
from sheetreport.render.workbook.styles import Styles

Value: TypeAlias = "float | str | date | Url | None"

_NOT_PLAIN = re.compile(r"[^\w\s]")
_IN_FIGURES = frozenset({"health", "nps", "cac", "cac_payback_months"})
"""What is compared and has columns of its own anyway."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its width, how its numbers look, what a client or a row has in it."""

    id: str
    heading: str
    width: float
    value: Callable[[Any], Value]
    shape: Callable[[Any], str | None] = field(default=lambda _: None)
    is_text: bool = True


class Target(Url):  # type: ignore[misc]
    """A link to a file beside the workbook, percent-encoded and with the slashes that every program reads."""

    def __init__(self, href: str, text: str) -> None:
        super().__init__("external:output")
        self.href = href
        self.text = text

    def _target(self) -> str:
        return self.href


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of each table. `of_currency` gives the formats of amounts in a currency."""

    clients: Sequence[Client]
    catalog: Catalog
    wording: Wording
    peers: Sequence[Quartiles]
    of_currency: Callable[[str | None], Styles]

    def t(self, key: str, **params: str | float | int) -> str:
        return self.wording.text(f"portfolio.{key}", **params)

    def heading(self, id_: str) -> str:
        """A heading without the characters that formulas would have to quote."""
        if id_ in COMPARED - _IN_FIGURES:
            name = peer_name(id_, self.catalog, self.wording)[0].split("(")[0].split(",")[0]
            return " ".join(_NOT_PLAIN.sub(" ", name).split())
        return self.t(f"heading_{id_}")

    def main(self) -> list[Column]:
        """What a printed page has room for."""
        text = self.of_digest
        return [
            self.col("name", 28, lambda client: client.name),
            self.col("end", 11, text(lambda found: found.end)),
            self.col("status", 15, lambda client: self.wording.text(f"cli.status_{client.status}")),
            self.col("attention", 36, self.attention),
            self.num("errors", 9, lambda client: client.errors, Unit.COUNT),
            self.figure("health", lambda found: found.health),
            self.figure("nps", lambda found: found.nps),
            self.figure("cac", lambda found: found.cac),
            self.col("currency", 8, text(lambda found: found.currency)),
            self.figure("cac_payback_months", lambda found: found.payback),
            self.col("goal", 34, text(lambda d: d.worst_goal.text if d.worst_goal else d.no_goal)),
            self.col("action", 32, text(lambda d: d.action.title if d.action else d.no_action)),
            self.col("effect", 20, text(lambda d: d.action.effect if d.action else "")),
        ]

    def more(self) -> list[Column]:
        """Links, ends of intervals, and what only the comparison needs."""
        text = self.of_digest
        kinds = {link.kind for client in self.clients for link in client.links}
        columns = [self.link_column(kind) for kind in KINDS.values() if kind in kinds]
        if any(client.digest and client.digest.progress for client in self.clients):
            columns += [
                self.col("better", 24, text(lambda d: ", ".join(d.progress.better) if d.progress else "")),
                self.col("worse", 24, text(lambda d: ", ".join(d.progress.worse) if d.progress else "")),
            ]
        columns += self.ends("nps", lambda found: found.nps)
        columns += [self.sample("answers", lambda found: found.nps)]
        columns += self.ends("cac", lambda found: found.cac)
        columns += self.ends("cac_payback_months", lambda found: found.payback)
        yes, no = (self.wording.text(f"common.{word}") for word in ("yes", "no"))
        columns.append(self.col("counted", 10, lambda client: yes if client.is_latest else no))
        known = {one.metric for one in self.peers} - _IN_FIGURES
        columns += [self.peer_column(metric) for metric in (*RATIOS, *MONEY) if metric in known]
        return [
            *columns,
            self.col("step", 32, text(lambda found: found.action.step if found.action else "")),
            self.col("start", 11, text(lambda found: found.start)),
            self.col("file", 24, lambda client: client.file),
        ]

    def peer_column(self, metric: str) -> Column:
        """A figure that only the comparison needs."""

        def value(client: Client) -> Value:
            return client.compared.get(metric)

        unit = peer_name(metric, self.catalog, self.wording)[1]
        return self.number(metric, self.heading(metric), 18, value, lambda _: unit)

    def link_column(self, kind: str) -> Column:
        """Links to one kind of output."""
        text = self.t(f"file_{kind}")

        def value(client: Client) -> Value:
            link = next((one for one in client.links if one.kind == kind), None)
            return Target(link.href, text) if link else None

        return Column(kind, text, 12, value)

    def attention(self, client: Client) -> str:
        """Every reason, or that there is none."""
        told = [f"{self.t(f'reason_{one.urgency.name.lower()}')}: {one.text}" for one in client.reasons]
        return "; ".join(told) or self.t("past" if client.is_past else "calm")

    def of_digest(self, value: Callable[[Digest], Value]) -> Callable[[Client], Value]:
        return lambda client: value(client.digest) if client.digest else None

    def col(self, id_: str, width: float, value: Callable[[Any], Value]) -> Column:
        return Column(id_, self.t(f"heading_{id_}"), width, value)

    def num(self, id_: str, width: float, value: Callable[[Any], Value], unit: Unit) -> Column:
        return self.number(id_, self.t(f"heading_{id_}"), width, value, lambda _: unit)

    def number(
        self, id_: str, heading: str, width: float, value: Callable[[Any], Value], unit: Callable[[Any], Unit]
    ) -> Column:
        """A column of numbers in the unit of each row; money in the currency of the client."""

        def shape(row: Any) -> str | None:
            found = value(row)
            if not isinstance(found, int | float):
                return None
            client: Client = row[0] if isinstance(row, tuple) else row
            currency = client.digest.currency if client.digest else None
            return self.of_currency(currency).unit(unit(row), found)

        return Column(id_, heading, width, value, shape, is_text=False)

    def figure(self, id_: str, of: Callable[[Digest], Figure]) -> Column:
        """A figure, or why there is none."""

        def value(client: Client) -> Value:
            found = of(client.digest) if client.digest else None
            return None if found is None else found.reason if found.value is None else found.value

        return self.number(id_, self.heading(id_), 14, value, lambda client: of(client.digest).unit)

    def ends(self, id_: str, of: Callable[[Digest], Figure]) -> list[Column]:
        """The ends of a figure's interval."""

        def end(place: int) -> Callable[[Client], Value]:
            def take(client: Client) -> Value:
                found = of(client.digest) if client.digest else None
                return found.interval[place] if found and found.interval else None

            return take

        named = [self.t(f"heading_{name}", name=self.heading(id_)) for name in ("low", "high")]
        return [
            self.number(heading, heading, 10, end(place), lambda client: of(client.digest).unit)
            for place, heading in enumerate(named)
        ]

    def sample(self, id_: str, of: Callable[[Digest], Figure]) -> Column:
        """How many answers a figure rests on."""
        return self.num(id_, 10, self.of_digest(lambda found: of(found).sample), Unit.COUNT)

    def goals(self) -> list[Column]:
        def amount(key: str) -> Column:
            def value(row: tuple[Client, Goal]) -> Value:
                found: float | None = getattr(row[1], key)
                return found

            return self.number(key, self.t(f"heading_{key}"), 12, value, lambda row: row[1].unit)

        def share(key: str) -> Column:
            return self.num(key, 12, lambda row: getattr(row[1], key), Unit.SHARE)

        return [
            self.col("name", 28, lambda row: row[0].name),
            self.col("goal_text", 40, lambda row: row[1].name),
            self.col("place", 20, lambda row: row[1].place),
            self.col("metric", 24, lambda row: row[1].metric),
            self.col("goal_status", 16, lambda row: row[1].status_name),
            amount("current"),
            amount("target"),
            share("progress"),
            share("elapsed"),
            self.num("pace", 12, lambda row: row[1].pace, Unit.RATIO),
            self.col("deadline", 12, lambda row: row[1].deadline),
        ]

    def actions(self) -> list[Column]:
        return [
            self.col("name", 28, lambda row: row[0].name),
            self.num("number", 8, lambda row: row[1].number, Unit.COUNT),
            self.col("tier", 16, lambda row: self.wording.text(f"workbook.tier_{row[1].tier.lower()}")),
            self.col("action", 44, lambda row: row[1].title),
            self.col("step", 40, lambda row: row[1].step),
            self.col("effect", 24, lambda row: row[1].effect),
            self.num("yearly", 16, lambda row: row[1].yearly, Unit.MONEY),
            self.col("confidence", 15, lambda row: row[1].confidence),
        ]

    def findings(self) -> list[Column]:
        return [
            self.col("name", 28, lambda row: row[0].name),
            self.col("severity", 12, lambda row: self.t(f"severity_{row[1].severity}")),
            self.col("sheet", 16, lambda row: row[1].sheet),
            self.col("cell", 12, lambda row: row[1].cell),
            self.col("message", 50, lambda row: row[1].message),
            self.col("fix", 50, lambda row: row[1].fix),
        ]
