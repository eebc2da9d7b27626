"""What the template promises and its reader keeps: one version, one range of days, one largest share."""

from __future__ import annotations

from datetime import date

TEMPLATE_VERSION = "1.0"
"""It changes when an older workbook can't be read as this one; others are read as far as they go."""

FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2035, 12, 31)
LARGEST_SHARE = 5
"""500%: a wish to grow may exceed the whole, but a larger number in a cell of shares is a slip."""
