"""The score of health by area, decomposed to the points of every metric."""

from sheetreport.health.document import document
from sheetreport.health.score import AreaStatus, Health, Judged, JudgedArea, judge

__all__ = ["AreaStatus", "Health", "Judged", "JudgedArea", "document", "judge"]
