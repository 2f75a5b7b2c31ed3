"""The four kinds of tokens, each with a way to mint one that holds and the way to read it."""

import time
from collections.abc import Callable

import pytest
from hypothesis import strategies as st

from tests.ui.sign_in.minting import KEYS, SETTINGS, browser_token, id_token, logout_token, service_token
from ui.errors import TokenRefused
from ui.sign_in.tokens import (
    Claims,
    TokenSettings,
    check_id_token,
    read_browser_token,
    read_logout_token,
    read_service_token,
)

ACCESS_TOKEN = browser_token()

MINTS: dict[str, Callable[..., str]] = {
    "browser": browser_token,
    "service": service_token,
    "id": lambda changes=None, **signing: id_token(ACCESS_TOKEN, changes, **signing),
    "logout": logout_token,
}
READS: dict[str, Callable[[str], object]] = {
    "browser": lambda token: browser(token),
    "service": lambda token: read_service_token(token, KEYS, SETTINGS),
    "id": lambda token: check_id_token(token, KEYS, SETTINGS, "a-nonce", ACCESS_TOKEN),
    "logout": lambda token: read_logout_token(token, KEYS, SETTINGS),
}
KINDS = tuple(READS)

# Whatever a claim or a header may hold.
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)


def browser(token: str, settings: TokenSettings = SETTINGS) -> Claims:
    """That token, read as one of our own client's."""
    return read_browser_token(token, KEYS, settings)


def reason(kind: str, token: str) -> str:
    """Why that token is refused; its words never carry the token."""
    with pytest.raises(TokenRefused) as refusal:
        READS[kind](token)
    assert token not in str(refusal.value)
    return refusal.value.reason


def seconds(offset: float) -> int:
    """A time, from now."""
    return int(time.time() + offset)
