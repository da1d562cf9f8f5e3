"""What an engine shows after its graph changed."""

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kgqa import Engine
from kgqa.errors import InputError, StoreNotFoundError, UsageError
from kgqa.graph.publish import new_part, publish, writing
from kgqa.reasoning.search import load_ranker


def test_an_open_engine_answers_at_one_revision_until_refreshed(own: Engine) -> None:
    assert [item.id for item in own.ask("Who directed Alien?").answers] == ["scott"]
    own.ingest([{"triple": {"head": "witness", "relation": "directed_by", "tail": "weir"}}], source_name="more")
    assert own.ask("Who directed Witness?").abstained
    own.refresh()
    assert [item.id for item in own.ask("Who directed Witness?").answers] == ["weir"]


def test_what_only_a_deleted_source_said_is_gone(own: Engine) -> None:
    own.ingest([{"triple": {"head": "witness", "relation": "directed_by", "tail": "weir"}}], source_name="more")
    own.delete(source="more")
    own.refresh()
    assert own.ask("Who directed Witness?").abstained
    assert [source["name"] for source in own.info()["sources"]] == ["films"]


def test_bad_input_keeps_nothing_of_the_source(own: Engine, tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_text("a\tr\tb\nonly two\tcolumns\n", encoding="utf-8")
    revision = own.revision
    with pytest.raises(InputError, match=r"bad\.tsv:2"):
        own.ingest(path)
    assert own.revision == revision


def test_skipped_lines_are_written_beside(own: Engine, tmp_path: Path) -> None:
    path, skipped = tmp_path / "bad.tsv", tmp_path / "skipped.jsonl"
    path.write_text("a\tr\tb\nonly two\tcolumns\n", encoding="utf-8")
    report = own.ingest(path, on_error="skip", skipped=skipped)
    assert (report.added, report.skipped) == (1, 1)
    assert "only two" in skipped.read_text(encoding="utf-8")


def test_a_dry_run_reads_and_writes_nothing(own: Engine, tmp_path: Path) -> None:
    path = tmp_path / "more.tsv"
    path.write_text("a\tr\tb\n", encoding="utf-8")
    revision = own.revision
    assert own.ingest(path, dry_run=True).read == 1
    assert own.revision == revision


def test_export_and_ingest_give_an_equal_graph(own: Engine, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    own.export(first)
    with Engine.create(tmp_path / "copy.kgqa") as copy:
        copy.ingest(first, source_name="unused")
        copy.export(second)
    assert first.read_bytes() == second.read_bytes()


def test_the_verdict_follows_the_graph_as_it_stands(own: Engine) -> None:
    answer = own.ask("Who directed Alien?").to_dict()
    assert str(own.verify(answer).label) == "supported"
    own.ingest([], source_name="films", replace=True)
    own.refresh()
    assert str(own.verify(answer).label) == "unsupported"


def test_an_answer_that_names_what_its_evidence_does_not_is_unsupported(own: Engine) -> None:
    answer = own.ask("Who directed Alien?").to_dict()
    answer["claims"][0]["text"] = "Alien directed by Steven Spielberg"
    assert str(own.verify(answer).label) in ("unsupported", "contradicted")


def test_what_is_no_answer_cannot_be_judged(own: Engine) -> None:
    with pytest.raises(InputError, match="kgqa schema answer"):
        own.verify({"id": "x", "claims": [{"words": "none"}]})


def test_a_missing_store_is_an_error_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError):
        Engine.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_windows_path_is_no_uri_and_other_schemes_are_refused() -> None:
    from kgqa.config import load_settings
    from kgqa.engine.location import locate

    assert locate(r"C:\graphs\films", load_settings()).uri is None
    with pytest.raises(UsageError, match="http"):
        locate("http://example.org/graph", load_settings())
    with pytest.raises(UsageError, match="NEO4J_PASSWORD"):
        locate("neo4j://user:secret@localhost/films", load_settings())


def test_a_closed_engine_says_so(own: Engine) -> None:
    own.close()
    with pytest.raises(UsageError, match="closed"):
        own.ask("Who directed Alien?")


@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="needs fork")
def test_an_engine_is_usable_after_fork(own: Engine) -> None:
    own.ask("Who directed Alien?")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if own.store.entity("scott") is not None and own.revision == 1 else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert own.ask("Who directed Alien?").answers[0].id == "scott"


def test_info_tells_what_was_inferred_of_relations_once_it_is_indexed(own: Engine) -> None:
    own.ingest([{"triple": {"head": f"e{i}", "relation": "mother", "tail": "eve"}} for i in range(30)], source_name="m")
    before = {relation["id"]: relation for relation in own.info()["relations"]}
    assert before["mother"]["inferred"] == ()
    assert before["directed_by"]["functional"]
    own.refresh()
    after = {relation["id"]: relation for relation in own.info()["relations"]}
    assert after["mother"]["functional"]
    assert after["mother"]["inferred"] == ("functional",)
    assert after["directed_by"]["inferred"] == ()


def planner_of(engine: Engine, **about: object) -> None:
    """Publishes a trained planner, as training does."""
    folder = engine.location.folder / "models" / "planner"
    with writing(folder):
        part = new_part(folder, "planner")
        packaged = load_ranker()
        replace(packaged, weights=packaged.weights * 0).save(part / "ranker.json")
        publish(folder, [part.name], about)


def test_a_trained_planner_is_stale_after_a_change_and_unused_without_its_source(own: Engine) -> None:
    own.ingest([{"triple": {"head": "a", "relation": "r", "tail": "b"}}], source_name="more")
    planner_of(own, revision=own.revision, sources=["films", "more"])
    own.refresh()
    assert own.rooms().notes == ()
    assert not own.rooms().planner.ranker.weights.any()
    own.ingest([{"triple": {"head": "a", "relation": "r", "tail": "c"}}], source_name="new")
    own.refresh()
    assert [("planner" in note, "revision" in note) for note in own.rooms().notes] == [(True, True)]
    assert not own.rooms().planner.ranker.weights.any()
    own.delete(source="more")
    own.refresh()
    assert ["'more'" in note and "deleted" in note for note in own.rooms().notes] == [True]
    assert own.rooms().planner.ranker.weights.any()


def test_vectors_of_an_older_format_are_named_and_not_used(own: Engine) -> None:
    own.index()
    assert own.rooms().notes == ()
    pointer = own.location.folder / "vectors" / "current.json"
    pointer.write_text(json.dumps(json.loads(pointer.read_text("utf-8")) | {"format": 0}), "utf-8")
    own.refresh()
    assert ["older format" in note for note in own.rooms().notes] == [True]
    assert not own.ask("Who directed Alien?").abstained
    own.index()
    assert own.rooms().notes == ()


def test_a_store_put_in_the_place_of_another_is_answered_from_itself(own: Engine, tmp_path: Path) -> None:
    own.index()
    with Engine.create(tmp_path / "other.kgqa") as other:
        other.ingest([{"triple": {"head": "zoe", "relation": "knows", "tail": "max"}}], source_name="o")
        assert other.revision == own.revision
    for part in ("snapshot", "text", "vectors"):
        shutil.copytree(own.location.folder / part, tmp_path / "other.kgqa" / part)
    with Engine.open(tmp_path / "other.kgqa") as other:
        assert other.rooms().snapshot.node("alien") is None
        assert other.link("Alien") == () or all(not mention.candidates for mention in other.link("Alien"))
        assert ["another store" in note for note in other.rooms().notes] == [True]
