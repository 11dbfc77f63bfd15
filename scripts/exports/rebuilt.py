"""Asks a network that the `rebuild.py` of a bundle has rebuilt: FOLDER SIDE PIXELS ANSWERS, the last two files of float32."""

import sys
from pathlib import Path

import numpy
import torch

folder, side, pixels, answers = sys.argv[1:]
sys.path.insert(0, folder)
from rebuild import load  # noqa: E402

network = load(Path(folder))
batch = torch.from_numpy(numpy.fromfile(pixels, dtype=numpy.float32)).reshape(-1, int(side), int(side), 3)
with torch.no_grad():
    network(batch).numpy().tofile(answers)
# It can be trained: each weight has a gradient.
network(batch[:2]).square().sum().backward()
lacking = [name for name, weight in network.named_parameters() if weight.grad is None]
if lacking:
    sys.exit(f"No gradient for {lacking}.")
