"""Answers in YAML or JSON: the way in for scripts, samples and tests."""

from sheetreport.answers.content import Content
from sheetreport.answers.file import load
from sheetreport.answers.flatten import Flat, flatten
from sheetreport.answers.submit import carried, submission

__all__ = ["Content", "Flat", "carried", "flatten", "load", "submission"]
