"""What a file is called that a browser sends: its path below the folder that was dropped."""

import unicodedata

from ingestion.errors import NameUnfit

LONGEST_NAME = 500  # characters
LONGEST_BYTES = 1_500  # those of the files in it still have to find room (`expansion.LONGEST_ID`)
SHOWN = 80  # characters of a name that is not taken


def document_name(given: str) -> str:
    """The name as it is kept, which is the document's identifier too. Raises `NameUnfit`.

    Folders are divided by «/», whatever system they come from, and accents are written in one way (NFC): the same
    folder from two machines gives the same names.
    """
    name = unicodedata.normalize("NFC", given.replace("\\", "/")).strip().removeprefix("./")
    if not name:
        raise NameUnfit("fichier", "son nom est vide")
    if any(unicodedata.category(one)[0] == "C" or one in "\u2028\u2029" for one in name):
        raise NameUnfit(shortened(name), "son nom contient des caractères invisibles")
    if len(name) > LONGEST_NAME or len(name.encode()) > LONGEST_BYTES:
        raise NameUnfit(shortened(name), f"son nom, avec ses dossiers, dépasse {LONGEST_NAME} caractères")
    if name.startswith("/") or name[1:3] == ":/":
        raise NameUnfit(shortened(name), "son nom commence par la racine d’un disque")
    if any(part.strip() in {"", ".", ".."} for part in name.split("/")):
        raise NameUnfit(shortened(name), "son nom sort de son dossier ou contient un dossier sans nom")
    return name


def shortened(name: str) -> str:
    """For people: what can be seen of it, its end where it is long."""
    seen = "".join(one if unicodedata.category(one)[0] != "C" else "\ufffd" for one in name)
    return seen if len(seen) <= SHOWN else f"…{seen[-SHOWN:]}"
