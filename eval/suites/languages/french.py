"""Questions in French, each with the walk over the records that answers it (``build.py`` reads the walks)."""

DEV = """
Quelle est la capitale de la Hongrie ? = find country:Hungary > capital
Comment s'appelle la capitale du Japon ? = find country:Japan > capital
Quelles langues parle-t-on en Belgique ? = find country:Belgium > official_language
Quelle est la langue officielle de l'Autriche ? = find country:Austria > official_language
Quelle monnaie utilise-t-on au Mexique ? = find country:Mexico > currency
Quels pays ont une frontière avec l'Espagne ? = find country:Spain > borders
Sur quel continent se trouve le Pérou ? = find country:Peru > region
Combien d'habitants compte l'Irlande ? = value country:Ireland population
Quelle est la superficie de la Tunisie ? = value country:Tunisia area
De quel pays Bucarest est-elle la capitale ? = find city:Bucharest < capital
Dans quels pays parle-t-on allemand ? = find language:German < official_language
Qui a découvert l'azote ? = find element:Nitrogen > discovered_by
En quelle année le chrome a-t-il été découvert ? = value element:Chromium discovery_year
Quel est le symbole chimique de l'étain ? = value element:Tin symbol
Quelles sont les monnaies des pays voisins de l'Allemagne ? = find country:Germany > borders > currency
Combien de pays sont voisins de la Suisse ? = count country:Switzerland > borders
"""

TEST = """
Donne-moi la capitale de la Pologne. = find country:Poland > capital
Quelle ville est la capitale de la Bulgarie ? = find country:Bulgaria > capital
Quelle langue est parlée au Brésil ? = find country:Brazil > official_language
Quelles sont les langues officielles de la Finlande ? = find country:Finland > official_language
Quelle est la devise de la Norvège ? = find country:Norway > currency
Quels sont les pays limitrophes de l'Autriche ? = find country:Austria > borders
À quel continent appartient l'Australie ? = find country:Australia > region
Quelle est la population de la Grèce ? = value country:Greece population
Quelle superficie a la Mongolie ? = value country:Mongolia area
Quel pays a pour capitale Athènes ? = find city:Athens < capital
Où parle-t-on arabe ? = find language:Arabic < official_language
Par qui l'iode a-t-il été découvert ? = find element:Iodine > discovered_by
Quand le magnésium a-t-il été découvert ? = value element:Magnesium discovery_year
Quel est le point de fusion de l'or ? = value element:Gold melting_point
Quelles langues parle-t-on dans les pays voisins du Danemark ? = find country:Denmark > borders > official_language
Combien de langues officielles le Canada a-t-il ? = count country:Canada > official_language
"""
