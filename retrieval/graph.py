"""How the nearest vectors are looked for in both engines: all compared, or along a graph.

The graph is HNSW (Malkov & Yashunin, 2018). It misses a few of the nearest, the more so the fewer of its points a
search may see; so it is left out where comparing takes about as long: in an index that one process can hold, which has
none, and in a larger one for who may read a small part of it.
"""

# An index is read in so many parts (segments) of about the same size, each by another core, and a last one that is
# written to. The thresholds below are those of one part.
SIDE_BY_SIDE = 2

# Kilobytes of dense vectors, all or what a filter lets through, up to which they are compared one by one. In this
# process 530,000 of 384 numbers, so that an index of a million has no graph: among 260,000 comparing takes 40 ms and
# finds all of the nearest hundred, where the graph takes 33 ms for .997 of them and 43 ms for .998; of a million, half
# of them filtered out, comparing takes as long as the graph, which finds .974. On a server, whose time many share,
# 100,000.
COMPARED_UP_TO, COMPARED_BY_SERVER_UP_TO = 800_000, 150_000

# Points that a filter lets through, up to which the words of each are compared; beyond, the words' own lists are read.
WORDS_COMPARED_UP_TO = 5_000

# Neighbours of a point in the graph; candidates for them when it is built; candidates that a search keeps. With a
# filter a search looks past each neighbour at as many again: with 32 it takes half as long again to find as much. Of
# the nearest hundred among 260,000 in two parts 416 candidates find .992, 640 find .997 in a third more time, 900 .998.
NEIGHBOURS, BUILDING, SEARCHING = 20, 256, 640

# Along the graph vectors are compared in eight bits a number, which makes building and searching four times as fast;
# so many times the hits wanted are then compared in full.
COMPARED_IN_FULL = 2.0

# Share of the points that a filter lets through, below which a search looks past neighbours that it may not see, at
# theirs (ACORN, Patel et al., 2024). Without that, a search among many small collections finds next to nothing.
LOOKED_PAST_BELOW = 0.6

# So many collections are named to the engine one by one; of more, that takes longer than all at once.
FEW_COLLECTIONS = 16


def neighbours(points: int, dimension: int) -> int:
    """How many a point of an index in this process has in the graph: none where all are compared, and none is built."""
    kilobytes = points * dimension * 4 / 1024
    return NEIGHBOURS if kilobytes / SIDE_BY_SIDE > COMPARED_UP_TO else 0
