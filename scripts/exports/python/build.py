"""
Writes the cases of `npm run test:exports` into a folder: build.py FOLDER [NETWORK ...].

    FOLDER/NETWORK/reference.{json,bin}         inputs, parameters, gradients
    FOLDER/NETWORK/EXPORTER-OPSET/model.onnx    with outputs.{json,bin}, or error.txt where the exporter failed
    FOLDER/NETWORK/TOOL/model.onnx              the same for what a tool made of one of these, with a reference of its own
                                                where the tool rounded the weights to halves
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from export import EXPORTS, Export, export
from networks import NETWORKS, Network, make_network
from reference import Expected, in_halves, run_onnx, write_outputs, write_reference
from tools import TOOLS, Tool, rewrite

# Between the exporter's model and PyTorch; beyond this the export itself is wrong.
TOLERANCE = 1e-3


def build(name: str, folder: Path) -> None:
    network = make_network(name)
    folder.mkdir(parents=True, exist_ok=True)
    expected = write_reference(network, folder)
    for how in EXPORTS:
        attempt(folder / how.label, lambda place: build_export(network, how, place, expected))
    for tool in TOOLS:
        if name in tool.networks:
            attempt(folder / tool.name, lambda place: build_rewritten(network, tool, place))


def attempt(place: Path, make: Callable[[Path], None]) -> None:
    place.mkdir(exist_ok=True)
    try:
        make(place)
    except Exception as error:
        (place / "error.txt").write_text(f"{type(error).__name__}: {error}")


def build_export(network: Network, how: Export, place: Path, expected: list[np.ndarray]) -> None:
    path = place / "model.onnx"
    export(network, how, path)
    outputs = run_onnx(path, network)
    for ours, theirs in zip(outputs, expected, strict=True):
        worst = np.abs(ours - theirs).max()
        if not worst <= TOLERANCE * max(1, np.abs(theirs).max()):
            raise ValueError(f"onnxruntime and PyTorch differ by {worst}")
    write_outputs(place, outputs, Expected(complete=how.plain))


def build_rewritten(network: Network, tool: Tool, place: Path) -> None:
    rewrite(tool, place.parent / tool.source / "model.onnx", place / "model.onnx", network)
    if tool.halves:
        write_reference(in_halves(network), place)
    expected = Expected(
        rounding=tool.rounding, gradient=tool.gradient, output=tool.output, reference=tool.halves
    )
    write_outputs(place, run_onnx(place / "model.onnx", network), expected)


def main() -> None:
    folder = Path(sys.argv[1])
    names = sys.argv[2:] or list(NETWORKS)
    # Fresh processes: PyTorch's threads do not survive a fork.
    workers = min(os.cpu_count() or 1, 4, len(names))
    with ProcessPoolExecutor(workers, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        list(pool.map(build, names, [folder / name for name in names]))


if __name__ == "__main__":
    main()
