"""How what was prepared comes to its readers, and back.

What changes in a collection that is reviewed waits in its *draft*, a collection beside it that no list names and that
its keepers alone may read. Publishing carries the draft's documents into the collection; what they take the place of
goes to its *former* part, from which a rollback carries it back.
"""
