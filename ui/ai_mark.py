"""What says to a program that a text is of a machine (Regulation (EU) 2024/1689, article 50(2)).

The term is that of IPTC's vocabulary of digital source types.
"""

AI_GENERATED = "AIGenerated"
SOURCE_TYPE = ("DigitalSourceType", "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia")
MODEL = "AIModel"

HEADERS = {"AI-Generated": "true", "Digital-Source-Type": SOURCE_TYPE[1]}


def ai_mark(*models: str) -> dict[str, str]:
    """The mark of what these models wrote."""
    kind, term = SOURCE_TYPE
    return {AI_GENERATED: "true", kind: term, MODEL: ", ".join(models)}
