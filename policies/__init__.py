"""What is allowed, and the register of what was done."""

from policies.access import AccessRule, Action, Decision, Policy
from policies.audit.checkpoint import Checkpoint
from policies.audit.checkpoints import Checkpoints, Held
from policies.audit.event import Act, Event, Json, Record
from policies.audit.ledger import Ledger, Transaction
from policies.audit.merkle import Frontier
from policies.audit.note import Opened, SigningKey, VerifyingKey
from policies.audit.postgres import PostgresLedger
from policies.audit.purge import Purging
from policies.audit.tree import Tree
from policies.audit.watch import Standing, Watch
from policies.both import Both
from policies.cases import Case
from policies.cedar import CedarPolicy, load_policy
from policies.errors import (
    DestinationUnavailable,
    ErasuresInvalid,
    EventInvalid,
    ExportRefused,
    KeyInvalid,
    LedgerBroken,
    LedgerUnavailable,
    ModelsInvalid,
    NoteInvalid,
    PlaceHolds,
    PlaceUnreachable,
    PolicyError,
    ProofInvalid,
    Refused,
    RetentionInvalid,
    RuleNotFound,
    RulesInvalid,
)
from policies.guardrails import Concern, Finding, Response, Responses, Tally, inspect, tallied
from policies.in_force import in_force, put_in_force
from policies.live import LivePolicy
from policies.models import MODELS, AllowedModel, AllowedModels, read_models
from policies.principal import Principal, Role
from policies.retention import Retention, read_retention

__all__ = [
    "MODELS",
    "AccessRule",
    "Act",
    "Action",
    "AllowedModel",
    "AllowedModels",
    "Both",
    "Case",
    "CedarPolicy",
    "Checkpoint",
    "Checkpoints",
    "Concern",
    "Decision",
    "DestinationUnavailable",
    "ErasuresInvalid",
    "Event",
    "EventInvalid",
    "ExportRefused",
    "Finding",
    "Frontier",
    "Held",
    "Json",
    "KeyInvalid",
    "Ledger",
    "LedgerBroken",
    "LedgerUnavailable",
    "LivePolicy",
    "ModelsInvalid",
    "NoteInvalid",
    "Opened",
    "PlaceHolds",
    "PlaceUnreachable",
    "Policy",
    "PolicyError",
    "PostgresLedger",
    "Principal",
    "ProofInvalid",
    "Purging",
    "Record",
    "Refused",
    "Response",
    "Responses",
    "Retention",
    "RetentionInvalid",
    "Role",
    "RuleNotFound",
    "RulesInvalid",
    "SigningKey",
    "Standing",
    "Tally",
    "Transaction",
    "Tree",
    "VerifyingKey",
    "Watch",
    "in_force",
    "inspect",
    "load_policy",
    "put_in_force",
    "read_models",
    "read_retention",
    "tallied",
]
