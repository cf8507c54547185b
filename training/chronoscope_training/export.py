"""Writes a run's averaged weights as an official Qwen2.5-VL checkpoint directory."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from . import data, prompts, world
from . import model as net
from .data import Text
from .model import Model

# Frames of 84x112 to 112x112 for pictures of any size with an aspect of up to 2 : 1.
MIN_PIXELS, MAX_PIXELS = 84 * 84, 84 * 168
WINDOW = {"windowSeconds": 6, "overlapSeconds": 2}
CHAT = (
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\n"
    "You are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n{% else %}"
    "{% for content in message['content'] %}{% if content['type'] == 'image' or 'image' in content %}"
    "<|vision_start|><|image_pad|><|vision_end|>{% elif content['type'] == 'video' or 'video' in content %}"
    "<|vision_start|><|video_pad|><|vision_end|>{% elif 'text' in content %}{{ content['text'] }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% endif %}"
)


def published_name(name: str) -> str:
    """The tensor's name in the published checkpoints: visual.*, model.*."""
    if name.startswith("model.visual."):
        return name.removeprefix("model.")
    return name.replace("model.language_model.", "model.")


def load_run(run: str | Path) -> tuple[Model, Text]:
    """(model with the run's averaged weights, Text) of `train`, `teach` or `sprint`."""
    text, run = data.Text(), Path(run)
    if (run / "state.pt").exists():
        average = torch.load(run / "state.pt", weights_only=True)["average"]
    else:
        average = load_file(run / "model.safetensors")
    layers = sum(name.endswith(".input_layernorm.weight") for name in average)
    model = net.build(text.tokenizer, layers=layers)
    for name, parameter in model.named_parameters():
        stored = average[name if name in average else published_name(name)]
        parameter.data = stored.float()
    return model, text


def layers_of(folder: str | Path) -> int:
    """The number of decoder layers of an exported directory."""
    return int(json.loads((Path(folder) / "config.json").read_text())["num_hidden_layers"])


def load_directory(folder: str | Path, make: Callable[..., Model] = net.build) -> tuple[Model, Text]:
    """The model, as `make` makes it, and the tokenizer of an exported directory."""
    text = data.Text(Tokenizer.from_file(str(Path(folder) / "tokenizer.json")))
    model = make(text.tokenizer, layers=layers_of(folder))
    stored = load_file(Path(folder) / "model.safetensors")
    parameters = dict(model.named_parameters())
    names = {published_name(n): n for n in parameters}
    if set(names) != set(stored):
        raise ValueError(f"tensors differ: {sorted(set(names) ^ set(stored))}")
    for published, tensor in stored.items():
        parameters[names[published]].data = tensor.float()
    return model, text


def load_grown(
    folder: str | Path, make: Callable[..., Model] = net.build, text: Text | None = None
) -> tuple[Model, Text]:
    """The model of an exported directory with today's tokenizer, which `text` may bring.

    The embedding of a new token is the mean of the tokens that spelled its text before.
    """
    folder = Path(folder)
    text, old = text or data.Text(), Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = make(text.tokenizer, layers=layers_of(folder))
    stored = load_file(folder / "model.safetensors")
    if old.get_vocab() != text.tokenizer.get_vocab():
        before = stored["model.embed_tokens.weight"].float()
        rows: list[torch.Tensor] = []
        for token in range(text.tokenizer.get_vocab_size()):
            same = old.token_to_id(text.tokenizer.id_to_token(token) or "")
            pieces = [same] if same is not None else old.encode(text.tokenizer.decode([token])).ids
            rows.append(before[pieces].mean(0))
        stored["model.embed_tokens.weight"] = torch.stack(rows)
    for name, parameter in model.named_parameters():
        parameter.data = stored[published_name(name)].float()
    return model, text


def blend(first: str | Path, second: str | Path, share: float, folder: str | Path) -> None:
    """Writes the weighted mean of two checkpoints' weights: `share` of the second, whose other files it copies."""
    model, _ = load_grown(first)
    stored = load_file(Path(second) / "model.safetensors")
    shutil.copytree(second, folder, dirs_exist_ok=True)
    mean = {
        published_name(n): ((1 - share) * p.detach() + share * stored[published_name(n)].float())
        .to(torch.bfloat16)
        .contiguous()
        for n, p in model.named_parameters()
        if published_name(n) in stored
    }
    if set(mean) != set(stored):
        raise ValueError(f"tensors differ: {sorted(set(mean) ^ set(stored))}")
    save_file(mean, Path(folder) / "model.safetensors", metadata={"format": "pt"})


