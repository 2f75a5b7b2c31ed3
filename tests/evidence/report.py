"""The evidence file: of each control what the last run of its tests found.

A control holds where each test that it names has passed at least once and none has failed; what was skipped is told.
One that names no test is the operator's to show.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tests.evidence.controls import Control, Framework
from tests.evidence.results import Outcome, Run

Verdict = Literal["holds", "failed", "skipped", "missing", "operator"]
WORDS: dict[Verdict, str] = {
    "holds": "tenu",
    "failed": "en échec",
    "skipped": "ignoré",
    "missing": "sans résultat",
    "operator": "à la charge de l’exploitant",
}
PROVEN: tuple[Verdict, ...] = ("holds", "operator")
OUTCOMES: dict[Outcome, str] = {"passed": "réussis", "failed": "en échec", "skipped": "ignorés"}


@dataclass(frozen=True, slots=True)
class Tested:
    """A test that a control names, and how many of its cases passed, failed, were skipped."""

    name: str
    counts: dict[Outcome, int]

    @property
    def verdict(self) -> Verdict:
        """Its worst failing counts; without one, whether anything passed."""
        if self.counts.get("failed"):
            return "failed"
        if self.counts.get("passed"):
            return "holds"
        return "skipped" if self.counts.get("skipped") else "missing"


@dataclass(frozen=True, slots=True)
class Proof:
    """A control with what its tests found."""

    framework: str
    control: Control
    tested: tuple[Tested, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of its tests."""
        found = {one.verdict for one in self.tested}
        worst: tuple[Verdict, ...] = ("failed", "missing", "skipped", "holds")
        return next((one for one in worst if one in found), "operator")


def proofs(held: Sequence[Framework], run: Run) -> list[Proof]:
    """Of every control, in the order of the guide."""
    return [
        Proof(framework.title, control, tuple(Tested(name, dict(Counter(run.of(name)))) for name in control.tests))
        for framework in held
        for control in framework.control
    ]


def as_json(told: Sequence[Proof], circumstances: dict[str, str]) -> dict[str, Any]:
    """For programs."""
    return {
        "circumstances": circumstances,
        "verdicts": dict(Counter(proof.verdict for proof in told)),
        "controls": [
            proof.control.model_dump(include={"id", "title", "met_by", "operator"})
            | {"framework": proof.framework, "verdict": proof.verdict}
            | {"tests": [asdict(one) | {"verdict": one.verdict} for one in proof.tested]}
            for proof in told
        ],
    }


def as_markdown(told: Sequence[Proof], circumstances: dict[str, str]) -> str:
    """For people: the circumstances, what does not hold, then every control."""
    counts = Counter(proof.verdict for proof in told)
    lines = ["# Dossier de preuves", "", *(f"- {name}\u202f: {value}" for name, value in circumstances.items()), ""]
    lines += [f"- {WORDS[verdict]}\u202f: {counts[verdict]}" for verdict in WORDS]
    if unproven := [proof for proof in told if proof.verdict not in PROVEN]:
        lines += ["", "## Ce qui n’est pas prouvé", ""]
        lines += [f"- {proof.framework}, {proof.control.id}\u202f: {WORDS[proof.verdict]}" for proof in unproven]
    for title in dict.fromkeys(proof.framework for proof in told):
        lines += ["", f"## {title}", "", "| N° | Contrôle | État | Tests |", "| --- | --- | --- | --- |"]
        lines += [_row(proof) for proof in told if proof.framework == title]
    return "\n".join(lines) + "\n"


def _row(proof: Proof) -> str:
    control = proof.control
    tests = "<br>".join(f"`{one.name}`\u202f: {_counted(one)}" for one in proof.tested) or control.operator
    return f"| {control.id} | {control.title} | {WORDS[proof.verdict]} | {tests} |"


def _counted(one: Tested) -> str:
    told = [f"{one.counts[outcome]} {word}" for outcome, word in OUTCOMES.items() if one.counts.get(outcome)]
    return ", ".join(told) or WORDS["missing"]
