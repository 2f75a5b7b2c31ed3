-- Texts that are to apply from a known day on are looked for beside those that apply now; see retrieval/successors.py.

create index document_version_in_force_from on document_version (in_force_from) where in_force_from is not null;
