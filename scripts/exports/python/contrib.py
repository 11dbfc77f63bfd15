"""BERT written by hand in the operations of `com.microsoft` that the fusions of onnxruntime make of older exports."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from networks import Network

HEADS = 4
EPSILON = 1e-12
DOMAIN = "com.microsoft"


class Writer:
    def __init__(self, module):
        self.tensors = {name: value.detach().numpy() for name, value in module.state_dict().items()}
        self.nodes = []
        self.weights = []

    def weight(self, name: str, value: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def own(self, name: str) -> str:
        return self.weight(name, self.tensors[f"inner.{name}"])

    def turned(self, name: str) -> str:
        return self.weight(name, self.tensors[f"inner.{name}"].T)

    def node(self, op: str, inputs: list[str], output: str, domain: str = DOMAIN, **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], output, domain=domain, **attributes))
        return output


def write_bert(_: Path, target: Path, network: Network) -> None:
    writer = Writer(network.module)
    layers = 2
    ids = [
        writer.node("Cast", [name], f"{name}/short", "", to=TensorProto.INT32)
        for name in ("input_ids", "token_type_ids", "attention_mask")
    ]
    tables = [f"embeddings.{kind}_embeddings.weight" for kind in ("word", "position", "token_type")]
    norm = [writer.own(f"embeddings.LayerNorm.{kind}") for kind in ("weight", "bias")]
    x = "embedded"
    writer.nodes.append(
        helper.make_node(
            "EmbedLayerNormalization",
            [*ids[:2], *map(writer.own, tables), *norm, ids[2]],
            [x, "lengths"],
            "embeddings",
            domain=DOMAIN,
            epsilon=EPSILON,
        )
    )
    for index in range(layers):
        x = layer(writer, f"encoder.layer.{index}", x, ids[2])
    writer.node("Identity", [x], "last_hidden_state", "")
    first = writer.weight("first", np.array(0, dtype=np.int64))
    writer.node("Gather", [x, first], "pooled", "", axis=1)
    # The matrix as PyTorch has it, turned by the product.
    writer.node("FusedMatMul", ["pooled", writer.own("pooler.dense.weight")], "pooled/product", transB=1, alpha=1.0)
    writer.node("Add", ["pooled/product", writer.own("pooler.dense.bias")], "pooled/sum", "")
    writer.node("Tanh", ["pooled/sum"], "pooler_output", "")
    save(writer, network, target)


def layer(writer: Writer, path: str, x: str, mask: str) -> str:
    parts = [f"{path}.attention.self.{name}" for name in ("query", "key", "value")]
    matrices = [writer.tensors[f"inner.{part}.weight"].T for part in parts]
    biases = [writer.tensors[f"inner.{part}.bias"] for part in parts]
    weight = writer.weight(f"{path}.qkv.weight", np.concatenate(matrices, 1))
    bias = writer.weight(f"{path}.qkv.bias", np.concatenate(biases))
    mixed = writer.node("Attention", [x, weight, bias, mask], f"{path}/mixed", num_heads=HEADS)
    attended = skip(writer, f"{path}.attention.output", mixed, x)
    wide = writer.node("MatMul", [attended, writer.turned(f"{path}.intermediate.dense.weight")], f"{path}/wide", "")
    bent = writer.node("BiasGelu", [wide, writer.own(f"{path}.intermediate.dense.bias")], f"{path}/bent")
    return skip(writer, f"{path}.output", bent, attended)


def skip(writer: Writer, path: str, x: str, before: str) -> str:
    product = writer.node("MatMul", [x, writer.turned(f"{path}.dense.weight")], f"{path}/product", "")
    norm = [writer.own(f"{path}.LayerNorm.{kind}") for kind in ("weight", "bias")]
    inputs = [product, before, *norm, writer.own(f"{path}.dense.bias")]
    return writer.node("SkipLayerNormalization", inputs, f"{path}/sum", epsilon=EPSILON)


def save(writer: Writer, network: Network, target: Path) -> None:
    shape = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in network.inputs]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [*shape[:rank], 32])
        for name, rank in zip(network.outputs, (2, 1))
    ]
    graph = helper.make_graph(writer.nodes, "bert", inputs, outputs, writer.weights)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), target)