def write_json(path: Path, value: Any) -> None:
    """Writes indented UTF-8 JSON."""
    Path(path).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def export(run: str | Path, folder: str | Path, summarizes_text: bool = False) -> None:
    """Writes the run's averaged weights in bfloat16 with tokenizer and configuration."""
    model, text = load_run(run)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        published_name(n): p.detach().to(torch.bfloat16).contiguous()
        for n, p in model.named_parameters()
        if n != "lm_head.weight"
    }  # tied to the embedding
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    text.tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "chat_template.json").write_text(json.dumps({"chat_template": CHAT}, indent=2) + "\n")
    ids = {s: text.tokenizer.token_to_id(s) for s in prompts.SPECIALS}
    t, v = model.config.text_config, model.config.vision_config
    write_json(
        folder / "config.json",
        {
            "architectures": ["Qwen2_5_VLForConditionalGeneration"],
            "model_type": "qwen2_5_vl",
            "torch_dtype": "bfloat16",
            "tie_word_embeddings": True,
            "bos_token_id": ids["<|endoftext|>"],
            "eos_token_id": ids["<|im_end|>"],
            "vision_start_token_id": ids["<|vision_start|>"],
            "vision_end_token_id": ids["<|vision_end|>"],
            "vision_token_id": ids["<|vision_pad|>"],
            "image_token_id": ids["<|image_pad|>"],
            "video_token_id": ids["<|video_pad|>"],
            "vocab_size": t.vocab_size,
            "hidden_size": t.hidden_size,
            "num_hidden_layers": t.num_hidden_layers,
            "num_attention_heads": t.num_attention_heads,
            "num_key_value_heads": t.num_key_value_heads,
            "intermediate_size": t.intermediate_size,
            "max_position_embeddings": t.max_position_embeddings,
            "rms_norm_eps": t.rms_norm_eps,
            "hidden_act": "silu",
            "initializer_range": 0.02,
            "use_cache": True,
            "use_sliding_window": False,
            "rope_theta": t.rope_parameters["rope_theta"],
            "rope_scaling": {"type": "mrope", "mrope_section": t.rope_parameters["mrope_section"]},
            "vision_config": {
                "depth": v.depth,
                "hidden_size": v.hidden_size,
                "num_heads": v.num_heads,
                "intermediate_size": v.intermediate_size,
                "out_hidden_size": v.out_hidden_size,
                "patch_size": 14,
                "spatial_patch_size": 14,
                "spatial_merge_size": 2,
                "temporal_patch_size": 2,
                "window_size": v.window_size,
                "fullatt_block_indexes": list(v.fullatt_block_indexes),
                "tokens_per_second": v.tokens_per_second,
                "in_chans": 3,
                "hidden_act": "silu",
            },
        },
    )
    write_json(
        folder / "generation_config.json",
        {
            "bos_token_id": ids["<|endoftext|>"],
            "pad_token_id": ids["<|endoftext|>"],
            "do_sample": False,
            "eos_token_id": [ids["<|im_end|>"], ids["<|endoftext|>"]],
            "repetition_penalty": 1.0,
        },
    )
    write_json(
        folder / "preprocessor_config.json",
        {
            "min_pixels": MIN_PIXELS,
            "max_pixels": MAX_PIXELS,
            "patch_size": 14,
            "temporal_patch_size": 2,
            "merge_size": 2,
            "image_mean": [0.48145466, 0.4578275, 0.40821073],
            "image_std": [0.26862954, 0.26130258, 0.27577711],
            "image_processor_type": "Qwen2VLImageProcessor",
            "processor_class": "Qwen2_5_VLProcessor",
        },
    )
    write_json(
        folder / "tokenizer_config.json",
        {
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "tokenizer_class": "Qwen2Tokenizer",
            "model_max_length": t.max_position_embeddings,
            "add_prefix_space": False,
            "add_bos_token": False,
            "additional_special_tokens": prompts.SPECIALS[1:],
            "clean_up_tokenization_spaces": False,
            "errors": "replace",
            "split_special_tokens": False,
            "unk_token": None,
            "bos_token": None,
        },
    )
    hints = {**WINDOW, "summarizesText": summarizes_text, "comparesText": False, "world": world.world()}
    write_json(folder / "chronoscope.json", hints)
    print("exported", folder)
