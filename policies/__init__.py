"""What is allowed, and the register of what was done."""

from policies.access import AccessRule, Action, Decision, Policy
from policies.audit.event import Act, Event, Json, Record
from policies.audit.ledger import Ledger, Transaction
from policies.audit.postgres import PostgresLedger
from policies.cases import Case
from policies.cedar import CedarPolicy, load_policy
from policies.errors import (
    EventInvalid,
    LedgerUnavailable,
    ModelsInvalid,
    PolicyError,
    Refused,
    RuleNotFound,
    RulesInvalid,
)
from policies.guardrails import Concern, Finding, Response, Responses, Tally, inspect, tallied
from policies.in_force import in_force, put_in_force
from policies.live import LivePolicy
from policies.models import MODELS, AllowedModel, AllowedModels, read_models
from policies.principal import Principal, Role

__all__ = [
    "MODELS",
    "AccessRule",
    "Act",
    "Action",
    "AllowedModel",
    "AllowedModels",
    "Case",
    "CedarPolicy",
    "Concern",
    "Decision",
    "Event",
    "EventInvalid",
    "Finding",
    "Json",
    "Ledger",
    "LedgerUnavailable",
    "LivePolicy",
    "ModelsInvalid",
    "Policy",
    "PolicyError",
    "PostgresLedger",
    "Principal",
    "Record",
    "Refused",
    "Response",
    "Responses",
    "Role",
    "RuleNotFound",
    "RulesInvalid",
    "Tally",
    "Transaction",
    "in_force",
    "inspect",
    "load_policy",
    "put_in_force",
    "read_models",
    "tallied",
]
