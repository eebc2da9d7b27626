"""The owner's Excel workbook, made of the catalogue's fields."""

from sheetreport.template.build import build

__all__ = ["build"]
