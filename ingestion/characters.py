"""Characters that no reader sees are taken out of texts; what remains has one spelling (NFC).

Zero-width, bidirectional and tag characters hide words from people but not from a model, or the
reverse (Boucher et al., "Trojan Source", 2021); NUL cannot be stored; a lone surrogate has no UTF-8.
Line breaks and spaces of every kind stay as they are.
"""

import re
import unicodedata

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that break no line
    "\u00ad\u034f\u061c\u180e"  # soft hyphen, grapheme joiner, Arabic letter mark, Mongolian vowel separator
    "\u115f\u1160\u3164\uffa0"  # letters without a shape (Hangul fillers)
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero-width and bidirectional
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"  # variation selectors
    "\ufff9-\ufffb\ufffe\uffff"  # interlinear annotation, not characters
    "\U000e0000-\U000e007f"  # tags
    "\ud800-\udfff"  # lone surrogates
    "]"
)


# Words for a model alone (Goodside, "ASCII smuggling", 2024); a flag may have a few tags, an emoji one selector.
_TAGGED = re.compile("\U0001f3f4[\U000e0020-\U000e007f]{1,7}|[\U000e0020-\U000e007e]+")
_SELECTED = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")


# What Windows-1252 has for readers: all of it is visible and composed.
WESTERN = frozenset(filter(str.isprintable, bytes(range(256)).decode("cp1252", errors="ignore")))


def _is_western(text: str) -> bool:
    """Whether Windows-1252 can write it, whose printable characters are all visible and composed."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def visible(text: str) -> str:
    """The text without its invisible characters, in Unicode's composed form (NFC)."""
    if text.isprintable() and _is_western(text):
        return text
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def one_line(text: str) -> str:
    """The visible text on one line, its words separated by single spaces."""
    return " ".join(visible(text).split())


def smuggled(text: str) -> str:
    """What is written in the text in characters that stand for letters and have no shape, decoded."""
    raw = text.encode("utf-8", errors="surrogatepass")
    if b"\xf3\xa0" not in raw and b"\xef\xb8" not in raw:  # with which all of them begin
        return ""
    tagged = (found[0] for found in _TAGGED.finditer(text) if not found[0].startswith("\U0001f3f4"))
    words = ["".join(chr(ord(tag) - 0xE0000) for tag in tags) for tags in tagged]
    for selectors in _SELECTED.findall(text):
        codes = bytes(ord(one) - (0xFE00 if ord(one) < 0xFE10 else 0xE00F0) for one in selectors)
        words.append(codes.decode("utf-8", errors="replace"))
    return visible("\n".join(words))
