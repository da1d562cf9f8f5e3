"""What the engine says when it does not answer."""

from __future__ import annotations

from kgqa.types import Reason, ReasonCode

_OPENINGS = {
    ReasonCode.NO_ENTITY: "I found nothing in this graph that the question names",
    ReasonCode.AMBIGUOUS: "The question can be read in several ways",
    ReasonCode.NO_PLAN: "I found no way through this graph that explains the question",
    ReasonCode.NO_ANSWER: "This graph holds no answer",
    ReasonCode.FALSE_PREMISE: "The question takes for granted something that this graph does not bear out",
    ReasonCode.LOW_CONFIDENCE: "I am not sure enough of any answer",
    ReasonCode.UNSUPPORTED: "The best answer does not follow from the evidence",
    ReasonCode.TIMEOUT: "The time given ran out",
}


def abstention_text(reason: Reason) -> str:
    """One sentence for the reader: what kind of reason, then its detail."""
    opening = _OPENINGS[reason.code]
    return f"{opening}: {reason.detail.rstrip('.')}." if reason.detail else f"{opening}."
