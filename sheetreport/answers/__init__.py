"""Answers in YAML or JSON: the way in for scripts, samples and tests."""

from sheetreport.answers.content import AsFound, Content
from sheetreport.answers.file import load
from sheetreport.answers.flatten import Flat, flatten
from sheetreport.answers.submit import submission

__all__ = ["AsFound", "Content", "Flat", "flatten", "load", "submission"]
