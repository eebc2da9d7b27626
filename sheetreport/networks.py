"""What is known about advertising on the networks that an owner names, put beside their answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from sheetreport.catalog.definitions import Catalog, MeasureDef, NetworkDef
from sheetreport.catalog.provenance import load_services
from sheetreport.model import BLANK, Origin, Row, Scalar, State, Submission, Value

UNKNOWN = "unknown"
_CHANNEL_WORDS = ("channels.name", "channels.how_to_strengthen")


def network_of(catalog: Catalog, place: str) -> str | None:
    """The network a place means: its id, a name or an alias, alone or at the start ("VK, our group")."""
    folded = place.casefold().replace("ё", "е").strip()
    for network in catalog.networks:
        for name in (network.id, network.name.ru, network.name.en, *network.aliases):
            known = name.casefold().replace("ё", "е")
            if folded == known or (folded.startswith(known) and not folded[len(known)].isalnum()):
                return network.id
    return None


def channel_of(catalog: Catalog, submission: Submission, place: str | None) -> Row | None:
    """The channel whose network is the place, else the channel of that name."""
    if place is None:
        return None
    network = network_of(catalog, place)
    channels = submission.rows("channels")
    by_network = (row for row in channels if network and _text(row, "channels.network") == network)
    by_name = (row for row in channels if row.subject.casefold() == place.casefold().strip())
    return next(by_network, None) or next(by_name, None)


def page_of(catalog: Catalog, submission: Submission, place: str | None) -> Row | None:
    """The page on the network that the place means."""
    network = network_of(catalog, place) if place else None
    pages = submission.rows("social")
    return next((row for row in pages if network and _text(row, "social.network") == network), None)


def bought_on_page(catalog: Catalog, measure: MeasureDef) -> bool:
    """Whether the unit cost is that of a page on a network, as it is for followers, not of a channel."""
    return measure.unit_cost is not None and catalog.metrics[measure.unit_cost][0].per == "social"


def with_ads_status(catalog: Catalog, submission: Submission) -> Submission:
    """Fill the columns that say whether advertising is allowed where a channel, a page or a goal is."""
    columns: Mapping[str, Callable[[Row], Mapping[str, Scalar | None]]] = {
        "channels": lambda row: _of_channel(catalog, submission, row),
        "social": lambda row: _of_page(catalog, submission, row),
        "goals": lambda row: _of_goal(catalog, submission, row),
    }
    filled = {
        table: tuple(_with(row, known(row)) for row in submission.rows(table))
        for table, known in columns.items()
        if submission.rows(table)
    }
    return replace(submission, tables={**submission.tables, **filled})


def _of_channel(catalog: Catalog, submission: Submission, row: Row) -> Mapping[str, Scalar | None]:
    written = " ".join(_text(row, name) or "" for name in _CHANNEL_WORDS)
    return {
        **_status(catalog, submission, "channels", _text(row, "channels.network")),
        "channels.refused": "yes" if _names_refused(written) else "no",
    }


def _names_refused(text: str) -> bool:
    """Whether a text names a service that is never advised, as whole words."""
    aliases = (alias for service in load_services() if service.refused for alias in service.aliases)
    return any(re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", text, re.IGNORECASE) for alias in aliases)


def _of_page(catalog: Catalog, submission: Submission, row: Row) -> Mapping[str, Scalar | None]:
    network = _text(row, "social.network")
    return {
        **_status(catalog, submission, "social", network),
        "social.in_channels": "yes" if _is_paid(submission, network) else "no",
    }


def _of_goal(catalog: Catalog, submission: Submission, row: Row) -> Mapping[str, Scalar | None]:
    place, metric = _text(row, "goals.place"), _text(row, "goals.metric")
    channel = channel_of(catalog, submission, place)
    by_name = network_of(catalog, place) if place else None
    network = by_name or (_text(channel, "channels.network") if channel else None)
    measure = catalog.goals.measure(metric) if metric else None
    bought = measure is not None and measure.unit_cost is not None and not bought_on_page(catalog, measure)
    paid = _is_paid(submission, network) or _number(row, "goals.budget") > 0
    return {
        **_status(catalog, submission, "goals", network),
        "goals.needs_ads": "yes" if bought and paid else "no",
    }


def _status(
    catalog: Catalog, submission: Submission, table: str, network_id: str | None
) -> Mapping[str, Scalar | None]:
    network: NetworkDef | None = next((item for item in catalog.networks if item.id == network_id), None)
    country = str(submission.get("profile.country").value)
    return {
        f"{table}.ads_status": network.ads_status.get(country, UNKNOWN) if network else UNKNOWN,
        f"{table}.ads_checked_on": network.checked_on if network else None,
        f"{table}.ads_source": _site(network.source) if network else None,
    }


def _site(address: str) -> str | None:
    """The site of an address, which is what a sentence has room for."""
    return urlsplit(address).netloc.removeprefix("www.") or None


def _is_paid(submission: Submission, network: str | None) -> bool:
    """Whether a channel spends money on the network."""
    return network is not None and any(
        _text(channel, "channels.network") == network and _number(channel, "channels.spend") > 0
        for channel in submission.rows("channels")
    )


def _with(row: Row, known: Mapping[str, Scalar | None]) -> Row:
    return replace(row, values={**row.values, **{key: _known(value) for key, value in known.items()}})


def _known(value: Scalar | None) -> Value:
    return BLANK if value is None else Value(State.VALUE, value, origin=Origin.DERIVED)


def _text(row: Row, field_id: str) -> str | None:
    value = row.get(field_id)
    return value.value if value.state is State.VALUE and isinstance(value.value, str) else None


def _number(row: Row, field_id: str) -> float:
    """A number of a row; here what is not known does not count as spent."""
    value = row.get(field_id)
    known = value.state is State.VALUE and isinstance(value.value, int | float)
    return float(value.value) if known else 0.0  # type: ignore[arg-type]
