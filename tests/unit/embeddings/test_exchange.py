"""Embeddings to PyKEEN and numpy and back, by plain weights."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pykeen.models import TransE, model_resolver
from pykeen.triples import TriplesFactory

from kgqa.embeddings.artefact import network, open_artefact
from kgqa.embeddings.exchange import from_pykeen, to_numpy, to_pykeen
from kgqa.embeddings.models import triples_factory
from kgqa.embeddings.predictor import load_predictor
from kgqa.errors import InputError, ModelError, UsageError
from kgqa.types import Triple
from tests.unit.embeddings.people import Trained


def test_pykeen_loads_what_is_written_for_it(trained: Trained, tmp_path: Path) -> None:
    to_pykeen(trained.folder, tmp_path / "out")
    artefact = open_artefact(trained.folder)[1]
    said = json.loads((tmp_path / "out" / "model.json").read_text(encoding="utf-8"))
    names = json.loads((tmp_path / "out" / "names.json").read_text(encoding="utf-8"))
    factory = triples_factory(
        artefact.triples, entities=len(names["entities"]), relations=len(names["relations"]), inverses=said["inverses"]
    )
    model = model_resolver.lookup(said["name"])(triples_factory=factory, **said["arguments"])
    model.load_state_dict(torch.load(tmp_path / "out" / "state.pt", weights_only=True))
    asked = torch.from_numpy(artefact.triples[:20])
    torch.testing.assert_close(model.eval().predict_hrt(asked), network(artefact).predict_hrt(asked))
    with pytest.raises(UsageError, match="exists"):
        to_pykeen(trained.folder, tmp_path / "out")


def test_numpy_gets_the_vectors_by_name(trained: Trained, tmp_path: Path) -> None:
    to_numpy(trained.folder, tmp_path / "out")
    names = json.loads((tmp_path / "out" / "names.json").read_text(encoding="utf-8"))
    entities = np.load(tmp_path / "out" / "entities.npy", allow_pickle=False)
    relations = np.load(tmp_path / "out" / "relations.npy", allow_pickle=False)
    assert entities.shape == (len(names["entities"]), 64)  # 32 complex dimensions
    assert relations.shape == (2 * len(names["relations"]), 64)  # with reciprocals


def pykeens(trained: Trained) -> tuple[Any, TriplesFactory]:
    rows = [
        (row.head, row.relation, row.tail)
        for row in trained.store.export()
        if isinstance(row, Triple) and isinstance(row.tail, str)
    ]
    factory = TriplesFactory.from_labeled_triples(np.array(rows, dtype=str))
    return TransE(triples_factory=factory, embedding_dim=8, random_seed=1).eval(), factory


def test_a_model_of_pykeen_scores_here_as_there_and_claims_nothing(trained: Trained, tmp_path: Path) -> None:
    model, factory = pykeens(trained)
    torch.save(model.state_dict(), tmp_path / "state.pt")
    ids = {"entities": factory.entity_to_id, "relations": factory.relation_to_id}
    from_pykeen(
        trained.store, tmp_path / "m", tmp_path / "state.pt", model="TransE", arguments={"embedding_dim": 8}, **ids
    )
    predictor = load_predictor(tmp_path / "m", trained.store, trained.snapshot)
    asked = [("person/1", "nationality", "country/2"), ("city/3", "in_country", "country/3")]
    numbers = [(ids["entities"][h], ids["relations"][r], ids["entities"][t]) for h, r, t in asked]
    theirs = model.predict_hrt(torch.tensor(numbers)).detach().numpy()[:, 0]
    np.testing.assert_allclose(predictor.score(asked), theirs, rtol=1e-6)
    assert (predictor.probabilities(asked) <= 0.5).all()


def test_what_is_no_state_or_does_not_fit_is_refused(trained: Trained, tmp_path: Path) -> None:
    model, factory = pykeens(trained)
    ids = {"entities": factory.entity_to_id, "relations": factory.relation_to_id}
    torch.save(model.state_dict(), tmp_path / "state.pt")
    with (tmp_path / "code.pt").open("wb") as file:
        pickle.dump(Path("x"), file)
    refused = (
        ("code.pt", {"embedding_dim": 8}, ids, InputError, "plain weights"),
        ("none.pt", {"embedding_dim": 8}, ids, InputError, "none.pt"),
        ("state.pt", {"embedding_dim": 9}, ids, ModelError, "does not fit"),
        ("state.pt", {"embedding_dim": 8}, {**ids, "entities": {"nobody": 0}}, UsageError, "nobody"),
    )
    for name, arguments, given, error, said in refused:
        with pytest.raises(error, match=said):
            from_pykeen(trained.store, tmp_path / "m", tmp_path / name, model="TransE", arguments=arguments, **given)
    assert not (tmp_path / "m").exists()
