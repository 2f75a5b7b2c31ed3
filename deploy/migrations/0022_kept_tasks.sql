-- A task that was asked for in a conversation: what was filled in, so that it can be done again. Null: a question.
-- A text that was pasted stands here, and nowhere else: a citation of it opens from here.

alter table exchange add column task jsonb; -- see assistant/tasks/order.py
