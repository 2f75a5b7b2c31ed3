"""What a calibration learned of refusing as JSON: from the server, and in the file that ASSISTANT_REFUSAL names."""

from typing import Any

from assistant import RefusalCalibration

FORMAT = "assistant-refusal-1"


def refusal_json(calibration: RefusalCalibration) -> dict[str, Any]:
    """Shares refused by set and way of asking, and what is to stand in the file."""
    return {
        "answerable": dict(calibration.answerable),
        "unanswerable": dict(calibration.unanswerable),
        "evidence": {"format": FORMAT} | calibration.evidence.as_json(),
    }
