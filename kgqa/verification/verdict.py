"""From judged claims and steps to one verdict."""

from __future__ import annotations

from collections.abc import Sequence

from kgqa.types import VerdictLabel, VerdictStep


def combine(claims: Sequence[VerdictLabel], steps: Sequence[VerdictStep]) -> VerdictLabel:
    """The label of an answer: its worst claim decides, and a step that does not hold leaves it unsupported."""
    if VerdictLabel.CONTRADICTED in claims:
        return VerdictLabel.CONTRADICTED
    good = [label for label in claims if label in (VerdictLabel.SUPPORTED, VerdictLabel.PREDICTED)]
    if not good:
        partly = VerdictLabel.PARTLY_SUPPORTED in claims
        return VerdictLabel.PARTLY_SUPPORTED if partly else VerdictLabel.UNSUPPORTED
    if not all(step.holds for step in steps):
        return VerdictLabel.UNSUPPORTED
    if len(good) < len(claims):
        return VerdictLabel.PARTLY_SUPPORTED
    return VerdictLabel.PREDICTED if VerdictLabel.PREDICTED in good else VerdictLabel.SUPPORTED
