"""The SQL of conversations. Every query names the owner."""

START = """
    insert into conversation (id, owner, title) values (%(id)s, %(owner)s, %(title)s)
    on conflict (id) do nothing
"""

TOUCH = """
    update conversation set updated_at = clock_timestamp() where id = %(id)s and owner = %(owner)s returning id
"""

INSERT_EXCHANGE = """
    insert into exchange (id, conversation_id, question, task) values (%(exchange)s, %(id)s, %(question)s, %(task)s)
"""

RENEW = """
    update exchange set id = %(renewed)s, reply = null, useful = null, reason = ''
    from conversation
    where exchange.id = %(exchange)s and conversation.id = conversation_id and owner = %(owner)s
    returning exchange.id
"""

# What was asked after it goes: it was asked in view of the answer that goes. A task becomes a question.
REWRITE = """
    with edited as (
        select exchange.id, conversation_id, question, asked_at
        from exchange join conversation on conversation.id = conversation_id
        where exchange.id = %(exchange)s and owner = %(owner)s
    ), later as (
        delete from exchange using edited
        where exchange.conversation_id = edited.conversation_id
          and (exchange.asked_at, exchange.id) > (edited.asked_at, edited.id)
        returning exchange.id
    ), rewritten as (
        update exchange
        set id = %(renewed)s, question = %(question)s, task = null, reply = null, useful = null, reason = ''
        from edited where exchange.id = edited.id
    )
    select conversation_id as id, question, (select count(*) from later) as later from edited
"""

# One that a person gave stays.
RETITLE = """
    update conversation set title = %(title)s, updated_at = clock_timestamp()
    where id = %(id)s and owner = %(owner)s and title = %(given)s
"""

PUT_REPLY = """
    update exchange set reply = %(reply)s
    from conversation
    where exchange.id = %(exchange)s and conversation.id = conversation_id and owner = %(owner)s
    returning exchange.id
"""

# One page, newest first; `after` is the last conversation of the page before.
SELECT_PAGE = """
    select id, title, updated_at from conversation
    where owner = %(owner)s
      and (%(after)s::uuid is null
           or (updated_at, id) < (select updated_at, id from conversation where id = %(after)s and owner = %(owner)s))
      and (%(words)s = '' or position(lower(%(words)s) in lower(title)) > 0
           or exists (select from exchange
                      where conversation_id = conversation.id and position(lower(%(words)s) in lower(question)) > 0))
    order by updated_at desc, id desc
    limit %(limit)s
"""

SELECT_CONVERSATION = "select id, title, updated_at from conversation where id = %(id)s and owner = %(owner)s"

SELECT_EXCHANGES = """
    select exchange.id, question, asked_at, task, reply, useful, reason
    from exchange join conversation on conversation.id = conversation_id
    where conversation_id = %(id)s and owner = %(owner)s
    order by asked_at, exchange.id
"""

SELECT_TASK = """
    select task from exchange join conversation on conversation.id = conversation_id
    where exchange.id = %(exchange)s and owner = %(owner)s and task is not null
"""

RENAME = "update conversation set title = %(title)s where id = %(id)s and owner = %(owner)s returning id"

# Its files go with it (deploy/migrations/0018_attachments.sql). The counts are as they were when the statement began.
DELETE = """
    delete from conversation where id = %(id)s and owner = %(owner)s
    returning id, (select count(*) from exchange where conversation_id = conversation.id) as exchanges, (
        select count(*) from attachment join collection on collection.id = collection_id
        where collection.conversation_id = conversation.id
    ) as files
"""

RATE = """
    update exchange set useful = %(useful)s, reason = %(reason)s
    from conversation
    where exchange.id = %(exchange)s and conversation.id = conversation_id and owner = %(owner)s and reply is not null
    returning conversation.id, (reply ->> 'answer')::uuid as answer
"""
