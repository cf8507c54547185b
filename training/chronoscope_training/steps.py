"""Optimizers of `sprint`: AdamW, and Muon for the matrices of layers."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

# The coefficients of the quintic iteration, by K. Jordan.
A, B, C = 3.4445, -4.7750, 2.0315


def orthogonal(x: Tensor, iterations: int = 5) -> Tensor:
    """Matrices [n, rows, columns] with the same singular vectors and singular values near 1."""
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.transpose(1, 2)
    x = x.bfloat16() if x.is_cuda else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) * 1.01 + 1e-7)
    for _ in range(iterations):
        square = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=B, alpha=C), x, beta=A)
    return x if wide else x.transpose(1, 2)


class AdamW:
    """AdamW over all parameters at once, without what torch's own needs seconds to import."""

    def __init__(self, params: Iterable[nn.Parameter], weight_decay: float, betas: tuple[float, float]) -> None:
        self.params, self.weight_decay, self.betas, self.count = list(params), weight_decay, betas, 0
        self.means, self.squares = ([torch.zeros_like(p) for p in self.params] for _ in range(2))

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One step along the gradients."""
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.params]
        params, (first, second) = list[Tensor](self.params), self.betas
        self.count += 1
        torch._foreach_lerp_(self.means, gradients, 1 - first)
        torch._foreach_mul_(self.squares, second)
        torch._foreach_addcmul_(self.squares, gradients, gradients, 1 - second)
        sizes = torch._foreach_sqrt(self.squares)
        torch._foreach_div_(sizes, math.sqrt(1 - second**self.count))
        torch._foreach_add_(sizes, 1e-8)
        torch._foreach_mul_(params, 1 - rate * self.weight_decay)
        torch._foreach_addcdiv_(params, self.means, sizes, -rate / (1 - first**self.count))


class Muon:
    """Steps whose matrices are made orthogonal, after K. Jordan et al. (2024), all of one shape together.

    They are scaled as in "Muon is scalable for LLM training" (2025), so that rates and weight decay are those of AdamW.
    """

    def __init__(self, params: Iterable[nn.Parameter], weight_decay: float, momentum: float = 0.95) -> None:
        self.groups: dict[tuple[int, ...], list[nn.Parameter]] = {}
        for p in params:
            self.groups.setdefault(tuple(p.shape), []).append(p)
        self.moments = {shape: torch.zeros(len(ps), *shape, device=ps[0].device) for shape, ps in self.groups.items()}
        self.weight_decay, self.momentum = weight_decay, momentum

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One step along the gradients."""
        for shape, params in self.groups.items():
            gradient = torch.stack([torch.zeros_like(p) if p.grad is None else p.grad for p in params])
            moment = self.moments[shape].lerp_(gradient, 1 - self.momentum)
            update = orthogonal(gradient.lerp(moment, self.momentum)).float() * (0.2 * math.sqrt(max(shape)))
            torch._foreach_mul_(list[Tensor](params), 1 - rate * self.weight_decay)
            torch._foreach_add_(list[Tensor](params), list(update.unbind()), alpha=-rate)
