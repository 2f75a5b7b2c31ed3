"""Which tests run in the same process, where several share the work: those of a file, and those of a costly server."""

from xdist.scheduler.loadfile import LoadFileScheduling

# What begins like this starts Keycloak, or the product's own server, once a process.
TOGETHER = {
    "tests/browser/": "keycloak",
    "tests/ui/realm/": "keycloak",
    "tests/ui/sign_in/": "keycloak",
    "tests/ui/commands/test_keycloak": "keycloak",
    "tests/ui/commands/": "server",
}


class ByServer(LoadFileScheduling):  # type: ignore[misc]
    """Of the tests that need the same server, all go to one process."""

    def _split_scope(self, nodeid: str) -> str:
        """The documented place to say which tests stay together."""
        together = (group for begins, group in TOGETHER.items() if nodeid.startswith(begins))
        return next(together, super()._split_scope(nodeid))
