"""The snapshot follows the embedded store through any history, by deltas and by new bases."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgqa.graph.publish import read_pointer
from kgqa.graph.snapshot import open_snapshot
from kgqa.graph.sqlite import SQLiteStore
from kgqa.types import Entity, Literal, LiteralType, Relation, Same, Triple
from tests.support.views import as_graph

names = st.sampled_from([f"x{i}" for i in range(6)] + ["new"])
tails = names | st.sampled_from([Literal("5", LiteralType.INTEGER, "km"), Literal("1990", LiteralType.YEAR)])
qualified = st.dictionaries(
    st.just("at"), st.sampled_from(["1990", "1991"]).map(lambda text: Literal(text, LiteralType.DATE)), max_size=1
)
records = st.one_of(
    st.builds(Triple, names, st.sampled_from(["r", "s"]), tails, qualified),
    st.builds(Triple, names, st.sampled_from(["r", "s"]), tails, qualified),
    st.builds(Entity, names, st.sampled_from(["One", "Two"]), types=st.sampled_from([(), ("t",), ("t", "u")])),
    st.builds(Relation, st.just("r"), st.just("rel"), symmetric=st.booleans()),
    st.builds(Same, names, names),
)
writes = st.tuples(
    st.sampled_from(["a", "b"]), st.sampled_from(["write", "replace", "delete"]), st.lists(records, max_size=4)
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(writes, min_size=1, max_size=4))
def test_any_history_of_a_store_gives_the_snapshot_of_its_last_state(history) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        store = SQLiteStore.create(root / "store")
        store.write([Triple(f"x{i % 40}", "r", f"x{i % 37}") for i in range(150)], source="base")
        open_snapshot(root / "kept", store)
        for number, (source, what, found) in enumerate(history):
            if what == "delete":
                if source in {info.name for info in store.sources()}:
                    store.delete(source=source)
            else:
                store.write(found, source=source, replace=what == "replace")
            kept = open_snapshot(root / "kept", store)
            assert kept.revision == store.revision
            assert as_graph(kept) == as_graph(open_snapshot(root / f"new{number}", store))
        store.close()


def test_a_small_source_comes_and_goes_as_a_delta(tmp_path: Path) -> None:
    with SQLiteStore.create(tmp_path / "store") as store:
        store.write([Triple(f"x{i}", "r", f"x{i + 1}") for i in range(300)], source="base")
        before = as_graph(open_snapshot(tmp_path / "snapshot", store))
        store.write([Triple("x0", "capital_of", "x9"), Entity("x0", "Zero", types=("city",))], source="small")
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        assert len(read_pointer(tmp_path / "snapshot")["parts"]) == 2
        assert snapshot.labels(snapshot.hop([snapshot.node("x9")], snapshot.relation_number("capital_of"), True)) == [
            "Zero"
        ]
        store.delete(source="small")
        snapshot = open_snapshot(tmp_path / "snapshot", store)
        assert len(read_pointer(tmp_path / "snapshot")["parts"]) == 2
        assert as_graph(snapshot) == before
