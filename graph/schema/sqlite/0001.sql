-- Format 1 of the embedded store. Every stored row is an assertion: something one source says. All assertions, of
-- whatever kind, take their number from one counter, and numbers are never used again; a run is a range of numbers
-- given to one source, so that a source is found, and deleted, without an index over all rows by source.

CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

-- Where the counters stood when a revision was committed: what came later has a higher number.
CREATE TABLE revision (
    number INTEGER PRIMARY KEY,
    next_assertion INTEGER NOT NULL,
    next_node INTEGER NOT NULL
);

CREATE TABLE source (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    assertions INTEGER NOT NULL DEFAULT 0,
    entities INTEGER NOT NULL DEFAULT 0,
    statements INTEGER NOT NULL DEFAULT 0,
    passages INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE run (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source
);
CREATE INDEX run_source ON run (source);

-- kind 0 is an entity (text is its id), others are literals (text is the value).
CREATE TABLE node (
    number INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    kind INTEGER NOT NULL,
    unit TEXT NOT NULL,
    lang TEXT NOT NULL
);
CREATE UNIQUE INDEX node_key ON node (text, kind, unit, lang);

CREATE TABLE relation (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    uses INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE type (id TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;

-- qualifiers: canonical JSON, empty when there are none.
CREATE TABLE statement (
    number INTEGER PRIMARY KEY,
    head INTEGER NOT NULL REFERENCES node,
    relation INTEGER NOT NULL REFERENCES relation,
    tail INTEGER NOT NULL REFERENCES node,
    qualifiers TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES source
);
CREATE UNIQUE INDEX statement_key ON statement (head, relation, tail, qualifiers, source);
CREATE INDEX statement_tail ON statement (tail);
CREATE INDEX statement_qualified ON statement (number) WHERE qualifiers <> '';

-- field: see EntityField and RelationField; language is empty for the store's default language.
CREATE TABLE entity_fact (
    number INTEGER PRIMARY KEY,
    node INTEGER NOT NULL REFERENCES node,
    field INTEGER NOT NULL,
    language TEXT NOT NULL,
    value TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES source
);
CREATE UNIQUE INDEX entity_fact_key ON entity_fact (node, field, language, value, source);

CREATE TABLE relation_fact (
    number INTEGER PRIMARY KEY,
    relation INTEGER NOT NULL REFERENCES relation,
    field INTEGER NOT NULL,
    language TEXT NOT NULL,
    value TEXT NOT NULL,
    inferred INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source
);
CREATE UNIQUE INDEX relation_fact_key ON relation_fact (relation, field, language, value, inferred, source);

CREATE TABLE passage (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    source INTEGER NOT NULL REFERENCES source,
    digest BLOB NOT NULL,
    "offset" INTEGER NOT NULL,
    title TEXT,
    language TEXT,
    document TEXT,
    text TEXT NOT NULL
);
CREATE UNIQUE INDEX passage_key ON passage (id, source, digest);

CREATE TABLE mention (
    number INTEGER PRIMARY KEY,
    passage INTEGER NOT NULL REFERENCES passage,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    entity INTEGER NOT NULL REFERENCES node
);
CREATE UNIQUE INDEX mention_key ON mention (passage, start, "end", entity);
CREATE INDEX mention_entity ON mention (entity);

CREATE TABLE same (
    number INTEGER PRIMARY KEY,
    a INTEGER NOT NULL REFERENCES node,
    b INTEGER NOT NULL REFERENCES node,
    source INTEGER NOT NULL REFERENCES source
);
CREATE UNIQUE INDEX same_key ON same (a, b, source);
CREATE INDEX same_b ON same (b);

-- Every assertion of whatever kind, for checking.
CREATE VIEW assertion (number, source) AS
    SELECT number, source FROM statement
    UNION ALL SELECT number, source FROM entity_fact
    UNION ALL SELECT number, source FROM relation_fact
    UNION ALL SELECT number, source FROM passage
    UNION ALL SELECT number, source FROM same
    UNION ALL SELECT m.number, p.source FROM mention AS m LEFT JOIN passage AS p ON p.number = m.passage;

-- Every use of a relation, for checking (field 5 names an inverse).
CREATE VIEW relation_use (relation) AS
    SELECT relation FROM statement
    UNION ALL SELECT relation FROM relation_fact
    UNION ALL SELECT i.number FROM relation_fact AS f JOIN relation AS i ON i.id = f.value WHERE f.field = 5;

-- What was removed since meta.log_floor, for deltas.
CREATE TABLE removed_statement (
    revision INTEGER NOT NULL,
    number INTEGER NOT NULL,
    head INTEGER NOT NULL,
    relation INTEGER NOT NULL,
    tail INTEGER NOT NULL,
    PRIMARY KEY (revision, number)
) WITHOUT ROWID;
CREATE TABLE removed_node (revision INTEGER NOT NULL, node INTEGER NOT NULL, PRIMARY KEY (revision, node)) WITHOUT ROWID;
CREATE TABLE removed_passage (revision INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (revision, id)) WITHOUT ROWID;
