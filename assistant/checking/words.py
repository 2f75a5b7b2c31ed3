"""The words of a French text that carry meaning, as stems (Snowball) without accents: forms of one word meet."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

STOP_WORDS = frozenset(
    """afin ai ainsi alors apres au aucun aucune aussi autre autres aux avait avant avec avez avoir avons ayant bien ca
    car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez comme comment dans de depuis des
    desormais dont donc du durant elle elles en encore entre est et etait etant etc ete etes etre eu eux fait faire fois
    font hors il ils je jusqu jusque la laquelle le lequel les lesquelles lesquels leur leurs lors lorsqu lorsque lui ma
    mais me meme memes mes moi mon ne ni non nos notamment notre nous nul nulle on ont or ou par parmi pas pendant peu
    plus point pour pourquoi puis puisque qu quand que quel quelle quelles quels qui quoi sa sans se selon sera seront
    ses si soi soit son sont sous suis sur ta tant te tel telle tels telles tes toi ton tous tout toute toutes tres tu
    un une vers via voici voila vos votre vous""".split()  # noqa: SIM905  # read as a text
)

_COUNTING_WORDS = frozenset(
    """deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente
    quarante cinquante soixante cent cents mille an ans annee annees mois heure heures semaine semaines jour jours
    minute minutes trimestre trimestres pourcent euro euros janvier fevrier mars avril mai juin juillet aout septembre
    octobre novembre decembre""".split()  # noqa: SIM905  # read as a text
)

_WORD = re.compile(r"[^\W\d_]{2,}")

_stemmer = snowballstemmer.stemmer("french")


def fold(text: str) -> str:
    """Lower case, without accents or typographic variants of apostrophe, hyphen and space."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("’", "'").replace("‑", "-")
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@lru_cache(maxsize=4096)
def words(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; number words, units and months are figures, not words."""
    return frozenset(_stems(text))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The stem of one word in lower case, accents and all."""
    # The stemmer keeps the ending of verbs in the plural: «ils demandent».
    found = fold(_stemmer.stemWord(word))
    return found.removesuffix("ent") if len(found) > len("ent") + 3 else found


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.lower()):
        if fold(word) not in STOP_WORDS | _COUNTING_WORDS:
            yield stem(word)
