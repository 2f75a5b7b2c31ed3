"""Every route, for two people: what is somebody else's is as if it were not there.

The routes are taken from the running application, Chainlit's included. One that the table does not know must
answer 404 to everybody if it is Chainlit's, and fails the test if it is ours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

from policies import Action
from tests.ui.route_table import TABLE, WAYS_OUT, Who
from tests.ui.two_people import ALICE, BOB, MARK, QUESTION, Things, Web
from ui.chat.routes import ChatRoutes
from ui.sign_in.authentication import COOKIE, SIGN_IN

# Of a draft in which nothing is, there is nothing to show even to who keeps it.
NOTHING_WAITS = {("GET", "/console/publication/{collection_id}/difference")}
RESERVED = {Who.AUDITOR, Who.KEEPER, Who.ADMINISTRATOR}
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
SOCKET = "/ws/socket.io"


def ours(application: FastAPI) -> set[tuple[str, str]]:
    """Method and path of our own routes; a folder of files counts as one."""
    return {pair for pair in _pairs(application.routes) if pair[1] != ""}


def chainlits(application: FastAPI) -> set[tuple[str, str]]:
    """Those of Chainlit's that lie below."""
    [mounted] = [route.app for route in application.routes if isinstance(route, Mount) and route.path == ""]
    assert isinstance(mounted, ChatRoutes)
    below: Any = mounted._app
    return {pair for pair in _pairs(below.routes) if pair[1] != SOCKET}


