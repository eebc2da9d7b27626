"""The result JSON as a workbook and a PDF."""
