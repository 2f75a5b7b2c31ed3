"""Queries about documents and the jobs that read them."""

from typing import LiteralString

# The next documents that wait for a job that is not there: the index was lost, or it was deleted by hand.
FORSAKEN: LiteralString = """
select r.collection_id, r.document_id from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id and d.version = r.version
where d.state = 'pending' and not exists (
    select from procrastinate_jobs j where j.id = r.job_id and j.status in ('todo', 'doing')
)
order by r.collection_id, r.document_id limit %s
"""

# In the order in which everybody locks documents.
LOCK_RECEIVED: LiteralString = """
select d.id from document d join received r on r.collection_id = d.collection_id and r.document_id = d.id
where d.collection_id = %s and d.id = any(%s) order by d.id for update
"""

MAKE_PENDING: LiteralString = """
update document set state = 'pending', failure = '' where collection_id = %s and id = any(%s)
"""

GIVE_TO_JOB: LiteralString = """
update received set job_id = %s, delay = '', retry = false where collection_id = %s and document_id = any(%s)
"""
