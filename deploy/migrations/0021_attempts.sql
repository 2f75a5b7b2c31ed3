-- Of the records of answers, those for which passages were found that speak to a model; see assistant/attempts.py.
-- A body is canonical JSON: this stands in it where the list is not empty, and in no text, whose quotes are escaped.

create index ledger_record_of_attempts on ledger_record (index) where position('"suspicious":[{'::bytea in body) > 0;
