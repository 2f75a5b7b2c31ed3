"""Keeping a question that was tried, as somebody has written it and with the documents that they say answer it."""

from uuid import UUID

from policies import Principal
from retrieval import EmptyQuestion, KeptQuestionInvalid, QuestionTooLong
from retrieval.question import QUESTION_LENGTH
from retrieval.question_set import LONGEST_ID, LONGEST_NOTE, MOST_RELEVANT
from ui.console.form import Form
from ui.services import Services

NAMED = 3  # documents in a sentence
NOTHING_EXPECTED = (
    "Cochez ou nommez les documents qui répondent, ou dites qu’aucun ne répond et qu’un refus est attendu."
)
BOTH_EXPECTED = "Un refus est attendu, ou des documents\u202f: pas les deux."


async def kept_question(services: Services, person: Principal, form: Form) -> bool:
    """Put it into the set that is chosen; what is wrong stands in the form. Raises `QuestionSetNotFound`."""
    set_id = set_of(form)
    question, note = read_question(form)
    relevant = expected(form)
    if form.errors or set_id is None:
        return False
    sets = services.question_sets
    if unknown := await sets.unknown(person, set_id, relevant):
        form.wrong("autres", not_there(unknown))
        return False
    try:
        await sets.add(person, set_id, question, relevant, note)
    except (EmptyQuestion, QuestionTooLong, KeptQuestionInvalid) as error:
        form.wrong("texte", str(error))
        return False
    return True


def set_of(form: Form) -> UUID | None:
    """The set that is chosen."""
    try:
        return UUID(form.get("jeu"))
    except ValueError:
        form.wrong("jeu", "Choisissez un jeu de questions\u202f; la page Évaluation en fait de nouveaux.")
        return None


def read_question(form: Form) -> tuple[str, str]:
    """The words of the question, and the note."""
    question = form.text("texte", longest=QUESTION_LENGTH, needed="Écrivez la question.", lines=True)
    return question, form.text("note", longest=LONGEST_NOTE, lines=True)


def expected(form: Form) -> list[str]:
    """The documents that answer, ticked and named; none where a refusal is expected."""
    longest = MOST_RELEVANT * (LONGEST_ID + 1)
    named = [one.strip() for one in form.text("autres", longest=longest, lines=True).split("\n")]
    relevant = list(dict.fromkeys([*form.all("attendus"), *filter(None, named)]))
    if form.is_set("refus") and relevant:
        form.wrong("refus", BOTH_EXPECTED)
    elif not form.is_set("refus") and not relevant:
        form.wrong("autres", NOTHING_EXPECTED)
    return relevant


def not_there(unknown: list[str]) -> str:
    """That the set's collection has no such documents."""
    named = ", ".join(f"«\u202f{one}\u202f»" for one in unknown[:NAMED])
    others = f" et {len(unknown) - NAMED} autres" if len(unknown) > NAMED else ""
    return f"La collection de ce jeu n’a pas de document {named}{others}. Vérifiez les identifiants, ou le jeu."
