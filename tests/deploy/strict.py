"""Models that allow nothing but what they name, for objects that others define."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Nothing that is not named here."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Named(Strict):
    """A reference."""

    name: str
