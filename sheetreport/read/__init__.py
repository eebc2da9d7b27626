"""A filled workbook to a submission: what stands in each cell, what was mended and what can't be read."""

from sheetreport.read.transcript import Transcript, transcribe
from sheetreport.read.workbook import Reading, read

__all__ = ["Reading", "Transcript", "read", "transcribe"]
