// What names a node is unique; numbers too. Labels and names of indexes get the graph's name where there is one.
CREATE CONSTRAINT kgqa_entity_id IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT kgqa_entity_number IF NOT EXISTS FOR (n:Entity) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT kgqa_literal_key IF NOT EXISTS FOR (n:Literal) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kgqa_literal_number IF NOT EXISTS FOR (n:Literal) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT kgqa_relation_id IF NOT EXISTS FOR (n:Relation) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT kgqa_relation_number IF NOT EXISTS FOR (n:Relation) REQUIRE n.number IS UNIQUE;
CREATE CONSTRAINT kgqa_passage_key IF NOT EXISTS FOR (n:Passage) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kgqa_source_name IF NOT EXISTS FOR (n:Source) REQUIRE n.name IS UNIQUE;
CREATE CONSTRAINT kgqa_batch_key IF NOT EXISTS FOR (n:KgqaBatch) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT kgqa_migration_number IF NOT EXISTS FOR (n:KgqaMigration) REQUIRE n.number IS UNIQUE;
CREATE INDEX kgqa_passage_id IF NOT EXISTS FOR (n:Passage) ON (n.id);
CREATE INDEX kgqa_passage_source IF NOT EXISTS FOR (n:Passage) ON (n.source);
CREATE INDEX kgqa_change_revision IF NOT EXISTS FOR (n:KgqaChange) ON (n.revision);
