// Vectors beside the graph. Their indexes are made with them, for the encoder tells their size.
CREATE CONSTRAINT kgqa_vector_key IF NOT EXISTS FOR (n:KgqaVector) REQUIRE n.key IS UNIQUE;
