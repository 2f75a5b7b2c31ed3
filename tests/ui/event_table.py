"""Which records each way into the product leaves, or why it leaves none."""

from policies import Act

# What a route leaves where it does what it is there for; or the reason why it leaves nothing.
Left = tuple[Act, ...] | str

LOOKS = "what every page looks like: nothing of anybody's"
WAY = "leads to Keycloak and back: nobody is known yet, or any more"
FORM = "an empty form, or what its own choices are called"
OWN = "the person's own name and settings"
TITLES = "the titles of one's own conversations; each is recorded when it is opened"
RULES = "how a collection is kept, and nothing of what is in it"
NO_ADDRESS = "there is nothing at this address"
LATER = "a part of a page or of a message, whose own record comes with the whole"
CATALOGUE = "what the product offers to everybody at work here"
STATE = "how far the product's own work is"

ANSWERED = (Act.QUESTION_ASKED, Act.ANSWER_GIVEN, Act.ANSWER_ABANDONED, Act.REFUSED)
DONE = (Act.TASK_ASKED, Act.ANSWER_GIVEN, Act.ANSWER_ABANDONED, Act.REFUSED)
INDEXED = (Act.DOCUMENT_RECEIVED, Act.DOCUMENT_INDEXED, Act.DOCUMENT_FAILED, Act.DOCUMENT_QUARANTINED)
CASE = "/audit/dossiers/{case}"

# Of the web application, its own and those of Chainlit's that it lets through.
WEB: dict[tuple[str, str], Left] = {
    ("GET", "/connexion"): WAY,
    ("GET", "/login"): WAY,
    ("GET", "/connexion/retour"): (Act.SIGNED_IN, Act.SIGN_IN_REFUSED, Act.SIGNED_OUT),
    ("GET", "/deconnexion"): WAY,
    ("GET", "/deconnecte"): WAY,
    ("POST", "/deconnexion/keycloak"): (Act.SIGNED_OUT, Act.SIGN_IN_REFUSED),
    ("POST", "/logout"): (Act.SIGNED_OUT,),
    ("GET", "/static"): LOOKS,
    ("GET", "/favicon"): LOOKS,
    ("GET", "/accessibilite"): LOOKS,
    ("GET", "/assets/{filename:path}"): LOOKS,
    ("GET", "/logo"): LOOKS,
    ("GET", "/avatars/{avatar_id}"): LOOKS,
    ("GET", "/project/translations"): LOOKS,
    ("GET", "/project/settings"): LOOKS,
    ("GET", "/"): LOOKS,
    ("GET", "/thread/{conversation_id}"): LOOKS,
    ("GET", "/auth/config"): LOOKS,
    ("GET", "/user"): OWN,
    ("POST", "/set-session-cookie"): LOOKS,
    ("GET", "/v1/models"): CATALOGUE,
    ("POST", "/v1/search"): (Act.SEARCHED,),
    ("POST", "/v1/chat/completions"): ANSWERED,
    **{
        (method, "/v1/{address:path}"): NO_ADDRESS
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    },
    ("GET", "/passage"): (Act.DOCUMENT_OPENED,),
    ("GET", "/passage/image"): LATER,
    ("GET", "/conversation/{conversation_id}/export"): (Act.CONVERSATION_EXPORTED,),
    ("GET", "/recherche"): FORM,
    ("POST", "/recherche"): (Act.SEARCHED,),
    ("GET", "/conservation"): OWN,
    ("POST", "/conservation"): (Act.RETENTION_SET,),
    ("GET", "/taches"): CATALOGUE,
    ("GET", "/taches/{name}"): FORM,
    ("POST", "/taches/{name}"): DONE,
    ("POST", "/project/threads"): TITLES,
    ("GET", "/project/thread/{thread_id}"): (Act.CONVERSATION_OPENED,),
    ("PUT", "/project/thread"): (Act.CONVERSATION_RENAMED,),
    ("DELETE", "/project/thread"): (Act.CONVERSATION_DELETED,),
    ("POST", "/project/file"): LATER,
    ("PUT", "/feedback"): (Act.FEEDBACK_GIVEN,),
    ("DELETE", "/feedback"): (Act.FEEDBACK_GIVEN,),
    ("POST", "/project/action"): (Act.ANSWER_REPLACED, Act.QUESTION_REPLACED, Act.FILE_REMOVED, *ANSWERED),
    ("GET", "/audit/front"): LOOKS,
    ("GET", "/audit"): (Act.REVIEW_OPENED,),
    ("POST", "/audit"): (Act.REVIEW_OPENED,),
    ("POST", "/audit/recherches"): (Act.SEARCH_SAVED, Act.REVIEW_OPENED),
    ("POST", "/audit/recherches/{search_id}"): (Act.REVIEW_OPENED,),
    ("POST", "/audit/recherches/{search_id}/suppression"): (Act.SEARCH_FORGOTTEN, Act.REVIEW_OPENED),
    ("GET", "/audit/document"): FORM,
    ("POST", "/audit/document"): (Act.REVIEW_OPENED,),
    ("GET", "/audit/preuves"): (Act.REVIEW_OPENED,),
    ("GET", "/audit/usage"): (Act.REVIEW_OPENED,),
    ("POST", "/audit/export"): (Act.REVIEW_EXPORTED,),
    ("GET", "/audit/enregistrements/{index}"): (Act.REVIEW_RECORD_OPENED,),
    ("GET", "/audit/enregistrements/{index}/preuve"): LATER,
    ("GET", "/audit/alertes"): (Act.REVIEW_OPENED,),
    ("GET", "/audit/alertes/{alert}"): (Act.REVIEW_OPENED,),
    ("POST", "/audit/alertes/{alert}/etat"): (Act.ALERT_CHANGED, Act.REVIEW_OPENED),
    ("POST", "/audit/alertes/{alert}/notes"): (Act.ALERT_CHANGED, Act.REVIEW_OPENED),
    ("GET", "/audit/dossiers"): (Act.REVIEW_OPENED,),
    ("POST", "/audit/dossiers"): (Act.CASE_OPENED, Act.REVIEW_OPENED),
    ("GET", CASE): (Act.REVIEW_OPENED,),
    ("POST", f"{CASE}/demandes/{{asked}}/nom"): (Act.REVIEW_NAME_READ, Act.REVIEW_OPENED),
    ("POST", f"{CASE}/cloture"): (Act.CASE_CLOSED, Act.REVIEW_OPENED),
    ("POST", f"{CASE}/contenu"): (Act.REVIEW_CONTENT_READ, Act.REVIEW_OPENED),
    ("POST", f"{CASE}/decisions"): (
        Act.REVIEW_NAME_GRANTED,
        Act.REVIEW_NAME_REFUSED,
        Act.REVIEW_CONTENT_GRANTED,
        Act.REVIEW_CONTENT_REFUSED,
        Act.HOLD_RELEASED,
        Act.HOLD_RELEASE_REFUSED,
        Act.REVIEW_OPENED,
    ),
    ("POST", f"{CASE}/demandes"): (Act.REVIEW_NAME_ASKED, Act.REVIEW_CONTENT_ASKED, Act.REVIEW_OPENED),
    ("POST", f"{CASE}/enregistrements"): (Act.CASE_RECORD_ATTACHED, Act.REVIEW_OPENED),
    ("POST", f"{CASE}/gels"): (Act.HOLD_PLACED, Act.REVIEW_OPENED),
    ("POST", f"{CASE}/levees"): (Act.HOLD_RELEASE_ASKED, Act.REVIEW_OPENED),
    ("POST", f"{CASE}/notes"): (Act.CASE_NOTED, Act.REVIEW_OPENED),
    ("POST", f"{CASE}/retraits"): (
        Act.REVIEW_NAME_REVOKED,
        Act.REVIEW_CONTENT_REVOKED,
        Act.HOLD_RELEASE_REVOKED,
        Act.REVIEW_OPENED,
    ),
}

