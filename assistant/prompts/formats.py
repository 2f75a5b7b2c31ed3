"""How messages become one text for a model in this process.

The chat template inside a model file is never used: it is code of whoever made the file
(CVE-2024-34359). These few formats are ours. Only the words of a format are read as control
tokens; what a message says is plain text, whatever it looks like.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage


class Format(StrEnum):
    """The family of a model; COMPLETION is for base models, which know no turns."""

    COMPLETION = "completion"
    CHATML = "chatml"
    GEMMA = "gemma"
    MISTRAL = "mistral"
    LLAMA3 = "llama3"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a prompt; `control` text is ours and may become control tokens."""

    text: str
    control: bool = False


@dataclass(frozen=True, slots=True)
class _Turns:
    """What stands around the messages of each role; `{}` marks the message. `opening` calls for the answer."""

    system: str
    human: str
    ai: str
    opening: str


_TURNS = {
    Format.COMPLETION: _Turns(system="{}\n\n", human="{}", ai="{}\n\n", opening=""),
    Format.CHATML: _Turns(
        system="<|im_start|>system\n{}<|im_end|>\n",
        human="<|im_start|>user\n{}<|im_end|>\n",
        ai="<|im_start|>assistant\n{}<|im_end|>\n",
        opening="<|im_start|>assistant\n",
    ),
    Format.GEMMA: _Turns(
        system="{}",  # knows no such role: see _within_first_turn
        human="<start_of_turn>user\n{}<end_of_turn>\n",
        ai="<start_of_turn>model\n{}<end_of_turn>\n",
        opening="<start_of_turn>model\n",
    ),
    Format.MISTRAL: _Turns(
        system="[SYSTEM_PROMPT]{}[/SYSTEM_PROMPT]",
        human="[INST]{}[/INST]",
        ai="{}</s>",
        opening="",
    ),
    Format.LLAMA3: _Turns(
        system="<|start_header_id|>system<|end_header_id|>\n\n{}<|eot_id|>",
        human="<|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>",
        ai="<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>",
        opening="<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
}


def lay_out(messages: Sequence[BaseMessage], style: Format) -> list[Piece]:
    """The prompt, in pieces, without the model's own beginning-of-sequence token."""
    if style is Format.GEMMA:
        messages = _within_first_turn(messages)
    return [piece for piece in _pieces(messages, _TURNS[style]) if piece.text]


def _within_first_turn(messages: Sequence[BaseMessage]) -> Sequence[BaseMessage]:
    """Instructions as the beginning of the person's first message, where a model knows no system role."""
    if len(messages) < 2 or not isinstance(messages[0], SystemMessage):
        return messages
    return [HumanMessage(f"{messages[0].text}\n\n{messages[1].text}"), *messages[2:]]


def _pieces(messages: Sequence[BaseMessage], turns: _Turns) -> Iterator[Piece]:
    for message in messages:
        before, after = _turn(message, turns).split("{}")
        yield Piece(before, control=True)
        yield Piece(message.text)
        yield Piece(after, control=True)
    yield Piece(turns.opening, control=True)


def _turn(message: BaseMessage, turns: _Turns) -> str:
    if isinstance(message, SystemMessage):
        return turns.system
    return turns.ai if isinstance(message, AIMessage) else turns.human
