"""A language model, ready to answer."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from langchain_core.language_models import BaseChatModel

from assistant.engines.time_limits import TimeLimits
from assistant.prompts.profiles import Profile


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs a language model, and how it is used.

    `context` counts tokens, prompt and answer together; `places` is how many answers it generates at once, `waiting`
    how many questions may wait for their turn. `load` makes it ready, once, and raises what keeps it from being so; a
    question does that too, so that search works without any model. `digests` gives the SHA-256 of the files that were
    loaded; those of a server elsewhere are not known.
    """

    name: str
    model: BaseChatModel
    profile: Profile
    context: int
    places: int
    load: Callable[[], Awaitable[None]]
    limits: TimeLimits = TimeLimits()  # noqa: RUF009  # frozen
    digests: Callable[[], Sequence[str]] = tuple
    waiting: int = 100

    def room(self, max_tokens: int) -> int:
        """How many tokens a prompt may have, so that the model can still reason, and write so many of an answer."""
        return self.context - self.profile.reasoning_tokens - max_tokens

    @property
    def estimates_tokens(self) -> bool:
        """Whether tokens are counted by the length of texts, for want of the model's own tokenizer."""
        return self.model.custom_get_token_ids is not None

    def guided(self, guidance: str) -> "Engine":
        """The same, which is told the guidance besides (`assistant.prompts.guidance`)."""
        return replace(self, profile=replace(self.profile, guidance=guidance)) if guidance else self
