// Names and texts are found by their words, from Browser and Cypher alike: CALL db.index.fulltext.queryNodes('kgqa_names', 'paris')
CREATE FULLTEXT INDEX kgqa_names IF NOT EXISTS FOR (n:Entity) ON EACH [n.name, n.aliases] OPTIONS {indexConfig: {`fulltext.eventually_consistent`: true}};
CREATE FULLTEXT INDEX kgqa_texts IF NOT EXISTS FOR (n:Passage) ON EACH [n.title, n.text] OPTIONS {indexConfig: {`fulltext.eventually_consistent`: true}};
