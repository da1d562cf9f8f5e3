"""Every reason for not answering has its sentence."""

import pytest

from kgqa.generation.abstention import abstention_text
from kgqa.types import Reason, ReasonCode


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_has_words_and_ends_with_its_detail(code: ReasonCode) -> None:
    plain, told = abstention_text(Reason(code, "")), abstention_text(Reason(code, "no film of that name."))
    assert plain.endswith(".") and ":" not in plain
    assert told == f"{plain[:-1]}: no film of that name."


def test_no_two_reasons_read_the_same() -> None:
    assert len({abstention_text(Reason(code, "")) for code in ReasonCode}) == len(ReasonCode)
