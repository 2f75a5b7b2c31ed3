"""Words that speak to a model instead of a reader: indirect prompt injection.

Rules find the plain attempts; they are one layer among several (a model that is fooled can do nothing here, and
its sentences are checked against the passages).

Sources: OWASP Top 10 for LLM applications 2025, LLM01; Greshake et al., "Not what you've signed up for", 2023.
"""

import re
from collections.abc import Iterator

from policies.guardrails.finding import Concern, Finding

_BEFORE = r"(?:précédent|antérieur|ci-dessus|previous|prior|above|earlier)\w*"
_ORDERS = r"(?:instruction|consigne|règle|directive|rule|guideline|prompt)s?"

_FORMS = {
    "ordre d’oublier les consignes": re.compile(
        rf"\b(?:ignor|oubli|néglig|disregard|forget|overrid)\w*\b[^.\n]{{0,40}}\b{_ORDERS}\b[^.\n]{{0,30}}"
        rf"\b(?:{_BEFORE}|système|system|initiales?|reçues?|your|vos|tes)\b"
        rf"|\b(?:ignor|oubli|disregard|forget)\w*\b[^.\n]{{0,30}}\b(?:{_BEFORE}|vos|tes|your)\b[^.\n]{{0,20}}\b{_ORDERS}\b",
        re.IGNORECASE,
    ),
    "rôle donné au modèle": re.compile(
        r"\b(?:tu es|vous êtes|you are)\s+(?:désormais|maintenant|à présent|now)\s+(?:une?|an?|le|la|the)\b"
        r"|\b(?:en tant que|as an?)\s+(?:IA|AI|modèle de langage|language model|intelligence artificielle)\s*,"
        r"|\b(?:act as|comporte-toi comme|comportez-vous comme|fais comme si tu étais)\b",
        re.IGNORECASE,
    ),
    "ordre de révéler les consignes": re.compile(
        r"\b(?:révèl|affich|répèt|montr|reveal|print|repeat|show)\w*\b[^.\n]{0,30}\b"
        r"(?:prompt|invite système|instructions? système|consignes? système|system (?:prompt|message|instructions?))\b",
        re.IGNORECASE,
    ),
    "ordre adressé à l’assistant": re.compile(
        r"\b(?:note|message|instruction|attention|consigne)s?\b[^.\n]{0,20}"
        r"\b(?:à l['’]attention d[eu’']|pour|destinée? à|to|for)\s*"
        r"(?:l['’])?\s*(?:the\s+)?(?:assistant|IA|AI|modèle|model|LLM|chatbot)\b",
        re.IGNORECASE,
    ),
    "marque d’un modèle de conversation": re.compile(
        r"<\|(?:im_start|im_end|system|user|assistant|begin_of_text|eot_id|start_header_id|endoftext)\|>"
        r"|\[/?INST\]|<</?SYS>>|</?s>\s*\[INST|<(?:start|end)_of_turn>"
    ),
}


def instructions(text: str) -> Iterator[Finding]:
    """Each place that gives a model an order, or that wears the marks of its own format."""
    for what, form in _FORMS.items():
        for match in form.finditer(text):
            yield Finding(Concern.INSTRUCTION, what, match.start(), match.end())
