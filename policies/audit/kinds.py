"""The words of the schema of events: what a value in a record is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is, whatever field it stands in. Persons and addresses are shown under pseudonyms only."""

    COUNT = "count"
    MEASURE = "measure"  # a figure that was computed, or yes or no: a score, a sign, a metric
    FLAG = "flag"  # yes or no, by the name of its field: something that is looked for
    DECISION = "decision"  # what was decided: a word, or yes or no
    REASON = "reason"  # why, in a word out of a closed list
    RULE = "rule"  # the name of one that decided
    ACTION = "action"  # what was to be done, as rules say it
    ACT = "act"
    RECORD = "record"  # the index of one in the ledger
    HASH = "hash"  # of a file, a text or a list of rules
    WORD = "word"  # out of a closed list: a format, a phase, the name of a field
    SENTENCE = "sentence"  # a French one of ours
    LABEL = "label"  # a free text that is no content: the name of a file, a model, a task
    SETTING = "setting"
    COLLECTION = "collection"  # by identifier, as the next ones
    DOCUMENT = "document"
    SOURCE = "source"
    FILE = "file"  # attached to a conversation
    CONVERSATION = "conversation"
    EXCHANGE = "exchange"  # of a conversation, or an answer
    SESSION = "session"
    JOB = "job"
    CASE = "case"
    REQUEST = "request"  # by one auditor, that another decides
    HOLD = "hold"
    ALERT = "alert"
    COLLECTION_NAME = "collection-name"
    VERSION = "version"
    PASSAGE = "passage"  # the place of a chunk in its document
    MODEL = "model"
    TIME = "time"  # a day, or a moment with its zone (RFC 3339)
    PERSON = "person"  # the subject
    PERSON_NAME = "person-name"
    PSEUDONYM = "pseudonym"  # of a person or an address
    GROUP = "group"
    ROLE = "role"
    ADDRESS = "address"  # of a machine, or a network of one
    ORIGIN = "origin"  # from where, where that is no address
    OTHER = "other"  # nothing is known of it


@dataclass(frozen=True, slots=True)
class Each:
    """A list, every element of which has this shape."""

    shape: "Shape"


@dataclass(frozen=True, slots=True)
class Named:
    """An object with any names, each value of which has this shape."""

    shape: "Shape"


# A value, or an object with these fields, any of which may be missing.
Shape = Kind | Each | Named | Mapping[str, "Shape"]
