"""Who asks for a page that is for administrators alone."""

from policies import Action, Principal
from retrieval.permission import require_right
from ui.console.shell import Shell


async def administrator(shell: Shell, action: Action) -> Principal:
    """The caller, where they may do that. Raises `Refused`, which is recorded."""
    person = await shell.caller()
    await require_right(shell.pool, shell.policy, shell.ledger, person, action)
    return person