# Of the chat's socket.
SOCKET: dict[str, Left] = {
    "connect": (Act.CONVERSATION_OPENED,),
    "connection_successful": (Act.CONVERSATION_OPENED,),
    "clear_session": LOOKS,
    "disconnect": LOOKS,
    "stop": (Act.ANSWER_ABANDONED,),
    "client_message": (Act.FILE_ATTACHED, *INDEXED, *ANSWERED),
    "edit_message": (Act.QUESTION_REPLACED, *ANSWERED),
    "chat_settings_change": FORM,
}

# Of the socket behind the command line.
CONTROL: dict[tuple[str, str], Left] = {
    ("GET", "/health"): STATE,
    ("GET", "/collections"): "the names of the collections that the caller may read",
    ("POST", "/collections"): (Act.COLLECTION_CREATED,),
    ("DELETE", "/collections"): (Act.COLLECTION_DELETED,),
    ("POST", "/search"): (Act.SEARCHED,),
    ("POST", "/ask"): ANSWERED,
    ("POST", "/ingest"): INDEXED,
    ("POST", "/evaluate"): (Act.EVALUATED,),
    ("POST", "/evaluate/answers"): (Act.EVALUATED, *ANSWERED),
    ("POST", "/calibrate"): (Act.EVALUATED,),
    ("POST", "/calibrate/refusal"): (Act.EVALUATED,),
    ("GET", "/documents"): (Act.DOCUMENTS_LISTED,),
    ("GET", "/document"): (Act.DOCUMENTS_LISTED,),
    ("DELETE", "/documents"): (Act.DOCUMENT_REMOVED,),
    ("PATCH", "/document"): (Act.DOCUMENT_CORRECTED,),
    ("GET", "/glossary"): CATALOGUE,
    ("PUT", "/glossary"): (Act.GLOSSARY_CHANGED,),
    ("DELETE", "/glossary"): (Act.GLOSSARY_CHANGED,),
    ("GET", "/jobs"): (Act.JOBS_LISTED,),
    ("POST", "/jobs/{job}/cancel"): (Act.JOB_CANCELLED, Act.DOCUMENT_FAILED),
    ("POST", "/jobs/{job}/retry"): (Act.JOB_RETRIED,),
    ("POST", "/jobs/retry-failed"): (Act.JOB_RETRIED,),
    ("POST", "/jobs/renew"): INDEXED,
    ("POST", "/index/check"): (Act.INDEX_CHECKED,),
    ("POST", "/index/repair"): (Act.INDEX_REPAIRED,),
    ("GET", "/embedding"): STATE,
    ("POST", "/embedding/abandon"): (Act.EMBEDDING_ABANDONED,),
    ("GET", "/models"): CATALOGUE,
    ("POST", "/models"): (Act.MODEL_IMPORTED, Act.MODEL_REFUSED),
    ("POST", "/models/verify"): (Act.MODELS_VERIFIED,),
    ("GET", "/sources"): (Act.SOURCES_LISTED,),
    ("POST", "/sources"): (Act.SOURCE_ADDED,),
    ("POST", "/sources/sync"): (Act.SOURCE_SYNCED, Act.SOURCE_FAILED, Act.DOCUMENT_RENAMED, *INDEXED),
    ("DELETE", "/sources"): (Act.SOURCE_REMOVED, Act.DOCUMENT_REMOVED),
    ("GET", "/guardrails"): RULES,
    ("PATCH", "/guardrails"): (Act.GUARDRAILS_SET,),
    ("GET", "/quarantine"): (Act.QUARANTINE_LISTED,),
    ("GET", "/quarantine/{held_id}"): (Act.QUARANTINE_OPENED,),
    ("POST", "/quarantine/{held_id}/{choice}"): (Act.DOCUMENT_RELEASED, Act.DOCUMENT_REFUSED),
    ("GET", "/attempts"): (Act.ATTEMPTS_LISTED,),
    ("GET", "/unsupported"): RULES,
    ("PATCH", "/unsupported"): (Act.UNSUPPORTED_SET,),
    ("POST", "/privacy/export"): (Act.PERSON_EXPORTED,),
    ("POST", "/privacy/erase"): (Act.PERSON_ERASED, Act.SESSION_REVOKED),
    ("GET", "/retention"): STATE,
    ("POST", "/retention"): (Act.CONVERSATION_DELETED, Act.CONTENT_PURGED, Act.LEDGER_PURGED),
    ("GET", "/collections/retention"): RULES,
    ("PATCH", "/collections/retention"): (Act.RETENTION_SET,),
    ("POST", "/task"): DONE,
    ("GET", "/tasks"): CATALOGUE,
    ("GET", "/tasks/{name}"): CATALOGUE,
    ("PUT", "/tasks"): (Act.TEMPLATE_CHANGED,),
    ("POST", "/tasks/{name}/restore"): (Act.TEMPLATE_CHANGED,),
    ("POST", "/tasks/{name}/disable"): (Act.TEMPLATE_CHANGED,),
    ("POST", "/policy/decisions"): (Act.POLICY_EXPLAINED,),
    ("POST", "/policy/reload"): (Act.RULES_LOADED, Act.RULES_REJECTED),
    ("GET", "/sessions"): (Act.SESSIONS_LISTED,),
    ("DELETE", "/sessions"): (Act.SESSION_REVOKED,),
    ("GET", "/keycloak/groups"): (Act.GROUPS_LISTED,),
    ("POST", "/keycloak/provisioned"): (Act.REALM_PROVISIONED,),
    ("GET", "/siem"): STATE,
    ("GET", "/ledger"): STATE,
    ("POST", "/audit/verify"): (Act.AUDIT_VERIFIED,),
    ("POST", "/audit/export"): (Act.AUDIT_EXPORTED,),
    ("POST", "/audit/checkpoint"): "a checkpoint covers the records: one of it would need another checkpoint",
    ("GET", "/audit/places"): STATE,
    ("GET", "/audit/keys"): "public keys, which everybody may have",
    ("POST", "/audit/rotate-key"): (Act.AUDIT_KEY_ROTATED,),
}
