"""What somebody may try who has no session, no longer has one, or has another's address at hand."""

import re
from base64 import urlsafe_b64encode

from joserfc.jwk import OctKey
from playwright.async_api import Page, expect

from tests.browser.chatting import ANSWER, SOURCE, answered, ask
from tests.browser.servers import Signed
from tests.browser.signing_in import Person, Visit, sign_in, sign_out, somebody
from tests.ui.sign_in.minting import ABSENT, FOREIGN, logout_token
from ui.chat.routes import ALLOWED
from ui.sign_in.authentication import COOKIE, SAFE

ELSEWHERE = "http://127.0.0.1:50000"  # of the same site as ours, whose cookies do not know ports

# Every request of the chat that changes something.
CHANGING = [
    (method, re.sub(r"\\(.)", r"\1", pattern).removesuffix("?"))
    for pattern, methods in ALLOWED.items()
    for method in methods.split()
    if method not in {*SAFE, "WEBSOCKET"}
] + [("POST", "/logout")]

SOCKET = """url => new Promise(resolve => {
  const socket = new WebSocket(url.replace("http", "ws") + "/ws/socket.io/?EIO=4&transport=websocket");
  socket.onopen = () => resolve("open");
  socket.onclose = () => resolve("closed");
})"""


async def _conversation(page: Page, question: str) -> str:
    """Ask, and give the id of the conversation that begins so."""
    await ask(page, question)
    await answered(page)
    await page.reload()
    await page.get_by_role("link", name=question).click()
    await expect(page).to_have_url(re.compile("/thread/"))
    await expect(page.locator(ANSWER)).to_be_visible()
    return page.url.rsplit("/", 1)[1]


async def test_nobody_opens_the_conversation_of_another(visit: Visit, signed: Signed, agent: Person) -> None:
    page, theirs = await visit(), await visit()
    await sign_in(page, signed, agent)
    conversation = await _conversation(page, "Ma question à moi")
    await sign_in(theirs, signed, await somebody(signed.realm))
    address, origin = f"{signed.url}/project/thread", {"Origin": signed.url}
    assert (await page.request.get(f"{address}/{conversation}")).ok
    for answer in (
        await theirs.request.get(f"{address}/{conversation}"),
        await theirs.request.put(address, data={"threadId": conversation, "name": "À moi"}, headers=origin),
        await theirs.request.delete(address, data={"threadId": conversation}, headers=origin),
    ):
        assert answer.status == 404
        assert "Ma question à moi" not in await answer.text()
    await theirs.goto(f"{signed.url}/thread/{conversation}")
    await expect(theirs.locator("#user-nav-button")).to_be_visible()
    await expect(theirs.locator("body")).not_to_contain_text("Ma question à moi")
    assert (await page.request.get(f"{address}/{conversation}")).ok


async def test_nobody_opens_a_document_that_another_may_read(visit: Visit, signed: Signed, agent: Person) -> None:
    page, theirs = await visit(), await visit()
    await sign_in(page, signed, agent)
    await ask(page, "Que dit la note ?")
    await answered(page)
    links = [str(await link.get_attribute("href")) for link in await page.locator(f"{SOURCE} a").all()]
    guide, note = links[0], links[2]
    await page.goto(signed.url + note)
    await expect(page.locator("main")).to_contain_text("Le cabinet réserve cette note à ses membres.")
    await sign_in(theirs, signed, await somebody(signed.realm))
    await theirs.goto(signed.url + guide)
    await expect(theirs.locator("h1")).to_have_text("Guide de l’agent")
    refused = await theirs.goto(signed.url + note)
    assert refused
    assert refused.status == 404
    await expect(theirs.locator("body")).not_to_contain_text(re.compile("cabinet", re.IGNORECASE))


async def test_a_session_that_has_ended_opens_neither_page_nor_socket(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
    [cookie] = [one for one in await page.context.cookies() if one["name"] == COOKIE]
    assert await page.evaluate(SOCKET, signed.url) == "open"
    await sign_out(page)
    assert await page.evaluate(SOCKET, signed.url) == "closed"
    kept = {name: cookie[name] for name in ("name", "value", "domain", "path", "secure", "httpOnly", "sameSite")}
    await page.context.add_cookies([kept])  # type: ignore[list-item]
    assert await page.evaluate(SOCKET, signed.url) == "closed"
    assert (await page.request.get(f"{signed.url}/user")).status == 401
    await page.goto(f"{signed.url}/connexion?encore=true")
    await expect(page.locator("#kc-login")).to_be_visible()


async def test_no_request_changes_anything_unless_it_comes_from_our_pages(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
    for headers in ({"Origin": ELSEWHERE}, {"Origin": "null"}, {}):
        for method, path in CHANGING:
            answer = await page.request.fetch(f"{signed.url}{path}", method=method, headers=headers, data={})
            assert (headers, method, path, answer.status) == (headers, method, path, 403)
    await ask(page, "Comment vérifier ?")
    await answered(page)


async def test_a_page_of_another_origin_neither_listens_nor_signs_anybody_out(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
    elsewhere = await page.context.new_page()
    await elsewhere.route(f"{ELSEWHERE}/", lambda route: route.fulfill(body="<p>ailleurs"))
    await elsewhere.goto(f"{ELSEWHERE}/")
    assert await elsewhere.evaluate(SOCKET, signed.url) == "closed"
    leave = "url => fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include'}).catch(() => 'unread')"
    assert await elsewhere.evaluate(leave, f"{signed.url}/logout") == "unread"
    await ask(page, "Comment vérifier ?")
    await answered(page)


async def test_a_forged_word_of_keycloaks_leaves_the_chat_open(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
    published = await (await page.request.get(f"{signed.realm.url}/protocol/openid-connect/certs")).json()
    [kid] = [key["kid"] for key in published["keys"] if key["alg"] == "RS256"]
    word = {"iss": signed.realm.url, "sub": agent.subject, "sid": ABSENT}
    secret = OctKey.import_key(signed.realm.secret)
    foreign = logout_token(word, key=FOREIGN, kid=kid)
    unsigned = urlsafe_b64encode(b'{"alg":"none","typ":"logout+jwt"}').decode().rstrip("=")
    forged = {
        "another key": foreign,
        "the client's secret": logout_token(word, key=secret, alg="HS256", kid=kid),
        "no signature": f"{unsigned}.{foreign.split('.')[1]}.",
        "no token": "a.b.c",
    }
    for how, token in forged.items():
        answer = await page.request.post(f"{signed.url}/deconnexion/keycloak", form={"logout_token": token})
        assert (how, answer.status) == (how, 400)
    await ask(page, "Comment vérifier ?")
    await answered(page)
