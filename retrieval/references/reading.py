"""Finding references in a text: what is named, then which names belong together.

«articles L. 1 et L. 5 du code du travail», «code du travail, art. L. 1», «article 5 de la loi n° 78-17»: a code or a
law beside articles is theirs. In one pass, in time that grows with the length of the text alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from retrieval.references import articles, codes, texts
from retrieval.references.reference import Reference

OCCUPATIONAL = "code de la sécurité sociale"  # in whose annex the tables of occupational diseases stand

OWN, SAME, UNKNOWN = "present", "same", "unknown"  # codes that are not named: «du présent code», «du même code»

_CODE = (
    r"(?<!\w)(?:(?P<present>present code\b)|(?P<same>(?:meme|ce|dudit|ledit|audit) code\b|code (?:precite|susvise))"
    rf"|{codes.BEGINS})"
)
# What the first letters of a word must be: most words are passed over at that.
_BEGINS = (
    r"\b(?=\d{3,4}-\d|[lrda](?:[.*-]|\d| [\d*])|l\.? ?o[. \d*-]|art|annexe|tableau|maladie|mp"
    r"|nor|[a-z]{3} ?[a-z][ -]?\d\d"
    rf"|{'|'.join(sorted({kind[:4] for kind in texts.KINDS}))}|present|dudit|ledit|audit|meme c|ce c|{codes.BEGINS})"
)
_UNKNOWN_CODE = re.compile(r"codes? (?:de |du |des |d')")

# Between articles and the code that comes after them, or before.
_PARAGRAPH = (
    r"(?:,? ?(?:al(?:inea)?s?\.? ?\d{1,2}|\d{1,2}(?:er|e|eme)? al(?:inea|\.)?|[ivx]{1,5}|\d{1,2}°|[a-z]\))){0,4}"
)
_OF = r"(?: ?,? ?(?:du|dudit|de la|de l'|de ce|au|des|de))"
_FOLLOWED = r"(?: et suivants?| et s\.| s\.)?(?:,? (?:susvise|precite|modifie)e?s?)?"
_AFTER = re.compile(rf"{_PARAGRAPH}{_FOLLOWED},?{_OF} ?")
_BESIDE = re.compile(rf"{_PARAGRAPH}{_FOLLOWED} ?[,(:|-]{{0,2}} ?")
_BEFORE = re.compile(r"[.)]? ?[,:(|-]{0,2} ?(?:articles?|arts?\.?)? ?")


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference, and the span of folded text in which it is named, with its code or law."""

    reference: Reference
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    """Articles without their text (`what`), a code, or a text; `sure` says that the articles are some by themselves,
    `in_full` that a code's name is not a short form."""

    start: int
    end: int
    what: tuple[Reference, ...] = ()
    sure: bool = False
    code: str = ""
    in_full: bool = False

    @property
    def of_which(self) -> bool:
        """Whether articles can be its."""
        return bool(self.code or (self.what and not self.what[0].article and self.sure))


def mentions(folded: str, own: str = "", *, typed: bool = True) -> list[Mention]:
    """All references in a folded text, in order.

    `own` is the code in which the text stands: its articles are meant where no code is named. `typed`: by a person
    in a hurry, who puts blanks for hyphens and may name the code anywhere; otherwise as law is printed.
    """
    names = list(_names(folded, typed))
    known = {name.code for name in names if name.in_full} if typed else set[str]()
    only = known.pop() if len(known) == 1 else ""
    taken: set[int] = set()
    found: list[Mention] = []
    last = ""  # the code named last
    for place, name in enumerate(names):
        if name.code:
            last = last if name.code == SAME else own if name.code == OWN else name.code
        elif name.of_which:
            if place not in taken:
                found += [Mention(one, name.start, name.end) for one in name.what]
        else:
            beside = _beside(folded, names, place, taken, typed)
            taken.update([] if beside is None else [beside])
            found += _resolved(name, None if beside is None else names[beside], own, last, only, typed)
    return found


def _beside(folded: str, names: Sequence[_Name], place: int, taken: set[int], typed: bool) -> int | None:
    """Where the code or the text stands to which articles belong."""
    name, after, before = names[place], place + 1, max(place - 1, 0)
    gap = folded[name.end : names[after].start] if after < len(names) and names[after].of_which else None
    if gap is not None and len(gap) < 60 and _AFTER.fullmatch(gap):
        return after
    can_be_before = before not in taken and (names[before].code or (typed and names[before].of_which))
    if can_be_before and _BEFORE.fullmatch(folded[names[before].end : name.start][:20]):
        return before
    return after if gap is not None and len(gap) < 60 and _BESIDE.fullmatch(gap) else None


