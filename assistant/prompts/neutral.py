"""Making text that others wrote harmless in a prompt.

Documents and questions are data. Characters that nobody sees are removed, and what looks like a
control token of any common chat template is taken out, so that a server that reads such tokens in
messages (our own engine does not) finds none. What looks like the marks of our own prompts loses the form of one.
"""

import re
import unicodedata

# Zero-width and bidirectional controls, tags and variation selectors are all of these two categories,
# or in these ranges; soft hyphens are too.
_UNSEEN_CATEGORIES = frozenset({"Cf", "Cc", "Co", "Cs"})
_KEPT_CONTROLS = frozenset("\n\t")
_UNSEEN_RANGES = ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF))

_CONTROL_TOKENS = re.compile(
    r"<\|[^<>|\n]{0,40}\|>"  # ChatML, Llama 3, Qwen, Phi, DeepSeek
    r"|</?(?:s|bos|eos|pad|unk|mask|start_of_turn|end_of_turn|(?:start|end)_of_(?:image|audio)|unused\d+)>"  # Gemma
    r"|<\|[\w\"]{1,40}>|<[\w\"]{1,40}\|>"  # Gemma 4
    r"|</?(?:think(?:ing)?|reasoning|tool_call|tool_response|tools|function_calls?)>"  # Qwen and others
    r"|<</?SYS>>"  # Llama 2
    r"|\[/?(?:INST|SYSTEM_PROMPT|MODEL_SETTINGS|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|CALL_ID|ARGS|THINK"
    r"|IMG|IMG_BREAK|IMG_END|AUDIO|BEGIN_AUDIO|PREFIX|SUFFIX|MIDDLE)\]",  # Mistral
    re.IGNORECASE,
)

# Some tokenizers read the wide forms of these signs as the signs themselves, and DeepSeek's tokens have them.
_WIDE = str.maketrans("＜﹤＞﹥［］｜／＿", "<<>>[]|/_")

# The number of a passage, the beginnings of lines that our prompts have, and the mark around the passages.
_NUMBER = re.compile(r"\[(\d[\d\s,;]*)\]")
_END_OF_PASSAGES = re.compile(r"(fin) (des extraits)", re.IGNORECASE)
_BRACKETS = str.maketrans("[]", "()")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LABEL = re.compile(r"(extraits?|question|réponse)(?: ?\([^()]{0,40}\))? ?:", re.IGNORECASE)


def neutralise(text: str) -> str:
    """The text without unseen characters and without anything that reads as a control token."""
    text = seen(unicodedata.normalize("NFC", text)).translate(_WIDE)
    while (shorter := _CONTROL_TOKENS.sub("", text)) != text:  # taking one out may join the halves of another
        text = shorter
    return text


def seen(text: str) -> str:
    """The text without characters that nobody sees."""
    return "".join(character for character in text if not _unseen(character))


def inert(text: str) -> str:
    """The text without what Markdown takes for a link, an image or HTML, or we for the mark of a citation."""
    return _TAG.sub("‹", text.translate(_BRACKETS))


def inert_line(text: str) -> str:
    """The text as a part of an answer: on one line, with nothing that is drawn and nothing that nobody sees."""
    return inert(seen(one_line(text)))


def quoted(text: str) -> str:
    """The text as a passage or a question of one line in a prompt: harmless, and with no mark of our own."""
    text = _NUMBER.sub(r"(\1)", one_line(neutralise(text)))
    return _LABEL.sub(r"\1 –", _END_OF_PASSAGES.sub(r"\1, \2", text))


def one_line(text: str) -> str:
    """The text with every run of blanks as one space."""
    return " ".join(text.split())


def _unseen(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return False
    if unicodedata.category(character) in _UNSEEN_CATEGORIES:
        return True
    return any(low <= ord(character) <= high for low, high in _UNSEEN_RANGES)
