-- What becomes of an answer's sentences that no passage bears out; see retrieval/unsupported.py.

alter table collection add column unsupported text not null default 'mark' check (unsupported in ('mark', 'drop'));
