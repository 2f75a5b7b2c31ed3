"""Two evaluations side by side as `assistant evaluations compare --json` gives them."""

from dataclasses import asdict
from typing import Any

from ui.evaluation.comparing import Compared


def compared_json(found: Compared) -> dict[str, Any]:
    """Figures with their significance, what moved, and what the gate says."""
    return {
        "common": found.common,
        "left_out": found.left_out,
        "passes": found.passes,
        "falls": [asdict(one) for one in found.falls],
        "measures": {
            one.measure: {
                "before": one.before,
                "after": one.after,
                "difference": one.gain.mean,
                "interval": [one.gain.low, one.gain.high],
                "p_holm": one.p_holm,
                "significant": one.significant,
                "better": one.better,
                "worse": one.worse,
            }
            for one in found.differences
        },
        "worse": [asdict(one) for one in found.worse],
        "better": [asdict(one) for one in found.better],
    }
