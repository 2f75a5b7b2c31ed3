"""The French words for changes to many documents."""

from collections.abc import Mapping

from ingestion.bulk import Change

# What each is called in the list of what can be done, in its order.
CHANGES: Mapping[str, str] = {
    Change.CONFIRM.value: "Confirmer ce qui a été deviné",
    Change.REPEAL.value: "Marquer comme abrogés à une date",
    Change.RETRY.value: "Réessayer ce qui est en échec",
    Change.REINDEX.value: "Relire et indexer à nouveau",
    Change.REMOVE.value: "Retirer",
}

# What happens, before it is confirmed.
EXPLAINED: Mapping[Change, str] = {
    Change.CONFIRM: "Les natures, numéros et dates que l’assistant a devinés seront tenus pour exacts.",
    Change.REPEAL: "À partir de cette date, les textes ne seront plus donnés comme étant en vigueur.",
    Change.RETRY: "Les documents en échec seront lus à nouveau. Les autres resteront comme ils sont.",
    Change.REINDEX: "Les documents seront lus à nouveau depuis leur original\u202f; on les trouve pendant ce temps.",
    Change.REMOVE: (
        "Les documents et toutes leurs versions quitteront leur collection. Ceux qui viennent d’une source y "
        "reviendront à sa prochaine synchronisation, si la source les contient encore."
    ),
}

# What the button says.
DONE: Mapping[Change, str] = {
    Change.CONFIRM: "Confirmer",
    Change.REPEAL: "Marquer comme abrogés",
    Change.RETRY: "Réessayer",
    Change.REINDEX: "Relire",
    Change.REMOVE: "Retirer",
}
