"""Judges answers of any system: metrics, intervals, reports."""
