"""Signing in and out: the authorization code flow with PKCE, in the browser's view.

    GET  /connexion              to Keycloak, with state, nonce and challenge (RFC 6749, RFC 7636)
    GET  /login                  the same: where the chat leads after its own sign-out
    GET  /connexion/retour       back from Keycloak: a session begins
    POST /logout                 the session ends here (the chat's own button calls this)
    GET  /deconnexion            and at Keycloak (OpenID Connect RP-Initiated Logout 1.0)
    GET  /deconnecte             it is done
    POST /deconnexion/keycloak   Keycloak says that a session has ended (Back-Channel Logout 1.0)

What is to be remembered between two of these lies in cookies that only this server can read and that
live for minutes; nothing is stored for somebody who has not signed in.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import structlog
from cryptography.fernet import Fernet, InvalidToken
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from policies.audit.event import Act, Event
from ui.errors import SignInRefused, TokenRefused, TooManyRefusals
from ui.failures import EXPECTED, failure_of
from ui.identity import NOBODY
from ui.pages import Notice, error_page, pages
from ui.sign_in.authentication import COOKIE, SIGN_IN
from ui.sign_in.provider import Beginning, Provider, SignIn
from ui.sign_in.refusals import Refusals
from ui.sign_in.sessions import Sessions
from ui.trusted_proxy import peer_of, safe_return

RETURN = "/connexion/retour"
SIGN_OUT = "/deconnexion"
SIGNED_OUT = "/deconnecte"
BACK_CHANNEL = "/deconnexion/keycloak"

ATTEMPT = "__Host-connexion-"  # and the state: two tabs may sign in at once
LEAVING = "__Host-deconnexion"
LEFT = "left"  # in that cookie, in place of the ID token: it is done at Keycloak, too
LIFETIME = 600  # seconds, of both
STATE = re.compile(r"[\w-]{16,128}", re.ASCII)

NO_ROLE = "Votre compte n’a aucun rôle dans l’assistant. Demandez à un administrateur de vous donner le rôle « agent »."
STALE = "Cette tentative de connexion n’est plus valable\u202f: elle a expiré, ou vient d’une autre page. Recommencez."
DECLINED = "Keycloak n’a pas ouvert de session. Recommencez, ou signalez-le à un administrateur."

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignInServices:
    """What signing in stands on; `key` (as Fernet takes it) seals the cookies of an attempt."""

    provider: Provider
    sessions: Sessions
    refusals: Refusals
    notice: Notice
    key: bytes


def sign_in_router(services: SignInServices) -> APIRouter:
    """The routes above."""
    router = APIRouter()
    sign_in = _SigningIn(services)
    router.add_api_route(SIGN_IN, sign_in.begin, methods=["GET"])
    router.add_api_route("/login", sign_in.begin, methods=["GET"])
    router.add_api_route(RETURN, sign_in.finish, methods=["GET"])
    router.add_api_route("/logout", sign_in.leave, methods=["POST"])
    router.add_api_route(SIGN_OUT, sign_in.leave_provider, methods=["GET"])
    router.add_api_route(SIGNED_OUT, sign_in.left, methods=["GET"])
    router.add_api_route(BACK_CHANNEL, sign_in.back_channel, methods=["POST"])
    return router


class _SigningIn:
    def __init__(self, services: SignInServices) -> None:
        self._services = services
        self._seal = Fernet(services.key)

    async def begin(self, request: Request, retour: str = "/", encore: bool = False) -> Response:
        """Lead to Keycloak. Who has just left is led out of there instead, until they ask to come in again (`encore`).

        The chat's page asks for a new sign-in, and sometimes for two, as soon as its own sign-out is done.
        """
        if not encore and self._open(request.cookies.get(LEAVING, "")):
            return self._lead(SIGN_OUT)
        try:
            beginning = await self._services.provider.begin()
        except EXPECTED as error:
            return self._failed(error)
        attempt = {"nonce": beginning.nonce, "verifier": beginning.verifier, "return": safe_return(retour)}
        response = RedirectResponse(beginning.url, 303, {"Cache-Control": "no-store"})
        _forget(response, LEAVING)
        self._keep(response, ATTEMPT + beginning.state, json.dumps(attempt))
        return response

    async def finish(
        self, request: Request, state: str = "", code: str = "", iss: str = "", error: str = ""
    ) -> Response:
        """Exchange the code for tokens and begin a session, under a new cookie whatever cookie there was."""
        state = state if STATE.fullmatch(state) else ""
        try:
            attempt = self._attempt(request.cookies, state)
            if error or not code:
                raise SignInRefused(f"provider-{error or 'no-code'}"[:60], DECLINED)
            beginning = Beginning(url="", state=state, nonce=attempt["nonce"], verifier=attempt["verifier"])
            signed_in = await self._services.provider.finish(code, beginning, iss)
            _require_role(signed_in)
            cookie = await self._services.sessions.start(signed_in, peer_of(request.client))
        except (SignInRefused, TokenRefused) as refusal:
            return self._failed(await self._recorded(request, refusal, refusal.reason), state)
        except EXPECTED as failure:
            return self._failed(failure, state)
        if earlier := request.cookies.get(COOKIE):  # who signs in anew in the same browser leaves the session it had
            await self._services.sessions.end(earlier, peer_of(request.client))
        response = self._lead(attempt["return"])
        response.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="lax", path="/")
        _forget(response, ATTEMPT + state)
        return response

    async def leave(self, request: Request) -> Response:
        """End the session here; the page that follows ends it at Keycloak."""
        response = JSONResponse({"success": True}, headers={"Cache-Control": "no-store"})
        ended = await self._services.sessions.end(request.cookies.get(COOKIE, ""), peer_of(request.client))
        if ended:
            self._keep(response, LEAVING, ended.id_token)
        _forget(response, COOKIE)
        return response

    async def leave_provider(self, request: Request) -> Response:
        """Lead whoever has just left to Keycloak's own sign-out, which also reaches an identity provider behind it."""
        id_token = self._open(request.cookies.get(LEAVING, ""))
        if not id_token:  # a link of somebody else's signs nobody out
            return self._lead("/")
        if id_token == LEFT:
            return self._lead(SIGNED_OUT)
        try:
            return RedirectResponse(await self._services.provider.logout_url(id_token), 303)
        except EXPECTED as error:  # it has ended here in any case
            return self._failed(error)

    async def left(self, request: Request) -> HTMLResponse:
        """Where Keycloak leads afterwards."""
        again = f"{SIGN_IN}?encore=true"
        page = pages.get_template("signed_out.html").render(notice=self._services.notice, sign_in=again)
        response = HTMLResponse(page, headers={"Cache-Control": "no-store"})
        if self._open(request.cookies.get(LEAVING, "")):
            self._keep(response, LEAVING, LEFT)
        return response

    async def back_channel(self, request: Request, logout_token: Annotated[str, Form()]) -> Response:
        """Keycloak's own word that a session, or all of a person's, have ended. 400 for any other word."""
        headers = {"Cache-Control": "no-store"}
        try:
            claims = await self._services.provider.logout_claims(logout_token)
        except TokenRefused as refusal:
            answered = await self._recorded(request, refusal, f"logout-{refusal.reason}")
            status = 400 if answered is refusal else failure_of(answered).status
            return JSONResponse({"error": "invalid_request"}, status, headers | _advice(answered))
        await self._services.sessions.end_by_provider(claims)
        return Response(status_code=200, headers=headers)

    def _lead(self, path: str) -> RedirectResponse:
        """To a page of ours."""
        return RedirectResponse(f"{self._services.notice.root}{path}", 303, {"Cache-Control": "no-store"})

    def _attempt(self, cookies: Mapping[str, str], state: str) -> dict[str, str]:
        """What was remembered when this browser set out. Raises `SignInRefused`."""
        sealed = self._open(cookies.get(ATTEMPT + state, ""))
        if not state or not sealed:
            raise SignInRefused("state", STALE)
        attempt: dict[str, str] = json.loads(sealed)
        return attempt

    async def _recorded(self, request: Request, refusal: Exception, reason: str) -> Exception:
        """What is answered once the refusal is recorded: itself, or what keeps it from being recorded."""
        peer = peer_of(request.client)
        event = Event(Act.SIGN_IN_REFUSED, replace(NOBODY, origin=peer), {"reason": reason})
        try:
            await self._services.refusals.record(event, peer)
        except EXPECTED as error:
            return error
        return refusal

    def _failed(self, error: Exception, state: str = "") -> Response:
        failure = failure_of(error)
        if not isinstance(error, TooManyRefusals):  # or the journal would fill in place of the ledger
            _log.warning("sign-in failed", error=type(error).__name__, reason=getattr(error, "reason", ""))
        page = error_page(self._services.notice, failure.status, "Connexion impossible", failure.message)
        page.headers.update(_advice(error))
        if state:
            _forget(page, ATTEMPT + state)
        return page

    def _keep(self, response: Response, name: str, value: str) -> None:
        sealed = self._seal.encrypt(value.encode()).decode()
        response.set_cookie(name, sealed, max_age=LIFETIME, secure=True, httponly=True, samesite="lax", path="/")

    def _open(self, sealed: str) -> str:
        """What a cookie of ours holds; empty where it is none, or too old."""
        try:
            return self._seal.decrypt(sealed.encode(), ttl=LIFETIME).decode()
        except (InvalidToken, UnicodeEncodeError):
            return ""


def _require_role(signed_in: SignIn) -> None:
    if not signed_in.claims.principal.roles:
        raise SignInRefused("no-role", NO_ROLE)


def _advice(error: Exception) -> dict[str, str]:
    return {"Retry-After": str(error.after)} if isinstance(error, TooManyRefusals) else {}


def _forget(response: Response, name: str) -> None:
    response.delete_cookie(name, secure=True, httponly=True, samesite="lax", path="/")
