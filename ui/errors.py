"""What can go wrong at the edge.

UiError
└── DatabaseUnavailable   the database does not start or cannot be reached
"""


class UiError(Exception):
    """Root of this package's errors."""


class DatabaseUnavailable(UiError):
    """The database does not start or cannot be reached."""
