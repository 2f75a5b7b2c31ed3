"""The corpus: what is known, and finding it.

The adapter of a Qdrant server is not among these names, for its client takes long to import: who
opens one imports `retrieval.qdrant`.
"""

from retrieval.analysis import Analysis, analyse, require_same_questions
from retrieval.bin import KEPT_DAYS, Bin, Emptying
from retrieval.calibration import Calibrating, Calibration, JudgedSet
from retrieval.catalog import Catalog
from retrieval.collection_changes import CollectionChanges
from retrieval.collection_table import Binned
from retrieval.collections import Collections
from retrieval.corpus import (
    Because,
    Box,
    Chunk,
    Collection,
    Document,
    DocumentMetadata,
    DocumentState,
    DocumentText,
    Locator,
    Passage,
    Stage,
    Surroundings,
    TextKind,
    Variant,
    point_id,
)
from retrieval.cross_encoder import CrossEncoderSettings, open_cross_encoder
from retrieval.documents import Documents
from retrieval.e5 import E5Settings, open_e5
from retrieval.edge import EdgeIndex, EdgeSettings, edge_points, open_edge, remove_edge
from retrieval.embedding import Embedder, contextualise
from retrieval.embedding_cache import CachedEmbedder
from retrieval.encoding import Encoding
from retrieval.errors import (
    AcronymExists,
    AcronymInvalid,
    AcronymNotFound,
    AlreadyDecided,
    CollectionChanged,
    CollectionExists,
    CollectionNotFound,
    CollectionPaused,
    DatesReversed,
    DescriptionInvalid,
    DocumentChanged,
    DocumentNotFound,
    EmbeddingFailed,
    EmbeddingModelMissing,
    EmptyQuestion,
    EncodingChanged,
    GlossaryChanged,
    GroupInvalid,
    IndexMismatch,
    IndexOutdated,
    IndexTooNew,
    IndexUnavailable,
    KeptQuestionInvalid,
    KeptQuestionNotFound,
    ModelUnknown,
    NameInvalid,
    NothingJudged,
    NothingLearned,
    NotSeen,
    OwnerRefused,
    PeriodReversed,
    QuarantineNotFound,
    QuestionSetChanged,
    QuestionSetExists,
    QuestionSetFull,
    QuestionSetNotFound,
    QuestionTooLong,
    RankerInvalid,
    ReasonMissing,
    RerankerAway,
    RerankerMissing,
    RerankingFailed,
    RetrievalError,
    RunsDiffer,
)
from retrieval.evaluation import Evaluation, EvaluationProgress, EvaluationReport
from retrieval.evaluation_run import EvaluationRun, JudgedQuestion
from retrieval.facets import FacetCounts, Facets
from retrieval.glossary import Glossary, GlossaryChange, GlossaryEntry
from retrieval.index import Fusion, Hit, Index, Point, SparseVector, Stored, Vector
from retrieval.open_spaces import Indexes, Models, OpenSpaces, open_spaces
from retrieval.quarantine import Quarantine
from retrieval.quarantine_table import Alike, Choice, Held, Holding, QuarantineTable, Waiting, WaitingFilter
from retrieval.question import validate_question
from retrieval.question_set import KeptQuestion, QuestionsChange, QuestionSet
from retrieval.question_sets import QuestionSets
from retrieval.reasons import Nearness, Reasons, explained
from retrieval.rerank import Reranker, Reranking
from retrieval.rerank_server import RerankServerSettings, open_rerank_server
from retrieval.results import Found
from retrieval.search import Search
from retrieval.space import IndexInUse, Spaces, VectorSpace
from retrieval.space_table import SpaceRow, SpaceTable
from retrieval.sparse import SparseEncoder
from retrieval.transformers import TransformersSettings, open_transformers
from retrieval.understanding.counting import Counting
from retrieval.understanding.lexicons import Lexicons
from retrieval.understanding.understood import Change, Reason, Steps
from retrieval.unsupported import Unsupported
from retrieval.within import Filters, Within

__all__ = [
    "KEPT_DAYS",
    "AcronymExists",
    "AcronymInvalid",
    "AcronymNotFound",
    "Alike",
    "AlreadyDecided",
    "Analysis",
    "Because",
    "Bin",
    "Binned",
    "Box",
    "CachedEmbedder",
    "Calibrating",
    "Calibration",
    "Catalog",
    "Change",
    "Choice",
    "Chunk",
    "Collection",
    "CollectionChanged",
    "CollectionChanges",
    "CollectionExists",
    "CollectionNotFound",
    "CollectionPaused",
    "Collections",
    "Counting",
    "CrossEncoderSettings",
    "DatesReversed",
    "DescriptionInvalid",
    "Document",
    "DocumentChanged",
    "DocumentMetadata",
    "DocumentNotFound",
    "DocumentState",
    "DocumentText",
    "Documents",
    "E5Settings",
    "EdgeIndex",
    "EdgeSettings",
    "Embedder",
    "EmbeddingFailed",
    "EmbeddingModelMissing",
    "EmptyQuestion",
    "Emptying",
    "Encoding",
    "EncodingChanged",
    "Evaluation",
    "EvaluationProgress",
    "EvaluationReport",
    "EvaluationRun",
    "FacetCounts",
    "Facets",
    "Filters",
    "Found",
    "Fusion",
    "Glossary",
    "GlossaryChange",
    "GlossaryChanged",
    "GlossaryEntry",
    "GroupInvalid",
    "Held",
    "Hit",
    "Holding",
    "Index",
    "IndexInUse",
    "IndexMismatch",
    "IndexOutdated",
    "IndexTooNew",
    "IndexUnavailable",
    "Indexes",
    "JudgedQuestion",
    "JudgedSet",
    "KeptQuestion",
    "KeptQuestionInvalid",
    "KeptQuestionNotFound",
    "Lexicons",
    "Locator",
    "ModelUnknown",
    "Models",
    "NameInvalid",
    "Nearness",
    "NotSeen",
    "NothingJudged",
    "NothingLearned",
    "OpenSpaces",
    "OwnerRefused",
    "Passage",
    "PeriodReversed",
    "Point",
    "Quarantine",
    "QuarantineNotFound",
    "QuarantineTable",
    "QuestionSet",
    "QuestionSetChanged",
    "QuestionSetExists",
    "QuestionSetFull",
    "QuestionSetNotFound",
    "QuestionSets",
    "QuestionTooLong",
    "QuestionsChange",
    "RankerInvalid",
    "Reason",
    "ReasonMissing",
    "Reasons",
    "RerankServerSettings",
    "Reranker",
    "RerankerAway",
    "RerankerMissing",
    "Reranking",
    "RerankingFailed",
    "RetrievalError",
    "RunsDiffer",
    "Search",
    "SpaceRow",
    "SpaceTable",
    "Spaces",
    "SparseEncoder",
    "SparseVector",
    "Stage",
    "Steps",
    "Stored",
    "Surroundings",
    "TextKind",
    "TransformersSettings",
    "Unsupported",
    "Variant",
    "Vector",
    "VectorSpace",
    "Waiting",
    "WaitingFilter",
    "Within",
    "analyse",
    "contextualise",
    "edge_points",
    "explained",
    "open_cross_encoder",
    "open_e5",
    "open_edge",
    "open_rerank_server",
    "open_spaces",
    "open_transformers",
    "point_id",
    "remove_edge",
    "require_same_questions",
    "validate_question",
]
