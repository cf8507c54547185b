"""Tiny checkpoints of the true architecture with seeded random weights, in the published directory format."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from qwen_rules import Json, Model

SPECIAL_TOKENS = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
# Qwen's tokenizer also adds tokens that are not special, i.e. that decoding never skips.
ADDED_TOKENS = ["<tool_call>", "</tool_call>"]
MERGED_VOCAB = 512
TOKENIZER_VOCAB = MERGED_VOCAB + len(SPECIAL_TOKENS) + len(ADDED_TOKENS)
# Larger than the tokenizer's, as in the published checkpoints.
MODEL_VOCAB = 536

SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CORPUS = [
    "You are a helpful assistant.",
    "system user assistant",
    "Localize a series of activity events in the video, output the start and end timestamp for each event, "
    "and describe each event with sentences. Provide the result in json format with 'mm:ss.ff' format for time "
    "depiction.",
    "Give the query: 'a red ball rolls to the left', when does the described content occur in the video?",
    "The given query happens in 64.0 - 72.0 seconds.",
    "The event happens in 01:32.40 - 01:35.60. Use 'mm:ss.ff' as time format.",
    "Could you go into detail about the content of this long video?",
    '```json\n[\n{"start_time": "00:01.50", "end_time": "00:04.00", "description": "A green square moves up."},\n'
    '{"start_time": "00:03.00", "end_time": "00:07.50", "description": "A blue circle appears."}\n]\n```',
    "What happens first, and what happens in the second clip? Describe the image in one sentence.",
]

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for content in message['content'] %}"
    "{% if content['type'] == 'image' or 'image' in content %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif content['type'] == 'video' or 'video' in content %}<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def build_tokenizer() -> Tokenizer:
    """Byte-level BPE of 512 tokens trained on a few sentences, with Qwen's split, NFC and special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    trainer = trainers.BpeTrainer(
        vocab_size=MERGED_VOCAB,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=1,
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL_TOKENS])
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in ADDED_TOKENS])
    assert tokenizer.get_vocab_size() == TOKENIZER_VOCAB, tokenizer.get_vocab_size()
    return tokenizer


def token_id(name: str) -> int:
    """Id of a special token."""
    return MERGED_VOCAB + SPECIAL_TOKENS.index(name)


@dataclass
class Shape:
    """Sizes of one tiny model and how its checkpoint is written.

    names: "published" or "resaved"; config: "flat" or "nested"; dtype: how weights are stored;
    shards: number of safetensors files; omit: keys of vision_config left to the class's defaults.
    """

    enc_hidden: int = 32
    enc_heads: int = 2
    enc_depth: int = 3
    enc_intermediate: int = 48
    full_attention: tuple[int, ...] = (2,)
    window: int = 112
    tokens_per_second: int = 2
    hidden: int = 48
    heads: int = 3
    kv_heads: int = 1
    layers: int = 2
    intermediate: int = 96
    mrope: tuple[int, int, int] = (2, 3, 3)
    theta: float = 1e6
    eps: float = 1e-6
    tied: bool = True
    names: str = "published"
    config: str = "flat"
    dtype: torch.dtype = torch.float32
    shards: int = 1
    omit: tuple[str, ...] = ()
    min_pixels: int = 3136
    max_pixels: int = 50176
    penalty: float = 1.0


def config_json(s: Shape) -> Json:
    """config.json of the checkpoint: the published flat layout or the nested one of re-saved checkpoints."""
    torch_dtype = str(s.dtype).removeprefix("torch.")
    vision = {
        "depth": s.enc_depth,
        "hidden_act": "silu",
        "hidden_size": s.enc_hidden,
        "intermediate_size": s.enc_intermediate,
        "num_heads": s.enc_heads,
        "out_hidden_size": s.hidden,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "window_size": s.window,
        "fullatt_block_indexes": list(s.full_attention),
        "tokens_per_second": s.tokens_per_second,
    }
    text = {
        "vocab_size": MODEL_VOCAB,
        "hidden_size": s.hidden,
        "intermediate_size": s.intermediate,
        "num_hidden_layers": s.layers,
        "num_attention_heads": s.heads,
        "num_key_value_heads": s.kv_heads,
        "hidden_act": "silu",
        "max_position_embeddings": 32768,
        "initializer_range": 0.02,
        "rms_norm_eps": s.eps,
        "use_cache": True,
        "use_sliding_window": False,
        "sliding_window": 32768,
        "max_window_layers": s.layers,
        "attention_dropout": 0.0,
        "bos_token_id": token_id("<|endoftext|>"),
        "eos_token_id": token_id("<|im_end|>"),
    }
    top = {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "model_type": "qwen2_5_vl",
        "tie_word_embeddings": s.tied,
        "vision_start_token_id": token_id("<|vision_start|>"),
        "vision_end_token_id": token_id("<|vision_end|>"),
        "vision_token_id": token_id("<|vision_pad|>"),
        "image_token_id": token_id("<|image_pad|>"),
        "video_token_id": token_id("<|video_pad|>"),
    }
    if s.config == "flat":
        vision |= {"in_chans": 3, "spatial_patch_size": 14}
        text |= {
            "rope_theta": s.theta,
            "rope_scaling": {"type": "mrope", "mrope_section": list(s.mrope)},
        }
        top |= {"torch_dtype": torch_dtype, "transformers_version": "4.41.2"} | text
    else:
        vision |= {"in_channels": 3, "model_type": "qwen2_5_vl_vision", "initializer_range": 0.02}
        text |= {
            "model_type": "qwen2_5_vl_text",
            "dtype": torch_dtype,
            "layer_types": ["full_attention"] * s.layers,
            "sliding_window": None,
            "rope_parameters": {
                "mrope_section": list(s.mrope),
                "rope_theta": s.theta,
                "rope_type": "default",
                "type": "default",
            },
        }
        top |= {"dtype": torch_dtype, "transformers_version": "5.18.0", "text_config": text}
    top["vision_config"] = {k: v for k, v in vision.items() if k not in s.omit}
    return top


