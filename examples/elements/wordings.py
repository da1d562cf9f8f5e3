"""What the relations and types of the sample graph are called in other languages: the label first, then aliases."""

from __future__ import annotations

from typing import Any

RELATIONS = """
discovered_by | de: entdeckt von, Entdecker, gefunden von | es: descubierto por, descubridor, hallado por
  | fr: découvert par, découvreur | it: scoperto da, scopritore | ja: 発見者, 発見した人, 発見
discovered_in | de: entdeckt in, Land der Entdeckung | es: descubierto en, país de descubrimiento
  | fr: découvert en, pays de découverte | it: scoperto in | ja: 発見国, 発見された国, 発見地
discovery_year | de: Jahr der Entdeckung, Entdeckungsjahr, entdeckt im Jahr
  | es: año de descubrimiento, descubierto en el año
  | fr: année de découverte, découvert en l'année | it: anno della scoperta | ja: 発見年, 発見された年
series | de: Serie, Familie | es: serie, familia | fr: série, famille | it: serie | ja: 系列, 分類
block | de: Block | es: bloque | fr: bloc | it: blocco | ja: ブロック
period | de: Periode | es: periodo | fr: période | it: periodo | ja: 周期
group | de: Gruppe | es: grupo | fr: groupe | it: gruppo | ja: 族
top_producer | de: wichtiger Produzent, abgebaut in | es: productor principal, producido en
  | fr: producteur principal, produit en | it: produttore principale | ja: 主要生産国, 生産国
largest_producer | de: größter Produzent | es: mayor productor | fr: plus grand producteur | ja: 最大生産国
top_reserve_holder | de: Land mit großen Reserven, Reserven | es: reservas | fr: réserves | ja: 埋蔵国
symbol | de: Symbol, Elementsymbol | es: símbolo, símbolo químico | fr: symbole, symbole chimique | it: simbolo
  | ja: 元素記号, 記号
atomic_number | de: Ordnungszahl | es: número atómico | fr: numéro atomique | it: numero atomico | ja: 原子番号
atomic_weight | de: Atommasse, Atomgewicht | es: masa atómica, peso atómico | fr: masse atomique, poids atomique
  | it: massa atomica | ja: 原子量, 原子質量
density | de: Dichte | es: densidad | fr: densité | it: densità | ja: 密度
melting_point | de: Schmelzpunkt, Schmelztemperatur, schmilzt bei, schmelzen | es: punto de fusión, se funde a
  | fr: point de fusion, fond à | it: punto di fusione | ja: 融点
boiling_point | de: Siedepunkt, Siedetemperatur, siedet bei | es: punto de ebullición, hierve a
  | fr: point d'ébullition, bout à | it: punto di ebollizione | ja: 沸点
price | de: Preis | es: precio | fr: prix | it: prezzo | ja: 価格
radioactive | de: radioaktiv | es: radiactivo | fr: radioactif | it: radioattivo | ja: 放射性
capital | de: Hauptstadt, Hauptstädte | es: capital | fr: capitale | it: capitale | ja: 首都
borders | de: grenzt an, Nachbarland, Nachbarländer, Nachbar, Grenze | es: limita con, país vecino, vecino, frontera
  | fr: frontalier de, pays voisin, voisin, limitrophe, frontière | it: confina con
  | ja: 国境を接する, 隣国, 隣接する国, 国境
official_language | de: Amtssprache, Sprache, gesprochen in, sprechen, spricht
  | es: idioma oficial, idioma, lengua, hablado en, se habla
  | fr: langue officielle, langue, parlé en, parler | it: lingua ufficiale, lingua | ja: 公用語, 言語, 話される言語
currency | de: Währung, Geld, bezahlt mit | es: moneda, divisa | fr: monnaie, devise | it: valuta | ja: 通貨, 貨幣
region | de: Kontinent, Erdteil | es: continente | fr: continent | it: continente | ja: 大陸
subregion | de: Teilregion | es: subregión | fr: sous-région | it: sottoregione | ja: 地域
part_of | de: Teil von | es: parte de | fr: partie de | it: parte di | ja: 一部
population | de: Einwohnerzahl, Einwohner, Bevölkerung | es: población, habitantes, número de habitantes
  | fr: population, habitants, nombre d'habitants | it: popolazione, abitanti | ja: 人口
area | de: Fläche, Größe | es: superficie, área, extensión | fr: superficie, taille | it: superficie, area | ja: 面積
calling_code | de: Vorwahl, Telefonvorwahl | es: código telefónico, prefijo | fr: indicatif téléphonique | ja: 国番号
top_level_domain | de: Top-Level-Domain
  | es: dominio de nivel superior | fr: domaine de premier niveau | ja: トップレベルドメイン
demonym | de: Name der Einwohner | es: gentilicio | fr: gentilé | ja: 国民の呼称
"""

TYPES = """
element | de: Element, chemisches Element, Elemente | es: elemento, elemento químico | fr: élément, élément chimique
  | it: elemento | ja: 元素
country | de: Land, Staat, Länder | es: país, estado | fr: pays, état | it: paese, stato | ja: 国
city | de: Stadt, Städte | es: ciudad | fr: ville | it: città | ja: 都市
person | de: Person, Mensch, Forscher
  | es: persona, científico | fr: personne, scientifique | it: persona | ja: 人, 人物
language | de: Sprache | es: idioma, lengua | fr: langue | it: lingua | ja: 言語
currency | de: Währung | es: moneda | fr: monnaie | it: valuta | ja: 通貨
region | de: Kontinent, Erdteil | es: continente | fr: continent | it: continente | ja: 大陸
subregion | de: Teilregion | es: subregión | fr: sous-région | it: sottoregione | ja: 地域
"""


def labels_and_aliases(text: str) -> dict[str, dict[str, Any]]:
    """Id to ``labels`` and ``aliases`` by language, as records take them."""
    out: dict[str, dict[str, Any]] = {}
    for entry in text.strip().replace("\n  ", " ").splitlines():
        id, *languages = entry.split(" | ")
        named = {part.split(": ")[0]: part.split(": ")[1].split(", ") for part in languages}
        out[id] = {
            "labels": {tag: names[0] for tag, names in named.items()},
            "aliases": {tag: names[1:] for tag, names in named.items() if names[1:]},
        }
    return out
