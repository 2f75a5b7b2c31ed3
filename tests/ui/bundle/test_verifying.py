"""What a site finds out before it installs anything, with one file and Python alone."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from policies.audit.note import SigningKey, signed
from tests.ui.bundle.conftest import KEY, put
from ui.bundle.verify import Wrong, verified

SignedAgain = Callable[[], Path]


def refusal(bundle: Path, key: str = KEY.vkey) -> str:
    with pytest.raises(Wrong) as refused:
        verified(bundle, key)
    return str(refused.value)


def test_says_whose_it_is_and_what_is_in_it(whole: Path) -> None:
    found = verified(whole, KEY.vkey)
    assert (found.signer, found.version, found.wheels, found.models) == ("ministere", "0.1.0", 7, 1)


def test_runs_from_the_bundle_with_python_alone(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "cle.pub").write_text(KEY.vkey + "\n")
    command = [sys.executable, "-I", "-S", str(whole / "verify.py"), "--key"]
    good = subprocess.run([*command, tmp_path / "cle.pub"], capture_output=True, text=True)  # noqa: S603
    assert (good.returncode, good.stderr) == (0, "")
    assert "signé par" in good.stdout
    another = SigningKey.generated("ministere").vkey
    bad = subprocess.run([*command, another, "--json"], capture_output=True, text=True)  # noqa: S603
    assert bad.returncode == 1
    assert "n’est pas signé par la clé donnée" in json.loads(bad.stdout)["wrong"]


def test_a_changed_byte(bundle: Path) -> None:
    (wheel,) = (bundle / "wheels").glob("packaging-*.whl")
    content = bytearray(wheel.read_bytes())
    content[len(content) // 2] ^= 1
    put(wheel, bytes(content))
    assert "wheels/packaging" in refusal(bundle)
    assert "son empreinte diffère" in refusal(bundle)


def test_a_changed_list(bundle: Path) -> None:
    put(bundle / "SHA256SUMS", (bundle / "SHA256SUMS").read_bytes().replace(b"LISEZMOI.txt", b"LISEZMOI.doc"))
    assert "n’est pas la liste que" in refusal(bundle)


@pytest.mark.parametrize("name", ["autre.py", "wheels/autre.whl", "source/ui/.cache", "source/neuf/autre.py"])
def test_a_file_more(bundle: Path, name: str) -> None:
    (bundle / name).parent.mkdir(exist_ok=True)
    (bundle / name).write_text("")
    assert refusal(bundle) == f"Le paquet contient « {name} », qui n’en fait pas partie."


def test_a_name_that_would_rewrite_what_is_said(bundle: Path) -> None:
    put(bundle / os.fsdecode(b"\xff\r\x1b[2K"), b"")
    assert "contient « ???[2K »" in refusal(bundle)


@pytest.mark.parametrize("name", ["verify.py", "sbom.cdx.json", "SHA256SUMS", "SHA256SUMS.note"])
def test_a_file_less(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    assert refusal(bundle) == f"Le paquet est incomplet : « {name} » manque."


def test_a_link_in_place_of_a_file_or_of_a_folder(bundle: Path, tmp_path: Path) -> None:
    shutil.copy(bundle / "LISEZMOI.txt", tmp_path / "ailleurs")
    (bundle / "LISEZMOI.txt").unlink()
    (bundle / "LISEZMOI.txt").symlink_to(tmp_path / "ailleurs")
    assert "n’est pas un fichier ordinaire" in refusal(bundle)
    (bundle / "LISEZMOI.txt").unlink()
    shutil.copy(tmp_path / "ailleurs", bundle / "LISEZMOI.txt")
    (bundle / "front").rename(tmp_path / "front")
    (bundle / "front").symlink_to(tmp_path / "front")
    assert "« front » n’est pas un fichier ordinaire" in refusal(bundle)


def test_a_pipe_is_not_waited_for(bundle: Path) -> None:
    os.mkfifo(bundle / "tube")
    assert "n’est pas un fichier ordinaire" in refusal(bundle)


@pytest.mark.parametrize("name", ["../ailleurs", "/etc/passwd", "wheels/../../x", "./x", "a//b", "a\\b"])
def test_a_name_that_leads_elsewhere(bundle: Path, name: str) -> None:
    text = (bundle / "SHA256SUMS").read_text() + f"{'0' * 64}  {name}\n"
    resign(bundle, text)
    assert "n’est pas une somme et un nom de fichier du paquet" in refusal(bundle)


def test_a_name_twice(bundle: Path) -> None:
    text = (bundle / "SHA256SUMS").read_text()
    resign(bundle, text + text.splitlines()[0] + "\n")
    assert "paraît deux fois" in refusal(bundle)


def test_what_the_key_signed_for_something_else(bundle: Path) -> None:
    put(bundle / "SHA256SUMS.note", signed("assistant/registre\n42\nAAAA\n", [KEY]).encode())
    assert "n’est pas la liste que" in refusal(bundle)


def test_a_key_that_is_none(whole: Path) -> None:
    damaged = KEY.vkey.replace("+", "+0", 1)
    assert "n’est pas une clé publique" in refusal(whole, damaged)
    assert "ne se lit pas" in refusal(whole, "/nulle/part")


def test_a_signature_that_was_touched(bundle: Path) -> None:
    note = (bundle / "SHA256SUMS.note").read_text()
    put(bundle / "SHA256SUMS.note", note.replace("sha256 ", "sha256 0").encode())
    assert "a été modifié après sa signature" in refusal(bundle)


def test_a_wheel_that_the_lock_does_not_know(bundle: Path, signed_again: SignedAgain) -> None:
    (wheel,) = (bundle / "wheels").glob("packaging-*.whl")
    (other,) = (bundle / "wheels").glob("pluggy-*.whl")
    lock, former = (bundle / "wheels.lock"), digest_of(bundle, wheel)
    put(wheel, other.read_bytes() + b"\0")
    put(lock, lock.read_text().replace(former, digest_of(signed_again(), wheel)).encode())
    assert "n’a pas une empreinte que le verrou du produit admet" in refusal(signed_again())


def test_a_wheel_more_that_is_signed_and_pinned_by_nobody(bundle: Path, signed_again: SignedAgain) -> None:
    put(bundle / "wheels" / "autre-1.0-py3-none-any.whl", b"autre")
    assert "n’est dans aucun verrou" in refusal(signed_again())


def test_a_pin_that_lost_its_wheel(bundle: Path, signed_again: SignedAgain) -> None:
    next((bundle / "wheels").glob("boolean_py-*.whl")).unlink()
    assert "n’a pas le wheel" in refusal(signed_again())


def test_a_package_that_lost_its_pin(bundle: Path, signed_again: SignedAgain) -> None:
    lines = (bundle / "wheels.lock").read_text().replace("\\\n", "").splitlines()
    put(bundle / "wheels.lock", "".join(f"{line}\n" for line in lines if "boolean-py" not in line).encode())
    assert "ne nomment pas les mêmes paquets : boolean-py" in refusal(signed_again())


def test_a_model_that_is_not_allowed(bundle: Path, signed_again: SignedAgain) -> None:
    put(bundle / "models" / "petit.gguf", b"GGUF, of somebody else")
    amend_bill(bundle, signed_again())
    assert "n’est pas un modèle autorisé" in refusal(signed_again())


def test_a_model_that_the_site_does_not_allow(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text("")
    with pytest.raises(Wrong, match="n’est pas un modèle autorisé"):
        verified(whole, KEY.vkey, tmp_path / "models.toml")


def test_a_bill_that_leaves_a_wheel_out(bundle: Path, signed_again: SignedAgain) -> None:
    bill = json.loads((bundle / "sbom.cdx.json").read_text())
    bill["components"] = [one for one in bill["components"] if one["name"] != "boolean-py"]
    put(bundle / "sbom.cdx.json", json.dumps(bill).encode())
    assert "ne nomme pas exactement les wheels" in refusal(signed_again())


def digest_of(bundle: Path, path: Path) -> str:
    name = path.relative_to(bundle).as_posix()
    return next(line[:64] for line in (bundle / "SHA256SUMS").read_text().splitlines() if line.endswith(f"  {name}"))


def resign(bundle: Path, listed: str) -> None:
    put(bundle / "SHA256SUMS", listed.encode())
    note = signed(f"assistant.bundle/1\nsha256 {hashlib.sha256(listed.encode()).hexdigest()}\n", [KEY])
    put(bundle / "SHA256SUMS.note", note.encode())


def amend_bill(bundle: Path, _: Path) -> None:
    """Let the bill name the model that is there now."""
    bill = json.loads((bundle / "sbom.cdx.json").read_text())
    for one in bill["components"]:
        if one["type"] == "machine-learning-model":
            one["hashes"][0]["content"] = digest_of(bundle, bundle / "models" / "petit.gguf")
    put(bundle / "sbom.cdx.json", json.dumps(bill).encode())
