"""What texts the title and number of a document say it is, and what texts its words cite."""

import re
from collections.abc import Iterator
from functools import lru_cache

from retrieval.corpus import DocumentMetadata
from retrieval.references import texts
from retrieval.references.folding import plain
from retrieval.references.reading import Mention, mentions
from retrieval.references.reference import Reference

TITLE_CHARACTERS = 500

_BEFORE = re.compile(r"(?:l[ea] |l'|les )?")
_ALL_OF_IT = re.compile(r" ?(?:$|[.,:;(|-].*)")
_ALSO = re.compile(r"[ ,(:|-]{0,4}")


def asked(question: str) -> tuple[Reference, ...]:
    """What a question names, each once, in its order."""
    return tuple(dict.fromkeys(mention.reference for mention in mentions(plain(question))))


@lru_cache(maxsize=1024)  # asked for again with each chunk of a document
def borne(metadata: DocumentMetadata) -> tuple[Reference, ...]:
    """What the document is: what its title begins with, and its number, kind and day of signature.

    A title about an article («L'article L. 1 et ses suites») is not its text's, one about an order that begins with
    the order's own name («Arrêté du 3 mars 2021 modifiant l'arrêté du…») bears the first alone.
    """
    return tuple(dict.fromkeys([*_of_title(metadata.title), *_of_number(metadata)]))


def cited(text: str, own: str = "") -> tuple[Reference, ...]:
    """The texts that a text cites, each once; `own` is the code in which it stands itself."""
    return tuple(dict.fromkeys(mention.reference for mention in mentions(plain(text), own, typed=False)))


def own_code(metadata: DocumentMetadata) -> str:
    """The code of which the document is an article; empty for none."""
    return next((reference.code for reference in borne(metadata) if reference.code), "")


def names(metadata: DocumentMetadata) -> frozenset[str]:
    """The index's words for the document: what it can be looked for by."""
    return frozenset(key for reference in borne(metadata) for key in reference.borne())


def citations(text: str, metadata: DocumentMetadata) -> frozenset[str]:
    """The index's words for what a chunk of the document cites, itself left out.

    A document whose `names` are among them is cited.
    """
    return frozenset(key for one in cited(text, own_code(metadata)) for key in one.cited()) - names(metadata)


def _of_title(title: str) -> Iterator[Reference]:
    folded = plain(title[:TITLE_CHARACTERS])
    found = mentions(folded)
    if not found or not _BEFORE.fullmatch(folded[: found[0].start]):
        return
    first = found[0]
    if first.reference.article and not _ALL_OF_IT.fullmatch(folded[first.end :]):
        return
    yield first.reference
    yield from _beside(folded, first, found[1:])


def _beside(folded: str, first: Mention, others: list[Mention]) -> Iterator[Reference]:
    """Articles of the same list, or the NOR that follows a text's name."""
    for other in others:
        same_list = other.start == first.start and bool(other.reference.article)
        its_nor = texts.is_nor(other.reference.number) and _ALSO.fullmatch(folded[first.end : other.start])
        if same_list or its_nor:
            yield other.reference


def _of_number(metadata: DocumentMetadata) -> Iterator[Reference]:
    number = plain(metadata.number)
    kinds = [metadata.kind.value] if metadata.kind else ["", texts.LOI] if number else []
    for kind in kinds:
        reference = Reference(kind=kind, number=texts.number(kind, number), signed_on=metadata.signed_on)
        if reference.number or (kind and reference.signed_on):
            yield reference
