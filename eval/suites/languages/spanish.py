"""Questions in Spanish, each with the walk over the records that answers it (``build.py`` reads the walks)."""

DEV = """
¿Cuál es la capital de Marruecos? = find country:Morocco > capital
¿Cómo se llama la capital de Suecia? = find country:Sweden > capital
¿Qué idiomas se hablan en Suiza? = find country:Switzerland > official_language
¿Cuál es el idioma oficial de Austria? = find country:Austria > official_language
¿Qué moneda se usa en Noruega? = find country:Norway > currency
¿Con qué países limita Paraguay? = find country:Paraguay > borders
¿En qué continente está Vietnam? = find country:Vietnam > region
¿Cuántos habitantes tiene Grecia? = value country:Greece population
¿Qué superficie tiene Finlandia? = value country:Finland area
¿De qué país es Lima la capital? = find city:Lima < capital
¿En qué países se habla italiano? = find language:Italian < official_language
¿Quién descubrió el fósforo? = find element:Phosphorus > discovered_by
¿En qué año se descubrió el níquel? = value element:Nickel discovery_year
¿Cuál es el número atómico de la plata? = value element:Silver atomic_number
¿Qué idiomas se hablan en los países vecinos de Chile? = find country:Chile > borders > official_language
¿Cuántos países limitan con Croacia? = count country:Croatia > borders
"""

TEST = """
Dime la capital de Dinamarca. = find country:Denmark > capital
¿Qué ciudad es la capital de Egipto? = find country:Egypt > capital
¿Qué lengua se habla en Islandia? = find country:Iceland > official_language
¿Cuáles son los idiomas oficiales de Singapur? = find country:Singapore > official_language
¿Cuál es la moneda de Hungría? = find country:Hungary > currency
¿Qué países son vecinos de Camerún? = find country:Cameroon > borders
¿A qué continente pertenece Jordania? = find country:Jordan > region
¿Cuál es la población de Irlanda? = value country:Ireland population
¿Cuál es el área de Bolivia? = value country:Bolivia area
¿Qué país tiene como capital Varsovia? = find city:Warsaw < capital
¿Dónde se habla portugués? = find language:Portuguese < official_language
¿Por quién fue descubierto el hidrógeno? = find element:Hydrogen > discovered_by
¿Cuándo fue descubierto el cobalto? = value element:Cobalt discovery_year
¿A qué temperatura hierve el mercurio? = value element:Mercury boiling_point
¿Cuáles son las capitales de los países que limitan con Uruguay? = find country:Uruguay > borders > capital
¿Cuántos idiomas oficiales tiene Bélgica? = count country:Belgium > official_language
"""
