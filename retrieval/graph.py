"""How the nearest vectors are looked for, the same in both engines: all compared, or along a graph.

The graph is HNSW (Malkov & Yashunin, 2018). It misses a few of the nearest, the more so the fewer of its points a
search may see; so it is left out where comparing takes no longer than a few milliseconds: in a small index, and in a
large one for who may read a small part of it.
"""

# Kilobytes of dense vectors, all or what a filter lets through, up to which they are compared one by one: 66,000 of 384
# numbers. Both thresholds are a segment's.
COMPARED_UP_TO = 100_000

# Points that a filter lets through, up to which the words of each are compared; beyond, the words' own lists are read.
WORDS_COMPARED_UP_TO = 100_000

# Neighbours of a point in the graph; candidates for them when it is built; candidates that a search keeps.
NEIGHBOURS, BUILDING, SEARCHING = 16, 100, 512
