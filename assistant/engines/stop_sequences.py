"""Ending a stream of text where a stop sequence begins."""

from collections.abc import Sequence


class StopSequences:
    """Lets text through up to the stop sequence that is complete first, even when it arrives in pieces."""

    def __init__(self, sequences: Sequence[str]) -> None:
        self._sequences = tuple(filter(None, sequences))
        self._held = ""
        self.reached = False

    def feed(self, piece: str) -> str:
        """What of the text so far is certainly before any stop sequence and was not given yet."""
        if self.reached:
            return ""
        text = self._held + piece
        found = [sequence for sequence in self._sequences if sequence in text]
        spans = [(text.index(sequence) + len(sequence), text.index(sequence)) for sequence in found]
        if spans:
            self.reached, self._held = True, ""
            return text[: min(spans)[1]]
        keep = len(text) - max((overlap(text, sequence) for sequence in self._sequences), default=0)
        self._held = text[keep:]
        return text[:keep]

    def finish(self) -> str:
        """The rest: what looked like the beginning of a stop sequence and was none."""
        held, self._held = self._held, ""
        return held


def overlap(text: str, sequence: str) -> int:
    """How much of the end of `text` is a beginning of `sequence`."""
    return next((size for size in range(len(sequence) - 1, 0, -1) if text.endswith(sequence[:size])), 0)
