"""What would be if a lever stood elsewhere: the numbers recomputed, and the levers that reach each goal."""

from sheetreport.what_if.document import describe
from sheetreport.what_if.goals import Outlook, Required, outlooks
from sheetreport.what_if.levers import Key, Lever, Settings, levers, tried
from sheetreport.what_if.outcomes import Outcome, outcomes

__all__ = [
    "Key",
    "Lever",
    "Outcome",
    "Outlook",
    "Required",
    "Settings",
    "describe",
    "levers",
    "outcomes",
    "outlooks",
    "tried",
]
