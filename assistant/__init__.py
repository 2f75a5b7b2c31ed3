"""The read side: a question answered from the documents.

`assistant.engines.server`, the engine behind an OpenAI-compatible server, is public too, and imported by its own
name: its client takes seconds to import, and most processes do without.
"""

from assistant.allowance import Allowance
from assistant.answer import Answer, Answered, AskEvent, Citation, SourcesFound, TextStreamed, Timings, Turn, Waiting
from assistant.ask import Ask
from assistant.attempts import Attempt, Attempts
from assistant.calibration import REFUSED, CalibratingRefusal, RefusalCalibration
from assistant.checking.entailment import Judging
from assistant.checking.nli import NliSettings, open_nli
from assistant.conversations import Conversations
from assistant.engines.choice import Engines
from assistant.engines.desk import Standing
from assistant.engines.engine import Engine
from assistant.engines.gguf import LlamaSettings
from assistant.engines.gguf_header import Header, read_header
from assistant.engines.llama import open_llama
from assistant.engines.llama_server import LlamaServerSettings, open_llama_server
from assistant.engines.model_files import ModelFiles
from assistant.engines.pace import Speed
from assistant.engines.time_limits import TimeLimits
from assistant.errors import (
    AssistantError,
    ConversationNotFound,
    EntailmentFailed,
    EntailmentMissing,
    EvidenceInvalid,
    FieldsInvalid,
    GuidanceChanged,
    GuidanceInvalid,
    GuidanceNotFound,
    MaterialUnusable,
    ModelMissing,
    ModelRefused,
    ModelUnavailable,
    ModelUnusable,
    NothingAsked,
    NothingToTellApart,
    QuestionTooWide,
    QueueFull,
    TaskChanged,
    TaskError,
    TaskNotFound,
    TemplateChanged,
    TemplateInvalid,
    TooManyQuestions,
    TrialTooLong,
)
from assistant.evaluation import AnswerEvaluation, AnswersRun
from assistant.evidence import Evidence, read_evidence, shipped_evidence
from assistant.guidance import Guidance, GuidanceVersion
from assistant.prompts.formats import Format
from assistant.prompts.profiles import profile_for
from assistant.prompts.reasoning import Reasoning
from assistant.tasks.difference import Difference, Quotation
from assistant.tasks.request import GIVEN, DifferencesFound, Material, PieceDone, TaskEvent, TaskRequest
from assistant.tasks.tasks import Tasks
from assistant.tasks.template import Choice, Field, FieldKind, Section, Template, Work
from assistant.tasks.template_table import Version
from assistant.tasks.templates import Templates
from assistant.trial import Compared, Trial, TrialDone, TrialQuestion, TrialStep

__all__ = [
    "GIVEN",
    "REFUSED",
    "Allowance",
    "Answer",
    "AnswerEvaluation",
    "Answered",
    "AnswersRun",
    "Ask",
    "AskEvent",
    "AssistantError",
    "Attempt",
    "Attempts",
    "CalibratingRefusal",
    "Choice",
    "Citation",
    "Compared",
    "ConversationNotFound",
    "Conversations",
    "Difference",
    "DifferencesFound",
    "Engine",
    "Engines",
    "EntailmentFailed",
    "EntailmentMissing",
    "Evidence",
    "EvidenceInvalid",
    "Field",
    "FieldKind",
    "FieldsInvalid",
    "Format",
    "Guidance",
    "GuidanceChanged",
    "GuidanceInvalid",
    "GuidanceNotFound",
    "GuidanceVersion",
    "Header",
    "Judging",
    "LlamaServerSettings",
    "LlamaSettings",
    "Material",
    "MaterialUnusable",
    "ModelFiles",
    "ModelMissing",
    "ModelRefused",
    "ModelUnavailable",
    "ModelUnusable",
    "NliSettings",
    "NothingAsked",
    "NothingToTellApart",
    "PieceDone",
    "QuestionTooWide",
    "QueueFull",
    "Quotation",
    "Reasoning",
    "RefusalCalibration",
    "Section",
    "SourcesFound",
    "Speed",
    "Standing",
    "TaskChanged",
    "TaskError",
    "TaskEvent",
    "TaskNotFound",
    "TaskRequest",
    "Tasks",
    "Template",
    "TemplateChanged",
    "TemplateInvalid",
    "Templates",
    "TextStreamed",
    "TimeLimits",
    "Timings",
    "TooManyQuestions",
    "Trial",
    "TrialDone",
    "TrialQuestion",
    "TrialStep",
    "TrialTooLong",
    "Turn",
    "Version",
    "Waiting",
    "Work",
    "open_llama",
    "open_llama_server",
    "open_nli",
    "profile_for",
    "read_evidence",
    "read_header",
    "shipped_evidence",
]
