"""A sentence encoder of three small layers with random weights: quick to tune, says nothing sensible."""

from __future__ import annotations

from pathlib import Path

from kgqa.embeddings.encoder import Encoder, load_encoder

WORDS = (
    "who what which is was the of in by capital borders discovered born population country city element year".split()
)


def tiny_encoder(folder: Path, *, seed: int = 0) -> Encoder:
    """Writes the model into ``folder`` and opens it."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *WORDS,
        *letters,
        *(f"##{letter}" for letter in letters),
    ]
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(str(folder))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(str(folder), safe_serialization=True)
    return load_encoder(str(folder), cache=folder / "cache", device="cpu")
