"""A ministry's own instructions to the model: tone, forms of address, what to refer to.

Invariants:
1. They stand at one place of our own prompt, behind its rules, and take nothing from it: without them the prompt is
   ours to the letter.
2. They are cleaned like any other text in a prompt: no control token, no mark of ours, nothing unseen.
3. What they say is checked like anything else that a model says: a sentence that no passage bears out is marked.
"""

from pathlib import Path

from assistant.errors import GuidanceInvalid
from assistant.prompts.neutral import one_line, quoted
from policies.guardrails.instructions import instructions

LONGEST = 2_000  # characters

# Of what speaks to a model, what no ministry needs to say to its own.
_AGAINST_RULES = frozenset({"ordre d’oublier les consignes", "ordre de révéler les consignes"})

_FOLDER = Path(__file__).parent


def cleaned(text: str) -> str:
    """The text as a prompt has it, line by line; empty for none. Raises `GuidanceInvalid`."""
    lines = [quoted(line) for line in text.splitlines()]
    clean = "\n".join(line for line in lines if line)
    if len(clean) > LONGEST:
        raise GuidanceInvalid(f"Les consignes comptent {len(clean)} caractères, {LONGEST} au plus. Raccourcissez-les.")
    for found in instructions(clean):
        if found.what in _AGAINST_RULES:
            words = one_line(clean[found.start : found.end])
            raise GuidanceInvalid(
                "Les consignes complètent celles du produit et ne les remplacent pas\u202f: retirez "
                f"«\u202f{words}\u202f»."
            )
    return clean


def joined(rules: str, guidance: str, *, completing: bool) -> str:
    """Our rules with the guidance: behind all of them; for a base model behind its first lines, before its examples."""
    if not guidance:
        return rules
    if not completing:
        return f"{rules}\n\n{_text('guidance_chat').format(guidance=guidance)}"
    head, *rest = rules.split("\n\n")
    return "\n\n".join((f"{head}\n{_text('guidance_completion').format(guidance=one_line(guidance))}", *rest))


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")
