"""Tiny networks of the usual architectures, randomly initialised, with inputs for each."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
import transformers as hf
from torch import nn

from vision import VISION

BATCH = 2
LENGTH = 7
SEED = 7


@dataclass
class Network:
    """A module whose inputs and outputs are tensors. `dynamic` names the axes that vary, for each input."""

    module: nn.Module
    inputs: dict[str, torch.Tensor]
    outputs: list[str]
    dynamic: dict[str, dict[int, str]] = field(default_factory=dict)
    rest_from: int | None = None
    """Inputs from here on come as `*rest`."""


class Wrapped(nn.Module):
    """Calls a module with keywords and picks outputs by name: exporters want tensors in and out."""

    def __init__(self, inner: nn.Module, names: list[str], picks: list[str], fixed: dict | None = None):
        super().__init__()
        self.inner = inner
        self.names = names
        self.picks = picks
        self.fixed = fixed or {}

    def forward(self, *values):
        result = self.inner(**dict(zip(self.names, values)), **self.fixed, return_dict=True)
        return tuple(result[name] for name in self.picks)


class Gpt2Cached(nn.Module):
    """One step of generation: keys and values of the past come and go as plain tensors."""

    def __init__(self, inner: nn.Module, layers: int):
        super().__init__()
        self.inner = inner
        self.layers = layers

    def forward(self, input_ids, attention_mask, *past):
        pairs = [(past[2 * i], past[2 * i + 1]) for i in range(self.layers)]
        result = self.inner(
            input_ids=input_ids,
            attention_mask=attention_mask,
            cache=hf.DynamicCache(pairs),
            use_cache=True,
            return_dict=True,
        )
        layers = result.cache.layers
        return (result.logits, *(value for layer in layers for value in (layer.keys, layer.values)))


def ids(length: int = LENGTH, vocabulary: int = 60) -> torch.Tensor:
    return torch.randint(3, vocabulary, (BATCH, length))


def mask(length: int = LENGTH) -> torch.Tensor:
    """The second row is shorter than the first."""
    result = torch.ones(BATCH, length, dtype=torch.int64)
    result[1, length - 2 :] = 0
    return result


def batch_and_length(*names: str) -> dict[str, dict[int, str]]:
    return {name: {0: "batch", 1: "length"} for name in names}


def wrapped(inner: nn.Module, inputs: dict, outputs: list[str], dynamic: dict, fixed: dict | None = None) -> Network:
    return Network(Wrapped(inner, list(inputs), outputs, fixed), inputs, outputs, dynamic, rest_from=0)


def bert() -> Network:
    config = hf.BertConfig(
        vocab_size=60, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=16, type_vocab_size=2,
    )  # fmt: skip
    types = torch.zeros(BATCH, LENGTH, dtype=torch.int64)
    types[:, 4:] = 1
    inputs = {"input_ids": ids(), "attention_mask": mask(), "token_type_ids": types}
    return wrapped(hf.BertModel(config), inputs, ["last_hidden_state", "pooler_output"], batch_and_length(*inputs))


def distilbert() -> Network:
    config = hf.DistilBertConfig(
        vocab_size=60, dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=16, num_labels=3
    )
    inputs = {"input_ids": ids(), "attention_mask": mask()}
    module = hf.DistilBertForSequenceClassification(config)
    return wrapped(module, inputs, ["logits"], batch_and_length(*inputs))


def roberta() -> Network:
    config = hf.RobertaConfig(
        vocab_size=60, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=20, type_vocab_size=1, pad_token_id=1,
    )  # fmt: skip
    # No token is the padding: PyTorch gives its rows no gradient (`padding_idx`), which ONNX cannot say.
    inputs = {"input_ids": ids(), "attention_mask": mask()}
    return wrapped(hf.RobertaForMaskedLM(config), inputs, ["logits"], batch_and_length(*inputs))


def gpt2_module(**extra) -> nn.Module:
    config = hf.GPT2Config(vocab_size=60, n_positions=16, n_embd=32, n_layer=2, n_head=4, **extra)
    return hf.GPT2LMHeadModel(config)


def gpt2() -> Network:
    inputs = {"input_ids": ids(), "attention_mask": mask()}
    return wrapped(gpt2_module(), inputs, ["logits"], batch_and_length(*inputs), {"use_cache": False})


def gpt2_cached() -> Network:
    past_length, new = 5, 2
    inputs = {"input_ids": ids(new), "attention_mask": torch.ones(BATCH, past_length + new, dtype=torch.int64)}
    outputs = ["logits"]
    dynamic = {"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "total"}}
    for layer in range(2):
        for kind in ("key", "value"):
            inputs[f"past.{layer}.{kind}"] = torch.randn(BATCH, 4, past_length, 8)
            outputs.append(f"present.{layer}.{kind}")
            dynamic[f"past.{layer}.{kind}"] = {0: "batch", 2: "past"}
    return Network(Gpt2Cached(gpt2_module(), 2), inputs, outputs, dynamic, rest_from=2)


def xlnet() -> Network:
    config = hf.XLNetConfig(vocab_size=60, d_model=32, n_layer=2, n_head=4, d_inner=64)
    # As floats: the newer exporter fails on the subtraction of an integer mask.
    types = torch.zeros(BATCH, LENGTH, dtype=torch.int64)
    types[:, 4:] = 1
    inputs = {"input_ids": ids(), "attention_mask": mask().float(), "token_type_ids": types}
    return wrapped(hf.XLNetModel(config), inputs, ["last_hidden_state"], batch_and_length(*inputs))


def t5() -> Network:
    config = hf.T5Config(
        vocab_size=60, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_decoder_layers=2, num_heads=4,
        relative_attention_num_buckets=8, relative_attention_max_distance=16, decoder_start_token_id=0,
        # The newer exporter fails on the other implementation.
        attn_implementation="eager",
    )  # fmt: skip
    return encoder_decoder(hf.T5ForConditionalGeneration(config))


def marian() -> Network:
    config = hf.MarianConfig(
        vocab_size=60, d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64, max_position_embeddings=16,
        pad_token_id=1, eos_token_id=0, decoder_start_token_id=1,
    )  # fmt: skip
    return encoder_decoder(hf.MarianMTModel(config))


def encoder_decoder(module: nn.Module) -> Network:
    inputs = {"input_ids": ids(), "attention_mask": mask(), "decoder_input_ids": ids(5)}
    dynamic = batch_and_length("input_ids", "attention_mask")
    dynamic["decoder_input_ids"] = {0: "batch", 1: "decoder_length"}
    return wrapped(module, inputs, ["logits"], dynamic, {"use_cache": False})


def vit() -> Network:
    config = hf.ViTConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, image_size=32,
        patch_size=8, num_labels=5,
    )  # fmt: skip
    inputs = {"pixel_values": torch.randn(BATCH, 3, 32, 32)}
    return wrapped(hf.ViTForImageClassification(config), inputs, ["logits"], {"pixel_values": {0: "batch"}})


def clip() -> Network:
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    text = {**sizes, "vocab_size": 60, "max_position_embeddings": 16, "bos_token_id": 1, "eos_token_id": 2}
    vision = {**sizes, "image_size": 32, "patch_size": 8}
    config = hf.CLIPConfig(text_config=text, vision_config=vision, projection_dim=24)
    tokens, present = ids(), mask()
    tokens[0, -1] = 2
    tokens[1, -3] = 2
    inputs = {"input_ids": tokens, "pixel_values": torch.randn(BATCH, 3, 32, 32), "attention_mask": present}
    dynamic = batch_and_length("input_ids", "attention_mask")
    dynamic["pixel_values"] = {0: "images"}
    outputs = ["logits_per_image", "text_embeds", "image_embeds"]
    return wrapped(hf.CLIPModel(config), inputs, outputs, dynamic)


def whisper() -> Network:
    config = hf.WhisperConfig(
        vocab_size=60, num_mel_bins=16, d_model=32, encoder_layers=2, decoder_layers=2,
        encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=64, decoder_ffn_dim=64,
        max_source_positions=12, max_target_positions=16, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        decoder_start_token_id=1, suppress_tokens=[], begin_suppress_tokens=[],
    )  # fmt: skip
    inputs = {"input_features": torch.randn(BATCH, 16, 24), "decoder_input_ids": ids(5)}
    dynamic = {"input_features": {0: "batch"}, "decoder_input_ids": {0: "batch", 1: "decoder_length"}}
    module = hf.WhisperForConditionalGeneration(config)
    return wrapped(module, inputs, ["logits"], dynamic, {"use_cache": False})


def wav2vec2() -> Network:
    config = hf.Wav2Vec2Config(
        vocab_size=12, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        conv_dim=(16, 16, 16), conv_stride=(5, 2, 2), conv_kernel=(10, 3, 2), num_feat_extract_layers=3,
        num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2, pad_token_id=0,
    )  # fmt: skip
    inputs = {"input_values": torch.randn(BATCH, 400)}
    return wrapped(hf.Wav2Vec2ForCTC(config), inputs, ["logits"], {"input_values": {0: "batch", 1: "samples"}})


NETWORKS: dict[str, Callable[[], Network]] = {
    "bert": bert,
    "distilbert": distilbert,
    "roberta": roberta,
    "gpt2": gpt2,
    "gpt2-cache": gpt2_cached,
    "xlnet": xlnet,
    "t5": t5,
    "marian": marian,
    "vit": vit,
    "clip": clip,
    "whisper": whisper,
    "wav2vec2": wav2vec2,
} | {
    name: lambda make=make: Network(
        make(), {"pixels": torch.randn(BATCH, 3, 64, 64)}, ["scores"], {"pixels": {0: "batch"}}
    )
    for name, make in VISION.items()
}


def make_network(name: str) -> Network:
    """The network, in inference mode. No two parameters are equal, so that each can be found by its values."""
    torch.manual_seed(SEED)
    network = NETWORKS[name]()
    network.module.eval()
    with torch.no_grad():
        for parameter in network.module.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
        for key, buffer in network.module.named_buffers():
            if key.endswith("running_mean"):
                buffer.copy_(torch.randn_like(buffer) * 0.1)
            elif key.endswith("running_var"):
                buffer.copy_(torch.rand_like(buffer) + 0.5)
    return network
