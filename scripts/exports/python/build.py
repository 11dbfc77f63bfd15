"""
Writes the cases of `npm run test:exports` into a folder: build.py FOLDER [NETWORK ...].

    FOLDER/NETWORK/reference.{json,bin}         inputs, parameters, gradients
    FOLDER/NETWORK/EXPORTER-OPSET/model.onnx    with outputs.{json,bin}, or error.txt where the exporter failed
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from export import EXPORTS, Export, export
from networks import NETWORKS, Network, make_network
from reference import run_onnx, write_outputs, write_reference

# Between the exporter's model and PyTorch; beyond this the export itself is wrong.
TOLERANCE = 1e-3


def build(name: str, folder: Path) -> None:
    network = make_network(name)
    folder.mkdir(parents=True, exist_ok=True)
    expected = write_reference(network, folder)
    for how in EXPORTS:
        place = folder / how.label
        place.mkdir(exist_ok=True)
        try:
            build_case(network, how, place, expected)
        except Exception as error:
            (place / "error.txt").write_text(f"{type(error).__name__}: {error}")


def build_case(network: Network, how: Export, place: Path, expected: list[np.ndarray]) -> None:
    path = place / "model.onnx"
    export(network, how, path)
    outputs = run_onnx(path, network)
    for ours, theirs in zip(outputs, expected, strict=True):
        worst = np.abs(ours - theirs).max()
        if not worst <= TOLERANCE * max(1, np.abs(theirs).max()):
            raise ValueError(f"onnxruntime and PyTorch differ by {worst}")
    write_outputs(place, outputs, complete=how.plain)


def main() -> None:
    folder = Path(sys.argv[1])
    names = sys.argv[2:] or list(NETWORKS)
    # Fresh processes: PyTorch's threads do not survive a fork.
    workers = min(os.cpu_count() or 1, 4, len(names))
    with ProcessPoolExecutor(workers, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        list(pool.map(build, names, [folder / name for name in names]))


if __name__ == "__main__":
    main()
