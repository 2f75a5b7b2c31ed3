-- What was deleted lies in a bin, by its date (`deleted_at`); once it goes for good, its points are erased as those of
-- attached files are: noted in the transaction that deletes the row, and done by whoever has the index.

create index collection_in_the_bin on collection (deleted_at) where deleted_at is not null;

drop trigger collection_of_conversation_is_erased on collection;

create trigger collection_is_erased
    after delete on collection
    for each row execute function erase_later();

-- What came last into a collection is one look into this.
drop index reception_of_collection;
create index reception_of_collection on reception (collection_id, received_at);

-- Somebody wants it synchronised at the next look, whatever its rhythm.
alter table source add column asked boolean not null default false;

-- How many documents and passages collections hold is read from these alone.
create index document_of_state on document (collection_id, state);
create index received_points on received (collection_id) include (points);
