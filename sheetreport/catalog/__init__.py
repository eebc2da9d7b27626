"""Definitions of fields, metrics, goals, rules and policy, read from the YAML files beside this module."""
