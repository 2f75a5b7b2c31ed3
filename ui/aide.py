"""The collection «Aide»: the product's own guides, there from the first start."""

from pathlib import Path

from rich.console import Console

from retrieval.names import name_key
from ui.identity import service_principal
from ui.services import Services

NAME = "Aide"
DESCRIPTION = "Le mode d’emploi de l’assistant : guides de l’agent, du gestionnaire et de l’auditeur, charte d’usage."
FOLDER = Path(__file__).parent.parent / "deploy" / "aide"

# What whoever opens the chat asks about first; the long guides of those who run it are read behind.
FIRST = ("charte-usage.md", "guide-agent.md")
# What operators and those who certify read as files: nobody asks about it in the chat, and agents need not know.
APART = ("dimensionnement.md", "guide-exploitation.md", "guide-securite.md")


async def fill(services: Services, out: Console, *, detach: bool = False) -> None:
    """Make the collection, and keep it up to date with the guides, unless somebody has paused it.

    The `FIRST` are waited for; with `detach`, where workers elsewhere read them all later, they are not.
    """
    person = service_principal()
    held = {name_key(collection.name): collection for collection, _ in await services.collections.readable(person)}
    if (aide := held.get(name_key(NAME))) is not None and aide.paused:
        return
    if aide is None:
        await services.collections.create(person, NAME, DESCRIPTION, owner="", readers=frozenset())
        out.print(f"Lecture des guides de la collection « {NAME} »…", style="dim")
    first = [FOLDER / name for name in FIRST]
    others = sorted(set(FOLDER.glob("*.md")) - {*first, *(FOLDER / name for name in APART)})
    for guides, later in ((first, detach), (others, True)):
        async for _ in services.ingestion.ingest(person, NAME, guides, base=FOLDER, detach=later):
            pass
