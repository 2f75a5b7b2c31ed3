"""Ports of this machine for servers of the tests."""

import socket


def free_port() -> int:
    """One that nobody has now; somebody else may take it before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
