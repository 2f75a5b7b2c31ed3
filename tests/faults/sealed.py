"""A network in which nothing is but this machine itself, and a watch that sees whatever is meant for elsewhere.

Everything is routed to the loopback interface, so that whoever tries to reach somebody is not refused at once, unseen,
but leaves a packet. The watch reads them there (`packet(7)`); whoever asks for a name (port 53) counts, too.

Nothing of the product is imported here: a process with threads cannot change its user namespace.
"""

import ctypes
import fcntl
import os
import socket
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCADDRT, SIOCGIFINDEX = 0x890B, 0x8933
SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFNETMASK = 0x8914, 0x8916, 0x891C
UP = 0x1
ETH_IP, ETH_IP6, ETH_ALL = 0x0800, 0x86DD, 0x0003
TCP, UDP, ICMP6, DNS = 6, 17, 58, 53
UNREACHABLE = 1  # RFC 4443

# Of this machine, so that packets have a sender (RFC 5737, RFC 3849).
HERE, HERE6 = "192.0.2.1", "2001:db8::1"

_libc = ctypes.CDLL(None, use_errno=True)


class _Route(ctypes.Structure):
    """`struct rtentry` of `<net/route.h>`."""

    _fields_ = [
        ("pad1", ctypes.c_ulong),
        ("destination", ctypes.c_char * 16),
        ("gateway", ctypes.c_char * 16),
        ("mask", ctypes.c_char * 16),
        ("flags", ctypes.c_ushort),
        ("pad2", ctypes.c_short),
        ("pad3", ctypes.c_ulong),
        ("pad4", ctypes.c_void_p),
        ("metric", ctypes.c_short),
        ("device", ctypes.c_char_p),
        ("mtu", ctypes.c_ulong),
        ("window", ctypes.c_ulong),
        ("rtt", ctypes.c_ushort),
    ]


def seal() -> "Watch":
    """Go where there is no other machine, with all that this process will start. Raises `OSError` where it may not."""
    user, group = os.geteuid(), os.getegid()
    try:
        _unshare(CLONE_NEWNET)
    except PermissionError:
        _unshare(CLONE_NEWUSER | CLONE_NEWNET)
        for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(line)
    _route_everything_here()
    return Watch()


def _unshare(flags: int) -> None:
    if _libc.unshare(flags):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _route_everything_here() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        flags = struct.pack("16sH14x", b"lo", UP)
        fcntl.ioctl(control, SIOCSIFFLAGS, flags)
        fcntl.ioctl(control, SIOCSIFADDR, struct.pack("16s16s", b"lo:1", _address(HERE)))
        fcntl.ioctl(control, SIOCSIFNETMASK, struct.pack("16s16s", b"lo:1", _address("255.255.255.255")))
        index = struct.unpack("16xi20x", fcntl.ioctl(control, SIOCGIFINDEX, struct.pack("16s24x", b"lo")))[0]
        route = _Route(destination=_address("0.0.0.0"), mask=_address("0.0.0.0"), flags=UP, device=b"lo")  # noqa: S104
        ctypes.memmove(ctypes.addressof(route) + _Route.destination.offset, _address("0.0.0.0"), 16)  # noqa: S104
        ctypes.memmove(ctypes.addressof(route) + _Route.mask.offset, _address("0.0.0.0"), 16)  # noqa: S104
        fcntl.ioctl(control, SIOCADDRT, route)
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        return
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFADDR, struct.pack("16sIi", IPv6Address(HERE6).packed, 128, index))
        anywhere = struct.pack("16s16s16sIHHILIi", b"", b"", b"", 0, 0, 0, 1, 0, UP, index)
        fcntl.ioctl(control, SIOCADDRT, anywhere)


def _address(dotted: str) -> bytes:
    """`struct sockaddr_in`."""
    return struct.pack("=HH4s8x", socket.AF_INET, 0, IPv4Address(dotted).packed)


@dataclass(frozen=True, slots=True, order=True)
class Attempt:
    """Somebody wanted to reach that."""

    address: str
    port: int


class Watch:
    """Sees all packets of the sealed network."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**24)
        self._socket.setblocking(False)

    def attempts(self) -> set[Attempt]:
        """What was meant for elsewhere since the last look, or asked for a name."""
        found = set[Attempt]()
        while True:
            try:
                packet, (_, protocol, *_) = self._socket.recvfrom(128)
            except BlockingIOError:
                return found
            if attempt := _attempt(packet, protocol):
                found.add(attempt)


def _attempt(packet: bytes, protocol: int) -> Attempt | None:
    if protocol == ETH_IP:
        to, carried, rest = ip_address(packet[16:20]), packet[9], packet[(packet[0] & 15) * 4 :]
    elif protocol == ETH_IP6:
        to, carried, rest = ip_address(packet[24:40]), packet[6], packet[40:]
        if carried == ICMP6 and rest[0] == UNREACHABLE:  # IPv6 refuses to route there, and says what it refused
            return _attempt(rest[8:], protocol)
    else:
        return None
    port = int.from_bytes(rest[2:4], "big") if carried in (TCP, UDP) else 0
    ours = to.is_loopback or to.is_multicast or str(to) in (HERE, HERE6)
    return Attempt(str(to), port) if not ours or port == DNS else None
