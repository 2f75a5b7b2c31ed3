"""What a text holds that its collection may not take as it is: found by rules, decided by the collection."""

from policies.guardrails.finding import Concern, Finding, Response, Responses, Tally, tallied
from policies.guardrails.inspection import inspect

__all__ = ["Concern", "Finding", "Response", "Responses", "Tally", "inspect", "tallied"]
