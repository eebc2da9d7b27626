"""sheetreport: from an owner's filled workbook to checked metrics, a workbook and a PDF of advice."""

__version__ = "1.0.0"
