"""Records in a file of JSON lines."""

import json


def lines(**texts: str) -> str:
    """A record a line, with these identifiers, which are their titles too."""
    return "".join(json.dumps({"id": key, "title": key, "text": text}) + "\n" for key, text in texts.items())
