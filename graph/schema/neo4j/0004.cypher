// Names as linking looks for them, each under its key: whole by its digest, misspelt by the trigrams that it shares.
CREATE CONSTRAINT kgqa_name_id IF NOT EXISTS FOR (n:KgqaName) REQUIRE n.id IS UNIQUE;
CREATE INDEX kgqa_name_digest IF NOT EXISTS FOR (n:KgqaName) ON (n.digest);
CREATE INDEX kgqa_name_node IF NOT EXISTS FOR (n:KgqaName) ON (n.node);
CREATE FULLTEXT INDEX kgqa_name_grams IF NOT EXISTS FOR (n:KgqaName) ON EACH [n.grams] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}};
