"""
Rebuilds the classifier of this folder as a network of PyTorch: `config.json` says how, `model.safetensors` has the weights.

    python rebuild.py               asks it about the test vectors; ends with 1 if it answers otherwise
    python rebuild.py picture.jpg   answers a picture

    from rebuild import load
    network = load()                # an nn.Module: pixels 0..255 [N, S, S, 3] in, probabilities [N, classes] out

Needs torch and safetensors; pillow for pictures. Values are channels-last, as in the file; what a step does and how its
attributes are called is said by ONNX: https://onnx.ai/onnx/operators/.
"""

import functools
import json
import math
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

FOLDER = Path(__file__).resolve().parent
TRAINED = {"weight", "bias", "gamma", "beta", "embedding"}


class Network(nn.Module):
    """
    The steps of `config.json`, one after the other. Weights are parameters, statistics and constants are buffers; the
    statistics of batch normalisation are used and never moved, in training too. `names` has the key of each tensor of
    the file, since keys of PyTorch have no dots.
    """

    def __init__(self, config: dict, tensors: dict[str, torch.Tensor]):
        super().__init__()
        self.input, self.output, self.nodes = config["input"], config["output"], config["nodes"]
        self.names: dict[str, str] = {}
        for name, role in config["parameters"].items():
            key = name.replace(".", "_")
            while hasattr(self, key):
                key += "_"
            self.names[name] = key
            value = tensors[name].float() if tensors[name].is_floating_point() else tensors[name]
            if role in TRAINED and value.is_floating_point():
                self.register_parameter(key, nn.Parameter(value))
            else:
                self.register_buffer(key, value)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        values = {name: getattr(self, key) for name, key in self.names.items()}
        values[self.input] = pixels
        for node in self.nodes:
            inputs = [None if name is None else values[name] for name in node["inputs"]]
            values[node["output"]] = OPERATIONS[node["op"]](*inputs, **node["attributes"])
        return values[self.output]


def windows(x, kernel, strides, dilations, pads, auto_pad, fill=0.0):
    """Channels first, with the margin that the windows over its two axes of space need."""
    x = x.movedim(-1, 1)
    if auto_pad == "NOTSET":
        top, left, bottom, right = pads
    else:
        margins = [(0, 0), (0, 0)]
        if auto_pad.startswith("SAME"):
            margins = [same(*axis, auto_pad) for axis in zip(x.shape[2:], kernel, strides, dilations)]
        (top, bottom), (left, right) = margins
    return F.pad(x, (left, right, top, bottom), value=fill)


def same(size, kernel, stride, dilation, auto_pad):
    """The margin before and after an axis with as many windows as strides; the odd one is after it with SAME_UPPER."""
    total = max(0, (math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size)
    small, large = total // 2, total - total // 2
    return (small, large) if auto_pad == "SAME_UPPER" else (large, small)


def conv(
    x,
    weight,
    bias=None,
    *,
    strides=(1, 1),
    dilations=(1, 1),
    group=1,
    pads=(0, 0, 0, 0),
    auto_pad="NOTSET",
    kernel_shape=None,
):
    x = windows(x, weight.shape[:2], strides, dilations, pads, auto_pad)
    # [height, width, inputs / group, outputs] -> [outputs, inputs / group, height, width]
    return F.conv2d(x, weight.permute(3, 2, 0, 1), bias, strides, 0, dilations, group).movedim(1, -1)


def max_pool(x, *, kernel_shape, strides=(1, 1), dilations=(1, 1), pads=(0, 0, 0, 0), auto_pad="NOTSET"):
    x = windows(x, kernel_shape, strides, dilations, pads, auto_pad, -math.inf)
    return F.max_pool2d(x, kernel_shape, strides, 0, dilations).movedim(1, -1)


def average_pool(x, *, kernel_shape, strides=(1, 1), pads=(0, 0, 0, 0), auto_pad="NOTSET", count_include_pad=0):
    def sums(values):
        around = windows(values, kernel_shape, strides, (1, 1), pads, auto_pad)
        return F.avg_pool2d(around, kernel_shape, strides).movedim(1, -1)

    return sums(x) if count_include_pad else sums(x) / sums(torch.ones_like(x[:1]))


def global_average_pool(x, *, channel_axis=-1):
    axes = [axis for axis in range(1, x.dim()) if axis != channel_axis % x.dim()]
    return x.mean(axes, keepdim=True)


def batch_normalization(x, gamma, beta, mean, variance, *, epsilon=1e-5, channel_axis=-1, momentum=0.9):
    x = x.movedim(channel_axis, 1)
    return F.batch_norm(x, mean, variance, gamma, beta, False, 0.0, epsilon).movedim(1, channel_axis)


def gemm(a, b, c=None, *, alpha=1.0, beta=1.0, transA=0, transB=0):
    product = alpha * ((a.T if transA else a) @ (b.T if transB else b))
    return product if c is None else product + beta * c


def clip(x, low=None, high=None):
    return x if low is None and high is None else torch.clamp(x, low, high)


def hard_sigmoid(x, *, alpha=0.2, beta=0.5):
    return torch.clamp(alpha * x + beta, 0, 1)


def reduce_mean(x, given=None, *, axes=None, keepdims=1):
    chosen = axes if given is None else given.tolist()
    return x.mean(list(range(x.dim())) if chosen is None else chosen, keepdim=bool(keepdims))


def flatten(x, *, axis=1):
    return x.reshape(math.prod(x.shape[:axis]), math.prod(x.shape[axis:]))


def reshape(x, shape):
    return x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(shape.tolist())])


