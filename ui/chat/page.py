"""A page of the chat that somebody has open."""

from chainlit.session import WebsocketSession

from policies.principal import Principal


def page_of(session_id: str, person: Principal) -> WebsocketSession | None:
    """The page of that name, if it is open and the person's own."""
    page = WebsocketSession.get_by_id(session_id)
    return page if page and page.user and page.user.identifier == person.subject else None
