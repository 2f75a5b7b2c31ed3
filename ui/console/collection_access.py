"""`/console/collections/…/acces`: who keeps a collection and who reads it, made from a form, shown as Cedar has it,
and tried as a named person before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from policies.access import AccessRule, Action
from policies.errors import Refused
from policies.live import LivePolicy
from policies.principal import Principal, Role
from retrieval import CollectionChanged, CollectionChanges, GroupInvalid, OwnerRefused
from retrieval.corpus import Collection
from retrieval.names import GROUP_LENGTH, valid_group, valid_readers
from ui.console.form import Form, read_form
from ui.console.kept_collection import HERE, ONE, KeptCollections, edition_in, tabs_of
from ui.console.seeing_as import DecidingRule, SeeingAs, Seen, deciding, in_words
from ui.console.shell import Shell, said_in
from ui.errors import PersonNotFound, ProviderUnreachable, RealmRefused
from ui.realm.directory import Directory

SAID = {"enregistres": "Les accès sont enregistrés."}

LONGEST_GROUPS = 100 * (GROUP_LENGTH + 1)


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands beside the form: the rule in words and as Cedar has it, and what was decided of a person."""

    groups: Sequence[str]
    words: Sequence[str]
    entity: str
    rules: Sequence[DecidingRule]
    seen: Seen | None = None
    may_name: bool = False

    @property
    def further(self) -> list[DecidingRule]:
        """Rules that decided about the person, and that are not told already."""
        decided = [rule for verdict in self.seen.verdicts for rule in verdict.rules] if self.seen else []
        return [*dict.fromkeys(rule for rule in decided if rule not in self.rules)]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The groups, as boxes to tick."""
        return [(group, group) for group in self.groups]


@dataclass(frozen=True, slots=True)
class Access:
    """What a form of access stands on."""

    policy: LivePolicy
    directory: Directory
    seeing: SeeingAs

    async def shown(
        self, principal: Principal, form: Form, collection_id: UUID | None = None, *, tried: bool = False
    ) -> Shown:
        """Of the rule that the form says, as far as it says one, as if the collection were published.

        `tried`: decided for the person that the form names, too.
        """
        rule = _rule(form, collection_id or UUID(int=0))
        return Shown(
            groups=await self._groups(),
            words=in_words(rule),
            entity=entity(rule),
            rules=self._rules(rule),
            seen=await self._seen(principal, form, rule) if tried else None,
            may_name=self.policy.may(principal, Action.ADMINISTER_PEOPLE).allowed,
        )

    async def _groups(self) -> Sequence[str]:
        """Those of Keycloak; where it does not answer they are typed."""
        try:
            return await self.directory.groups()
        except (ProviderUnreachable, RealmRefused):
            return ()

    async def _seen(self, principal: Principal, form: Form, rule: AccessRule) -> Seen | None:
        name = form.text("person", longest=GROUP_LENGTH)
        if "person" in form.errors:
            return None
        try:
            return await self.seeing.seen_as(principal, name, rule)
        except Refused:
            form.wrong("person", "Seuls les administrateurs voient comme une autre personne. Laissez ce champ vide.")
        except (PersonNotFound, ProviderUnreachable, RealmRefused) as error:
            form.wrong("person", str(error))
        return None

    def _rules(self, rule: AccessRule) -> tuple[DecidingRule, ...]:
        """Those that give somebody a right on such a collection: an agent, a reader, a keeper, an administrator."""
        people = [
            Principal("", "", frozenset(), frozenset({Role.AGENT})),
            Principal("", "", rule.readers, frozenset({Role.AGENT})),
            Principal("", "", frozenset({rule.owner} - {""}), frozenset({Role.GESTIONNAIRE})),
            Principal("", "", frozenset(), frozenset({Role.ADMINISTRATEUR})),
        ]
        decisions = [self.policy.decide(one, action, rule) for one in people for action in (Action.READ, Action.INGEST)]
        return deciding(self.policy, [*dict.fromkeys(name for one in decisions for name in one.rules)])


def access_router(shell: Shell, access: Access, changes: CollectionChanges, kept: KeptCollections) -> APIRouter:
    """The page and its form."""
    router = shell.router(ONE)

    @router.get("/acces")
    async def opened(request: Request, collection_id: str) -> HTMLResponse:
        collection = await kept.find(await shell.caller(), collection_id)
        return await _page(shell, access, collection, typed(collection), said=said_in(request, SAID))

    @router.post("/acces")
    async def sent(request: Request, collection_id: str) -> Response:
        person = await shell.caller()
        collection = await kept.find(person, collection_id)
        form = await read_form(request)
        owner, readers = read_access(form)
        edition = edition_in(form)
        if form.errors:
            return await _page(shell, access, collection, form, status=422)
        if form.get("faire") == "essayer":
            return await _page(shell, access, collection, form, tried=True)
        try:
            await changes.set_access(person, collection.id, owner, readers, edition)
        except OwnerRefused as refused:
            form.wrong("owner", str(refused))
            return await _page(shell, access, collection, form, status=403)
        except CollectionChanged as changed:
            now = await kept.find(person, collection_id)
            return await _page(shell, access, now, form, status=409, error=str(changed))
        return shell.done(f"{HERE}/{collection.id}/acces", "enregistres")

    return router


def typed(collection: Collection) -> Form:
    """The form that says what there is."""
    return Form.filled(
        {
            "owner": collection.owner,
            "lecteurs": "groupes" if collection.readers else "tous",
            "reader": sorted(collection.readers),
            "others": "",
        }
    )


def read_access(form: Form) -> tuple[str, frozenset[str]]:
    """Owner and readers as a form says them; what is wrong is said in it."""
    owner, readers = form.text("owner", longest=GROUP_LENGTH), frozenset[str]()
    try:
        owner = owner and valid_group(owner)
    except GroupInvalid as wrong:
        form.wrong("owner", str(wrong))
    if form.one_of("lecteurs", ("tous", "groupes"), "Dites qui lit la collection.") == "groupes":
        others = form.text("others", longest=LONGEST_GROUPS, lines=True)
        chosen = [*form.all("reader"), *(line for line in others.splitlines() if line.strip())]
        try:
            readers = valid_readers(chosen)
        except GroupInvalid as wrong:
            form.wrong("others", str(wrong))
        else:
            if not readers:
                form.wrong("others", "Choisissez un groupe au moins, ou ouvrez la collection à tous les agents.")
    return owner, readers


def entity(rule: AccessRule) -> str:
    """The collection as Cedar has it before it decides."""
    readers = ", ".join(f'Group::"{_quoted(one)}"' for one in sorted(rule.readers))
    name = rule.collection_id if rule.collection_id.int else "…"
    return f'Collection::"{name}" {{\n  owner: Group::"{_quoted(rule.owner)}",\n  readers: [{readers}],\n}}'


def _quoted(path: str) -> str:
    return path.replace("\\", "\\\\").replace('"', '\\"')


def _rule(form: Form, collection_id: UUID) -> AccessRule:
    """What the form says, where it says something wrong as far as it is right."""
    said = Form(form.pairs)
    owner, readers = read_access(said)
    return AccessRule(collection_id, "" if "owner" in said.errors else owner, readers)


async def _page(
    shell: Shell,
    access: Access,
    collection: Collection,
    form: Form,
    *,
    status: int = 200,
    said: str = "",
    error: str = "",
    tried: bool = False,
) -> HTMLResponse:
    shown = await access.shown(await shell.caller(), form, collection.id, tried=tried)
    return shell.page(
        "collection_access",
        HERE,
        status=422 if form.errors and status == 200 else status,
        collection=collection,
        tabs=tabs_of(collection),
        tab=f"{HERE}/{collection.id}/acces",
        now=in_words(collection.rule),
        form=form,
        access=shown,
        said=said,
        error=error,
    )
