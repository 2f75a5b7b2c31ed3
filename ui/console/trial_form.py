"""The questions of a trial, as they are typed, and those that a collection has for it."""

from collections.abc import Sequence

from assistant import TrialQuestion
from assistant.trial import MOST_QUESTIONS
from policies import Principal
from retrieval.errors import QuestionTooLong
from retrieval.question import QUESTION_LENGTH, validate_question
from ui.console.form import Form
from ui.services import Services

# A box that is ticked.
GOLDEN = "reference"


async def choices(services: Services, person: Principal) -> list[tuple[str, str]]:
    """The collections in which the questions can be asked."""
    return [(str(one.id), one.name) for one, _ in await services.collections.readable(person)]


async def asked(services: Services, person: Principal, form: Form) -> tuple[list[TrialQuestion], Sequence[str]]:
    """The questions and the names of the collections that are searched; what is wrong stands in the form."""
    typed = form.text("questions", longest=MOST_QUESTIONS * QUESTION_LENGTH, lines=True)
    questions = [TrialQuestion(str(n), line) for n, line in enumerate(typed.split("\n"), start=1) if line.strip()]
    names: list[str] = []
    if wanted := form.get("collection"):
        held = [one for one, _ in await services.collections.readable(person) if str(one.id) == wanted]
        if not held:
            form.wrong("collection", "Cette collection n’existe pas, ou ne vous est pas ouverte.")
        else:
            names = [held[0].name]
            if form.is_set(GOLDEN):
                golden = await services.question_sets.golden(person, held[0])
                known = [TrialQuestion(one.id, one.question, frozenset(one.relevant)) for one in golden]
                questions += known[: max(0, MOST_QUESTIONS - len(questions))]
                if not known:
                    form.wrong(GOLDEN, "Cette collection n’a pas de question de référence\u202f: tapez-en.")
    elif form.is_set(GOLDEN):
        form.wrong("collection", "Choisissez la collection dont poser les questions de référence.")
    if not questions:
        form.wrong("questions", "Tapez une question au moins, une par ligne.")
    elif len(questions) > MOST_QUESTIONS:
        form.wrong("questions", f"{len(questions)} questions\u202f: {MOST_QUESTIONS} au plus.")
    try:
        for one in questions:
            validate_question(one.question)
    except QuestionTooLong as error:
        form.wrong("questions", str(error))
    return questions, names
