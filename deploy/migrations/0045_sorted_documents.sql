-- The list of documents by kind and by state, and those in a state, without looking through all of them.
create index listed_document_by_kind on listed_document (kind nulls first, collection_id, id);
create index listed_document_by_state on listed_document (state nulls first, collection_id, id);
