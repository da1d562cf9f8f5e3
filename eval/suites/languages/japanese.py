"""Questions in Japanese, each with the walk over the records that answers it (``build.py`` reads the walks)."""

DEV = """
フランスの首都はどこですか。 = find country:France > capital
イタリアの首都は何という都市ですか？ = find country:Italy > capital
スイスの公用語は何ですか。 = find country:Switzerland > official_language
ブラジルでは何語が話されていますか？ = find country:Brazil > official_language
ノルウェーの通貨は何ですか？ = find country:Norway > currency
タイと国境を接する国はどこですか？ = find country:Thailand > borders
ケニアはどの大陸にありますか。 = find country:Kenya > region
スペインの人口は何人ですか？ = value country:Spain population
カナダの面積はどのくらいですか。 = value country:Canada area
モスクワはどの国の首都ですか？ = find city:Moscow < capital
ドイツ語を公用語とする国はどこですか？ = find language:German < official_language
水素を発見したのは誰ですか？ = find element:Hydrogen > discovered_by
アルミニウムは何年に発見されましたか？ = value element:Aluminum discovery_year
銀の原子番号は何番ですか。 = value element:Silver atomic_number
ポルトガルの隣国の首都はどこですか？ = find country:Portugal > borders > capital
ハンガリーと国境を接する国はいくつありますか？ = count country:Hungary > borders
"""

TEST = """
ポーランドの首都を教えてください。 = find country:Poland > capital
エジプトの首都はどの都市ですか。 = find country:Egypt > capital
カナダの公用語を教えてください。 = find country:Canada > official_language
オーストリアで話されている言語は何ですか。 = find country:Austria > official_language
メキシコではどんな通貨が使われていますか。 = find country:Mexico > currency
ペルーの隣国はどこですか？ = find country:Peru > borders
ニュージーランドはどの大陸に属していますか？ = find country:New Zealand > region
ギリシャの人口を教えてください。 = value country:Greece population
フィンランドの面積は何平方キロメートルですか？ = value country:Finland area
ウィーンを首都とする国はどこですか。 = find city:Vienna < capital
ポルトガル語はどの国で話されていますか。 = find language:Portuguese < official_language
酸素の発見者は誰ですか？ = find element:Oxygen > discovered_by
ニッケルが発見されたのはいつですか。 = value element:Nickel discovery_year
鉄の融点は何度ですか？ = value element:Iron melting_point
モンゴルと国境を接する国の通貨は何ですか？ = find country:Mongolia > borders > currency
ベルギーには公用語がいくつありますか？ = count country:Belgium > official_language
"""
