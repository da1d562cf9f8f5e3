"""A real chat model of transformers, tiny and untrained, from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from kgqa.errors import ModelError
from kgqa.generation.chat import local_model, reword
from tests.unit.generation.test_prompts_and_chat import DRAFT

WORDS = "<unk> <s> </s> Polonium was discovered in France [ 1 ] . Germany 1898".split()
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("chat") / "model"
    words = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="<unk>", bos_token="<s>", eos_token="</s>", chat_template=TEMPLATE
    )
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=1024,
        bos_token_id=1,
        eos_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(place)
    tokenizer.save_pretrained(place)
    return place


def test_the_same_prompt_gives_the_same_words_and_not_the_prompt(folder: Path) -> None:
    model = local_model(folder)
    text = model("Polonium was discovered in France")
    assert text == model("Polonium was discovered in France")
    assert text.strip() and set(text.split()) <= set(WORDS)


def test_what_an_untrained_model_says_never_stands(folder: Path) -> None:
    assert reword("Where was polonium discovered?", DRAFT, local_model(folder)) == DRAFT


def test_weights_that_could_run_code_are_not_read(folder: Path, tmp_path: Path) -> None:
    unsafe = tmp_path / "unsafe"
    unsafe.mkdir()
    for file in folder.iterdir():
        if file.suffix == ".json":
            (unsafe / file.name).write_bytes(file.read_bytes())
    torch.save(LlamaForCausalLM.from_pretrained(folder).state_dict(), unsafe / "pytorch_model.bin")
    with pytest.raises(ModelError, match="cannot be read"):
        local_model(unsafe)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        local_model(tmp_path)
