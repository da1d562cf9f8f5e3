"""Checks of claims, citations and steps; verdicts."""
