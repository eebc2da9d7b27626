"""Lets `python -m sheetreport` stand for the `sheetreport` command, where scripts are not on the path."""

from sheetreport.cli import main

if __name__ == "__main__":
    main()
