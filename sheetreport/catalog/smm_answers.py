"""Answers to the three questions about social networks, which the program gives.

Formulas and rules name them like the owner's own.
"""

from __future__ import annotations

from sheetreport.formula.units import Kind

PAGE = "social"
"""The page whose figures they are about."""

KINDS: dict[str, Kind] = {
    "smm.audience": Kind.TEXT,
    "smm.awareness": Kind.TEXT,
    "smm.opinion": Kind.TEXT,
    "smm.yes": Kind.COUNT,  # of the three, how many are answered yes
    "smm.known": Kind.COUNT,  # and how many can be answered at all
}
