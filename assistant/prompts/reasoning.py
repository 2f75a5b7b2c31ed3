"""How a model marks what it thinks before it answers, so that nobody takes it for the answer.

A trace stands between marks in the text itself, or a server gives it apart (`assistant/engines/reasoning.py`). What
others wrote cannot have such marks when a model reads it (`assistant/prompts/neutral.py`).
"""

from enum import StrEnum


class Reasoning(StrEnum):
    """What is known of a model's traces.

    MARKED: where there are any, marks open and close them. BEGUN: the server's chat template has opened one, and the
    text begins within it. OFF: the server is asked for none, and marked ones are hidden all the same. NONE: there are
    none, and no mark means anything.
    """

    MARKED = "marked"
    BEGUN = "begun"
    OFF = "off"
    NONE = "none"


# What opens a trace and what closes it: Qwen, DeepSeek and others; Magistral; Gemma 4; GPT-OSS, whose answer is the
# channel of that name («OpenAI Harmony»).
TRACES = {
    "<think>": "</think>",
    "[THINK]": "[/THINK]",
    "<|channel>": "<channel|>",
    "<|channel|>": "final<|message|>",
}

# In some vocabularies they are control tokens, which are no text unless they are asked for.
MARK_TOKENS = ("<think>", "</think>", "[THINK]", "[/THINK]", "<|channel>", "<channel|>", "<|channel|>", "<|message|>")
