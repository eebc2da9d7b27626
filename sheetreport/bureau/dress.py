"""What a bureau adds to a report that it hands over."""

from __future__ import annotations

from dataclasses import dataclass

from sheetreport.bureau.brand import Brand
from sheetreport.bureau.commentary import Commentary


@dataclass(frozen=True, slots=True)
class Dress:
    """The bureau's brand, and what its consultant wrote about this one client."""

    brand: Brand | None = None
    commentary: Commentary | None = None

    @property
    def hidden(self) -> frozenset[str]:
        """The chapters and parts of page 1 that the bureau leaves out."""
        return self.brand.hide if self.brand else frozenset()


PLAIN = Dress()
