"""A chat model only rewords: whatever it invents, the template stands in."""

import pytest
from langchain_core.language_models import FakeListChatModel

from kgqa.errors import ModelError, UsageError
from kgqa.generation.chat import langchain_model, local_model, reword
from kgqa.generation.draft import Draft
from kgqa.generation.prompts import load_prompt
from kgqa.types import AnswerItem, AnswerKind, Claim, TripleEvidence

EVIDENCE = TripleEvidence(1, "Po", "discovered_in", "FR", "Polonium", "discovered in", "France")
DRAFT = Draft(
    text="France [1].",
    answers=(AnswerItem(AnswerKind.ENTITY, "France", 1.0, id="FR"),),
    claims=(Claim("Polonium discovered in France", (1,)),),
    evidence=(EVIDENCE,),
    answers_total=1,
    evidence_total=1,
)


def said(text: str) -> Draft:
    return reword("Where was polonium discovered?", DRAFT, langchain_model(FakeListChatModel(responses=[text])))


def test_a_faithful_rewording_is_kept_with_its_claims() -> None:
    draft = said("Polonium was first found in France [1].")
    assert draft.text == "Polonium was first found in France [1]."
    assert draft.claims == (Claim("Polonium was first found in France.", (1,)),)


@pytest.mark.parametrize(
    "text",
    [
        "Polonium was found in France by Marie Curie [1].",  # a name that no fact gives
        "Polonium was found in France in 1898 [1].",  # a number that no fact gives
        "Polonium was found in France.",  # no citation
        "Polonium was found in France [2].",  # a citation of nothing
        "Polonium was found there [1].",  # the answer is not named
        "",
    ],
)
def test_whatever_the_facts_do_not_say_leaves_the_template(text: str) -> None:
    assert said(text) == DRAFT


def test_prompt_values_are_not_read_as_template_text() -> None:
    text = load_prompt("reword").render(question="$answer ${facts}", facts="f", answer="a")
    assert "$answer ${facts}" in text


def test_a_prompt_refuses_undeclared_inputs() -> None:
    with pytest.raises(UsageError, match="reword"):
        load_prompt("reword").render(question="q")


def test_a_missing_local_model_is_named(tmp_path: object) -> None:
    with pytest.raises(ModelError, match="no chat model at"):
        local_model(f"{tmp_path}/absent")
