"""The list of the portfolio's page: what a row says of one client, and what it is sorted by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sheetreport.digest import Figure
from sheetreport.i18n import Wording
from sheetreport.model import Status
from sheetreport.portfolio.clients import Client, Reason, Urgency

_TO_WATCH = frozenset({Urgency.WRONG_CELLS, Urgency.GOAL_AT_RISK})
TONES = {Status.COMPLETE.value: "good", Status.PARTIAL.value: "attention"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A figure of a row: `key` is what it is sorted by, within its `group`."""

    id: str
    known: bool
    text: str = ""
    notes: tuple[str, ...] = ()
    svg: Markup | None = None
    reason: str = ""
    language: str | None = None
    key: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of the clients, which are in the order of attention."""

    clients: Sequence[Client]
    wording: Wording

    def t(self, key: str, **params: str | float | int) -> str:
        return self.wording.text(f"portfolio.{key}", **params)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        goals = _ranks(
            {
                c.number: c.digest.worst_goal.badness()
                for c in self.clients
                if c.digest and c.digest.worst_goal
            }
        )
        actions = _ranks({c.number: _action_order(c) for c in self.clients if c.digest and c.digest.action})
        for rank, client in enumerate(self.clients, start=1):
            found = client.digest
            yield {
                "number": client.number,
                "name": client.name,
                "about": tuple(line for line in (found.period if found else "", client.file) if line),
                "language": client.language,
                "is_": self.groups(client),
                "rank": rank,
                "tone": TONES.get(client.status, "act"),
                "status": self.wording.text(f"cli.status_{client.status}"),
                "reasons": [self.reason(reason) for reason in client.reasons if not _is_told(reason)],
                "why": client.todo if client.urgency is Urgency.NO_REPORT else "",
                "calm": "" if client.reasons else self.t("past" if client.is_past else "calm"),
                "figures_known": found is not None and found.status is not Status.REFUSED,
                "change": self.change(client),
                "figures": self.figures(client),
                "goal": found.worst_goal if found else None,
                "goal_rank": goals.get(client.number),
                "no_goal": found.no_goal if found else self.wording.text("digest.no_report"),
                "action": found.action if found else None,
                "action_rank": actions.get(client.number),
                "no_action": found.no_action if found else self.wording.text("digest.no_report"),
                "links": [
                    {
                        "href": link.href,
                        "text": self.t(f"file_{link.kind}"),
                        "label": self.t("file_of", file=self.t(f"file_{link.kind}"), client=client.name),
                    }
                    for link in client.links
                ],
            }

    def groups(self, client: Client) -> str:
        """What the list can be narrowed down to."""
        outcome = client.status if client.status in TONES else "none"
        return " ".join(("all", outcome, *(("attention",) if client.reasons else ())))

    def figures(self, client: Client) -> Sequence[_Cell]:
        found = client.digest
        if found is None:
            nothing = self.wording.text("digest.no_report")
            return [_Cell(id_, known=False, reason=nothing) for id_ in ("health", "nps", "cac", "payback")]
        health, nps, cac, payback = found.health, found.nps, found.cac, found.payback
        return [
            self.cell("health", health, client, svg=_bar(health)),
            self.cell("nps", nps, client, "answers_n", svg=_whisker(nps)),
            self.cell("cac", cac, client, "new_clients_n", group=found.currency or ""),
            self.cell("payback", payback, client),
        ]

    def change(self, client: Client) -> _Cell:
        """What got better and worse; sorted by how many more of the first there are."""
        progress = client.digest.progress if client.digest else None
        if progress is None:
            return _Cell("change", known=False, reason=self.t("no_change"))
        told = [
            self.t(way, names=", ".join(names))
            for way, names in (("worse", progress.worse), ("better", progress.better))
            if names
        ]
        if progress.unclear:
            told.append(self.t("unclear", n=len(progress.unclear)))
        balance = len(progress.better) - len(progress.worse)
        return _Cell("change", known=True, notes=tuple(told or [self.t("unmoved")]), key=str(balance))

    def cell(
        self,
        id_: str,
        figure: Figure,
        client: Client,
        sample: str = "",
        *,
        svg: Markup | None = None,
        group: str = "",
    ) -> _Cell:
        if figure.value is None:
            return _Cell(id_, known=False, reason=figure.reason, language=client.language)
        notes = (
            f"({figure.range})" if figure.range else "",
            self.t(sample, n=figure.sample) if sample and figure.sample is not None else "",
        )
        return _Cell(
            id_,
            known=True,
            text=figure.text,
            notes=tuple(note for note in notes if note),
            svg=svg,
            key=f"{figure.value:.6f}",
            group=group,
        )

    def reason(self, reason: Reason) -> Mapping[str, str]:
        return {
            "label": self.t(f"reason_{reason.urgency.name.lower()}"),
            "tone": "attention" if reason.urgency in _TO_WATCH else "act",
            "text": reason.text,
            "brief": reason.brief,
            "language": reason.language,
        }


def _is_told(reason: Reason) -> bool:
    """Whether a row says it beside the sign of its status already."""
    return reason.urgency is Urgency.NO_REPORT


def _ranks(orders: Mapping[int, Any]) -> Mapping[int, int]:
    """The place of each client in an order, counted from 1; equals share theirs."""
    places = {order: place for place, order in enumerate(sorted(set(orders.values())), start=1)}
    return {number: places[order] for number, order in orders.items()}


def _action_order(client: Client) -> tuple[str, str]:
    assert client.digest is not None
    assert client.digest.action is not None
    return client.digest.action.tier, client.digest.action.title


def _bar(figure: Figure) -> Markup:
    """A score from 0 to 100."""
    width = 0.0 if figure.value is None else min(max(figure.value, 0), 100)
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="10"/><rect class="fill" width="{}" height="10"/></svg>'
    ).format(f"{width:.0f}")


def _whisker(figure: Figure) -> Markup | None:
    """NPS from −100 to +100 with its interval."""
    if figure.value is None:
        return None
    low, high = figure.interval or (figure.value, figure.value)
    at, start, end = (f"{(value + 100) / 2:.1f}" for value in (figure.value, low, high))
    return Markup(
        '<svg class="whisker" viewBox="0 0 100 11" aria-hidden="true"><path class="axis" d="M0 5.5H100"/>'
        '<path class="zero" d="M50 1V10"/><path class="span" d="M{start} 5.5H{end}M{start} 3V8M{end} 3V8"/>'
        '<circle class="dot" cx="{at}" cy="5.5" r="2.6"/></svg>'
    ).format(start=start, end=end, at=at)
