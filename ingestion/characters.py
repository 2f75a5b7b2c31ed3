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
