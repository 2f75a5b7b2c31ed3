"""By what a record is found again: short texts of the form `kind:value`, none of which holds a name.

| key | the record names |
| --- | --- |
| `collection:<id>`, `document:<id>`, `conversation:<id>`, `exchange:<id>`, `session:<id>`, `case:<id>`, … | that one |
| `text:<digest>` | that document of that collection: two collections may each have a document of one id |
| `about:<pseudonym>` | that person, who is not the one who acts |
| `from:<pseudonym>` | that address; `from:commande` and `from:service` where there was none |
| `decision:<word>`, `decision:<field>`, `decision:not-<field>` | what was decided: a word, or yes or no |
| `reason:<word>`, `rule:<name>`, `action:<name>` | why, by which rule, what was to be done |
| `flag:<field>` | something that is looked for |
| `mot:<word>` | that word in a title, a file's name, a collection's name |
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from policies.audit.kinds import Kind
from policies.audit.schema import Found, fields
from policies.review.pseudonyms import Pseudonyms

# A change of what the keys of a record are is a new number: the projection is then made anew.
KEYS = 2

# Identifiers, and words out of closed lists, by the kind they are in the schema.
_NAMED = {
    Kind.COLLECTION: "collection",
    Kind.DOCUMENT: "document",
    Kind.CONVERSATION: "conversation",
    Kind.EXCHANGE: "exchange",
    Kind.SESSION: "session",
    Kind.SOURCE: "source",
    Kind.FILE: "file",
    Kind.JOB: "job",
    Kind.CASE: "case",
    Kind.REQUEST: "request",
    Kind.HOLD: "hold",
    Kind.ALERT: "alert",
    Kind.RECORD: "record",
    Kind.REASON: "reason",
    Kind.RULE: "rule",
    Kind.ACTION: "action",
    Kind.PSEUDONYM: "about",
}

_WORDED = frozenset({Kind.LABEL, Kind.COLLECTION_NAME})

# Counts that are a flag where they are not 0, and lists that are one where they are not empty.
_COUNTED = frozenset({"unsupported", "dropped"})
_LISTED = frozenset({"suspicious"})

_WORD = re.compile(r"\w+")
_SHORTEST_WORD = 2
_MOST_WORDS = 64  # of one record


def keys(body: Mapping[str, Any], pseudonyms: Pseudonyms) -> list[str]:
    """The keys of a record, from its body, sorted."""
    found: set[str] = set()
    words: dict[str, None] = {}
    collection = Found(Kind.COLLECTION, (), "")
    for one in fields(body, _READ):
        if (named := _NAMED.get(one.kind)) is not None:
            if one.value != "":
                found.add(f"{named}:{one.value}")
            if one.kind is Kind.COLLECTION:
                collection = one
            elif one.kind is Kind.DOCUMENT and one.path[:-1] == collection.path[:-1]:
                found.add(text_key(str(collection.value), str(one.value)))
                if one.path[1] in _LISTED:
                    found.add(f"flag:{one.path[1]}")
        elif one.kind in _WORDED:
            words |= dict.fromkeys(folded(str(one.value)))
        elif (told := _TOLD.get(one.kind)) is not None and (key := told(one, pseudonyms)):
            found.add(key)
    found.update(f"mot:{word}" for word in list(words)[:_MOST_WORDS])
    return sorted(found)


@lru_cache(maxsize=65_536)
def text_key(collection: str, document: str) -> str:
    """The key of a document of a collection."""
    digest = hashlib.sha256(f"{collection}\0{document}".encode("utf-8", "surrogatepass"))
    return f"text:{digest.hexdigest()[:16]}"


@lru_cache(maxsize=4096)
def folded(text: str) -> tuple[str, ...]:
    """The words of a text, without case and accents: what is searched is compared in this form."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return tuple(word for word in _WORD.findall(bare) if len(word) >= _SHORTEST_WORD)


def named_in(keys: Iterable[str], kind: str) -> list[str]:
    """What these keys name of that kind: with « collection », the collections."""
    prefix = f"{kind}:"
    return [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]


def _person(found: Found, pseudonyms: Pseudonyms) -> str:
    return "" if found.path[0] == "principal" or not found.value else f"about:{pseudonyms.of(str(found.value))}"


def _origin(found: Found, pseudonyms: Pseudonyms) -> str:
    return f"from:{pseudonyms.of_address(str(found.value))}" if found.value else ""


def _decision(found: Found, _: Pseudonyms) -> str:
    match found.value:
        case True:
            return f"decision:{_field(found)}"
        case False:
            return f"decision:not-{_field(found)}"
    return f"decision:{found.value}"


def _flag(found: Found, _: Pseudonyms) -> str:
    return f"flag:{_field(found)}" if found.value else ""


def _counted(found: Found, _: Pseudonyms) -> str:
    return f"flag:{found.path[-1]}" if found.value and found.path[-1] in _COUNTED else ""


def _concern(found: Found, _: Pseudonyms) -> str:
    return f"flag:{found.value}" if found.path[-1] == "concern" else ""


def _field(found: Found) -> str:
    """The name of the innermost field."""
    return next((step for step in reversed(found.path) if isinstance(step, str)), "")


_TOLD: Mapping[Kind, Callable[[Found, Pseudonyms], str]] = {
    Kind.PERSON: _person,
    Kind.ADDRESS: _origin,
    Kind.ORIGIN: _origin,
    Kind.DECISION: _decision,
    Kind.FLAG: _flag,
    Kind.COUNT: _counted,
    Kind.WORD: _concern,  # of the guardrails
}

_READ = frozenset({*_NAMED, *_WORDED, *_TOLD})
