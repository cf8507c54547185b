#!/usr/bin/env python3
"""Writes golden files of checkpoints with 4-bit matrices in the published layouts (AWQ, GPTQ).

The matrices of the decoder's layers are rounded to 4 bits, packed, and written instead of the original ones; the
reference computes with what they stand for, (level - zero) * scale. Packing follows the formulas of the layouts, one
level at a time, so that it shares nothing with a reader that goes the other way.
"""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

import pictures
import qwen_rules as rules
import tiny_checkpoints as tiny
import write_goldens
from qwen_rules import Json, Model
from tiny_checkpoints import Shape
from write_goldens import Case, CaseRun, Clip

AWQ_ORDER = (0, 2, 4, 6, 1, 3, 5, 7)


@dataclass
class Packing:
    """How a case's matrices are packed; group 0 means one group for all inputs."""

    method: str
    group: int
    symmetric: bool = False
    version: int = 1
    act_order: bool = False

    def config(self) -> Json:
        """quantization_config, as the tools write it."""
        common = {"bits": 4, "group_size": self.group or -1, "quant_method": self.method}
        if self.method == "awq":
            return common | {"version": "gemm", "zero_point": True, "modules_to_not_convert": ["visual"]}
        return common | {
            "desc_act": self.act_order,
            "sym": self.symmetric,
            "lm_head": False,
            "checkpoint_format": "gptq_v2" if self.version == 2 else "gptq",
            "pack_dtype": "int32",
        }


@dataclass
class PackedCase:
    """A golden case and its packing."""

    case: Case
    packing: Packing


def shape(**changes: object) -> Shape:
    """64 and 96 inputs: with groups of 32 an even and an odd number of groups."""
    return Shape(hidden=64, heads=4, kv_heads=2, intermediate=96, tied=False, **changes)  # type: ignore[arg-type]


CONTENT = [Clip("frames", 2, 84, 84, 2.0), write_goldens.DENSE]
CASES = [
    PackedCase(
        Case("awq", "AWQ, gemm layout, groups of 32.", 11000, shape(dtype=torch.float16), CONTENT),
        Packing("awq", 32),
    ),
    PackedCase(
        Case("gptq", "GPTQ, symmetric, one group for all inputs.", 12000, shape(dtype=torch.bfloat16), CONTENT),
        Packing("gptq", 0, symmetric=True),
    ),
    PackedCase(
        Case(
            "gptq-v2-activation-order",
            "GPTQ version 2, asymmetric, inputs in the order of their activations; re-saved names.",
            13000,
            shape(dtype=torch.bfloat16, names="resaved", config="nested"),
            CONTENT,
        ),
        Packing("gptq", 32, version=2, act_order=True),
    ),
    PackedCase(
        Case("gptq-zero-points", "GPTQ version 1, asymmetric.", 14000, shape(dtype=torch.bfloat16), CONTENT),
        Packing("gptq", 16),
    ),
]


@dataclass
class Levels:
    """A matrix [out, in] in 4 bits: levels [in, out], scales and zeros [groups, out], group of each input [in]."""

    levels: torch.Tensor
    scales: torch.Tensor
    zeros: torch.Tensor
    group_of_input: torch.Tensor

    def numbers(self) -> torch.Tensor:
        """What they stand for, [out, in]."""
        groups = self.group_of_input
        return ((self.levels - self.zeros[groups]) * self.scales.float()[groups]).T.contiguous()