def squeeze(x, given=None, *, axes=None):
    chosen = axes if given is None else given.tolist()
    return x.squeeze() if chosen is None else x.squeeze(tuple(chosen))


def unsqueeze(x, given=None, *, axes=None):
    chosen = axes if given is None else given.tolist()
    rank = x.dim() + len(chosen)
    for axis in sorted(axis % rank for axis in chosen):
        x = x.unsqueeze(axis)
    return x


def transpose(x, *, perm=None):
    return x.permute(*(reversed(range(x.dim())) if perm is None else perm))


def concat(*parts, axis=0):
    return torch.cat(parts, axis)


def gather(x, indices, *, axis=0):
    axis %= x.dim()
    rows = x.index_select(axis, indices.flatten().long() % x.shape[axis])
    return rows.reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])


def softmax(x, *, axis=-1):
    return torch.softmax(x, axis)


def elu(x, *, alpha=1.0):
    return F.elu(x, alpha)


def leaky_relu(x, *, alpha=0.01):
    return F.leaky_relu(x, alpha)


def identity(x):
    return x


def dropout(x, ratio=None, training=None, *, seed=None):
    """Nothing is dropped, in training neither."""
    return x


OPERATIONS = {
    "Add": torch.add,
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalization,
    "Clip": clip,
    "Concat": concat,
    "Conv": conv,
    "Div": torch.div,
    "Dropout": dropout,
    "Elu": elu,
    "Flatten": flatten,
    "Gather": gather,
    "Gemm": gemm,
    "GlobalAveragePool": global_average_pool,
    "HardSigmoid": hard_sigmoid,
    "HardSwish": F.hardswish,
    "Identity": identity,
    "LeakyRelu": leaky_relu,
    "MatMul": torch.matmul,
    "MaxPool": max_pool,
    "Mul": torch.mul,
    "ReduceMean": reduce_mean,
    "Relu": torch.relu,
    "Reshape": reshape,
    "Sigmoid": torch.sigmoid,
    "Softmax": softmax,
    "Squeeze": squeeze,
    "Sub": torch.sub,
    "Sum": lambda *terms: functools.reduce(torch.add, terms),
    "Tanh": torch.tanh,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}


def read_json(name: str, folder: Path = FOLDER) -> dict:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def load(folder: Path = FOLDER) -> Network:
    """The network, ready to answer; `.train()` and `.requires_grad_()` are as of any other."""
    return Network(read_json("config.json", folder), load_file(folder / "model.safetensors")).eval()


def pattern(k: int, side: int) -> torch.Tensor:
    """The pixels of the k-th test vector, by the rule in `test-vectors.json`. Shape: `[1, side, side, 3]`."""
    y, x, c = torch.meshgrid(torch.arange(side), torch.arange(side), torch.arange(3), indexing="ij")
    return ((x * (3 * k + 2) + y * (47 - 2 * k) + 85 * c + ((x * y) >> (k % 5))) % 256).float()[None]


def pixels_of(path: str, side: int) -> torch.Tensor:
    """The largest centred square of a picture, resized. Shape: `[1, side, side, 3]`."""
    from PIL import Image, ImageOps

    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    square = ImageOps.fit(picture, (side, side))
    return torch.frombuffer(bytearray(square.tobytes()), dtype=torch.uint8).reshape(1, side, side, 3).float()


@torch.no_grad()
def check() -> int:
    vectors, tolerance = read_json("test-vectors.json"), read_json("config.json")["tolerance"]
    network = load()
    differences = [
        (network(pattern(k, vectors["side"]))[0] - torch.tensor(expected)).abs().max().item()
        for k, expected in enumerate(vectors["probabilities"])
    ]
    agreeing = sum(difference <= tolerance for difference in differences)
    print(f"{agreeing} of {len(differences)} the same, largest difference {max(differences):.0e}")
    return 0 if agreeing == len(differences) else 1


@torch.no_grad()
def answer(path: str) -> int:
    config = read_json("config.json")
    probabilities = load()(pixels_of(path, config["preprocessing"]["resize"][0]))[0]
    best = int(probabilities.argmax())
    if probabilities[best] < config["abstainBelow"]:
        print("I do not know.")
    for label, probability in zip(config["labels"], probabilities.tolist()):
        print(f"{probability:.3f} {''.join(sign for sign in label if sign.isprintable())}")
    return 0


if __name__ == "__main__":
    sys.exit(answer(sys.argv[1]) if len(sys.argv) > 1 else check())
