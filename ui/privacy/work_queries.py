"""What bears the name of one person who did it for the ministry: it is copied, and the name goes with an erasure."""

from typing import LiteralString

# Where only the username is kept, of work older than the columns with a subject, it is the name that was asked for.
_PUBLISHED: LiteralString = "(publisher = %(subject)s or publisher = '' and published_by = %(name)s)"
_CREATED: LiteralString = "(s.creator = %(subject)s or s.creator = '' and s.created_by = %(name)s)"
_ASKED: LiteralString = "(r.asker = %(subject)s or r.asker = '' and r.asked_by = %(name)s)"

# By the name with which they sign in, or by their subject.
SUBJECTS: LiteralString = """
select publisher as subject from announcement where %(name)s in (publisher, published_by)
union select creator from question_set where %(name)s in (creator, created_by)
union select asker from evaluation_run where %(name)s in (asker, asked_by)
union select principal ->> 'subject' from bulk where %(name)s in (principal ->> 'subject', principal ->> 'username')
union select submitted_by ->> 'subject' from publication
where %(name)s in (submitted_by ->> 'subject', submitted_by ->> 'username')
union select decided_by ->> 'subject' from publication
where %(name)s in (decided_by ->> 'subject', decided_by ->> 'username')
union select signed_by ->> 'subject' from publication
where %(name)s in (signed_by ->> 'subject', signed_by ->> 'username')
union select by from model_choice where by = %(name)s
union select by from guidance where by = %(name)s
union select by from task_template where by = %(name)s
"""

WORK: LiteralString = f"""
select 'publication soumise' as what, c.name as about, p.submitted_at as at
from publication p join collection c on c.id = p.collection_id where p.submitted_by ->> 'subject' = %(subject)s
union all select 'publication décidée', c.name, p.ended_at
from publication p join collection c on c.id = p.collection_id where p.decided_by ->> 'subject' = %(subject)s
union all select 'publication contrôlée', c.name, coalesce(p.ended_at, p.submitted_at)
from publication p join collection c on c.id = p.collection_id where p.signed_by ->> 'subject' = %(subject)s
union all select 'changement de documents', change || ' (' || documents || ')', begun_at
from bulk where principal ->> 'subject' = %(subject)s
union all select 'annonce', text, published_at from announcement where {_PUBLISHED}
union all select 'choix d’un modèle', file, at from model_choice where by = %(subject)s
union all select 'consignes', text, at from guidance where by = %(subject)s
union all select 'modèle de tâche', name || ', version ' || version, at from task_template where by = %(subject)s
union all select 'jeu de questions', s.name, s.created_at from question_set s where {_CREATED}
union all select 'évaluation', s.name, r.asked_at
from evaluation_run r join question_set s on s.id = r.set_id where {_ASKED}
order by at, what, about
"""  # noqa: S608 - of constants

# Only they see it; one that is under way acts in their name until it is done.
DELETE_BULKS: LiteralString = "delete from bulk where principal ->> 'subject' = %(subject)s and ended_at is not null"

_NOBODY: LiteralString = (
    "jsonb_build_object('subject', '', 'username', 'nom effacé', 'groups', '[]'::jsonb, 'roles', '[]'::jsonb)"
)

# What was done stays, in nobody's name; a publication that is under way keeps its people until it is done.
FORGET: tuple[LiteralString, ...] = (
    *(
        f"""
        update publication set {column} = {_NOBODY}
        where {column} ->> 'subject' = %(subject)s and ended_at is not null
        """  # noqa: S608 - of constants
        for column in ("submitted_by", "decided_by", "signed_by")
    ),
    f"update announcement set publisher = '', published_by = 'nom effacé' where {_PUBLISHED}",  # noqa: S608
    "update model_choice set by = 'nom effacé' where by = %(subject)s",
    "update guidance set by = 'nom effacé' where by = %(subject)s",
    "update task_template set by = 'nom effacé' where by = %(subject)s",
    f"update question_set s set creator = '', created_by = 'nom effacé' where {_CREATED}",  # noqa: S608
    f"update evaluation_run r set asker = '', asked_by = 'nom effacé' where {_ASKED}",  # noqa: S608
)
