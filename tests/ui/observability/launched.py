"""`assistant serve` with every logger at DEBUG, and with two faults that a question can bring about.

Run as a program, by the tests alone. One that holds `EXPLODES` raises an error that repeats it; one that holds `LEAKS`
is logged, as nothing of the product would.
"""

import logging
from typing import Any

import assistant.ask
import ui.commands.main
import ui.logs

EXPLODES = "explosion-voulue"
LEAKS = "fuite-voulue"


def _debug(logger: logging.Logger, _: Any) -> None:
    logger.level = logging.DEBUG
    logger._cache.clear()  # type: ignore[attr-defined]


def _launch() -> None:
    asking: Any = assistant.ask
    validated = asking.validate_question

    def faulty(question: str) -> str:
        if EXPLODES in question:
            raise RuntimeError(f"cannot take {question}")
        if LEAKS in question:
            logging.getLogger("ui.mutated").warning("asked: %s", question)
        return str(validated(question))

    logging.Logger.setLevel = _debug  # type: ignore[method-assign, assignment]
    asking.validate_question = faulty
    ui.commands.main.main()


if __name__ == "__main__":
    _launch()
