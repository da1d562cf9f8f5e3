"""Japanese: question words, requests and comparisons, each with its English counterpart (see ``lexicon``).

Particles and endings are not listed: whatever is written in hiragana and not here says no relation.
"""

PHRASES = """
どこ = where
どの | どんな | どれ | どちら = which
何 | なに | なん = what
何語 = which language
何年 | いつ = when
何人 | 何度 | 何番 | どのくらい | どれくらい | どれぐらい = what
いくつ | 何個 | いくら = how many
何カ国 | 何か国 | 何ヶ国 | 何ヵ国 = how many country
誰 | だれ = who
名前 = name
教えて = tell me
挙げて = list
と | や = and
または | それとも | もしくは = or
以外 | 除 = except
最も大きい | 最大 | 一番大きい = largest
最も小さい | 最小 | 一番小さい = smallest
最も高い | 最高 | 一番高い = highest
最も低い | 最低 | 一番低い = lowest
最も重い | 一番重い = heaviest
最も軽い | 一番軽い = lightest
最も古い | 一番古い = oldest
最も新しい | 一番新しい = newest
最も人口の多い | 最も人口が多い = most populous
最も多い | 一番多い | 最多 = most
最も少ない | 一番少ない | 最少 = least
大きい = larger
小さい = smaller
高い = higher
低い = lower
以上 = at least
以下 = at most
両方 = both
同じ = same
共通 = common
使 | 用 = use
属 | 在 = is
"""
