"""The next round: an older workbook's answers in the current version, or the workbook of the next period."""

from sheetreport.rounds.build import Request, Round, build

__all__ = ["Request", "Round", "build"]