def random_model(s: Shape, seed: int) -> Model:
    """The reference model of this shape with seeded random weights, already rounded to the stored dtype.

    Scales are chosen so that attention is neither flat nor one-hot, encoder rows and token embeddings
    weigh about the same, and the final norm's random signs keep a tied model from repeating its input.
    """
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    config = Qwen2_5_VLConfig(**config_json(s))
    config._attn_implementation = "eager"
    model = Qwen2_5_VLForConditionalGeneration(config).float().eval()
    generator = torch.Generator().manual_seed(seed)

    def randn(shape: torch.Size, std: float) -> torch.Tensor:
        return torch.randn(shape, generator=generator) * std

    done = set()
    with torch.no_grad():
        for name, p in model.named_parameters(remove_duplicate=True):
            if p.data_ptr() in done:
                continue
            done.add(p.data_ptr())
            if name.endswith("language_model.norm.weight"):
                value = (1 + randn(p.shape, 0.2)) * torch.sign(randn(p.shape, 1.0))
            elif "norm" in name or "ln_q" in name:
                value = 1 + randn(p.shape, 0.2)
            elif name.endswith(".bias"):
                value = randn(p.shape, 0.1)
            elif "embed_tokens" in name or "lm_head" in name:
                value = randn(p.shape, 0.5)
            else:
                gain = 1.5 if any(k in name for k in ("q_proj", "k_proj", "qkv")) else 1.2
                if "merger.mlp.2" in name:
                    gain = 0.9
                value = randn(p.shape, gain / math.sqrt(p[0].numel()))
            p.copy_(value.to(s.dtype).float())
    return model


def stored_tensors(model: Model, s: Shape) -> dict[str, torch.Tensor]:
    """Weights under the names of the checkpoint, in its stored dtype; a tied model stores no lm_head."""
    tensors = {}
    for name, value in model.state_dict().items():
        if name == "lm_head.weight" and s.tied:
            continue
        if s.names == "published":
            name = name.replace("model.visual.", "visual.", 1).replace("model.language_model.", "model.", 1)
        tensors[name] = value.detach().to(s.dtype).contiguous().clone()
    return tensors


def write_json(path: Path, value: Any) -> None:
    """Writes indented UTF-8 JSON."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_checkpoint(directory: Path, model: Model, s: Shape, tokenizer: Tokenizer) -> None:
    """Writes config, weights (one file or shards with an index), tokenizer and processor files."""
    directory.mkdir(parents=True, exist_ok=True)
    write_json(directory / "config.json", config_json(s))
    tensors = stored_tensors(model, s)
    if s.shards == 1:
        save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    else:
        names = sorted(tensors)
        per = math.ceil(len(names) / s.shards)
        weight_map: dict[str, str] = {}
        for i in range(s.shards):
            file = f"model-{i + 1:05d}-of-{s.shards:05d}.safetensors"
            part = names[i * per : (i + 1) * per]
            save_file({n: tensors[n] for n in part}, directory / file, metadata={"format": "pt"})
            weight_map |= dict.fromkeys(part, file)
        total = sum(t.numel() * t.element_size() for t in tensors.values())
        write_json(
            directory / "model.safetensors.index.json",
            {"metadata": {"total_size": total}, "weight_map": weight_map},
        )
    tokenizer.save(str(directory / "tokenizer.json"), pretty=False)
    write_json(
        directory / "tokenizer_config.json",
        {
            "tokenizer_class": "Qwen2Tokenizer",
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "bos_token": None,
            "add_prefix_space": False,
            "add_bos_token": False,
            "model_max_length": 32768,
        },
    )
    write_json(directory / "chat_template.json", {"chat_template": CHAT_TEMPLATE})
    write_json(
        directory / "preprocessor_config.json",
        {
            "min_pixels": s.min_pixels,
            "max_pixels": s.max_pixels,
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
        directory / "generation_config.json",
        {
            "bos_token_id": token_id("<|endoftext|>"),
            "pad_token_id": token_id("<|endoftext|>"),
            "do_sample": False,
            "eos_token_id": [token_id("<|im_end|>"), token_id("<|endoftext|>")],
            "repetition_penalty": s.penalty,
        },
    )
