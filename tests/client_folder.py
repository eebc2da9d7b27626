"""A folder of seven clients, each different in a way that the portfolio has to show; every part by hand."""

from __future__ import annotations

import json
from pathlib import Path

from sheetreport.portfolio import Entry
from tests.small_results import Json, action, goal, made, metric, refused

HOSTILE = '<script>alert(1)</script> =1+1 \u202e& "Co" شركة'
ORDER = ("elm", "fir", "Birch Salon", "<script>alert(1)</script> =1+1 & \"Co\" شركة", "Cedar Garage",
         "Dogwood Bakery", "Alder Café")  # fmt: skip
"""No report first, then an urgent action, a goal off track, wrong cells; the calm ones by their health."""


def folder(out: Path) -> list[Entry]:
    """The results and other outputs of the seven, written below `out`."""
    return [
        entry(out, "alder", ALDER),
        entry(out, "birch", BIRCH),
        entry(out, "cedar", CEDAR),
        entry(out, "dogwood", DOGWOOD),
        entry(out, "elm", ELM),
        Entry("/inbox/fir.xlsx", "failed", [], "notes/fir.md: two workbooks go by this name"),
        entry(out, "hostile & №#1", HOSTILE_ONE),
    ]


def entry(out: Path, stem: str, document: Json) -> Entry:
    """A workbook with the outputs that its status asks for."""
    place = out / stem
    place.mkdir(parents=True, exist_ok=True)
    result = place / f"{stem}-report.json"
    result.write_text(json.dumps(document), "utf-8")
    if document["status"] == "refused":
        outputs = [result, place / f"{stem}-corrections.xlsx"]
    else:
        outputs = [result, place / f"{stem}.eml", place / f"{stem}-report.xlsx", place / f"{stem}-report.pdf"]
    return Entry(f"/inbox/{stem}.xlsx", document["status"], outputs)


def figures(
    nps: tuple[float, float, float, int] | None, cac: float, months: float | None, **more: float
) -> list[Json]:
    """NPS with its interval and sample, the cost of a client, the months until it is paid back."""
    loyalty = (
        {"interval": list(nps[1:3]), "sample": float(nps[3])} if nps else {"reason_text": "nobody asked"}
    )
    return [
        metric("nps", "points", nps[0] if nps else None, **loyalty),
        metric("cac", "money", cac, interval=[cac / 2, cac * 2], sample=25.0),
        metric("cac_payback_months", "months", months, reason_text="no monthly profit"),
        *(metric(id_, "share", value) for id_, value in more.items()),
    ]


def health(score: int | None) -> Json:
    return {"score": score, "known": 1.0 if score is not None else 0.3, "least": 0.5, "areas": []}


def errors(count: int) -> Json:
    """Findings of a partial or refused result."""
    found = [
        {"severity": "error", "sheet": "Clients", "cell": f"B{row}", "message": "“Total” is blank.",
         "fix": "Type a number, e.g. 480."}
        for row in range(5, 5 + count)
    ]  # fmt: skip
    return {"findings": found, "counts": {"findings": {"error": count}}}


ALDER = made(
    company="Alder Café",
    health=health(80),
    metrics=figures((40.0, 20.0, 60.0, 50), 10.0, 2.0, gross_margin=0.5),
    goals=[goal("100 leads", "on_track", 0.5, 0.5)],
    recommendations=[action("Ask every client", "P2")],
)
BIRCH = made(
    company="Birch Salon",
    health=health(40),
    metrics=figures((-10.0, -30.0, 10.0, 30), 30.0, 12.0, gross_margin=0.3),
    goals=[goal("200 leads", "overdue", 0.25, 1.0)],
    recommendations=[action("Stop the flyers", "P0")],
)
CEDAR = made(
    company="Cedar Garage",
    status="partial",
    health=health(None),
    metrics=figures(None, 20.0, 9.0),
    goals=[goal("300 leads", "at_risk", 0.4, 0.5)],
    recommendations=[action("Write to old clients", "P1")],
    **errors(2),
)
DOGWOOD = made(
    company="Dogwood Bakery",
    currency="EUR",
    health=health(60),
    metrics=figures((0.0, -20.0, 20.0, 40), 5.0, None),
    recommendations=[action("Keep the partners", "P4")],
)
ELM = refused(**errors(3))
HOSTILE_ONE = made(
    company=HOSTILE,
    health=health(50),
    metrics=figures((5.0, -5.0, 15.0, 100), 15.0, 4.0),
    goals=[goal("<b>400</b> leads", "off_track", 0.1, 0.5)],
    recommendations=[action("Call <i>them</i>", "P1", steps=["Ы" * 200])],
)
