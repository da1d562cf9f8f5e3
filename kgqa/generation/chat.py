"""Lets a chat model reword a checked answer; code decides whether the wording may stand.

The model selects nothing, joins nothing and counts nothing: it gets the answer and at most four facts. What it
writes is kept only when every sentence cites given facts and adds no name or number; otherwise the template stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kgqa.errors import MissingDependencyError, ModelError
from kgqa.generation.citations import cited_sentences, strip_citations
from kgqa.generation.draft import Draft
from kgqa.generation.prompts import load_prompt
from kgqa.generation.wording import triple_sentence
from kgqa.types import Claim, TripleEvidence
from kgqa.verification.grounding import content_words, evidence_text, names_and_numbers

ChatModel = Callable[[str], str]
"""A prompt in, the model's text out."""

_MAX_FACTS = 4
_MAX_NEW_TOKENS = 120


def reword(question: str, draft: Draft, model: ChatModel) -> Draft:
    """The draft in the model's words, or the draft itself when the model's words do not hold."""
    if not draft.evidence or len(draft.evidence) > _MAX_FACTS or draft.evidence_total > len(draft.evidence):
        return draft
    facts = "\n".join(
        f"[{item.n}] {triple_sentence(item) if isinstance(item, TripleEvidence) else item.text}"
        for item in draft.evidence
    )
    prompt = load_prompt("reword").render(question=question, facts=facts, answer=strip_citations(draft.text))
    text = model(prompt).strip()
    claims = checked_claims(question, text, draft)
    return draft if claims is None else replace(draft, text=text, claims=claims)


def checked_claims(question: str, text: str, draft: Draft) -> tuple[Claim, ...] | None:
    """The claims of a model's text, None when one of them cites nothing, too much, or adds a name or number.

    The text must also name every answer of the draft.
    """
    by_number = {item.n: item for item in draft.evidence}
    allowed = set(content_words(question))
    claims = []
    for sentence in cited_sentences(text):
        if not sentence.citations or not set(sentence.citations) <= set(by_number):
            return None
        cited = [by_number[n] for n in sentence.citations]
        known = allowed | {word for item in cited for word in content_words(evidence_text(item))}
        if names_and_numbers(sentence.text) - known:
            return None
        predicted = any(isinstance(item, TripleEvidence) and item.predicted for item in cited)
        claims.append(Claim(sentence.text, sentence.citations, predicted))
    named = all(item.label.casefold() in text.casefold() for item in draft.answers)
    return tuple(claims) if claims and named else None


def langchain_model(model: Any) -> ChatModel:
    """Any LangChain chat model (``invoke`` on a list of messages)."""

    def call(prompt: str) -> str:
        reply = model.invoke([("human", prompt)])
        content = reply.content
        return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)

    return call


def local_model(path: str | Path, *, device: str = "cpu", online: bool = False) -> ChatModel:
    """A transformers chat model in a folder (safetensors), a ``.gguf`` file (needs the extra ``gguf``), or, online, a
    hub name.

    Raises ModelError when there is no such model; greedy decoding, so the same prompt gives the same text.
    """
    place = Path(path)
    if not online and not place.exists():
        raise ModelError(f"no chat model at {path}: name a folder or a .gguf file, or set online = true for a hub name")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    options: dict[str, Any] = {"local_files_only": not online, "trust_remote_code": False}
    where = str(path)
    if place.suffix == ".gguf":
        if find_spec("gguf") is None or find_spec("accelerate") is None:  # transformers needs both to read the format
            raise MissingDependencyError("gguf", purpose="a .gguf model", install="pip install 'kgqa[gguf]'")
        where, options["gguf_file"] = str(place.parent), place.name
    try:
        tokenizer = AutoTokenizer.from_pretrained(where, **options)
        weights = {} if "gguf_file" in options else {"use_safetensors": True}  # nothing that could be a pickle
        model = AutoModelForCausalLM.from_pretrained(where, **options, **weights).to(device).eval()
    except (OSError, ValueError) as error:
        raise ModelError(f"the chat model at {path} cannot be read: {error}") from error

    def call(prompt: str) -> str:
        import torch

        messages = [{"role": "user", "content": prompt}]
        inputs = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        ).to(model.device)
        with torch.inference_mode():
            output = model.generate(**inputs, max_new_tokens=_MAX_NEW_TOKENS, do_sample=False)
        return str(tokenizer.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))

    return call
