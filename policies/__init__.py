"""What is allowed, and the register of what was done."""

from policies.access import AccessRule, Action, Decision, Policy
from policies.audit.event import Act, Event, Json, Record
from policies.audit.ledger import Ledger, Transaction
from policies.audit.postgres import PostgresLedger
from policies.cedar import CedarPolicy, load_policy
from policies.errors import EventInvalid, LedgerUnavailable, PolicyError, Refused, RulesInvalid
from policies.principal import Principal, Role

__all__ = [
    "AccessRule",
    "Act",
    "Action",
    "CedarPolicy",
    "Decision",
    "Event",
    "EventInvalid",
    "Json",
    "Ledger",
    "LedgerUnavailable",
    "Policy",
    "PolicyError",
    "PostgresLedger",
    "Principal",
    "Record",
    "Refused",
    "Role",
    "RulesInvalid",
    "Transaction",
    "load_policy",
]
