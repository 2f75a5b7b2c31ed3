-- A reply says which collections its text names, so that it is withheld from whoever may no longer read them.
-- Of earlier refusals that is not known: they name one that nobody may read.

update exchange
set reply = reply || jsonb_build_object(
    'named',
    case when (reply ->> 'refused')::boolean
        then '["00000000-0000-0000-0000-000000000000"]'::jsonb
        else '[]'::jsonb
    end
)
where reply is not null;
