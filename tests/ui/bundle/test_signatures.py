"""The check of signatures that needs no library, beside the one that does."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ui.bundle.verify import L, P, signed_by

SEEDS = st.binary(min_size=32, max_size=32)


def theirs(public: bytes, text: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True


@settings(max_examples=25)
@given(SEEDS, st.binary(max_size=200), st.integers(0, 511), st.sampled_from(["none", "text", "signature", "key"]))
@example(b"\0" * 32, b"", 511, "signature")
def test_says_what_the_library_says(seed: bytes, text: bytes, bit: int, where: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(text)
    match where:
        case "text":
            text = text + b"."
        case "signature":
            signature = flipped(signature, bit)
        case "key":
            public = flipped(public, bit % 256)
    assert signed_by(public, text, signature) is theirs(public, text, signature)
    assert signed_by(public, text, signature) is (where == "none")


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_the_second_vector_of_rfc_8032() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert signed_by(public, b"\x72", signature)
    assert not signed_by(public, b"\x73", signature)


def test_refuses_other_writings_of_a_signature() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"text")
    beyond = signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
    for other in (beyond, signature[:-1], signature + b"\0", b""):
        assert not signed_by(public, b"text", other)
    assert not signed_by((P + 1).to_bytes(32, "little"), b"text", signature)
