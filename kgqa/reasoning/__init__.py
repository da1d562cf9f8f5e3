"""The plan algebra: search, execution, explanation."""
