"""The result workbook (.xlsx) with live formulas and native charts."""

from sheetreport.render.workbook.build import build

__all__ = ["build"]
