"""A filled workbook to a submission: what stands in each cell, what was mended and what can't be read."""

from sheetreport.read.actions import Accepted, Action, another_company, read_actions
from sheetreport.read.book import Opened
from sheetreport.read.transcript import Transcript, transcribe
from sheetreport.read.workbook import Reading, read

__all__ = [
    "Accepted",
    "Action",
    "Opened",
    "Reading",
    "Transcript",
    "another_company",
    "read",
    "read_actions",
    "transcribe",
]