def _pairs(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    for route in iter_route_contexts(routes):
        path = re.sub(r":str(?=})", "", route.path or "")
        if isinstance(route.original_route, Mount):
            yield "GET", path
        else:
            yield from ((method, path) for method in route.methods or ())


async def _call(
    http: httpx.AsyncClient, pair: tuple[str, str], things: Things, headers: dict[str, str]
) -> httpx.Response:
    """Call a route for these things; one that is not in the table by any value."""
    method, pattern = pair
    row = TABLE.get(pair)
    path = row.path(things) if row else re.sub(r"\{[^}]*\}", things.conversation, pattern)
    body = row.body(things) if row else {}
    if row and row.file:
        return await http.request(method, path, files={"file": ("note.txt", b"Une note.")}, headers=headers)
    if row and row.form:
        return await http.request(method, path, data=body, headers=headers)
    return await http.request(method, path, json=body, headers=headers)


async def test_every_route_is_in_the_table_or_shut(web: Web, http: httpx.AsyncClient) -> None:
    own, others = ours(web.application), chainlits(web.application)
    assert own - TABLE.keys() == set(), "say in the table who may use this route"
    assert TABLE.keys() - own - others == set(), "there is no such route any more"
    for who in ("alice", "bob"):
        for pair in sorted(others - TABLE.keys()):
            answer = await _call(http, pair, web.theirs, web.headers(who))
            assert answer.status_code == 404, f"say in the table who may use this route: {pair}"
            assert MARK not in answer.text


async def test_without_a_session_there_is_the_sign_in_and_nothing_else(web: Web, http: httpx.AsyncClient) -> None:
    every = [(pair, TABLE.get(pair)) for pair in ours(web.application) | chainlits(web.application)]
    for cookie in ("", f"{COOKIE}=x", "access_token=x; X-Chainlit-Session-id=x"):
        headers = web.headers("", Cookie=cookie)
        for pair, row in every:
            fetched = await _call(http, pair, web.theirs, headers)
            opened = await _call(http, pair, web.theirs, headers | {"Accept": "text/html"})
            assert MARK not in fetched.text + opened.text, pair
            if row and row.who is Who.ANYBODY:
                continue
            if pair in WAYS_OUT:
                assert fetched.status_code == opened.status_code == 404, pair
                continue
            refused = (401, 429) if row and row.who is Who.PROGRAM else (401,)
            assert fetched.status_code in refused, pair
            assert not fetched.text or fetched.json().keys() <= {"message", "error"}, pair
            if pair[0] == "GET" and refused == (401,):
                assert (opened.status_code, opened.text) == (303, ""), pair
                assert opened.headers["location"].startswith(f"{SIGN_IN}?retour="), pair


async def test_what_is_bobs_is_to_alice_as_if_it_were_not_there(web: Web, http: httpx.AsyncClient) -> None:
    async with web.page("bob", sessionId=web.theirs.page) as page:
        await page.begin()
        for pair, row in TABLE.items():
            if row.who is Who.ANYBODY:
                continue
            theirs = await _call(http, pair, web.theirs, web.headers("alice"))
            nobodys = await _call(http, pair, web.nobodys, web.headers("alice"))
            assert MARK not in web.theirs.hidden_in(theirs.text), pair
            assert theirs.status_code == nobodys.status_code, pair
            assert web.theirs.hidden_in(theirs.text) == web.nobodys.hidden_in(nobodys.text), pair
            shut = row.names or row.who in RESERVED or pair[1] == "/v1/{address:path}"
            assert (theirs.status_code >= 400) is shut, pair
        for pair, row in TABLE.items():  # nothing of it was changed, and their owner is answered
            if row.who in (Who.PROGRAM, Who.PERSON) and row.names:
                answer = await _call(http, pair, web.theirs, web.headers("bob"))
                assert answer.status_code == 200, pair
                if pair == ("GET", "/project/thread/{thread_id}"):
                    assert answer.json()["name"] == f"{QUESTION} {MARK}"
                    assert "feedback" not in answer.json()["steps"][1]


async def test_the_review_is_for_auditors_alone_and_who_else_asks_is_recorded(
    web: Web, http: httpx.AsyncClient
) -> None:
    review = [pair for pair, row in TABLE.items() if row.who is Who.AUDITOR]
    assert review
    for pair in review:
        answer = await _call(http, pair, web.theirs, web.headers("bob"))
        assert (answer.status_code, "consulter le registre d’audit" in answer.text) == (403, True), pair
        assert MARK not in web.theirs.hidden_in(answer.text), pair
        assert (await _call(http, pair, web.nobodys, web.headers("claire"))).status_code != 403, pair
    assert await web.refused(BOB, Action.REVIEW) == len(review)


async def test_the_console_is_shut_to_agents_and_auditors_and_what_others_keep_is_not_there(
    web: Web, http: httpx.AsyncClient
) -> None:
    keepers = [pair for pair, row in TABLE.items() if row.who in (Who.KEEPER, Who.ADMINISTRATOR)]
    assert keepers
    for pair in keepers:
        for who in ("bob", "claire"):
            answer = await _call(http, pair, web.theirs, web.headers(who))
            assert (answer.status_code, MARK in web.theirs.hidden_in(answer.text)) == (403, False), pair
        theirs = await _call(http, pair, web.theirs, web.headers("gina"))
        nobodys = await _call(http, pair, web.nobodys, web.headers("gina"))
        assert MARK not in web.theirs.hidden_in(theirs.text), pair
        assert theirs.status_code == nobodys.status_code, pair
        assert web.theirs.hidden_in(theirs.text) == web.nobodys.hidden_in(nobodys.text), pair
        if TABLE[pair].who is Who.ADMINISTRATOR:
            assert theirs.status_code == 403, pair
        elif TABLE[pair].names:
            assert theirs.status_code == 404, pair
    for pair in keepers:
        administers = TABLE[pair].who is Who.ADMINISTRATOR
        answer = await _call(http, pair, web.theirs, web.headers("adele" if administers else "gustave"))
        taken = answer.status_code < 400 or answer.status_code in (409, 422)
        # What an administrator's row names need not be there; what somebody keeps is.
        absent = answer.status_code == 404 and (administers or pair in NOTHING_WAITS)
        assert taken or absent, pair
    assert await web.refused(BOB, Action.OPEN_CONSOLE) == len(keepers)


async def test_an_auditor_is_led_to_the_review_and_nobody_else(web: Web, http: httpx.AsyncClient) -> None:
    for path in ("/", f"/thread/{web.theirs.conversation}", "/recherche", "/conservation"):
        led = {
            who: '<a href="/audit">' in (await http.get(path, headers=web.headers(who))).text
            for who in ("alice", "bob", "claire", "adele")
        }
        assert led == {"alice": False, "bob": False, "claire": True, "adele": False}, path
    assert await web.refused(BOB, Action.REVIEW) == 0


async def test_a_change_that_another_site_asks_for_is_refused(web: Web, http: httpx.AsyncClient) -> None:
    for pair in TABLE.keys() | chainlits(web.application):
        if pair[0] not in CHANGES:
            continue
        for origin in ("https://exemple.invalid", "null", web.address.replace("127", "128")):
            answer = await _call(http, pair, web.theirs, web.headers("bob") | {"Origin": origin})
            assert answer.status_code == 403, pair
        if pair not in TABLE or TABLE[pair].who in {Who.PERSON, *RESERVED}:
            headers = web.headers("bob")
            del headers["Origin"]
            assert (await _call(http, pair, web.theirs, headers)).status_code in (403, 404), pair
    thread = await http.get(f"/project/thread/{web.theirs.conversation}", headers=web.headers("bob"))
    assert thread.json()["name"] == f"{QUESTION} {MARK}"


async def test_a_right_that_was_withdrawn_is_gone_at_the_next_request_and_from_what_was_said_before(
    web: Web, http: httpx.AsyncClient
) -> None:
    async def told() -> list[bool]:
        """By each door, whether it lets Bob's collection be seen."""
        thread = await http.get(f"/project/thread/{web.theirs.conversation}", headers=web.headers("bob"))
        document = await http.get(web.theirs.passage, headers=web.headers("bob"))
        found = await http.post("/v1/search", json={"question": QUESTION}, headers=web.headers("bob"))
        texts = [str(thread.json()["steps"][1:]), document.text, found.text, str(await page.ask())]
        return [MARK in text for text in texts]

    async with web.page("bob") as page:
        await page.begin()
        assert await told() == [True] * 4
        web.known.now["bob"] = replace(BOB, groups=ALICE.groups)
        assert await told() == [False] * 4
    async with web.page("bob", threadId=web.theirs.conversation) as page:
        await page.begin()
        await page.until("resume_thread")
        [shown] = [thread["steps"][1:] for event, thread in page.heard if event == "resume_thread"]
        assert MARK not in str(shown)
        offered = [event for event in page.heard if event[0] == "chat_settings"]
        assert "Commune" in str(offered)
        assert MARK not in str(offered)
