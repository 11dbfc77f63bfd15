"""Rewrites exported models with the tools of onnxruntime: fused, in half precision, quantised."""

import contextlib
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import onnx
import onnxruntime as ort
from onnxruntime import quantization
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers import float16, optimizer

from contrib import write_bert
from networks import Network


@dataclass(frozen=True)
class Tool:
    """
    Rewrites the model of another case. `rounding` is how far values may move, as a share of a parameter's greatest;
    `gradient` is how far its gradient may then be from PyTorch's, `None` where the rewritten model has none. Rounded
    activations bend the function: there the gradient only has to point the same way (a difference below its own norm).
    `output` is how far outputs may be from those of onnxruntime: what lies between two steps of a quantised activation
    may go either way. `halves`: PyTorch's gradients are those of weights that were rounded to halves first; where a clamp
    follows, a rounded weight moves values across its edge, and the gradient of the unrounded network is another one.
    """

    name: str
    source: str
    networks: tuple[str, ...]
    rewrite: Callable[[Path, Path, Network], None]
    rounding: float = 0
    gradient: float | None = 1e-2
    output: float = 1e-3
    halves: bool = False


def fused(model_type: str, heads: int = 4, width: int = 32):
    def rewrite(source: Path, target: Path, _: Network) -> None:
        model = optimizer.optimize_model(str(source), model_type, heads, width, opt_level=0)
        model.save_model_to_file(str(target))

    return rewrite


def extended(source: Path, target: Path, _: Network) -> None:
    """What onnxruntime itself makes of the model before it runs it, without what fits one processor only."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 3
    ort.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def half(source: Path, target: Path, _: Network) -> None:
    onnx.save(float16.convert_float_to_float16(onnx.load(source), keep_io_types=True), target)


def external(source: Path, target: Path, _: Network) -> None:
    onnx.save(onnx.load(source), target, save_as_external_data=True, location="weights.bin", size_threshold=0)


def dynamic(source: Path, target: Path, _: Network) -> None:
    quantization.quantize_dynamic(source, target, weight_type=quantization.QuantType.QInt8)


class Inputs(quantization.CalibrationDataReader):
    """Calibrates with the inputs of the test."""

    def __init__(self, network: Network):
        self.left = [{name: value.numpy() for name, value in network.inputs.items()}]

    def get_next(self):
        return self.left.pop() if self.left else None


def static(**options):
    def rewrite(source: Path, target: Path, network: Network) -> None:
        quantization.quantize_static(
            source, target, Inputs(network), quant_format=quantization.QuantFormat.QDQ, **options
        )

    return rewrite


def bits(count: int, **options):
    def rewrite(source: Path, target: Path, _: Network) -> None:
        quantizer = MatMulNBitsQuantizer(str(source), bits=count, block_size=32, **options)
        quantizer.process()
        quantizer.model.save_model_to_file(str(target))

    return rewrite


# Not masks, whose least values leave nothing of what is masked.
PRODUCTS = {"op_types_to_quantize": ["MatMul", "Gemm", "Conv"]}
UNSIGNED = {"activation_type": quantization.QuantType.QUInt8, "weight_type": quantization.QuantType.QUInt8}

TOOLS = [
    Tool("by-hand", "script-17", ("bert",), write_bert),
    Tool("fused", "script-17-folded", ("bert", "roberta", "distilbert"), fused("bert")),
    Tool("fused", "script-17-folded", ("gpt2", "gpt2-cache"), fused("gpt2")),
    Tool("fused", "script-17-folded", ("vit",), fused("vit")),
    Tool("fused", "script-17-folded", ("clip",), fused("clip")),
    Tool("fused", "dynamo-18-folded", ("whisper",), fused("bart")),
    Tool("fused", "script-17-folded", ("t5",), fused("t5")),
    Tool("extended", "script-17", ("bert", "gpt2", "clip", "mobilenet-v2", "resnet-basic", "convnext"), extended),
    Tool("external", "script-17", ("bert",), external),
    Tool("float16", "script-17", ("bert", "t5", "mobilenet-v2", "vit"), half, 1e-3, halves=True),
    Tool("dynamic-int8", "script-17-folded", ("bert",), dynamic, 1e-2, None, 1e-2),
    Tool("qdq-int8", "script-17", ("bert", "mobilenet-v2"), static(**PRODUCTS, per_channel=True), 1e-2, 1.0, 1e-2),
    Tool("qdq-uint8", "script-17", ("vit", "resnet-basic"), static(**UNSIGNED), 1e-2, 1.0, 1e-2),
    Tool("4-bits", "script-17-folded", ("bert", "gpt2"), bits(4, is_symmetric=True), 0.1, 0.5),
    Tool("4-bits-zeros", "script-17-folded", ("bert",), bits(4, is_symmetric=False), 0.1, 0.5),
    Tool("8-bits", "script-17-folded", ("bert",), bits(8, is_symmetric=False), 1e-2, 0.1),
    Tool("4-bits-qdq", "script-17-folded", ("bert",), bits(4, quant_format=quantization.QuantFormat.QDQ), 0.1, 0.5),
]


def rewrite(tool: Tool, source: Path, target: Path, network: Network) -> None:
    logging.disable(logging.WARNING)
    with contextlib.redirect_stdout(io.StringIO()):
        tool.rewrite(source, target, network)
    logging.disable(logging.NOTSET)
