"""Where a passage stands in a text that has the same letters but other blanks, hyphens and line breaks."""

import unicodedata

LEAST = 8  # letters; fewer stand anywhere


def places(text: str, passage: str) -> list[int]:
    """The places in the text of what is printed of the passage, in the passage's order.

    A paragraph that does not stand there in one piece (another stands between its lines, or the parser mended a word)
    is looked for in halves, down to `LEAST` letters; a piece that is repeated is taken where the one before ended.
    """
    letters, origins = _letters(text)
    found: list[int] = []
    after = 0
    for paragraph in passage.splitlines():
        pieces = [paragraph.split()]
        while pieces:
            words = pieces.pop()
            wanted, _ = _letters("".join(words))
            start = _place(letters, wanted, after)
            if start >= 0:
                after = start + len(wanted)
                found += _printed(text, origins[start], origins[after - 1])
            elif len(words) > 1 and len(wanted) >= LEAST:
                half = len(words) // 2
                pieces += [words[half:], words[:half]]
    return found


def _printed(text: str, first: int, last: int) -> list[int]:
    """Between these letters, and the punctuation behind them, without blanks."""
    end = last + 1
    while end < len(text) and not text[end].isalnum() and not text[end].isspace():
        end += 1
    return [place for place in range(first, end) if not text[place].isspace()]


def _place(letters: str, wanted: str, after: int) -> int:
    """-1 where it does not stand; a few letters count only where they come next."""
    if not wanted:
        return -1
    if len(wanted) < LEAST:
        return after if letters.startswith(wanted, after) else -1
    start = letters.find(wanted, after)
    return start if start >= 0 else letters.find(wanted)


def _letters(text: str) -> tuple[str, list[int]]:
    """Letters and digits alone, without accents and capitals, and where each comes from."""
    letters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKD", character).casefold():
            if one.isalnum():
                letters.append(one)
                origins.append(place)
    return "".join(letters), origins
