"""Rerankers of a few kilobytes, with weights by chance and always the same: one as a folder, one as a GGUF file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.checking.entailment import Verdict

SIZE, HEADS, INNER, WINDOW = 32, 2, 64, 128
LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôûù0123456789'’.,:;?!-"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = [*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS)]


def folder(path: Path) -> Path:
    """A cross-encoder as sentence-transformers keeps it."""
    _bert(path, ["note"]).save_pretrained(path, safe_serialization=True)
    return path


def nli_folder(
    path: Path, verdict: Verdict, labels: Sequence[str] = ("contradiction", "neutral", "entailment")
) -> Path:
    """A model of natural language inference that gives the same verdict on everything, whatever its labels' order."""
    import torch

    model = _bert(path, labels)
    sought = {Verdict.ENTAILED: "entail", Verdict.CONTRADICTED: "contradict"}.get(verdict, "neutral")
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.tensor([9.0 * label.lower().startswith(sought) for label in labels]))
    model.save_pretrained(path, safe_serialization=True)
    return path


def _bert(path: Path, labels: Sequence[str]) -> Any:
    """The model, whose tokenizer lies in the folder already."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=SIZE,
        num_hidden_layers=1,
        num_attention_heads=HEADS,
        intermediate_size=INNER,
        max_position_embeddings=WINDOW,
        initializer_range=0.5,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    path.mkdir(parents=True)
    (path / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    BertTokenizer(str(path / "vocab.txt"), model_max_length=WINDOW).save_pretrained(path)
    return BertForSequenceClassification(config)


def gguf(path: Path) -> Path:
    """A BERT with a classification head, as llama.cpp keeps it."""
    from gguf import GGUFWriter, PoolingType, TokenType

    chance = np.random.default_rng(7)
    writer = GGUFWriter(path, "bert")
    writer.add_context_length(WINDOW)
    writer.add_embedding_length(SIZE)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(PoolingType.RANK)
    writer.add_token_type_count(2)
    writer.add_tokenizer_model("bert")
    writer.add_token_list([_as_llama_has_it(token) for token in VOCABULARY])
    writer.add_token_types([TokenType.CONTROL if token in SPECIAL else TokenType.NORMAL for token in VOCABULARY])
    for number, name in enumerate(["pad", "unk", "bos", "sep", "mask"]):
        getattr(writer, f"add_{name}_token_id")(number)
    writer.add_eos_token_id(3)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.add_add_sep_token(False)

    def weights(name: str, *shape: int) -> None:
        writer.add_tensor(name, chance.normal(0, 0.5, shape).astype(np.float32))

    def norm(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(SIZE, np.float32))
        writer.add_tensor(f"{name}.bias", np.zeros(SIZE, np.float32))

    weights("token_embd.weight", len(VOCABULARY), SIZE)
    weights("token_types.weight", 2, SIZE)
    weights("position_embd.weight", WINDOW, SIZE)
    norm("token_embd_norm")
    for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
        weights(f"blk.0.{part}.weight", SIZE, SIZE)
        weights(f"blk.0.{part}.bias", SIZE)
    norm("blk.0.attn_output_norm")
    weights("blk.0.ffn_up.weight", INNER, SIZE)
    weights("blk.0.ffn_up.bias", INNER)
    weights("blk.0.ffn_down.weight", SIZE, INNER)
    weights("blk.0.ffn_down.bias", SIZE)
    norm("blk.0.layer_output_norm")
    weights("cls.weight", SIZE, SIZE)
    weights("cls.bias", SIZE)
    weights("cls.output.weight", 1, SIZE)
    weights("cls.output.bias", 1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _as_llama_has_it(token: str) -> str:
    """Beginnings of words are marked, not what goes on."""
    return token if token in SPECIAL else token.removeprefix("##") if token.startswith("##") else f"\u2581{token}"
