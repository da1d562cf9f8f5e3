"""Questions in German, each with the walk over the records that answers it (``build.py`` reads the walks)."""

DEV = """
Was ist die Hauptstadt von Norwegen? = find country:Norway > capital
Wie heißt die Hauptstadt der Türkei? = find country:Turkey > capital
Welche Sprachen spricht man in Kanada? = find country:Canada > official_language
Welche Amtssprache hat Brasilien? = find country:Brazil > official_language
Mit welcher Währung bezahlt man in Polen? = find country:Poland > currency
An welche Länder grenzt Österreich? = find country:Austria > borders
Auf welchem Kontinent liegt Kenia? = find country:Kenya > region
Wie viele Einwohner hat Schweden? = value country:Sweden population
Wie groß ist die Fläche von Island? = value country:Iceland area
In welchem Land ist Lissabon die Hauptstadt? = find city:Lisbon < capital
In welchen Ländern wird Niederländisch gesprochen? = find language:Dutch < official_language
Wer hat das Element Sauerstoff entdeckt? = find element:Oxygen > discovered_by
In welchem Jahr wurde Aluminium entdeckt? = value element:Aluminum discovery_year
Welche Ordnungszahl hat Kupfer? = value element:Copper atomic_number
Wie lauten die Hauptstädte der Nachbarländer von Portugal? = find country:Portugal > borders > capital
Wie viele Länder grenzen an Ungarn? = count country:Hungary > borders
"""

TEST = """
Nenne mir die Hauptstadt Finnlands. = find country:Finland > capital
Welche Stadt ist die Hauptstadt von Griechenland? = find country:Greece > capital
Welche Sprache wird in Ägypten gesprochen? = find country:Egypt > official_language
Was sind die Amtssprachen von Luxemburg? = find country:Luxembourg > official_language
Wie heißt die Währung von Japan? = find country:Japan > currency
Welche Nachbarländer hat Kroatien? = find country:Croatia > borders
Zu welchem Kontinent gehört Argentinien? = find country:Argentina > region
Wie hoch ist die Einwohnerzahl von Dänemark? = value country:Denmark population
Welche Fläche hat Rumänien? = value country:Romania area
Von welchem Land ist Nairobi die Hauptstadt? = find city:Nairobi < capital
Wo spricht man Suaheli? = find language:Swahili < official_language
Von wem wurde Chlor entdeckt? = find element:Chlorine > discovered_by
Wann wurde Titan entdeckt? = value element:Titanium discovery_year
Bei welcher Temperatur schmilzt Silber? = value element:Silver melting_point
Welche Währungen haben die Nachbarländer von Bulgarien? = find country:Bulgaria > borders > currency
Wie viele Amtssprachen hat Belgien? = count country:Belgium > official_language
"""
