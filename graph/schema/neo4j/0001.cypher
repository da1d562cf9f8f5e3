// Format 1 of a graph on a server. Every assertion is a relationship (or a Passage) that carries its source and the
// revision that shows it; what is still being written carries the revision PENDING and shows to nobody.
CREATE CONSTRAINT kgqa_node_key IF NOT EXISTS FOR (n:Node) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kgqa_node_number IF NOT EXISTS FOR (n:Node) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT kgqa_relation_key IF NOT EXISTS FOR (r:Relation) REQUIRE r.key IS UNIQUE;
CREATE CONSTRAINT kgqa_relation_number IF NOT EXISTS FOR (r:Relation) REQUIRE r.number IS UNIQUE;
CREATE CONSTRAINT kgqa_passage_key IF NOT EXISTS FOR (p:Passage) REQUIRE p.key IS UNIQUE;
CREATE CONSTRAINT kgqa_source_name IF NOT EXISTS FOR (s:Source) REQUIRE s.name IS UNIQUE;
CREATE INDEX kgqa_passage_id IF NOT EXISTS FOR (p:Passage) ON (p.id);
CREATE INDEX kgqa_passage_source IF NOT EXISTS FOR (p:Passage) ON (p.source);
CREATE INDEX kgqa_passage_revision IF NOT EXISTS FOR (p:Passage) ON (p.revision);
CREATE INDEX kgqa_statement_source IF NOT EXISTS FOR ()-[a:STATEMENT]-() ON (a.source);
CREATE INDEX kgqa_statement_revision IF NOT EXISTS FOR ()-[a:STATEMENT]-() ON (a.revision);
CREATE INDEX kgqa_statement_relation IF NOT EXISTS FOR ()-[a:STATEMENT]-() ON (a.relation);
CREATE INDEX kgqa_fact_source IF NOT EXISTS FOR ()-[a:FACT]-() ON (a.source);
CREATE INDEX kgqa_fact_revision IF NOT EXISTS FOR ()-[a:FACT]-() ON (a.revision);
CREATE INDEX kgqa_relation_fact_source IF NOT EXISTS FOR ()-[a:RELATION_FACT]-() ON (a.source);
CREATE INDEX kgqa_relation_fact_revision IF NOT EXISTS FOR ()-[a:RELATION_FACT]-() ON (a.revision);
CREATE INDEX kgqa_mentions_source IF NOT EXISTS FOR ()-[a:MENTIONS]-() ON (a.source);
CREATE INDEX kgqa_mentions_revision IF NOT EXISTS FOR ()-[a:MENTIONS]-() ON (a.revision);
CREATE INDEX kgqa_same_source IF NOT EXISTS FOR ()-[a:SAME]-() ON (a.source);
CREATE INDEX kgqa_same_revision IF NOT EXISTS FOR ()-[a:SAME]-() ON (a.revision);
CREATE INDEX kgqa_removed_revision IF NOT EXISTS FOR (r:Removed) ON (r.revision);
