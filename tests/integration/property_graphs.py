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

SHOP = """
CREATE (drinks:Category {categoryID: '1', categoryName: 'Drinks', description: 'Coffees, teas and juices'}),
 (fish:Category {categoryID: '8', categoryName: 'Fish', description: 'Fish and seaweed', picture: 'NULL'}),
 (harbour:Supplier {supplierID: '1', companyName: 'Harbour Imports', contactName: 'Ida Roe',
   city: 'London', fax: 'NULL'}),
 (north:Supplier {supplierID: '4', companyName: 'Northern Catch', contactName: 'Yuki Abe',
   city: 'Tokyo', fax: 'NULL'}),
 (chai:Product {productID: '1', productName: 'Chai', unitPrice: 18.0}),
 (mate:Product {productID: '2', productName: 'Mate', unitPrice: 19.0}),
 (roe:Product {productID: '10', productName: 'Salmon Roe', unitPrice: 31.0}),
 (bakery:Customer {customerID: 'BAKE', companyName: 'Berta Bakery', city: 'Berlin', postalCode: '12209'}),
 (bistro:Customer {customerID: 'BIST', companyName: 'Bistro Azul', city: 'Lisbon', postalCode: '05021'}),
 (nora:Employee {employeeID: '1', firstName: 'Nora', lastName: 'Davids',
   title: 'Clerk', hireDate: '1992-05-01 00:00:00.000'}),
 (anders:Employee {employeeID: '2', firstName: 'Anders', lastName: 'Full',
   title: 'Head', hireDate: '1992-08-14 00:00:00.000'}),
 (nora)-[:REPORTS_TO]->(anders), (chai)-[:PART_OF]->(drinks), (mate)-[:PART_OF]->(drinks), (roe)-[:PART_OF]->(fish),
 (harbour)-[:SUPPLIES]->(chai), (harbour)-[:SUPPLIES]->(mate), (north)-[:SUPPLIES]->(roe),
 (o1:Order {orderID: '10248', orderDate: '1996-07-04 00:00:00.000', freight: '32.38', shipCity: 'Reims'}),
 (o2:Order {orderID: '10249', orderDate: '1996-07-05 00:00:00.000', freight: '11.61', shipCity: 'Evora'}),
 (bakery)-[:PURCHASED]->(o1), (bistro)-[:PURCHASED]->(o2),
 (o1)-[:ORDERS {unitPrice: '14.40', quantity: 12, discount: '0.0'}]->(chai),
 (o2)-[:ORDERS {unitPrice: '18.60', quantity: 9, discount: '0.0'}]->(roe)
"""
SHOP_QUESTIONS = {
    "Which products does Harbour Imports supply?": {"Chai", "Mate"},
    "Which category is Chai part of?": {"Drinks"},
    "Who does Nora Davids report to?": {"Anders Full"},
    "Who reports to Anders Full?": {"Nora Davids"},
    "Which orders did Berta Bakery purchase?": {"10248"},
    "When was Nora Davids hired?": {"1992-05-01"},
    "What is the order date of order 10248?": {"1996-07-04"},
    "Which product has the highest unit price?": {"Salmon Roe"},
    "Which customer is in Berlin?": {"Berta Bakery"},
}

PAYMENTS = """
CREATE (a:Client:Mule {id: '49979330', name: 'Aaliyah Carty'}), (b:Client {id: '47762769', name: 'Brandon Soto'}),
 (c:Client {id: '48680142', name: 'Emily Levy'}), (e:Email {email: 'aaliyah@example.com'}),
 (p:Phone {phoneNumber: '523-27-3423'}), (k:Bank {id: 'bank-1', name: 'Bank of Midland'}),
 (t1:Transaction:Payment {id: 'tx-1b5b', amount: 120.5, ts: datetime('2023-05-01T10:15:00Z'), fraud: false}),
 (t2:Transaction:Transfer {id: 'tx-9ac2', amount: 99000.0, ts: datetime('2023-05-02T11:15:00Z'), fraud: true}),
 (a)-[:HAS_EMAIL]->(e), (a)-[:HAS_PHONE]->(p), (c)-[:HAS_PHONE]->(p), (a)-[:PERFORMED]->(t1), (a)-[:PERFORMED]->(t2),
 (t1)-[:TO]->(k), (t2)-[:TO]->(b), (t1)-[:NEXT]->(t2),
 (a)-[:TRANSFERRED_TO {amount: 99000.0, currency: 'USD', on: date('2023-05-02')}]->(b)
"""
PAYMENT_QUESTIONS = {
    "What is the email of Aaliyah Carty?": {"aaliyah@example.com"},
    "Who has the phone 523-27-3423?": {"Aaliyah Carty", "Emily Levy"},
    "Which transactions did Aaliyah Carty perform?": {"tx-1b5b", "tx-9ac2"},
    "What is the amount of tx-9ac2?": {"99000.0"},
    "Who performed tx-1b5b?": {"Aaliyah Carty"},
    "Which transactions have an amount above 1000?": {"tx-9ac2"},
    "Which transactions are fraud?": {"tx-9ac2"},
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
    "shop": (SHOP, SHOP_QUESTIONS),
    "payments": (PAYMENTS, PAYMENT_QUESTIONS),
}
