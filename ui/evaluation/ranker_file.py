"""What a calibration learned as JSON: on its way from the server, and in the file that ASSISTANT_RANKER names."""

import json
from typing import Any

from retrieval import Calibration

FORMAT = "assistant-ranker-1"


def calibration_json(calibration: Calibration) -> dict[str, Any]:
    """Figures by set, whether the learned order wins, and what is to stand in the file."""
    return {
        "wins": calibration.wins,
        "sets": {
            name: {"fused": dict(fused), "ranked": dict(calibration.ranked[name])}
            for name, fused in calibration.fused.items()
        },
        "ranker": {"format": FORMAT} | calibration.ranker.as_json(),
    }


def ranker_text(ranker: dict[str, Any]) -> str:
    """What the file holds, to be read by people too."""
    return json.dumps(ranker, ensure_ascii=False, indent=2) + "\n"
