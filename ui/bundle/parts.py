"""What of a bundle may be left out."""

from enum import StrEnum


class Part(StrEnum):
    """A part, by the name of its folder."""

    WHEELS = "wheels"
    FRONT = "front"
    ENGINE = "llama-server"
    MODELS = "models"
