"""The settings of the figures that the console shows: what answering draws, emits and costs. All are estimates."""

from pydantic import BaseModel, Field

CARBON_G_PER_KWH = 52.0
"""Grams of CO2 equivalent for a kilowatt-hour of the French mix, mean over a year (ADEME, Base Empreinte)."""


class FigureSettings(BaseModel):
    """What can be set of it; see `ui.settings.Settings`, which has these too."""

    # What the machine that answers draws while it does, in watts; without it no energy is known.
    power_watts: float | None = Field(None, gt=0, le=1_000_000)
    # What a kilowatt-hour emits where that machine is, in grams of CO2 equivalent.
    carbon_g_per_kwh: float = Field(CARBON_G_PER_KWH, ge=0, le=5_000)
    # What a kilowatt-hour costs, and a million tokens, read or written, of an engine that is paid for so; in euros.
    cost_per_kwh: float | None = Field(None, ge=0, le=100)
    cost_per_million_tokens: float | None = Field(None, ge=0, le=100_000)
