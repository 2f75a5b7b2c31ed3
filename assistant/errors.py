"""What can go wrong while an answer is made.

AssistantError
├── ModelMissing       the model file is not there
├── ModelUnusable      the model file cannot be loaded
├── ModelUnavailable   the model stopped, or its server does not answer
├── QuestionTooWide    question and instructions alone overflow the model's context
└── QueueFull          too many questions are waiting already
"""


class AssistantError(Exception):
    """Root of this package's errors."""


class ModelMissing(AssistantError):
    """The model file is not there."""


class ModelUnusable(AssistantError):
    """The model file cannot be loaded: another format, truncated, altered."""


class ModelUnavailable(AssistantError):
    """The model stopped in mid-answer, or its server does not answer."""


class QuestionTooWide(AssistantError):
    """Question and instructions alone overflow the model's context."""


class QueueFull(AssistantError):
    """Too many questions are waiting already, in all or of one person."""
