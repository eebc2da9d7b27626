"""The expression language of the catalogue: parsed once, evaluated, written as Excel, put in words."""
