"""The expression language of the catalogue: parsed once, then evaluated, written as Excel, explained in words."""
