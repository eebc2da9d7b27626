"""What the page and the workbook call the same thing."""

from __future__ import annotations

from sheetreport.catalog.definitions import Catalog, Unit
from sheetreport.i18n import Wording


def peer_name(metric: str, catalog: Catalog, wording: Wording) -> tuple[str, Unit]:
    """What a metric is called among peers, and its unit."""
    if metric == "health":
        return wording.text("portfolio.peers_health"), Unit.COUNT
    definition = catalog.metric(metric)
    return definition.name[wording.language], definition.unit
