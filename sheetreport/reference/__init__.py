"""The reference: every id of the product in words, as entries and as Markdown pages."""

from sheetreport.reference.entries import Entry, Fact, Kind, Reference

__all__ = ["Entry", "Fact", "Kind", "Reference"]
