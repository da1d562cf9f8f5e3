"""Encoding texts on the CPU, beside sentence-transformers' own `encode` with the same model, texts and threads.

    python eval/benchmarks/encoding.py [--texts 400]

Texts are descriptions in the sample graph, cut to between 5 and 120 words as passages and questions are. "tokens/s"
counts the tokens that the model reads, its two marks a text included, by wall clock and by processor time, which other
users of the machine change less: the ratio is of that. Contenders take turns, three rounds, and the median counts.
"apart" is the largest difference of a vector's parts to the peer's.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from common import Figures, finish, options

from kgqa.config import load_settings
from kgqa.embeddings.encoder import load_encoder
from kgqa.embeddings.encoder_files import packaged_folder

ROUNDS = 3


def texts(count: int, seed: int) -> list[str]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from examples.elements.recipe import build

    words = " ".join(record["passage"]["text"] for record in build().facts if "passage" in record).split()
    drawn = np.random.default_rng(seed)
    lengths = drawn.integers(5, 121, count)
    starts = drawn.integers(0, len(words) - 121, count)
    return [" ".join(words[start : start + length]) for start, length in zip(starts, lengths, strict=True)]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--texts", type=int, default=400)
    arguments = parser.parse_args()
    threads = int(os.environ.get("OMP_NUM_THREADS", "0")) or os.cpu_count() or 1
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    torch.set_num_threads(threads)
    settings = load_settings()
    ours = load_encoder(cache=settings.cache, device="cpu", threads=threads)
    peer = SentenceTransformer(str(packaged_folder()), device="cpu", local_files_only=True)
    given = texts(arguments.texts * (ROUNDS + 1), arguments.seed)
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=int(peer.max_seq_length or 256))
    rates: dict[str, list[tuple[float, float]]] = {"ours": [], "sentence-transformers": []}
    apart = 0.0
    for number in range(ROUNDS + 1):
        batch = given[number * arguments.texts : (number + 1) * arguments.texts]
        tokens = sum(len(encoding.ids) for encoding in tokenizer.encode_batch(batch))
        vectors = {}
        for name in ("ours", "sentence-transformers") if number % 2 else ("sentence-transformers", "ours"):
            begin = time.perf_counter(), time.process_time()
            if name == "ours":
                vectors[name] = ours.encode(batch)
            else:
                vectors[name] = peer.encode(batch, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
            if number:  # the first round warms up
                wall, cpu = time.perf_counter() - begin[0], time.process_time() - begin[1]
                rates[name].append((tokens / wall, tokens / cpu))
        apart = max(apart, float(np.abs(vectors["ours"] - vectors["sentence-transformers"]).max()))
    figures: Figures = {
        name: {
            "tokens/s": round(statistics.median(wall for wall, _ in found)),
            "tokens/cpu s": round(statistics.median(cpu for _, cpu in found)),
        }
        for name, found in rates.items()
    }
    pairs = zip(rates["ours"], rates["sentence-transformers"], strict=True)
    ratio = statistics.median(one[1] / other[1] for one, other in pairs)
    figures["ours / sentence-transformers"] = {"times": round(ratio, 2), "apart": float(f"{apart:.1e}")}
    finish(arguments, "encoding", figures, texts=arguments.texts, threads=threads)


if __name__ == "__main__":
    main()
