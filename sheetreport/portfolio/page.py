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

from sheetreport.bureau.brand import Brand
from sheetreport.bureau.palette import AS_BUILT, Colours
from sheetreport.catalog.definitions import Catalog
from sheetreport.i18n import Wording, texts
from sheetreport.outputs import BOOK
from sheetreport.portfolio.clients import NAME, Client, Urgency, compared
from sheetreport.portfolio.peers import LEAST, Quartiles, quartiles
from sheetreport.portfolio.rows import TONES, Rows
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


@dataclass(frozen=True, slots=True)
class _Answer:
    question: str
    title: str
    text: str
    figure: str
    caption: str
    more: str = ""
    first: Sequence[Mapping[str, Any]] = ()


def render_page(
    clients: Sequence[Client],
    catalog: Catalog,
    wording: Wording,
    brand: Brand | None = None,
    absent: Sequence[str] | None = None,
) -> bytes:
    """The page's bytes; the clients are in the order of attention, `absent` who of a list sent nothing."""
    rows = Rows(clients, wording)
    page = _Page(clients, catalog, wording, brand, absent, rows)
    template = _environment().get_template("page.html")
    css, js = _style(brand.colours if brand else AS_BUILT), _asset(_PACKAGE, "page.js")
    shown = template.render(page=page.head(), rows=rows, css=css, js=js, csp=_policy(css, js))
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
    rows: Rows

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
            "peers": [self.peer(one) for one in found if one.median is not None],
            "peers_hidden": self.hidden([one for one in found if one.median is None]),
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
        count = {status: sum(client.status == status for client in self.clients) for status in TONES}
        reports, files = sum(count.values()), len(self.clients)
        complete, partial = (count[status] for status in TONES)
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
        others = len(waiting) - FIRST
        return _Answer(
            question=self.t("first_question"),
            title=self.t("first_some", n=len(waiting)) if waiting else self.t("first_none"),
            text=self.t("first_others", first=FIRST, n=others) if others > 0 else "",
            figure=self.wording.number(len(waiting)),
            caption=self.t("first_caption", n=sum(not client.is_past for client in self.clients)),
            first=[
                {"number": client.number, "name": client.name, **self.rows.reason(client.reasons[0])}
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
            figure=self.wording.number(len(worse)),
            caption=self.t("turning_caption", n=len(known)),
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

    def peers(self) -> Sequence[Quartiles]:
        found = compared(self.clients)
        return quartiles(found) if len(found) >= LEAST else []

    def peer(self, one: Quartiles) -> Mapping[str, Any]:
        name, unit = peer_name(one.metric, self.catalog, self.wording)
        wording = Wording(self.wording.language, one.currency or self.wording.currency)
        shown = {key: wording.value(getattr(one, key), unit) for key in ("low", "median", "high")}
        named = f"{name}, {one.currency}" if one.currency else name
        return {"name": named, "count": self.wording.number(one.count), **shown}

    def hidden(self, found: Sequence[Quartiles]) -> str:
        """Which metrics too few clients have, each with the currencies in which that is so."""
        currencies: dict[str, list[str]] = {}
        for one in found:
            name = peer_name(one.metric, self.catalog, self.wording)[0]
            currencies.setdefault(name, []).extend([one.currency] if one.currency else [])
        names = "; ".join(", ".join((name, *known)) for name, known in currencies.items())
        return self.t("peers_hidden", names=names, least=LEAST) if names else ""


class _Texts:
    """The texts of the page by their keys, for the template; those with placeholders go on as they are."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def __getitem__(self, key: str) -> str:
        return texts()[f"portfolio.{key}"][self._wording.language]
