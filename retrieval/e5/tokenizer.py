"""Text to the numbers of its pieces, as multilingual-e5-small reads it.

A unigram language model (Kudo 2018, «Subword Regularization», §3.2): of all ways to cut a word into pieces of the
vocabulary, the most probable, found by Viterbi's algorithm. A piece reaches into no other word, so words are cut one
by one and, as texts repeat them, remembered.
"""

import re
from functools import lru_cache

from retrieval.e5.packed import Vocabulary

SPACE = "▁"  # stands before each word, as part of its first piece
WORD = re.compile(f"{SPACE}[^{SPACE}]*")
SPACES = re.compile(" +")

REMEMBERED = 16_384  # words
UNKNOWN_PENALTY = 10.0  # how much less probable an unknown character is than the rarest piece


class Tokenizer:
    """Gives what the wheel's own engine gives, except where that one's rounding chooses between equals.

    `begin` and `end` are the marks that a text has around its pieces.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.begin, self.end = vocabulary.begin, vocabulary.end
        self._numbers = {piece: number for number, piece in enumerate(vocabulary.pieces)}
        del self._numbers[vocabulary.pieces[vocabulary.unknown]]
        self._scores = vocabulary.scores
        self._unknown = vocabulary.unknown
        self._unknown_score = min(vocabulary.scores) - UNKNOWN_PENALTY
        self._longest = max(map(len, vocabulary.pieces))
        # The table knows every control character but the one that ends a text in C.
        self._normalised = {0: ""} | dict(vocabulary.normalised)
        self._cut = lru_cache(REMEMBERED)(self._best_cut)

    def pieces(self, text: str) -> list[int]:
        """Their numbers, without marks of beginning and end. Raises `UnicodeEncodeError` for half a character."""
        text.encode()
        spaced = SPACES.sub(SPACE, " " + text.translate(self._normalised))
        return [piece for word in WORD.findall(spaced) for piece in self._cut(word)]

    def _best_cut(self, word: str) -> tuple[int, ...]:
        best = [0.0] + [float("-inf")] * len(word)  # of all cuts up to each character
        last = [(0, self._unknown)] * (len(word) + 1)  # where their last piece begins, and which it is
        for start in range(len(word)):
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                last[start + 1] = start, self._unknown
            for end in range(start + 1, min(start + self._longest, len(word)) + 1):
                piece = self._numbers.get(word[start:end])
                if piece is not None and best[start] + self._scores[piece] > best[end]:
                    best[end] = best[start] + self._scores[piece]
                    last[end] = start, piece
        pieces = list[int]()
        end = len(word)
        while end:
            end, piece = last[end]
            pieces.append(piece)
        return tuple(reversed(pieces))
