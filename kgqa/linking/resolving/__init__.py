"""Entities that may be one thing (record linkage): candidates, comparison, probability."""
