"""Property graphs as other people build them, in plain Cypher, with questions that they answer."""

MOVIES = """
CREATE (matrix:Movie {tmdbId: 603, title: 'The Matrix', released: 1999, tagline: 'Welcome', runtimeMin: 136}),
 (speed:Movie {tmdbId: 1637, title: 'Speed', released: 1994, tagline: 'Get ready', runtimeMin: 116}),
 (heat:Movie {tmdbId: 949, title: 'Heat', released: 1995, tagline: 'A crime saga', runtimeMin: 170}),
 (keanu:Person:Actor {name: 'Keanu Reeves', born: 1964}), (carrie:Person:Actor {name: 'Carrie-Anne Moss', born: 1967}),
 (sandra:Person:Actor {name: 'Sandra Bullock', born: 1964}), (al:Person:Actor {name: 'Al Pacino', born: 1940}),
 (lana:Person {name: 'Lana Wachowski', born: 1965}), (michael:Person {name: 'Michael Mann', born: 1943}),
 (jan:Person {name: 'Jan de Bont', born: 1943}),
 (keanu)-[:ACTED_IN {roles: ['Neo', 'Thomas Anderson']}]->(matrix), (carrie)-[:ACTED_IN {roles: ['Trinity']}]->(matrix),
 (keanu)-[:ACTED_IN {roles: ['Jack Traven']}]->(speed), (sandra)-[:ACTED_IN {roles: ['Annie Porter']}]->(speed),
 (al)-[:ACTED_IN {roles: ['Vincent Hanna']}]->(heat), (lana)-[:DIRECTED]->(matrix), (jan)-[:DIRECTED]->(speed),
 (michael)-[:DIRECTED]->(heat), (matrix)-[:HAS_GENRE]->(scifi:Genre {name: 'Science Fiction'}),
 (speed)-[:HAS_GENRE]->(action:Genre {name: 'Action'}), (matrix)-[:HAS_GENRE]->(action),
 (heat)-[:HAS_GENRE]->(:Genre {name: 'Crime'})
"""
MOVIE_QUESTIONS = {
    "Who directed The Matrix?": {"Lana Wachowski"},
    "Which movies did Keanu Reeves act in?": {"The Matrix", "Speed"},
    "When was Heat released?": {"1995"},
    "Which movie has the longest runtime?": {"Heat"},
    "How many movies did Keanu Reeves act in?": {"2"},
    "Which actors acted in movies directed by Lana Wachowski?": {"Keanu Reeves", "Carrie-Anne Moss"},
    "Was Sandra Bullock in Speed?": {"yes"},
    "Which movies were released before 1995?": {"Speed"},
}

COMPANIES = """
CREATE (acme:Company {name: 'Acme Corporation', founded: date('1947-03-01'), employees: 5200}),
 (globex:Company {name: 'Globex', founded: date('1989-12-17'), employees: 310}),
 (initech:Company {name: 'Initech', founded: date('1992-06-30'), employees: 80}),
 (ada:Employee {fullName: 'Ada Lovell', email: 'ada@example.org'}),
 (bob:Employee {fullName: 'Bob Stone', email: 'bob@example.org'}),
 (cy:Employee {fullName: 'Cyrus Vance', email: 'cy@example.org'}),
 (paris:City {name: 'Paris'}), (oslo:City {name: 'Oslo'}),
 (ada)-[:WORKS_AT {since: date('2010-01-01'), until: date('2015-06-30'), position: 'engineer'}]->(acme),
 (ada)-[:WORKS_AT {since: date('2015-07-01'), position: 'director'}]->(globex),
 (bob)-[:WORKS_AT {since: date('2012-03-01'), position: 'clerk'}]->(acme),
 (cy)-[:WORKS_AT {since: date('2001-01-01'), until: date('2011-12-31')}]->(initech),
 (acme)-[:LOCATED_IN]->(paris), (globex)-[:LOCATED_IN]->(oslo), (initech)-[:LOCATED_IN]->(oslo),
 (acme)-[:ACQUIRED {date: datetime('2018-05-01T00:00:00Z'), price: 12000000}]->(initech)
"""
COMPANY_QUESTIONS = {
    "Where is Globex located?": {"Oslo"},
    "Who works at Acme Corporation?": {"Ada Lovell", "Bob Stone"},
    "Which companies are located in Oslo?": {"Globex", "Initech"},
    "When was Initech founded?": {"1992-06-30"},
    "Which company has the most employees?": {"Acme Corporation"},
    "In which city does Bob Stone work?": {"Paris"},
}

HOSTILE = "since}) DETACH DELETE (n) // ` \\u0060"
ODD = """
CREATE (a:`Chemical ``Compound``` {`préf label`: 'caffeine', syns: ['theine', 'guaranine'],
   `mol mass`: 194.19, vec: $vec}),
 (b:`Chemical ``Compound``` {`préf label`: 'theobromine', syns: ['xantheose'], `mol mass`: 180.16}),
 (p:`植物` {ラベル: 'Coffea arabica', alias: ['arabica coffee', 'mountain coffee']}),
 (q:`植物` {ラベル: 'Theobroma cacao', alias: ['cocoa tree']}),
 (u {caption: 'Ethiopia'}), (v {caption: 'Peru'}),
 (p)-[:`found in / contains`]->(a), (q)-[:`found in / contains`]->(b), (q)-[:`found in / contains`]->(a),
 (p)-[g:`grows-in`]->(u), (q)-[:`grows-in`]->(v) SET g += $hostile
"""
ODD_QUESTIONS = {
    "What does Coffea arabica contain?": {"caffeine"},
    "Where does the cocoa tree grow?": {"Peru"},
    "What is the mol mass of theine?": {"194.19"},
    "Which plants contain xantheose?": {"Theobroma cacao"},
    "What grows in Ethiopia?": {"Coffea arabica"},
}

VALUES = {"vec": [i / 7 for i in range(40)], "hostile": {HOSTILE: 850}}
GRAPHS = {
    "movies": (MOVIES, MOVIE_QUESTIONS),
    "companies": (COMPANIES, COMPANY_QUESTIONS),
    "odd names": (ODD, ODD_QUESTIONS),
}
