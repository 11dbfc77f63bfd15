"""Exports a network to ONNX with the two exporters of PyTorch."""

import contextlib
import io
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch

from networks import Network


@dataclass(frozen=True)
class Export:
    """
    `script` traces (TorchScript), `dynamo` captures with torch.export. As people call them, both simplify what they
    write and may fold parameters away; `plain` keeps every parameter.
    """

    exporter: str
    opset: int
    plain: bool = True

    @property
    def label(self) -> str:
        return f"{self.exporter}-{self.opset}" + ("" if self.plain else "-folded")


# Versions of the operator set: a common one and the newest that the exporter writes.
EXPORTS = [
    Export("script", 17),
    Export("script", 20),
    Export("script", 17, plain=False),
    Export("dynamo", 18),
    Export("dynamo", 23),
    Export("dynamo", 18, plain=False),
]


def export(network: Network, how: Export, path: Path) -> None:
    with quiet():
        (script if how.exporter == "script" else dynamo)(network, how, path)


def script(network: Network, how: Export, path: Path) -> None:
    # In its inference mode the exporter folds normalisations into convolutions.
    mode = torch.onnx.TrainingMode.PRESERVE if how.plain else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(
        network.module,
        tuple(network.inputs.values()),
        str(path),
        dynamo=False,
        opset_version=how.opset,
        input_names=list(network.inputs),
        output_names=network.outputs,
        dynamic_axes=network.dynamic,
        do_constant_folding=not how.plain,
        training=mode,
    )


def dynamo(network: Network, how: Export, path: Path) -> None:
    axes = [dict.fromkeys(network.dynamic.get(name, {}), torch.export.Dim.AUTO) for name in network.inputs]
    lead = len(axes) if network.rest_from is None else network.rest_from
    shapes = tuple(axes[:lead]) if network.rest_from is None else (*axes[:lead], tuple(axes[lead:]))
    program = torch.export.export(
        network.module, tuple(network.inputs.values()), dynamic_shapes=shapes, strict=False
    )
    written = torch.onnx.export(
        program,
        dynamo=True,
        opset_version=how.opset,
        optimize=not how.plain,
        input_names=list(network.inputs),
        output_names=network.outputs,
        verbose=False,
    )
    written.save(str(path))


@contextlib.contextmanager
def quiet():
    """Without the exporters' advice."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
