"""The store contract as tests: every GraphStore has a subclass of GraphStoreContract that overrides ``make_store``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kgqa.errors import InputError, NotFoundError, UsageError
from kgqa.graph.store import Edges, GraphStore, PassageRow, WriteReport
from kgqa.types import Entity, Literal, LiteralType, MentionSpan, Passage, Record, Relation, Same, Statement, Triple

MakeStore = Callable[[], GraphStore]

POPULATION = Literal("2100000", LiteralType.INTEGER)
HEIGHT = Literal("330", LiteralType.DECIMAL, unit="metre")

CITY: tuple[Record, ...] = (
    Relation(
        "capital_of", label="capital of", aliases={"en": ("seat of",)}, inverse_label="has capital", functional=True
    ),
    Relation("borders", symmetric=True, inferred=("symmetric",)),
    Entity(
        "Q90",
        label="Paris",
        labels={"ja": "パリ"},
        aliases={"en": ("City of Light",), "fr": ("Paname", "Lutèce")},
        types=("city", "capital"),
        description="capital of France",
        descriptions={"fr": "capitale"},
        attributes={"population": POPULATION, "tower": (HEIGHT, Literal("324", LiteralType.DECIMAL, unit="metre"))},
    ),
    Triple("Q90", "capital_of", "Q142", {"valid_from": "0987", "share": Literal("0.5", LiteralType.DECIMAL)}),
    Triple("Q90", "capital_of", "Q142"),
    Passage(
        "p7",
        "Paris lies on the Seine.",
        title="Paris",
        language="en",
        document="atlas.md",
        offset=12,
        mentions=(MentionSpan(0, 5, "Q90"), MentionSpan(18, 23, "Q1471")),
    ),
    Same("Q90", "http://example.org/paris"),
)


def triples(edges: Edges) -> set[tuple[int, int, int]]:
    return set(zip(edges.heads.tolist(), edges.relations.tolist(), edges.tails.tolist(), strict=True))


def all_edges(store: GraphStore) -> set[tuple[int, int, int]]:
    return set().union(*(triples(chunk) for chunk in store.edges()))


class GraphStoreContract:
    """``make_store`` gives an empty store in English; the one it gave before may be gone then."""

    @pytest.fixture
    def make_store(self) -> Iterator[MakeStore]:
        raise AssertionError("a contract test overrides make_store")

    @pytest.fixture
    def store(self, make_store: MakeStore) -> GraphStore:
        return make_store()

    # --- a new store

    def test_a_new_store_is_empty_and_at_revision_0(self, store: GraphStore) -> None:
        assert store.revision == 0
        assert store.language == "en"
        assert list(store.export()) == []
        assert store.sources() == ()
        counts = store.counts()
        assert (counts.entities, counts.statements, counts.sources) == (0, 0, 0)
        assert list(store.edges()) == []
        assert store.verify() == []

    def test_a_store_has_an_identity_that_no_other_has(self, make_store: MakeStore) -> None:
        first = make_store()
        first.write(CITY, source="atlas")
        identity = first.identity
        assert identity
        assert make_store().identity != identity

    # --- round trip

    def test_export_into_an_empty_store_gives_an_equal_store(self, make_store: MakeStore) -> None:
        first = make_store()
        first.write(CITY, source="atlas")
        first.write([Entity("Q90", label="Paname"), Triple("Q90", "capital_of", "Q142")], source="blog")
        exported, counts, sources = list(first.export()), first.counts(), first.sources()
        second = make_store()
        second.write(exported, source="anything")
        assert list(second.export()) == exported
        assert second.counts() == counts
        assert [(s.name, s.entities, s.statements, s.passages) for s in second.sources()] == [
            (s.name, s.entities, s.statements, s.passages) for s in sources
        ]
        assert second.verify() == []

    def test_export_does_not_depend_on_the_order_of_writing(self, make_store: MakeStore) -> None:
        first = make_store()
        first.write(CITY, source="atlas")
        exported = list(first.export())
        second = make_store()
        second.write(reversed(CITY), source="atlas")
        assert list(second.export()) == exported

    def test_export_keeps_every_field(self, store: GraphStore) -> None:
        store.write(CITY, source="atlas")
        exported = list(store.export())
        assert (
            Relation(
                "capital_of",
                label="capital of",
                aliases={"en": ("seat of",)},
                inverse_label="has capital",
                functional=True,
                source="atlas",
            )
            in exported
        )
        assert Relation("borders", symmetric=True, inferred=("symmetric",), source="atlas") in exported
        assert (
            Entity(
                "Q90",
                label="Paris",
                labels={"ja": "パリ"},
                aliases={"en": ("City of Light",), "fr": ("Lutèce", "Paname")},
                types=("capital", "city"),
                description="capital of France",
                descriptions={"fr": "capitale"},
                source="atlas",
            )
            in exported
        )
        assert Triple("Q90", "tower", HEIGHT, source="atlas") in exported
        qualifiers = {"valid_from": "0987", "share": Literal("0.5", LiteralType.DECIMAL)}
        assert Triple("Q90", "capital_of", "Q142", qualifiers, "atlas") in exported
        assert Same("Q90", "http://example.org/paris", "atlas") in exported or (
            Same("http://example.org/paris", "Q90", "atlas") in exported
        )
        passage = CITY[5]
        assert isinstance(passage, Passage)
        assert [record for record in exported if isinstance(record, Passage)] == [
            Passage(
                passage.id,
                passage.text,
                passage.title,
                passage.language,
                passage.document,
                passage.offset,
                passage.mentions,
                "atlas",
            )
        ]

    def test_export_of_one_source_holds_only_that_source(self, store: GraphStore) -> None:
        store.write(CITY, source="atlas")
        store.write([Triple("Q90", "capital_of", "Q142"), Same("a", "b")], source="blog")
        records = list(store.export(source="blog"))
        assert records == [Triple("Q90", "capital_of", "Q142", {}, "blog"), Same("a", "b", "blog")]
        with pytest.raises(NotFoundError, match="no source 'other'"):
            list(store.export(source="other"))

    # --- writing

    def test_writing_the_same_again_changes_nothing(self, store: GraphStore) -> None:
        first = store.write(CITY, source="atlas")
        exported = list(store.export())
        again = store.write(CITY, source="atlas")
        assert again == WriteReport(first.revision, 0, 0)
        assert store.revision == first.revision == 1
        assert list(store.export()) == exported

    def test_each_committed_change_raises_the_revision_by_one(self, store: GraphStore) -> None:
        assert store.write([Triple("a", "r", "b")], source="s").revision == 1
        assert store.write([Triple("a", "r", "c")], source="s").revision == 2
        assert store.delete(source="s").revision == 3
        assert store.revision == 3

    def test_the_report_counts_assertions_added_and_removed(self, store: GraphStore) -> None:
        report = store.write([Triple("a", "r", "b"), Triple("a", "r", "b"), Triple("a", "r", "c")], source="s")
        assert (report.added, report.removed) == (2, 0)
        report = store.write([Triple("a", "r", "c"), Triple("a", "r", "d")], source="s", replace=True)
        assert (report.added, report.removed) == (1, 1)

    def test_a_records_own_source_wins(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b", source="own"), Triple("a", "r", "c")], source="given")
        assert {record.source for record in store.export()} == {"own", "given"}

    def test_an_exception_from_the_records_leaves_the_store_as_it_was(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b")], source="s")
        before = list(store.export())

        def records() -> Iterator[Record]:
            yield Triple("x", "r", "y")
            raise RuntimeError("the source broke off")

        with pytest.raises(RuntimeError, match="broke off"):
            store.write(records(), source="t", replace=True)
        assert store.revision == 1
        assert list(store.export()) == before
        assert store.node("x") is None

    def test_writing_nothing_changes_nothing(self, store: GraphStore) -> None:
        assert store.write([], source="s") == WriteReport(0, 0, 0)
        assert store.sources() == ()

    def test_progress_is_told(self, store: GraphStore) -> None:
        seen: list[int] = []
        many = [Triple(f"a{i}", "r", f"b{i}") for i in range(10_000)]
        store.write(many, source="s", progress=lambda what, done, total: seen.append(done))
        assert seen and seen == sorted(seen)

    # --- statements and assertions

    def test_a_statement_stands_while_one_source_asserts_it(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b")], source="one")
        store.write([Triple("a", "r", "b")], source="two")
        assert list(store.statements()) == [Statement("a", "r", "b", {}, ("one", "two"))]
        counts = store.counts()
        assert (counts.statements, counts.assertions) == (1, 2)
        store.delete(source="one")
        assert list(store.statements()) == [Statement("a", "r", "b", {}, ("two",))]
        assert (store.counts().statements, store.counts().assertions) == (1, 1)
        store.delete(source="two")
        assert list(store.statements()) == []
        assert store.counts().statements == 0

    def test_statements_that_differ_only_in_qualifiers_are_both_kept_and_are_one_edge(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b", {"at": "1990"}), Triple("a", "r", "b", {"at": "1991"})], source="s")
        assert store.counts().statements == 2
        assert sum(len(chunk.heads) for chunk in store.edges()) == 1
        assert [row[3] for row in store.qualified()] == [{"at": "1990"}, {"at": "1991"}]
        assert store.stated([("a", "r", "b")]) == [tuple(store.statements())]

    def test_qualifiers_keep_their_literals(self, store: GraphStore) -> None:
        qualifiers = {"at": Literal("-0044", LiteralType.YEAR), "rôle": 'a "quoted" {brace}'}
        store.write([Triple("a", "r", "b", qualifiers)], source="s")
        assert next(store.statements()).qualifiers == qualifiers
        (head, relation, tail, found) = next(store.qualified())
        assert (head, tail) == (store.node("a"), store.node("b"))
        assert store.relation_numbers()[relation] == "r"
        assert found == qualifiers

    def test_statements_are_found_by_head_relation_and_tail(self, store: GraphStore) -> None:
        store.write(
            [
                Triple("a", "r", "b"),
                Triple("a", "q", "b"),
                Triple("a", "r", Literal("5", LiteralType.INTEGER)),
                Triple("c", "r", "b"),
                Triple(Literal("x"), "r", "a"),
            ],
            source="s",
        )

        def found(**wanted: object) -> list[tuple[object, str, object]]:
            return [(s.head, s.relation, s.tail) for s in store.statements(**wanted)]  # type: ignore[arg-type]  # by test

        five = Literal("5", LiteralType.INTEGER)
        assert found() == [
            ("a", "q", "b"),
            ("a", "r", five),
            ("a", "r", "b"),
            ("c", "r", "b"),
            (Literal("x"), "r", "a"),
        ]
        assert found(head="a") == [("a", "q", "b"), ("a", "r", five), ("a", "r", "b")]
        assert found(tail="b") == [("a", "q", "b"), ("a", "r", "b"), ("c", "r", "b")]
        assert found(relation="q") == [("a", "q", "b")]
        assert found(relation="r", limit=2) == [("a", "r", five), ("a", "r", "b")]
        assert found(head="a", relation="r", tail="b") == [("a", "r", "b")]
        assert found(tail=five) == [("a", "r", five)]
        assert found(head=Literal("x")) == [(Literal("x"), "r", "a")]
        assert found(head="nobody") == found(relation="nothing") == found(tail=Literal("6")) == []
        assert found(limit=0) == []
        asked = [("a", "r", five), ("a", "r", "nobody"), ("a", "r", "b"), ("x", "r", "a"), (Literal("x"), "r", "a")]
        one_by_one = [tuple(store.statements(head=h, relation=r, tail=t)) for h, r, t in asked]
        assert store.stated(asked) == one_by_one
        assert [len(statements) for statements in one_by_one] == [1, 0, 1, 0, 1]
        assert store.stated([]) == []
        with pytest.raises(UsageError):
            found(limit=-1)

    # --- literals

    def test_equal_literals_are_one_node_and_a_different_unit_is_another(self, store: GraphStore) -> None:
        metre = Literal("5", LiteralType.DECIMAL, unit="metre")
        store.write([Triple("a", "r", metre), Triple("b", "r", metre)], source="s")
        store.write([Triple("c", "r", Literal("5", LiteralType.DECIMAL)), Triple("d", "r", "5")], source="s")
        assert store.counts().literals == 2
        number = store.node(metre)
        assert number is not None and number != store.node(Literal("5", LiteralType.DECIMAL)) != store.node("5")
        row = store.nodes([number])[0]
        assert (row.id, row.literal, row.label) == (None, metre, "5 metre")

    def test_attributes_are_statements_with_a_literal_as_tail(self, store: GraphStore) -> None:
        store.write([Entity("e", attributes={"size": (HEIGHT, POPULATION)})], source="s")
        assert {statement.tail for statement in store.statements(head="e", relation="size")} == {HEIGHT, POPULATION}
        entity = store.entity("e")
        assert entity is not None and set(entity.attributes["size"]) == {HEIGHT, POPULATION}

    # --- labels and other facts by source

    def test_the_first_source_by_name_shows_and_all_are_kept(self, store: GraphStore) -> None:
        store.write([Entity("e", label="Zeta", description="second")], source="b")
        store.write([Entity("e", label="Beta", description="first")], source="a")
        entity = store.entity("e")
        assert entity is not None
        assert (entity.label, entity.description) == ("Beta", "first")
        assert entity.aliases == {"en": ("Zeta",)}
        number = store.node("e")
        assert number is not None and store.nodes([number])[0].label == "Beta"
        store.delete(source="a")
        entity = store.entity("e")
        assert entity is not None and (entity.label, entity.description, entity.aliases) == ("Zeta", "second", {})

    def test_types_and_aliases_of_all_sources_are_joined_and_go_with_their_source(self, store: GraphStore) -> None:
        store.write([Entity("e", types=("t", "u"), aliases={"de": ("x",)})], source="a")
        store.write([Entity("e", types=("u", "v"), aliases={"de": ("x", "y")})], source="b")
        entity = store.entity("e")
        assert entity is not None and (entity.types, entity.aliases) == (("t", "u", "v"), {"de": ("x", "y")})
        assert store.counts().types == 3
        store.delete(source="b")
        entity = store.entity("e")
        assert entity is not None and (entity.types, entity.aliases) == (("t", "u"), {"de": ("x",)})
        assert store.counts().types == 2

    def test_a_label_tagged_with_the_default_language_is_the_label(self, store: GraphStore) -> None:
        store.write([Entity("e", labels={"en": "Earth", "de": "Erde"})], source="s")
        entity = store.entity("e")
        assert entity is not None and (entity.label, entity.labels) == ("Earth", {"de": "Erde"})

    def test_what_is_shown_falls_back_to_another_language_then_to_the_id(self, store: GraphStore) -> None:
        store.write([Entity("e", labels={"fr": "Terre", "de": "Erde"}), Entity("f")], source="s")
        assert {row.id: row.label for row in store.node_rows()} == {"e": "Erde", "f": "f"}

    def test_two_labels_of_one_source_are_both_kept(self, make_store: MakeStore) -> None:
        first = make_store()
        first.write([Entity("e", label="b"), Entity("e", label="a", aliases={"en": ("c",)})], source="s")
        entity = first.entity("e")
        assert entity is not None and entity.label == "a" and entity.aliases == {"en": ("c", "b")}
        exported = list(first.export())
        second = make_store()
        second.write(exported, source="x")
        assert list(second.export()) == exported

    def test_an_unknown_entity_is_none(self, store: GraphStore) -> None:
        assert store.entity("nobody") is None
        assert store.node("nobody") is None
        assert store.passage("nothing") is None
        assert store.passage_sources("nothing") == ()
        assert store.relation("nothing") is None

    # --- entities exist until nothing mentions them; numbers are never used again

    @pytest.mark.parametrize(
        "record",
        [
            Entity("e"),
            Triple("e", "r", "other"),
            Triple("other", "r", "e"),
            Passage("p", "e lies here", mentions=(MentionSpan(0, 1, "e"),)),
            Same("e", "f"),
        ],
        ids=["record", "head", "tail", "mention", "same"],
    )
    def test_an_entity_exists_while_anything_mentions_it(self, store: GraphStore, record: Record) -> None:
        store.write([Triple("e", "r", "b"), Entity("e", label="E")], source="gone")
        number = store.node("e")
        store.write([record], source="stays")
        store.delete(source="gone")
        assert store.node("e") == number is not None
        assert store.node("b") is None
        entity = store.entity("e")
        assert entity is not None and entity.label is None
        store.delete(source="stays")
        assert store.entity("e") is None
        assert (store.counts().entities, list(store.node_rows())) == (0, [])
        assert store.verify() == []

    def test_numbers_are_never_used_again(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b"), Triple("a", "r", HEIGHT)], source="s")
        old = {row.number for row in store.node_rows()}
        relation = next(iter(store.relation_numbers()))
        store.delete(source="s")
        store.write([Triple("a", "r", "b"), Triple("a", "r", HEIGHT)], source="s")
        assert old.isdisjoint(row.number for row in store.node_rows())
        assert relation not in store.relation_numbers()
        with pytest.raises(NotFoundError, match="no node"):
            store.nodes([min(old)])

    def test_a_number_stays_through_every_change_of_its_entity(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b")], source="s")
        number = store.node("a")
        store.write([Entity("a", label="A")], source="t")
        store.delete(source="s")
        assert store.node("a") == number

    # --- relations

    def test_relations_join_all_sources_and_what_is_said_comes_before_what_is_inferred(self, store: GraphStore) -> None:
        store.write([Relation("r", functional=True, symmetric=True, inferred=("functional", "symmetric"))], source="a")
        store.write([Relation("r", label="is", functional=False, inverse_of="s", domain="D", range="R")], source="b")
        relation = store.relation("r")
        assert relation is not None
        assert (relation.label, relation.functional, relation.symmetric) == ("is", False, True)
        assert (relation.inverse_of, relation.domain, relation.range) == ("s", "D", "R")
        assert relation.inferred == ("symmetric",)
        assert [item.id for item in store.relations()] == ["r", "s"]

    def test_a_relation_that_only_stands_in_triples_has_just_its_id(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b")], source="s")
        assert store.relation("r") == Relation("r")
        assert list(store.relation_numbers().values()) == ["r"]

    def test_a_relation_exists_until_nothing_mentions_it(self, store: GraphStore) -> None:
        store.write([Relation("r", inverse_of="s", label="is")], source="a")
        store.write([Triple("a", "r", "b")], source="b")
        assert store.counts().relations == 2
        store.delete(source="a")
        assert store.relations() == (Relation("r"),)
        store.delete(source="b")
        assert store.relations() == ()
        assert store.counts().relations == 0

    # --- passages

    def test_a_passage_keeps_its_place_and_mentions(self, store: GraphStore) -> None:
        store.write(CITY, source="atlas")
        passage = store.passage("p7")
        assert passage is not None
        assert (passage.document, passage.offset, passage.title, passage.source) == ("atlas.md", 12, "Paris", "atlas")
        assert passage.mentions == (MentionSpan(0, 5, "Q90"), MentionSpan(18, 23, "Q1471"))

    def test_a_passage_of_several_sources_shows_the_first_and_stands_while_one_is_left(self, store: GraphStore) -> None:
        store.write([Passage("p", "of b", mentions=(MentionSpan(3, 4, "e"),))], source="b")
        store.write([Passage("p", "of a")], source="a")
        passage = store.passage("p")
        assert passage is not None and (passage.text, passage.source) == ("of a", "a")
        assert store.passage_sources("p") == ("a", "b")
        assert store.sources_of_passages(["p", "nothing", "p"]) == {"p": ("a", "b")}
        assert store.counts().passages == 1
        assert [item.id for item in store.passages()] == ["p"]
        store.delete(source="a")
        passage = store.passage("p")
        assert passage is not None and (passage.text, passage.source) == ("of b", "b")
        store.delete(source="b")
        assert store.passage("p") is None
        assert store.counts().passages == store.counts().mentions == 0

    def test_rows_of_passages_tell_what_filters_need(self, store: GraphStore) -> None:
        assert list(store.passage_rows()) == []
        store.write([Passage("q", "of b", language="fr", document="d"), Passage("p", "of b")], source="b")
        store.write([Passage("q", "of a", language="de")], source="a")
        assert list(store.passage_rows()) == [
            PassageRow("p", None, None, ("b",)),
            PassageRow("q", "de", None, ("a", "b")),
        ]

    def test_mentions_of_one_passage_add_up_and_go_by_difference(self, store: GraphStore) -> None:
        store.write([Passage("p", "ab", mentions=(MentionSpan(0, 1, "x"),))], source="s")
        store.write([Passage("p", "ab", mentions=(MentionSpan(1, 2, "y"),))], source="s")
        passage = store.passage("p")
        assert passage is not None and len(passage.mentions) == store.counts().mentions == 2
        store.write([Passage("p", "ab", mentions=(MentionSpan(1, 2, "y"),))], source="s", replace=True)
        passage = store.passage("p")
        assert passage is not None and passage.mentions == (MentionSpan(1, 2, "y"),)
        assert store.node("x") is None

    def test_mentions_that_our_linker_found_are_not_stored(self, store: GraphStore) -> None:
        store.write([Passage("p", "ab", mentions=(MentionSpan(0, 1, "x", found=True),))], source="s")
        passage = store.passage("p")
        assert passage is not None and passage.mentions == ()

    def test_passages_come_by_id_and_unknown_ones_are_left_out(self, store: GraphStore) -> None:
        store.write([Passage(name, f"text of {name}") for name in "cab"], source="s")
        assert [passage.id for passage in store.passages()] == ["a", "b", "c"]
        assert [passage.id for passage in store.passages(ids=["c", "nothing", "a"])] == ["a", "c"]

    # --- sources

    def test_sources_are_listed_by_name_with_their_counts(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b"), Entity("a", label="A"), Passage("p", "x")], source="z")
        store.write([Triple("a", "r", "b")], source="m")
        listed = [(s.name, s.entities, s.statements, s.passages, s.revision, s.finished) for s in store.sources()]
        assert listed == [("m", 0, 1, 0, 2, True), ("z", 1, 1, 1, 1, True)]

    def test_deleting_a_source_leaves_the_others_exactly(self, make_store: MakeStore) -> None:
        store = make_store()
        blog = [Entity("Q90", label="Paname", types=("city",)), Triple("Q90", "capital_of", "Q142"), Same("Q90", "x")]
        store.write(blog, source="blog")
        alone = list(store.export())
        store.write(CITY, source="atlas")
        store.delete(source="atlas")
        assert list(store.export()) == alone
        assert store.verify() == []
        assert [source.name for source in store.sources()] == ["blog"]

    def test_deleting_an_unknown_source_is_an_error_that_names_it(self, store: GraphStore) -> None:
        with pytest.raises(NotFoundError, match="'nobody'"):
            store.delete(source="nobody")

    def test_replacing_makes_the_records_the_whole_content_of_the_source_and_touches_no_other(
        self, store: GraphStore
    ) -> None:
        store.write(CITY, source="atlas")
        store.write([Triple("Q90", "capital_of", "Q142"), Triple("u", "r", "v")], source="blog")
        new = [Entity("Q90", label="Paris", types=("city",)), Triple("Q90", "capital_of", "Q142"), *CITY[5:6]]
        store.write(new, source="atlas", replace=True)
        assert [record for record in store.export() if record.source == "atlas"] == [
            Entity("Q90", label="Paris", types=("city",), source="atlas"),
            Triple("Q90", "capital_of", "Q142", {}, "atlas"),
            next(record for record in store.export() if isinstance(record, Passage)),
        ]
        assert [record.tail for record in store.export(source="blog") if isinstance(record, Triple)] == ["Q142", "v"]
        assert store.verify() == []
        assert store.write(new, source="atlas", replace=True).removed == 0

    def test_replacing_with_nothing_removes_the_source(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b")], source="s")
        store.write([], source="s", replace=True)
        assert store.sources() == ()
        assert list(store.node_rows()) == []

    # --- same

    def test_same_pairs_are_kept_by_source_and_parted_by_deleting_it(self, store: GraphStore) -> None:
        store.write([Same("a", "b"), Same("b", "a")], source="s")
        store.write([Same("b", "a"), Triple("a", "r", "c"), Triple("b", "r", "c")], source="t")
        pairs = [frozenset(pair) for pair in store.same_pairs()]
        assert pairs == [frozenset({store.node("a"), store.node("b")})]
        store.delete(source="t")
        assert len(list(store.same_pairs())) == 1
        store.delete(source="s")
        assert list(store.same_pairs()) == []

    # --- ids

    def test_ids_are_one_in_whatever_unicode_form_they_are_given(self, store: GraphStore) -> None:
        composed, decomposed = "Caf\u00e9", "Cafe\u0301"
        store.write([Triple(decomposed, "r", composed), Entity(decomposed, label="x")], source="s")
        assert store.counts().entities == 1
        assert store.node(decomposed) == store.node(composed) is not None
        assert next(store.statements(head=decomposed)).tail == composed

    @pytest.mark.parametrize(
        ("record", "message"),
        [
            (Triple("", "r", "b"), "empty"),
            (Triple("a", "", "b"), "relation"),
            (Triple("a", "r", 5), "5"),  # type: ignore[arg-type]  # what a careless caller gives
            (Triple("a", "r", ["b"]), "b"),  # type: ignore[arg-type]  # unhashable too
            (Triple("a", "r", "\ud800"), "Unicode"),
            (Triple("a", "r", "b", {"q": 5}), "'q'"),  # type: ignore[dict-item]  # no literal
            (Entity("e1", types="city"), "e1"),  # type: ignore[arg-type]  # text is no list of texts
            (Entity("e1", attributes={"size": 5}), "'size' of the entity 'e1'"),  # type: ignore[dict-item]  # bare
            (Relation("r1", inferred=("colour",)), "'r1'"),
            (Passage("p1", "short", mentions=(MentionSpan(0, 6, "e"),)), "'p1'"),
            (Passage("p1", "short", mentions=(MentionSpan(3, 3, "e"),)), "'p1'"),
            (Passage("p1", "short", mentions=(MentionSpan(0, 1, ""),)), "'p1'"),
            (Passage("p1", None), "'p1'"),  # type: ignore[arg-type]  # text is needed
            (Passage("p1", "x", offset=-1), "'p1'"),
            ("no record", "no record"),
        ],
    )
    def test_bad_input_is_refused_by_name_and_leaves_nothing(
        self, store: GraphStore, record: Record, message: str
    ) -> None:
        with pytest.raises(InputError, match=message):
            store.write([Triple("good", "r", "good"), record], source="s")
        assert store.revision == 0
        assert list(store.export()) == []

    def test_a_source_without_a_name_is_refused(self, store: GraphStore) -> None:
        with pytest.raises(InputError, match="source"):
            store.write([Triple("a", "r", "b")], source="")

    # --- feeds

    def test_nodes_give_rows_in_the_order_asked(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b"), Entity("a", label="A", types=("t", "s"))], source="s")
        a, b = store.node("a"), store.node("b")
        assert a is not None and b is not None
        rows = store.nodes([b, a, b])
        assert [(row.id, row.label, row.types) for row in rows] == [
            ("b", "b", ()),
            ("a", "A", ("s", "t")),
            ("b", "b", ()),
        ]
        assert store.nodes([]) == []

    def test_node_rows_come_by_number_and_gone_numbers_are_left_out(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b")], source="s")
        gone = [row.number for row in store.node_rows()]
        store.write([Triple("c", "r", HEIGHT), Triple("d", "r", "c")], source="t")
        store.delete(source="s")
        rows = list(store.node_rows())
        assert [row.number for row in rows] == sorted(row.number for row in rows)
        assert {row.id or row.literal for row in rows} == {"c", "d", HEIGHT}
        assert list(store.node_rows(numbers=gone)) == []
        assert [row.id for row in store.node_rows(numbers=[*gone, rows[0].number])] == [rows[0].id]

    def test_name_rows_give_every_label_and_alias(self, store: GraphStore) -> None:
        store.write(CITY, source="atlas")
        store.write([Entity("Q90", label="Paname")], source="blog")
        number = store.node("Q90")
        assert number is not None
        names = {(row.name, row.kind, row.language) for row in store.name_rows(numbers=[number])}
        assert names == {
            ("Paris", "label", None),
            ("Paname", "label", None),
            ("パリ", "label", "ja"),
            ("City of Light", "alias", None),
            ("Paname", "alias", "fr"),
            ("Lutèce", "alias", "fr"),
        }
        by_id = {row.name for row in store.name_rows() if row.node == store.node("Q142")}
        assert by_id == {"Q142"}
        assert not any(row.node == store.node(POPULATION) for row in store.name_rows())

    def test_edges_come_in_chunks_of_int32(self, store: GraphStore) -> None:
        store.write([Triple(f"h{i % 7}", f"r{i % 3}", f"t{i}") for i in range(50)], source="s")
        store.write([Triple("h0", "r0", "t0")], source="t")
        chunks = list(store.edges(chunk=20))
        assert [len(chunk.heads) for chunk in chunks] == [20, 20, 10]
        assert str(chunks[0].heads.dtype) == str(chunks[0].relations.dtype) == str(chunks[0].tails.dtype) == "int32"
        names = store.relation_numbers()
        ids = {row.number: row.id for row in store.node_rows()}
        found = {(ids[h], names[r], ids[t]) for h, r, t in all_edges(store)}
        assert found == {(s.head, s.relation, s.tail) for s in store.statements()}
        with pytest.raises(UsageError):
            list(store.edges(chunk=0))

    # --- changes

    def test_no_change_is_empty(self, store: GraphStore) -> None:
        store.write(CITY, source="atlas")
        changes = store.changes(store.revision)
        assert changes.revision == store.revision
        assert (len(changes.added.heads), len(changes.removed.heads)) == (0, 0)
        assert (changes.nodes, changes.passages, changes.rebuild) == ((), (), False)

    def test_changes_name_what_was_added(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b"), Entity("a", label="A"), Passage("p", "x")], source="s")
        store.write(
            [
                Triple("a", "r", "b"),
                Triple("a", "r", "b", {"at": "1990"}),
                Triple("a", "r", "c"),
                Entity("b", label="B"),
                Passage("q", "c", mentions=(MentionSpan(0, 1, "d"),)),
            ],
            source="t",
        )
        changes = store.changes(1)
        assert not changes.rebuild
        (relation,) = store.relation_numbers()
        assert triples(changes.added) == {(store.node("a"), relation, store.node("c"))}
        assert triples(changes.removed) == set()
        assert set(changes.nodes) == {store.node("b"), store.node("c"), store.node("d")}
        assert changes.passages == ("q",)

    def test_changes_name_what_was_removed(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b"), Triple("a", "r", "c")], source="s")
        store.write(
            [Triple("a", "r", "b"), Triple("a", "r", "d"), Entity("c", label="C"), Passage("p", "x")], source="t"
        )
        a, c, d = store.node("a"), store.node("c"), store.node("d")
        (relation,) = store.relation_numbers()
        store.delete(source="t")
        changes = store.changes(2)
        assert not changes.rebuild
        assert triples(changes.removed) == {(a, relation, d)}
        assert triples(changes.added) == set()
        assert set(changes.nodes) == {c, d}
        assert changes.passages == ("p",)

    def test_what_came_and_went_between_two_revisions_is_no_change(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b"), Triple("b", "r", "a")], source="s")
        store.write([Triple("a", "r", "c")], source="t")
        store.delete(source="t")
        store.write([Triple("b", "r", "a")], source="s", replace=True)
        store.write([Triple("a", "r", "b")], source="s")
        changes = store.changes(1)
        assert changes.rebuild or (triples(changes.added), triples(changes.removed)) == (set(), set())

    def test_changes_of_same_pairs_ask_for_a_rebuild(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b")], source="s")
        store.write([Same("a", "b")], source="t")
        assert store.changes(1).rebuild
        store.write([Triple("a", "r", "c")], source="s")
        assert not store.changes(2).rebuild
        store.delete(source="t")
        assert store.changes(3).rebuild

    def test_an_unknown_revision_asks_for_a_rebuild(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b")], source="s")
        assert store.changes(7).rebuild

    def test_changes_name_the_edges_whose_qualifiers_may_differ(self, store: GraphStore) -> None:
        store.write([Triple("a", "r", "b"), Triple("a", "r", "c", {"at": "1990"}), Triple("d", "r", "e")], source="s")
        store.write([Triple("a", "r", "b", {"at": "1991"}), Triple("a", "r", "b", {"at": "1992"})], source="t")
        (relation,) = store.relation_numbers()
        edge = (store.node("a"), relation, store.node("b"))
        changes = store.changes(1)
        assert triples(changes.added) == set()
        assert changes.requalified is not None and triples(changes.requalified) == {edge}
        assert [row[3] for row in store.qualified(edges=changes.requalified)] == [{"at": "1991"}, {"at": "1992"}]
        store.delete(source="t")
        changes = store.changes(2)
        assert changes.requalified is not None and triples(changes.requalified) == {edge}
        assert list(store.qualified(edges=changes.requalified)) == []

    # --- closing

    def test_a_store_is_a_context_manager(self, make_store: MakeStore) -> None:
        with make_store() as store:
            store.write([Triple("a", "r", "b")], source="s")
        store.close()
