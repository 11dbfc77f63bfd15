"""Networks for pictures, made narrow: from torchvision, but ResNet, whose widths it fixes."""

import sys

import torch
import transformers as hf
from torch import nn

try:
    from torchvision import models
except RuntimeError:
    # The package index builds torchvision for CUDA; beside a PyTorch without it the compiled operations do not load.
    # No classification network uses them, but two must be declared before the rest can be imported.
    for loaded in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[loaded]
    declared = torch.library.Library("torchvision", "FRAGMENT")
    for operation in ("nms", "qnms"):
        declared.define(f"{operation}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    from torchvision import models

from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3

CLASSES = 5


def mobilenet_v2() -> nn.Module:
    rows = [[1, 16, 1, 1], [4, 24, 2, 2], [4, 32, 2, 2]]
    return models.MobileNetV2(num_classes=CLASSES, width_mult=0.5, inverted_residual_setting=rows)


def mobilenet_v3() -> nn.Module:
    rows = [(16, 3, 16, 16, True, "RE", 2), (16, 3, 48, 24, False, "RE", 2), (24, 5, 64, 24, True, "HS", 1)]
    settings = [InvertedResidualConfig(*row, 1, 1.0) for row in rows]
    return MobileNetV3(settings, last_channel=48, num_classes=CLASSES)


def efficientnet() -> nn.Module:
    rows = [(1, 3, 1, 32, 16, 1), (4, 3, 2, 16, 24, 2), (4, 5, 2, 24, 32, 1)]
    settings = [MBConvConfig(*row, width_mult=0.5, depth_mult=1.0) for row in rows]
    return EfficientNet(settings, dropout=0.2, last_channel=64, num_classes=CLASSES)


def resnet(block: str) -> nn.Module:
    config = hf.ResNetConfig(
        embedding_size=16, hidden_sizes=[16, 32, 48], depths=[1, 2, 1], layer_type=block, num_labels=CLASSES
    )
    return Scores(hf.ResNetForImageClassification(config))


class Scores(nn.Module):
    """Only the scores of a classifier of `transformers`."""

    def __init__(self, inner: nn.Module):
        super().__init__()
        self.inner = inner

    def forward(self, pixels):
        return self.inner(pixels).logits


def convnext() -> nn.Module:
    settings = [CNBlockConfig(16, 24, 1), CNBlockConfig(24, 32, 2), CNBlockConfig(32, None, 1)]
    return ConvNeXt(settings, num_classes=CLASSES, layer_scale=0.5)


VISION = {
    "mobilenet-v2": mobilenet_v2,
    "mobilenet-v3": mobilenet_v3,
    "efficientnet": efficientnet,
    "resnet-basic": lambda: resnet("basic"),
    "resnet-bottleneck": lambda: resnet("bottleneck"),
    "convnext": convnext,
}
