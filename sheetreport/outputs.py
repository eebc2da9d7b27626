"""What the files that are made of workbooks are called."""

from __future__ import annotations

PDF, WORKBOOK, RESULT = "report.pdf", "report.xlsx", "report.json"
"""The report of one workbook, as its name ends: NAME-report.pdf of NAME.xlsx."""

CONSULTANT, CORRECTIONS = "consultant.pdf", "corrections.xlsx"
"""The consultant's copy of the PDF; the workbook with the cells to fix marked."""

DRAFT = "eml"
"""The e-mail to the owner, NAME.eml."""

SUMMARY, PAGE, BOOK = "batch.json", "index.html", "portfolio.xlsx"
"""What is about a whole folder of workbooks: the list of them, the portfolio's page and its workbook."""

FOR_ALL = frozenset({SUMMARY, PAGE, BOOK})
