"""When an engine that fails is left alone, and when it is tried again."""

import asyncio

import pytest

from assistant import ModelUnavailable, QuestionTooWide
from assistant.engines.circuit_breaker import CircuitBreaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(failures=2, pause=30.0, clock=clock)


def fail(breaker: CircuitBreaker, error: BaseException | None = None) -> None:
    error = error or ModelUnavailable("panne")
    with pytest.raises(type(error), match=str(error)), breaker.attempt():
        raise error


def succeed(breaker: CircuitBreaker) -> None:
    with breaker.attempt():
        pass


def test_it_opens_after_failures_in_a_row(breaker: CircuitBreaker) -> None:
    fail(breaker)
    assert not breaker.refuses
    fail(breaker)
    assert breaker.refuses
    with pytest.raises(ModelUnavailable, match="dans une minute"), breaker.attempt():
        pytest.fail("an open breaker lets nothing through")


def test_a_success_in_between_starts_the_count_again(breaker: CircuitBreaker) -> None:
    fail(breaker)
    succeed(breaker)
    fail(breaker)
    assert not breaker.refuses


@pytest.mark.parametrize("error", [QuestionTooWide("trop"), GeneratorExit("parti"), asyncio.CancelledError("parti")])
def test_what_is_not_the_engines_fault_does_not_count(breaker: CircuitBreaker, error: BaseException) -> None:
    for _ in range(3):
        fail(breaker, error)
    assert not breaker.refuses


def test_after_the_pause_one_is_tried_at_a_time(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker)
    fail(breaker)
    clock.now = 29.0
    assert breaker.refuses
    clock.now = 30.0
    with breaker.attempt():
        assert breaker.refuses
    assert not breaker.refuses
    fail(breaker)
    assert not breaker.refuses


def test_a_trial_that_fails_opens_it_again(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker)
    fail(breaker)
    clock.now = 30.0
    fail(breaker)
    clock.now = 59.0
    assert breaker.refuses
    clock.now = 60.0
    assert not breaker.refuses


def test_a_reader_who_leaves_a_trial_leaves_it_to_the_next(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker)
    fail(breaker)
    clock.now = 30.0
    fail(breaker, GeneratorExit("parti"))
    assert not breaker.refuses
