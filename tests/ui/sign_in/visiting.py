"""The assistant as a realm of the real Keycloak knows it, and the way of a person who signs in there."""

from tests.keycloak import CLIENT, fill_in
from ui.commands.provisioning import shape_of
from ui.sign_in.provider import Provider, SignIn

ADDRESS = "http://127.0.0.1:1"  # nobody listens: the tests bring the browser back themselves
SHAPE = shape_of(ADDRESS, CLIENT)


async def sign_in(provider: Provider, username: str) -> SignIn:
    """The whole way."""
    beginning = await provider.begin()
    back = await fill_in(beginning.url, username)
    assert back["state"] == beginning.state
    return await provider.finish(back["code"], beginning, back["iss"])
