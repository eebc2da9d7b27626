"""What each client's workbooks gave, period by period, in one SQLite file; the only room that knows of it."""