def _resolved(name: _Name, beside: _Name | None, own: str, last: str, only: str, typed: bool) -> Iterator[Mention]:
    """The articles with what they belong to."""
    start, end = name.start, name.end
    if beside is not None:
        start, end = min(start, beside.start), max(end, beside.end)
    for one in name.what:
        if beside is None:
            code = only or one.code or own
            if name.sure and (one.article[0].isalpha() or only or "-" in one.article):
                yield Mention(replace(one, code=code), start, end)
        elif beside.what:
            text = beside.what[0]
            yield Mention(replace(text, article=one.article), start, end)
        else:
            code = {OWN: own, SAME: last, UNKNOWN: ""}.get(beside.code, beside.code)
            if code in codes.CODES or beside.code == OWN or (typed and name.sure and not code):
                yield Mention(replace(one, code=code), start, end)


def _names(folded: str, typed: bool) -> Iterator[_Name]:
    pattern, place = _pattern(typed), 0
    while match := pattern.search(folded, place):
        name = _name(match, typed)
        place = name.end if name else match.start() + 1
        if name:
            yield name


def _name(match: re.Match[str], typed: bool) -> _Name | None:
    start, end, folded = match.start(), match.end(), match.string
    match match.lastgroup:
        case "a_code":
            if match["present"] or match["same"]:
                return _Name(start, end, code=OWN if match["present"] else SAME)
            if named := codes.read(folded, start):
                in_full = " " in named[0] and "." not in named[0]
                return _Name(start, named.end(), code=codes.code_of(named), in_full=in_full)
            return _Name(start, end, code=UNKNOWN) if _UNKNOWN_CODE.match(folded, start) else None
        case "a_text":
            kind, number, day = texts.named(match)
            text = Reference(kind=kind, number=number, signed_on=day)
            return _Name(start, end, (text,), sure=True) if number or day else None
        case "a_nor":
            return _Name(start, end, (Reference(number=texts.number("", match["nor"])),), sure=True)
        case "a_table":
            certain = (
                match["second"]
                or match["sort"]
                or match["diseases"]
                or (typed and (match["numbered"] or match["again"]))
            )
            sure = bool(certain or "maladie" in folded[:start])
            return _Name(start, end, (Reference(articles.table(match), code=OCCUPATIONAL),), sure=sure)
        case "an_annex":
            sure = bool(match["annexed"] or (match["annex"] and typed and _is_all(match)))
            return _Name(start, end, (Reference(articles.annex(match)),), sure=sure)
    return _articles(match, typed)


def _articles(match: re.Match[str], typed: bool) -> _Name:
    """A list of articles. Figures alone are kept for a law or a code that follows."""
    start, end, folded = match.start(), match.end(), match.string
    found = _items(typed).finditer(folded, start + len(match["head"] or ""), end)
    what = tuple(Reference(articles.article(one[0])) for one in found)
    lettered = folded[start].isalpha()
    sure = bool(match["head"] or (lettered and typed and _is_all(match)) or articles.SURE.match(folded, start))
    return _Name(start, end, what, sure=sure)


def _is_all(match: re.Match[str]) -> bool:
    """Whether nothing else is said."""
    if len(match.string) - len(match[0]) > 20:
        return False
    before, after = match.string[: match.start()], match.string[match.end() :]
    return before.strip() in ("", "article", "l'article", "l'") and not after.strip(" ?!.")


@cache
def _pattern(typed: bool) -> re.Pattern[str]:
    item = articles.TYPED if typed else articles.PRINTED
    alternatives = {
        "a_table": articles.TABLE,
        "an_annex": articles.ANNEX,
        "a_text": texts.TEXT,
        "some_articles": articles.lists(item),
        "a_code": _CODE,
        "a_nor": texts.NOR,
    }
    return re.compile(_BEGINS + "(?:" + "|".join(f"(?P<{name}>{one})" for name, one in alternatives.items()) + ")")


@cache
def _items(typed: bool) -> re.Pattern[str]:
    return articles.items(articles.TYPED if typed else articles.PRINTED)
