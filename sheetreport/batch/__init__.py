"""Many workbooks: which files, where outputs go, one outcome each, nothing half-written or done twice."""

from sheetreport.batch.find import conflicting, find_closed, find_papers, find_workbooks
from sheetreport.batch.jobs import Job, safe_stem
from sheetreport.batch.letters import absent_clients
from sheetreport.batch.orders import unused_commentary
from sheetreport.batch.outcome import FileOutcome, entry, write_summary
from sheetreport.batch.overview import PortfolioError
from sheetreport.batch.plan import left_over, plan, plan_copies, twins, unique_stems
from sheetreport.batch.run import check, engine, run
from sheetreport.batch.settings import Settings
from sheetreport.batch.writing import write_atomically, write_copy, write_template
from sheetreport.outputs import SUMMARY

__all__ = [
    "SUMMARY",
    "FileOutcome",
    "Job",
    "PortfolioError",
    "Settings",
    "absent_clients",
    "check",
    "conflicting",
    "engine",
    "entry",
    "find_closed",
    "find_papers",
    "find_workbooks",
    "left_over",
    "plan",
    "plan_copies",
    "run",
    "safe_stem",
    "twins",
    "unique_stems",
    "unused_commentary",
    "write_atomically",
    "write_copy",
    "write_summary",
    "write_template",
]
