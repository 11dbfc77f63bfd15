"""What PyTorch and onnxruntime say about a network, as one JSON file of descriptions and one file of numbers."""

import copy
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from networks import SEED, Network


class Numbers:
    """Arrays in one file; a description of each says where."""

    def __init__(self):
        self.parts: list[bytes] = []
        self.length = 0

    def add(self, array: np.ndarray) -> dict:
        data = np.ascontiguousarray(array).tobytes()
        data += b"\0" * (-len(data) % 8)
        place = {"dtype": str(array.dtype), "shape": list(array.shape), "offset": self.length}
        self.parts.append(data)
        self.length += len(data)
        return place

    def write(self, folder: Path, name: str, description: dict) -> None:
        (folder / f"{name}.bin").write_bytes(b"".join(self.parts))
        (folder / f"{name}.json").write_text(json.dumps(description))


def run_torch(network: Network) -> list[torch.Tensor]:
    result = network.module(*network.inputs.values())
    return list(result) if isinstance(result, tuple) else [result]


def write_reference(network: Network, folder: Path) -> list[np.ndarray]:
    """Inputs, the weights of the loss, parameters and gradients of sum(output * weights). Returns the outputs."""
    generator = torch.Generator().manual_seed(SEED)
    outputs = run_torch(network)
    weights = [torch.randn(output.shape, generator=generator) for output in outputs]
    loss = sum((output * weight).sum() for output, weight in zip(outputs, weights))
    network.module.zero_grad()
    loss.backward()
    numbers = Numbers()
    parameters = [
        {
            "name": name,
            "values": numbers.add(parameter.detach().numpy()),
            "gradient": None if parameter.grad is None else numbers.add(parameter.grad.numpy()),
            "fixed": not parameter.requires_grad,
        }
        for name, parameter in network.module.named_parameters()
    ]
    description = {
        "inputs": [{"name": name, "values": numbers.add(value.numpy())} for name, value in network.inputs.items()],
        "lossWeights": [numbers.add(weight.numpy()) for weight in weights],
        "parameters": parameters,
        "buffers": [name for name, _ in network.module.named_buffers()],
    }
    numbers.write(folder, "reference", description)
    return [output.detach().numpy() for output in outputs]


def run_onnx(path: Path, network: Network) -> list[np.ndarray]:
    """onnxruntime takes the file as it is: its own rewriting is off."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    known = {entry.name for entry in session.get_inputs()}
    feeds = {name: value.numpy() for name, value in network.inputs.items() if name in known}
    return session.run(None, feeds)


def in_halves(network: Network) -> Network:
    """The network with every number of its state rounded to a half, still computed in single precision."""
    module = copy.deepcopy(network.module)
    with torch.no_grad():
        for value in [*module.parameters(), *module.buffers()]:
            if value.is_floating_point():
                value.copy_(value.half())
    return replace(network, module=module)


@dataclass(frozen=True)
class Expected:
    """
    `complete`: the file holds every parameter of the network. `rounding`: how far values may have moved, as a share of a
    parameter's greatest. `gradient`: how far gradients may be from PyTorch's; `None` if the file has none. `output`: how
    far outputs may be from those of onnxruntime. `reference`: the folder has a reference of its own.
    """

    complete: bool = False
    rounding: float = 0
    gradient: float | None = 1e-2
    output: float = 1e-3
    reference: bool = False


def write_outputs(folder: Path, outputs: list[np.ndarray], expected: Expected) -> None:
    numbers = Numbers()
    places = [numbers.add(output) for output in outputs]
    numbers.write(folder, "outputs", {"outputs": places, **asdict(expected)})
