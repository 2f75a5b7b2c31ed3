"""The read side: a question answered from the documents."""

from assistant.answer import Answer, Answered, AskEvent, Citation, SourcesFound, TextStreamed, Timings, Turn, Waiting
from assistant.ask import Ask
from assistant.conversations import Conversations
from assistant.engine import Engine
from assistant.llama import LlamaSettings, open_llama
from assistant.prompts.formats import Format
from assistant.server import ServerSettings, open_server

__all__ = [
    "Answer",
    "Answered",
    "Ask",
    "AskEvent",
    "Citation",
    "Conversations",
    "Engine",
    "Format",
    "LlamaSettings",
    "ServerSettings",
    "SourcesFound",
    "TextStreamed",
    "Timings",
    "Turn",
    "Waiting",
    "open_llama",
    "open_server",
]
