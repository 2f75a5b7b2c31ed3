"""Names that hide persons and addresses, and stay the same from record to record.

Invariants:
1. Who does not hold the key cannot tell whose a pseudonym is, nor confirm a guess: it is a keyed hash (RFC 2104).
2. A person's and an address's pseudonyms have nothing in common, even where subject and address are one text.
"""

import hmac
import re
from functools import lru_cache

# Crockford's Base32, which leaves out letters that are read as digits: https://www.crockford.com/base32.html
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OILoil", "011011")

# 50 bits: among 100,000 persons, two share a pseudonym with a probability of 4 in a million.
_LENGTH = 10
_HALF = _LENGTH // 2

_FORM = re.compile(rf"[{_SYMBOLS}]{{{_HALF}}}-[{_SYMBOLS}]{{{_HALF}}}")

# Where an act came from when it came from no address; these hide nobody.
_NO_ADDRESS = frozenset({"", "commande", "service"})


class Pseudonyms:
    """Pseudonyms under one key; with another key they are all others."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, subject: str) -> str:
        """The person's, as « 7F3K9-QTM2A »; empty for nobody."""
        return _hidden(self._key, "person", subject) if subject else ""

    def of_address(self, origin: str) -> str:
        """The address's, of the same form; « commande » and « service » as they are."""
        return origin if origin in _NO_ADDRESS else _hidden(self._key, "address", origin)


@lru_cache(maxsize=16_384)
def _hidden(key: bytes, domain: str, name: str) -> str:
    digest = hmac.digest(key, f"{domain}\0{name}".encode("utf-8", "surrogatepass"), "sha256")
    number = int.from_bytes(digest[:8], "big")
    symbols = "".join(_SYMBOLS[number >> 5 * place & 31] for place in range(_LENGTH))
    return f"{symbols[:_HALF]}-{symbols[_HALF:]}"


def read_pseudonym(typed: str) -> str:
    """A pseudonym as somebody typed it, in its one form; empty for what is none.

    Letters may be small, O is read as 0, I and L as 1, and the dash may be missing.
    """
    symbols = "".join(typed.split()).replace("-", "").translate(_MISREAD).upper()
    written = f"{symbols[:_HALF]}-{symbols[_HALF:]}"
    return written if _FORM.fullmatch(written) else ""
