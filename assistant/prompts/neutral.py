"""Making text that others wrote harmless in a prompt.

Documents and questions are data. Characters that nobody sees are removed, and what looks like a
control token of any common chat template is taken out, so that a server that reads such tokens in
messages (our own engine does not) finds none.
"""

import re
import unicodedata

# Zero-width and bidirectional controls, tags and variation selectors are all of these two categories,
# or in these ranges; soft hyphens are too.
_UNSEEN_CATEGORIES = frozenset({"Cf", "Cc", "Co", "Cs"})
_KEPT_CONTROLS = frozenset("\n\t")
_UNSEEN_RANGES = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))

_CONTROL_TOKENS = re.compile(
    r"<\|[^<>|\n]{0,40}\|>"  # ChatML, Llama 3, Qwen, Phi
    r"|</?(?:s|bos|eos|pad|unk|mask|start_of_turn|end_of_turn|start_of_image|unused\d+|think)>"  # Gemma, SentencePiece
    r"|<</?SYS>>"  # Llama 2
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG)\]"  # Mistral
    r"|<｜[^<>｜\n]{0,40}｜>",  # DeepSeek
    re.IGNORECASE,
)


def neutralise(text: str) -> str:
    """The text without unseen characters and without anything that reads as a control token."""
    text = "".join(character for character in unicodedata.normalize("NFC", text) if not _unseen(character))
    while (shorter := _CONTROL_TOKENS.sub("", text)) != text:  # taking one out may join the halves of another
        text = shorter
    return text


def one_line(text: str) -> str:
    """The text with every run of blanks as one space."""
    return " ".join(text.split())


def _unseen(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return False
    if unicodedata.category(character) in _UNSEEN_CATEGORIES:
        return True
    return any(low <= ord(character) <= high for low, high in _UNSEEN_RANGES)
