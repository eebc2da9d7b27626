"""The page of a folder of clients: one file that opens offline, loads nothing and works without scripts."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from sheetreport.bureau.brand import Brand
from sheetreport.bureau.palette import AS_BUILT, Colours
from sheetreport.catalog.definitions import Catalog, Unit
from sheetreport.digest import Figure, Goal
from sheetreport.i18n import Wording, running, texts
from sheetreport.model import GoalStatus, Status
from sheetreport.outputs import BOOK
from sheetreport.portfolio.clients import NAME, Client, Reason, Urgency, compared
from sheetreport.portfolio.peers import LEAST, Quartiles, quartiles
from sheetreport.portfolio.words import peer_name
from sheetreport.render.view.words import clean

FIRST, MOST_ABSENT = 5, 20
"""Clients that the head of the page names: those to begin with, and those who sent nothing."""

_PACKAGE, _RENDER = "sheetreport.portfolio", "sheetreport.render"
_WEIGHTS = (400, 600)
_ROLE = re.compile(r"--(\w+): (#[0-9a-f]{6})")
_COLUMNS = {
    "client": "text",
    "status": "number",
    "change": "number",
    "health": "number",
    "nps": "number",
    "cac": "number",
    "payback": "number",
    "goal": "number",
    "action": "number",
    "files": "number",
}
_TO_WATCH = frozenset({Urgency.WRONG_CELLS, Urgency.GOAL_AT_RISK})
_TONES = {Status.COMPLETE.value: "good", Status.PARTIAL.value: "attention"}


@dataclass(frozen=True, slots=True)
class _Answer:
    question: str
    title: str
    text: str
    figure: str
    caption: str
    more: str = ""
    first: Sequence[Mapping[str, Any]] = ()


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


def render_page(
    clients: Sequence[Client],
    catalog: Catalog,
    wording: Wording,
    brand: Brand | None = None,
    absent: Sequence[str] | None = None,
) -> bytes:
    """The page's bytes; the clients are in the order of attention, `absent` who of a list sent nothing."""
    page = _Page(clients, catalog, wording, brand, absent)
    template = _environment().get_template("page.html")
    css, js = _style(brand.colours if brand else AS_BUILT), _asset(_PACKAGE, "page.js")
    shown = template.render(page=page.head(), rows=page.rows(), css=css, js=js, csp=_policy(css, js))
    return shown.encode()


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _asset(_PACKAGE, name)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=8)
def _asset(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text("utf-8")


@lru_cache(maxsize=4)
def _style(colours: Colours) -> str:
    """The stylesheet with the fonts and a brand's colours in it."""
    fonts = "".join(
        f'@font-face {{ font-family: "Golos Text"; font-weight: {weight}; font-display: block; '
        f"src: url(data:font/woff2;base64,{_base64(f'fonts/GolosText-{weight}.woff2')}) format('woff2') }}\n"
        for weight in _WEIGHTS
    )
    own = {role: value for role in Colours.__slots__ if (value := getattr(colours, role))}
    sheet = _ROLE.sub(
        lambda found: f"--{found[1]}: {own.get(found[1], found[2])}", _asset(_PACKAGE, "page.css")
    )
    return fonts + sheet


def _base64(name: str) -> str:
    return b64encode(resources.files(_RENDER).joinpath(name).read_bytes()).decode()


def _policy(css: str, js: str) -> str:
    """What the page may do: its own style and script, its own pictures and fonts, nothing from anywhere."""
    style, script = (b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (css, js))
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


@dataclass(frozen=True, slots=True)
class _Page:
    clients: Sequence[Client]
    catalog: Catalog
    wording: Wording
    brand: Brand | None
    absent: Sequence[str] | None

    def t(self, key: str, **params: str | float | int) -> str:
        return self.wording.text(f"portfolio.{key}", **params)

    @property
    def has_change(self) -> bool:
        """Whether the history of any client says how they go on."""
        return any(client.digest and client.digest.progress for client in self.clients)

    def head(self) -> Mapping[str, Any]:
        """Everything of the page but its rows."""
        logo = self.brand.logo if self.brand else None
        name = self.brand.name[self.wording.language] if self.brand else ""
        found = self.peers()
        return {
            "language": self.wording.language,
            "title": self.t("title"),
            "book": BOOK,
            "over": name or self.t("over"),
            "bureau": name,
            "logo": f"data:image/png;base64,{b64encode(logo.png).decode()}" if logo else "",
            "logo_width": logo.width if logo else 0,
            "logo_height": logo.height if logo else 0,
            "about": tuple(self.about()),
            "answers": (
                self.returned(),
                self.errors(),
                self.first(),
                *((self.turning(),) if self.has_change else ()),
            ),
            "t": _Texts(self.wording),
            "columns": [
                {"id": id_, "type": type_, "text": self.t(f"column_{id_}")}
                for id_, type_ in _COLUMNS.items()
                if id_ != "change" or self.has_change
            ],
            "has_change": self.has_change,
            "labels": {id_: self.t(f"column_{id_}") for id_ in _COLUMNS},
            "shows": [
                (name, self.t(f"show_{name}")) for name in ("all", "attention", "complete", "partial", "none")
            ],
            "notes": tuple(self.notes()),
            "peers": [one for one in found if not one["hidden"]],
            "peers_hidden": self.hidden(found),
            "no_peers": self.t("peers_none", n=LEAST),
            "contacts": " · ".join((name, *self.brand.contacts)) if self.brand else "",
        }

    def about(self) -> Iterator[str]:
        """The periods that the results cover, and when the last of them was made."""
        digests = [client.digest for client in self.clients if client.digest]
        starts = [found.start for found in digests if found.start]
        ends = [found.end for found in digests if found.end]
        if starts and ends:
            yield self.t("data_for", period=self.wording.period(min(starts), max(ends)))
        made = [client.made for client in self.clients if client.made]
        if made:
            yield self.t("updated", date=self.wording.long_date(max(made)))

    # --- the three questions at the head ------------------------------------------------------------

    def returned(self) -> _Answer:
        count = {status: sum(client.status == status for client in self.clients) for status in _TONES}
        reports, files = sum(count.values()), len(self.clients)
        complete, partial = (count[status] for status in _TONES)
        return _Answer(
            question=self.t("returned_question"),
            title=self.t("returned", files=files, reports=reports),
            text=self.t("returned_text", complete=complete, partial=partial, none=files - reports),
            more=self.waited_for(),
            figure=self.wording.number(reports),
            caption=self.t("returned_caption", n=files),
        )

    def waited_for(self) -> str:
        """Who of the consultant's list sent nothing yet."""
        if self.absent is None:
            return ""
        if not self.absent:
            return self.t("absent_none")
        names = ", ".join(clean(name, NAME) for name in self.absent[:MOST_ABSENT])
        rest = len(self.absent) - MOST_ABSENT
        listed = self.t("absent_more", names=names, n=rest) if rest > 0 else names
        return self.t("absent", n=len(self.absent), names=listed)

    def errors(self) -> _Answer:
        wrong = [client.errors for client in self.clients if client.errors]
        return _Answer(
            question=self.t("errors_question"),
            title=self.t("errors_some", n=len(wrong)) if wrong else self.t("errors_none"),
            text=self.t("errors_text" if wrong else "errors_none_text"),
            figure=self.wording.number(sum(wrong)),
            caption=self.t("errors_caption"),
        )

    def first(self) -> _Answer:
        waiting = [client for client in self.clients if client.urgency is not Urgency.NONE]
        return _Answer(
            question=self.t("first_question"),
            title=self.t("first_some", n=len(waiting)) if waiting else self.t("first_none"),
            text="",
            figure=self.wording.number(len(waiting)),
            caption=self.t("first_caption", n=sum(not client.is_past for client in self.clients)),
            first=[
                {"number": client.number, "name": client.name, **self.reason(client.reasons[0])}
                for client in waiting[:FIRST]
            ],
        )

    def turning(self) -> _Answer:
        """How many got better, how many worse, and who those are."""
        known = [
            (client, len(client.digest.progress.better) - len(client.digest.progress.worse))
            for client in self.clients
            if client.digest and client.digest.progress and not client.is_past
        ]
        better = sum(balance > 0 for _, balance in known)
        worse = [client.name for client, balance in known if balance < 0]
        names = ", ".join(worse[:FIRST]) + ("…" if len(worse) > FIRST else "")
        return _Answer(
            question=self.t("turning_question"),
            title=self.t("turning", better=better, worse=len(worse)),
            text=self.t("turning_worse", names=names) if worse else "",
            figure=self.wording.change(better - len(worse), Unit.COUNT),
            caption=self.t("turning_caption", n=len(known)),
        )

    def reason(self, reason: Reason) -> Mapping[str, str]:
        return {
            "label": self.t(f"reason_{reason.urgency.name.lower()}"),
            "tone": "attention" if reason.urgency in _TO_WATCH else "act",
            "text": reason.text,
            "brief": reason.brief,
            "language": reason.language,
        }

    # --- the list -----------------------------------------------------------------------------------

    def rows(self) -> Iterator[Mapping[str, Any]]:
        goals = _ranks(
            {
                c.number: _goal_order(c.digest.worst_goal)
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
                "tone": _TONES.get(client.status, "act"),
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
        outcome = client.status if client.status in _TONES else "none"
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

    # --- below the list -----------------------------------------------------------------------------

    def notes(self) -> Iterator[str]:
        yield self.t("note_order")
        if any(client.is_past for client in self.clients):
            yield self.t("note_past")
        yield self.t("note_goal")
        if self.has_change:
            yield self.t("note_change")
        currencies = sorted(
            {
                c.digest.currency
                for c in self.clients
                if c.digest and c.digest.currency and c.digest.cac.value is not None
            }
        )
        if len(currencies) > 1:
            yield self.t("note_currencies", list=", ".join(currencies))
        yield self.t("note_interval")
        yield self.t("note_unknown")

    def peers(self) -> Sequence[Mapping[str, Any]]:
        return (
            [self.peer(one) for one in quartiles(compared(self.clients))]
            if len(compared(self.clients)) >= LEAST
            else []
        )

    def peer(self, one: Quartiles) -> Mapping[str, Any]:
        name, unit = peer_name(one.metric, self.catalog, self.wording)
        wording = Wording(self.wording.language, one.currency or self.wording.currency)
        shown = {
            key: wording.value(value, unit)
            for key in ("low", "median", "high")
            if (value := getattr(one, key)) is not None
        }
        named = f"{name}, {one.currency}" if one.currency else name
        return {"name": named, "count": self.wording.number(one.count), "hidden": not shown, **shown}

    def hidden(self, found: Sequence[Mapping[str, Any]]) -> str:
        """Which metrics too few clients have."""
        names = "; ".join(running(one["name"]) for one in found if one["hidden"])
        return self.t("peers_hidden", names=names, least=LEAST) if names else ""


class _Texts:
    """The texts of the page by their keys, for the template; those with placeholders go on as they are."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def __getitem__(self, key: str) -> str:
        return texts()[f"portfolio.{key}"][self._wording.language]


def _is_told(reason: Reason) -> bool:
    """Whether a row says it beside the sign of its status already."""
    return reason.urgency is Urgency.NO_REPORT


def _ranks(orders: Mapping[int, Any]) -> Mapping[int, int]:
    """The place of each client in an order, counted from 1; equals share theirs."""
    places = {order: place for place, order in enumerate(sorted(set(orders.values())), start=1)}
    return {number: places[order] for number, order in orders.items()}


def _goal_order(goal: Goal | None) -> tuple[int, float]:
    assert goal is not None
    return [*GoalStatus].index(goal.status), float("inf") if goal.pace is None else goal.pace


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
