"""What the forms of a collection's publication do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ingestion.publication.service import Publication
from ingestion.publication.table import Checklist
from policies.principal import Principal
from retrieval.corpus import Collection
from retrieval.errors import GroupInvalid
from retrieval.names import valid_readers
from ui.console import publication_words as words
from ui.console.form import Form
from ui.console.publication_view import measuring
from ui.long_work import LongWork

LONGEST = 2_000  # characters of a point of the checklist
LONGEST_GROUPS = 20_000

Done = Callable[[Principal, Collection, Form], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Steps:
    """Each gives the word of what is said then; what is wrong stands in the form, or is raised."""

    publication: Publication
    work: LongWork

    @property
    def by_name(self) -> dict[str, Done]:
        """By the last part of their addresses."""
        return {
            "controle": self.review,
            "deux-personnes": self.ask_for_two,
            "soumission": self.submit,
            "renvoi": self.withdraw,
            "liste": self.sign,
            "mesure": self.measure,
            "publication": self.publish,
            "retour": self.roll_back,
            "maintien": self.keep,
        }

    async def review(self, person: Principal, collection: Collection, form: Form) -> str:
        reviewed = form.get("controle") == "oui"
        await self.publication.set_reviewed(person, collection.id, reviewed)
        return "controle" if reviewed else "aussitot"

    async def ask_for_two(self, person: Principal, collection: Collection, form: Form) -> str:
        wanted = form.get("deux") == "oui"
        await self.publication.set_four_eyes(person, collection.id, wanted)
        return "quatreyeux" if wanted else "deuxyeux"

    async def submit(self, person: Principal, collection: Collection, _form: Form) -> str:
        await self.publication.checking.submit(person, collection.id)
        return "soumise"

    async def withdraw(self, person: Principal, collection: Collection, _form: Form) -> str:
        await self.publication.checking.withdraw(person, collection.id)
        return "brouillon"

    async def sign(self, person: Principal, collection: Collection, form: Form) -> str:
        if checklist := _checklist(form):
            await self.publication.checking.sign(person, collection.id, checklist, form.get("edition"))
        return "signee"

    async def measure(self, person: Principal, collection: Collection, _form: Form) -> str:
        steps = self.publication.checking.measure(person, collection.id)
        self.work.start(person, measuring(collection.id), steps)
        return "mesure"

    async def publish(self, person: Principal, collection: Collection, form: Form) -> str:
        readers = _readers(form, collection)
        reason = form.text("raison", longest=LONGEST, lines=True)
        if readers is not None and not form.errors:
            row = await self.publication.publish(person, collection.id, readers, form.get("edition"), reason)
            self.work.start(person, f"publication {row.id}", self.publication.carry_out(row.id))
        return "publiee"

    async def roll_back(self, person: Principal, collection: Collection, _form: Form) -> str:
        row = await self.publication.roll_back(person, collection.id)
        self.work.start(person, f"publication {row.id} back", self.publication.carry_out(row.id))
        return "retour"

    async def keep(self, person: Principal, collection: Collection, form: Form) -> str:
        ids = form.all("document")
        await self.publication.drafts.keep(person, collection, ids)
        await self.publication.drafts.discard(person, collection, ids)
        return "maintenu"


def _checklist(form: Form) -> Checklist | None:
    said = {
        name: form.text(name, longest=LONGEST, needed=words.CHECKLIST.get(name, ""), lines=name == "note")
        for name in ("source", "licence", "reviewed_by", "note")
    }
    for name in ("personal_data", "freshness"):
        if not form.is_set(name):
            form.wrong(name, words.CHECKLIST[name])
    if form.errors:
        return None
    return Checklist(said["source"], said["licence"], True, True, said["reviewed_by"], said["note"])


def _readers(form: Form, collection: Collection) -> frozenset[str] | None:
    """For whom it is to be published; None, and what is wrong, where the form does not say."""
    match form.one_of("pour", ("memes", "groupes", "tous"), "Choisissez pour qui publier."):
        case "tous":
            return frozenset()
        case "memes":
            return collection.readers
        case "groupes":
            typed = form.text("groupes", longest=LONGEST_GROUPS, needed="Donnez un groupe par ligne.", lines=True)
            try:
                return valid_readers(line.strip() for line in typed.splitlines() if line.strip())
            except GroupInvalid as error:
                form.wrong("groupes", str(error))
    return None