def quantize(weight: torch.Tensor, packing: Packing, generator: torch.Generator) -> Levels:
    """Rounds to the nearest level."""
    outputs, inputs = weight.shape
    group = packing.group or inputs
    group_of_input = torch.arange(inputs) // group
    if packing.act_order:
        group_of_input = group_of_input[torch.randperm(inputs, generator=generator)]
    scales = torch.empty(inputs // group, outputs, dtype=torch.float16)
    zeros = torch.empty(inputs // group, outputs, dtype=torch.int64)
    levels = torch.empty(inputs, outputs, dtype=torch.int64)
    for g in range(inputs // group):
        members = (group_of_input == g).nonzero().flatten()
        part = weight[:, members]
        if packing.symmetric:
            scales[g] = (part.abs().amax(1) / 7.5).half()
            zeros[g] = 8
        else:
            low, high = part.amin(1).clamp(max=0), part.amax(1).clamp(min=0)
            scales[g] = ((high - low) / 15).half()
            # Version 1 stores zero points one too low, and no tool writes the resulting 15 for 0.
            zeros[g] = (-low / scales[g].float()).round().long().clamp(1, 15)
        scaled = part / scales[g].float()[:, None]
        levels[members] = (scaled.round().long() + zeros[g][:, None]).clamp(0, 15).T
    return Levels(levels, scales, zeros, group_of_input)


def words(nibbles: list[int]) -> int:
    """Eight nibbles, the first in the lowest bits, as a signed 32-bit integer."""
    word = sum(n << (4 * i) for i, n in enumerate(nibbles))
    return word - (1 << 32) if word >= 1 << 31 else word


def pack_outputs(rows: torch.Tensor, order: tuple[int, ...]) -> torch.Tensor:
    """[rows, out] to words along the outputs; nibble i of a word is output order[i] of its eight."""
    return torch.tensor(
        [[words([row[c + order[i]] for i in range(8)]) for c in range(0, len(row), 8)] for row in rows.tolist()],
        dtype=torch.int32,
    )


def packed_tensors(matrix: Levels, packing: Packing) -> dict[str, torch.Tensor]:
    """The tensors of one layer by the last part of their names."""
    straight = tuple(range(8))
    if packing.method == "awq":
        return {
            "qweight": pack_outputs(matrix.levels, AWQ_ORDER),
            "qzeros": pack_outputs(matrix.zeros, AWQ_ORDER),
            "scales": matrix.scales,
        }
    stored_zeros = matrix.zeros - 1 if packing.version == 1 else matrix.zeros
    return {
        "qweight": pack_outputs(matrix.levels.T, straight).T.contiguous(),
        "qzeros": pack_outputs(stored_zeros, straight),
        "scales": matrix.scales,
        "g_idx": matrix.group_of_input.int(),
    }


def quantize_model(model: Model, packing: Packing, seed: int) -> dict[str, Levels]:
    """Replaces the decoder layers' matrices by what their levels stand for; the levels by module name."""
    generator = torch.Generator().manual_seed(seed)
    quantized = {}
    for name, parameter in model.named_parameters():
        if ".language_model.layers." in name and name.endswith("_proj.weight"):
            matrix = quantize(parameter.detach(), packing, generator)
            with torch.no_grad():
                parameter.copy_(matrix.numbers())
            quantized[name.removesuffix(".weight")] = matrix
    return quantized


def write_case(packed: PackedCase, root: Path, tries: int) -> None:
    """Writes one case with the first seed on whose answer makes a good test."""
    case, packing = packed.case, packed.packing
    tokenizer = tiny.build_tokenizer()
    run = CaseRun(case, tokenizer)
    for seed in range(case.seed, case.seed + tries):
        model = tiny.random_model(case.shape, seed)
        quantized = quantize_model(model, packing, seed)
        result = run.answer(model)
        if write_goldens.fit(run, model, result):
            break
    else:
        raise RuntimeError(f"{case.name}: no fit seed in {tries}")

    directory = root / case.name
    checkpoint = directory / "checkpoint"
    tiny.write_checkpoint(checkpoint, model, case.shape, tokenizer)
    tensors = load_file(checkpoint / "model.safetensors")
    for module, matrix in quantized.items():
        name = module
        if case.shape.names == "published":
            name = name.replace("model.language_model.", "model.", 1)
        del tensors[f"{name}.weight"]
        tensors |= {f"{name}.{part}": value for part, value in packed_tensors(matrix, packing).items()}
    save_file(tensors, checkpoint / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    tiny.write_json(checkpoint / "config.json", config | {"quantization_config": packing.config()})

    (clip, frames), vision = run.pixels[0], run.visions[0]
    assert vision.size is not None
    write_goldens.write_golden_json(
        directory / "golden.json",
        {
            "case": case.name,
            "about": case.about,
            "seed": seed,
            "content": [
                {
                    "type": "video",
                    "frames": pictures.save_pngs(frames, directory / clip.name),
                    "fps": CONTENT[0].fps,  # type: ignore[union-attr]
                    "secondsPerGrid": vision.seconds_per_grid,
                    "height": clip.height,
                    "width": clip.width,
                    "resizedHeight": vision.size[0],
                    "resizedWidth": vision.size[1],
                    "gridThw": list(vision.grid),
                    "tokens": vision.tokens,
                },
                {"type": "text", "text": CONTENT[1]},
            ],
            "promptTokenIds": run.ids,
            "logits": write_goldens.write_floats(directory / "logits.f32", result.first_logits),
            "maxNewTokens": write_goldens.STEPS,
            "tokenIds": result.ids,
            "stoppedByEos": result.stopped_by_eos,
            "text": rules.answer_text(tokenizer, result.ids, result.stopped_by_eos),
            "minGap": min(result.gaps),
        },
    )
    print(f"{case.name}: seed {seed}, {len(result.ids)} tokens, min gap {min(result.gaps):.3f}")


def main() -> None:
    """Writes all cases, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).resolve().parents[2] / "src" / "test" / "resources" / "golden-packed"
    parser.add_argument("--out", type=Path, default=default)
    parser.add_argument("--only", nargs="*", help="write only these cases")
    parser.add_argument("--tries", type=int, default=600, help="seeds to try for each case")
    args = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for packed in CASES:
        if args.only and packed.case.name not in args.only:
            continue
        shutil.rmtree(args.out / packed.case.name, ignore_errors=True)
        (args.out / packed.case.name).mkdir(parents=True)
        write_case(packed, args.out, args.tries)


if __name__ == "__main__":
    main()
