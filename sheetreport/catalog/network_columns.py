"""Columns about advertising on the network of a channel, a page or a goal, which the program fills,
so that rules can name them.
"""

from __future__ import annotations

from sheetreport.formula.units import Kind

KINDS: dict[str, Kind] = {
    f"{table}.{name}": kind
    for table in ("channels", "social", "goals")
    for name, kind in (
        ("ads_status", Kind.TEXT),  # allowed, prohibited, disputed, or unknown where nothing is stated
        ("ads_checked_on", Kind.DATE),
        ("ads_source", Kind.TEXT),
    )
} | {
    "channels.refused": Kind.TEXT,  # yes: the owner names a service that is never advised
    "social.in_channels": Kind.TEXT,  # yes: a channel spends money on the same network
    "goals.needs_ads": Kind.TEXT,  # yes: the goal is bought by advertising
}
