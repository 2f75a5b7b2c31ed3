"""The tree is that of RFC 9162, whose definitions stand here as the RFC writes them."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import Frontier, ProofInvalid
from policies.audit.merkle import (
    EMPTY,
    consistency_of,
    inclusion_of,
    joined,
    leaf_hash,
    node_hash,
    places,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# Leaves and roots of the certificate transparency project's own tests.
BODIES = [bytes.fromhex(body) for body in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes(range(0x60, 0x70))
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

leaves_lists = st.integers(0, 70).map(lambda size: [leaf_hash(str(number).encode()) for number in range(size)])


def split(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def mth(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], b: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if b else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], b), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS)))
def test_roots_are_those_of_certificate_transparency(size: int, root: str) -> None:
    assert root_of(leaf_hash(body) for body in BODIES[:size]).hex() == root


@given(leaves_lists)
def test_a_root_is_the_rfcs(leaves: list[bytes]) -> None:
    assert root_of(leaves) == mth(leaves)


@given(leaves_lists, st.data())
def test_an_inclusion_proof_is_the_rfcs_and_verifies(leaves: list[bytes], data: st.DataObject) -> None:
    if not leaves:
        return
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_of(leaves, index)
    assert proof == path(index, leaves)
    verify_inclusion(leaves[index], index, len(leaves), proof, mth(leaves))


@given(leaves_lists, st.data())
def test_a_consistency_proof_is_the_rfcs_and_verifies(leaves: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(leaves)))
    proof = consistency_of(leaves, first)
    assert proof == (subproof(first, leaves, True) if first else [])
    verify_consistency(first, mth(leaves[:first]), len(leaves), mth(leaves), proof)


@given(leaves_lists.filter(lambda leaves: len(leaves) > 1), st.data())
def test_no_other_inclusion_verifies(leaves: list[bytes], data: st.DataObject) -> None:
    index, size, root = data.draw(st.integers(0, len(leaves) - 1)), len(leaves), mth(leaves)
    proof = inclusion_of(leaves, index)
    other = data.draw(st.integers(0, size - 1).filter(lambda other: other != index))
    place = data.draw(st.integers(0, len(proof) - 1))
    forged = [*proof[:place], leaf_hash(b"forged"), *proof[place + 1 :]]
    for leaf, at, by in [
        (leaf_hash(b"forged"), index, proof),
        (leaves[index], other, proof),
        (leaves[index], index, forged),
        (leaves[index], index, proof[:-1]),
        (leaves[index], index, [*proof, proof[0]]),
        (leaves[index], size, proof),
    ]:
        with pytest.raises(ProofInvalid):
            verify_inclusion(leaf, at, size, by, root)


@given(leaves_lists.filter(lambda leaves: len(leaves) > 1), st.data())
def test_a_tree_that_was_rewritten_is_no_continuation(leaves: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(leaves) - 1))
    place = data.draw(st.integers(0, first - 1))
    rewritten = [*leaves[:place], leaf_hash(b"forged"), *leaves[place + 1 :]]
    with pytest.raises(ProofInvalid):
        verify_consistency(first, mth(leaves[:first]), len(leaves), mth(rewritten), consistency_of(rewritten, first))
    proof = consistency_of(leaves, first)
    for forged in (proof[:-1], [*proof, proof[0]], [leaf_hash(b"forged"), *proof[1:]], []):
        with pytest.raises(ProofInvalid):
            verify_consistency(first, mth(leaves[:first]), len(leaves), mth(leaves), forged)


def test_a_shorter_tree_is_no_continuation_and_the_empty_one_precedes_all() -> None:
    leaves = [leaf_hash(b"a"), leaf_hash(b"b")]
    with pytest.raises(ProofInvalid):
        verify_consistency(2, mth(leaves), 1, leaves[0], [])
    with pytest.raises(ProofInvalid):
        consistency_of(leaves, 3)
    verify_consistency(0, EMPTY, 2, mth(leaves), [])
    with pytest.raises(ProofInvalid):
        verify_consistency(0, leaves[0], 2, mth(leaves), [])


@given(leaves_lists)
def test_a_frontier_holds_one_hash_a_bit(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for size, leaf in enumerate(leaves, start=1):
        frontier.add(leaf)
        assert (frontier.size, frontier.root()) == (size, mth(leaves[:size]))


@given(leaves_lists)
def test_a_root_is_made_of_complete_subtrees(leaves: list[bytes]) -> None:
    whole = [mth(leaves[index << level : (index + 1) << level]) for level, index in places((0, len(leaves)))]
    assert joined(whole) == mth(leaves)


def test_a_leaf_is_no_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert leaf_hash(left + right) != node_hash(left, right)
