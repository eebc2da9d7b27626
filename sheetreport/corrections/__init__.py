"""The correction copy: the owner's own workbook again, with everything as typed and what to mend marked."""

from sheetreport.corrections.build import MARK_LENGTH, build, is_needed

__all__ = ["MARK_LENGTH", "build", "is_needed"]
