"""The owner's Excel workbook, made of the catalogue's fields."""

from sheetreport.template.build import VERSION, build

__all__ = ["VERSION", "build"]
