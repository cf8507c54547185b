"""The model: transformers' own Qwen2.5-VL classes, and a fast forward pass over their modules.

The parameters live in `Qwen2_5_VLForConditionalGeneration`; only the order of computation differs: pictures with the
same grid form a batch, one call computes attention for all windows of equal size, and several questions about one
video share its prefix under a block mask. `check.py` compares the two passes number by number.
"""

import functools
from types import SimpleNamespace
from typing import Any, ClassVar, TypeAlias

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

# Qwen2_5_VLForConditionalGeneration and parts of it: torch types the attributes of modules as Tensor | Module.
Model: TypeAlias = Any
Module: TypeAlias = Any
Past: TypeAlias = list[tuple[Tensor, Tensor]]  # keys and values per layer

MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])
TOKENS_PER_SECOND = 2
WINDOW = 4  # merged tokens a side of an attention window: 112 / 28


def shape_of(tokenizer: Tokenizer, layers: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sizes of the decoder and of the encoder, as `Qwen2_5_VLConfig` takes them."""
    hidden = 192
    text = {
        "vocab_size": tokenizer.get_vocab_size(),
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 512,
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6,
        "hidden_act": "silu",
        "use_sliding_window": False,
        "tie_word_embeddings": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [8, 8, 8]},
    }
    vision = {
        "depth": 4,
        "hidden_size": 128,
        "num_heads": 4,
        "intermediate_size": 256,
        "out_hidden_size": hidden,
        "patch_size": 14,
        "spatial_patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "window_size": 28 * WINDOW,
        "fullatt_block_indexes": [3],
        "tokens_per_second": TOKENS_PER_SECOND,
        "hidden_act": "silu",
        "in_channels": 3,
    }
    return text, vision


def build(tokenizer: Tokenizer, seed: int = 0, layers: int = 4) -> Model:
    """A small model of the exact architecture with random weights. layers: of the decoder."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    ids = {
        name: tokenizer.token_to_id(name) or 0
        for name in (
            "<|endoftext|>",
            "<|im_end|>",
            "<|image_pad|>",
            "<|video_pad|>",
            "<|vision_start|>",
            "<|vision_end|>",
        )
    }
    text, vision = shape_of(tokenizer, layers)
    ends = {"bos_token_id": ids["<|endoftext|>"], "eos_token_id": ids["<|im_end|>"], "pad_token_id": None}
    config = Qwen2_5_VLConfig(
        text_config={**text, **ends},
        vision_config=vision,
        tie_word_embeddings=True,
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    torch.manual_seed(seed)
    model = Qwen2_5_VLForConditionalGeneration(config).float()
    model.tie_weights()
    return model


class Scale(nn.Module):
    """The weight of an RMS norm."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.variance_epsilon = 1e-6


def parts(**children: Any) -> nn.Module:
    """A module with these attributes."""
    module = nn.Module()
    for name, child in children.items():
        setattr(module, name, child)
    return module


def skeleton(tokenizer: Tokenizer, layers: int = 4) -> Model:
    """The parameters of `build` under the same names, for this module's functions alone.

    On a lent GPU every second counts, and transformers takes many to import.
    """
    text, vision = shape_of(tokenizer, layers)

    def linear(inside: int, outside: int, *, bias: bool) -> nn.Linear:
        return nn.Linear(inside, outside, bias=bias)

    def gated(width: int, inner: int, *, bias: bool) -> nn.Module:
        return parts(
            gate_proj=linear(width, inner, bias=bias),
            up_proj=linear(width, inner, bias=bias),
            down_proj=linear(inner, width, bias=bias),
        )

    def frequencies(theta: float, size: int) -> nn.Module:
        module = nn.Module()
        inverse = 1.0 / theta ** (torch.arange(0, size, 2).float() / size)
        module.register_buffer("inv_freq", inverse, persistent=False)
        return module

    seen, patch, merged = vision["hidden_size"], vision["patch_size"], 4 * vision["hidden_size"]
    size = (vision["temporal_patch_size"], patch, patch)
    visual = parts(
        patch_embed=parts(proj=nn.Conv3d(3, seen, size, size, bias=False)),
        rotary_pos_emb=frequencies(10_000.0, seen // vision["num_heads"] // 2),
        blocks=nn.ModuleList(
            parts(
                norm1=Scale(seen),
                norm2=Scale(seen),
                attn=parts(
                    qkv=linear(seen, 3 * seen, bias=True),
                    proj=linear(seen, seen, bias=True),
                    num_heads=vision["num_heads"],
                ),
                mlp=gated(seen, vision["intermediate_size"], bias=True),
            )
            for _ in range(vision["depth"])
        ),
        merger=parts(
            ln_q=Scale(seen),
            mlp=nn.Sequential(
                linear(merged, merged, bias=True), nn.GELU(), linear(merged, text["hidden_size"], bias=True)
            ),
        ),
        fullatt_block_indexes=vision["fullatt_block_indexes"],
    )
    width, heads, groups = text["hidden_size"], text["num_attention_heads"], text["num_key_value_heads"]
    dim = width // heads
    config = SimpleNamespace(**text)
    decoder = parts(
        embed_tokens=nn.Embedding(text["vocab_size"], width),
        layers=nn.ModuleList(
            parts(
                self_attn=parts(
                    q_proj=linear(width, heads * dim, bias=True),
                    k_proj=linear(width, groups * dim, bias=True),
                    v_proj=linear(width, groups * dim, bias=True),
                    o_proj=linear(heads * dim, width, bias=False),
                    head_dim=dim,
                    num_key_value_groups=heads // groups,
                    config=config,
                ),
                mlp=gated(width, text["intermediate_size"], bias=False),
                input_layernorm=Scale(width),
                post_attention_layernorm=Scale(width),
            )
            for _ in range(layers)
        ),
        norm=Scale(width),
        rotary_emb=frequencies(text["rope_parameters"]["rope_theta"], dim),
        config=config,
    )
    head = linear(width, text["vocab_size"], bias=False)
    head.weight = decoder.embed_tokens.weight
    return parts(model=parts(visual=visual, language_model=decoder), lm_head=head)


class TokenHeads(nn.Module):
    """Linear read-outs of each merged token; they train the encoder and are not exported.

    The last one says where in the picture the object is. No position id carries that: the encoder's rotary angles are
    relative, and at `rope_theta` 1e6 the decoder's height and width angles hardly differ between neighbouring tokens.
    """

    SIZES = (7, 5, 6, 4, 4)  # colour, shape, motion, presence, dark: see render.clip
    SPREAD = 0.04  # variance of a place

    def __init__(self, width: int = 192) -> None:
        super().__init__()
        self.linear = nn.Linear(width, sum(self.SIZES) + 2)

    def forward(self, tokens: Tensor, labels: Tensor, *, measured: bool = True) -> tuple[Tensor, list[Tensor]]:
        """tokens [n, width], labels [n, 7] -> (loss, accuracies on tokens with an object). -1 excludes a label.

        The last accuracy is that of the halves of the picture. Without `measured` there are none.
        """
        *parts, place = self.linear(tokens).split((*self.SIZES, 2), -1)
        there = (labels[:, 5:] >= 0).float()
        count = there.sum().clamp(min=1)
        target, said = labels[:, 5:].float() / 100 - 0.5, place.float()
        loss = (there * (said - target) ** 2).sum() / (self.SPREAD * count)
        hits: list[Tensor] = []
        for k, logits in enumerate(parts):
            weight = torch.ones(logits.shape[1], device=logits.device)
            weight[0] = 0.15 if k < 4 else 0.5
            named = labels[:, k].long()
            loss = loss + F.cross_entropy(logits.float(), named, weight=weight, ignore_index=-1)
            if not measured:
                continue
            shown = named > 0
            hits.append(share((logits.argmax(-1) == named) & shown, shown))
        if measured:
            hits.append(share(((said > 0) == (target > 0)) & (there > 0), there > 0))
        return loss, hits


def share(right: Tensor, of: Tensor) -> Tensor:
    """The share of true values, 1 of none."""
    return torch.where(of.any(), right.sum() / of.sum().clamp(min=1), 1.0)


def working_dtype(x: Tensor) -> torch.dtype:
    """The number format of matrix products on the tensor's device."""
    device = x.device.type
    if torch.is_autocast_enabled(device):
        return torch.get_autocast_dtype(device)
    return x.dtype if x.is_floating_point() else torch.float32


def norm(x: Tensor, module: Module) -> Tensor:
    """RMS norm with the module's scale."""
    return F.rms_norm(x, x.shape[-1:], module.weight, module.variance_epsilon)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding by halves of x [..., length, dim]; cos, sin broadcast to it.

    sin: as `signed` has it, so that the halves are exchanged without a change of sign.
    """
    return torch.addcmul(x * cos, x.roll(x.shape[-1] // 2, -1), sin)


def signed(sin: Tensor) -> Tensor:
    """Sines [..., dim / 2] of both halves, the first one with the opposite sign."""
    return torch.cat((-sin, sin), -1)


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, *, causal: bool = False) -> Tensor:
    """Attention over [batch, heads, length, dim]; with `causal` the mask is the causal one.

    On a CPU its softmax is in fp32, and its backward pass several times faster than that of the fused kernel.
    """
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=None if causal else mask, is_causal=causal)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if mask is not None:
        scores = scores + mask
    return torch.softmax(scores, -1, dtype=torch.float32).to(v.dtype) @ v


class Layout:
    """The order of tokens and the rotary angles of a picture of rows x cols merged tokens."""

    _cache: ClassVar[dict[tuple[int, int, str], "Layout"]] = {}
    order: Tensor
    inverse: Tensor
    windows: list[int]
    cos: Tensor
    sin: Tensor

    def __new__(cls, rows: int, cols: int, inv_freq: Tensor) -> "Layout":
        key = rows, cols, str(inv_freq.device)
        if key not in cls._cache:
            self = super().__new__(cls)
            order: list[int] = []
            self.windows = []
            for r in range(0, rows, WINDOW):
                for c in range(0, cols, WINDOW):
                    cells = [
                        i * cols + j for i in range(r, min(r + WINDOW, rows)) for j in range(c, min(c + WINDOW, cols))
                    ]
                    order += cells
                    self.windows.append(4 * len(cells))
            self.order = torch.tensor(order, device=inv_freq.device)
            self.inverse = torch.argsort(self.order)
            cell = self.order.repeat_interleave(4)
            inner = torch.arange(4, device=inv_freq.device).repeat(len(order))
            h, w = 2 * (cell // cols) + inner // 2, 2 * (cell % cols) + inner % 2
            angle = torch.cat((h[:, None] * inv_freq, w[:, None] * inv_freq), -1).float()
            self.cos, self.sin = torch.cat((angle, angle), -1).cos(), signed(angle.sin())
            cls._cache[key] = self
        return cls._cache[key]


def raw_patches(frames: Tensor) -> Tensor:
    """uint8 [clips, 2T, H, W, 3] -> uint8 [clips*T, merged tokens, 4, 1176] in row-major token order."""
    b, n, height, width, _ = frames.shape
    x = frames.view(b, n // 2, 2, height // 28, 2, 14, width // 28, 2, 14, 3)
    # (clip, pair, frame, I, i, ph, J, j, pw, colour) -> (clip, pair | I, J | i, j | colour, frame, ph, pw)
    return x.permute(0, 1, 3, 6, 4, 7, 9, 2, 5, 8).reshape(b * (n // 2), (height // 28) * (width // 28), 4, 1176)


@functools.lru_cache(maxsize=4)
def pixel_statistics(device: torch.device) -> tuple[Tensor, Tensor]:
    """Mean and deviation of each of a patch's 1176 values, in the range 0 to 1."""
    mean, std = (t.repeat_interleave(1176 // 3).to(device) for t in (MEAN, STD))
    return mean, std


def patches(frames: Tensor) -> Tensor:
    """The same, normalised: float [clips*T, merged tokens, 4, 1176]."""
    mean, std = pixel_statistics(frames.device)
    return (raw_patches(frames).float() - 255 * mean) / (255 * std)


def encode(visual: Module, frames: Tensor, frozen: bool = False) -> Tensor:
    """uint8 [clips, 2T, H, W, 3] -> merged tokens [clips*T, rows*cols, out_hidden].

    With `frozen` only the encoder's merger learns, which is faster.
    """
    with torch.set_grad_enabled(torch.is_grad_enabled() and not frozen):
        x, layout = blocks(visual, frames)
    merger = visual.merger
    pictures, length, width = x.shape
    x = merger.mlp(norm(x, merger.ln_q).reshape(pictures, length // 4, 4 * width))
    return x.index_select(1, layout.inverse)


def blocks(visual: Module, frames: Tensor) -> tuple[Tensor, Layout]:
    """uint8 [clips, 2T, H, W, 3] -> (patch tokens in window order [clips*T, rows*cols*4, hidden], layout)."""
    rows, cols = frames.shape[2] // 28, frames.shape[3] // 28
    layout = Layout(rows, cols, visual.rotary_pos_emb.inv_freq)
    kind = working_dtype(frames)
    # The weights include the normalisation: bytes are exact in bfloat16 and cheap to move.
    mean, std = pixel_statistics(frames.device)
    weight = visual.patch_embed.proj.weight.flatten(1) / std
    x = raw_patches(frames)[:, layout.order].flatten(1, 2).to(kind)
    x = F.linear(x, weight / 255, -(weight * mean).sum(1)).float()  # the residual stream stays fp32
    pictures, length, width = x.shape
    cos, sin = layout.cos.to(kind), layout.sin.to(kind)
    heads = visual.blocks[0].attn.num_heads
    for number, block in enumerate(visual.blocks):
        qkv = block.attn.qkv(norm(x, block.norm1).to(kind)).view(pictures, length, 3, heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = rotate(qkv[0], cos, sin), rotate(qkv[1], cos, sin), qkv[2]
        if number in visual.fullatt_block_indexes or len(layout.windows) == 1:
            out = attention(q, k, v)
        else:
            out = torch.cat([attention(*part) for part in zip(*(t.split(layout.windows, 2) for t in (q, k, v)))], 2)
        x = x + block.attn.proj(out.transpose(1, 2).reshape(pictures, length, width))
        h = norm(x, block.norm2).to(kind)
        x = x + block.mlp.down_proj(F.silu(block.mlp.gate_proj(h)) * block.mlp.up_proj(h))
    return x, layout


def text_angles(text: Module, positions: Tensor) -> tuple[Tensor, Tensor]:
    """positions [3, batch, length] -> cos, sin for `rotate` [batch, 1, length, head_dim]."""
    rotary = text.rotary_emb
    angle = positions[..., None].float() * rotary.inv_freq
    angle = torch.cat(
        [part[i % 3] for i, part in enumerate(angle.split(text.config.rope_parameters["mrope_section"], -1))], -1
    )
    angle = angle[:, None]
    return torch.cat((angle, angle), -1).cos(), signed(angle.sin())


def decode(text: Module, x: Tensor, positions: Tensor, mask: Tensor | None = None, past: Past | None = None) -> Tensor:
    """The decoder over embeddings x [batch, length, hidden].

    mask: additive [batch, 1, length, keys], or None for causal attention. past: keys and values per layer, extended in
    place.
    """
    # One cast, one product for q, k and v, one for gate and up: memory traffic takes a third of the time on a CPU.
    kind = working_dtype(x)
    cos, sin = (t.to(kind) for t in text_angles(text, positions))
    mask = mask if mask is None else mask.to(kind)
    batch, length, width = x.shape
    for number, layer in enumerate(text.layers):
        attn = layer.self_attn
        h = norm(x, layer.input_layernorm).to(kind)
        weight = torch.cat((attn.q_proj.weight, attn.k_proj.weight, attn.v_proj.weight))
        bias = torch.cat((attn.q_proj.bias, attn.k_proj.bias, attn.v_proj.bias))
        qkv = F.linear(h, weight, bias).view(batch, length, -1, attn.head_dim).transpose(1, 2)
        heads, groups = attn.config.num_attention_heads, attn.num_key_value_groups
        shared = heads // groups
        qk = rotate(qkv[:, : heads + shared], cos, sin)
        q, k, v = qk[:, :heads], qk[:, heads:], qkv[:, heads + shared :]
        if past is not None:
            if number < len(past):
                k, v = torch.cat((past[number][0], k), 2), torch.cat((past[number][1], v), 2)
                past[number] = (k, v)
            else:
                past.append((k, v))
        k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        if torch.is_grad_enabled():
            out = attention(q, k, v, mask)
        else:
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None and length > 1)
        x = x + attn.o_proj(out.transpose(1, 2).reshape(batch, length, width))
        h = norm(x, layer.post_attention_layernorm).to(kind)
        gate, up = F.linear(h, torch.cat((layer.mlp.gate_proj.weight, layer.mlp.up_proj.weight))).chunk(2, -1)
        x = x + layer.mlp.down_proj(F.silu(gate) * up)
    return norm(x, text.norm)


def decode_packed(
    text: Module, x: Tensor, positions: Tensor, clips: int, prefix: int, groups: list[tuple[Tensor, int]]
) -> Tensor:
    """The same as `decode` under the block mask, without the products that the mask hides.

    x [tokens, hidden], positions [3, tokens]: first the prefixes, `clips` times `prefix` tokens, then the branches by
    group. groups: [(clip of each branch [n], tokens of each branch)]; padding fills shorter branches at their end.
    """
    kind = working_dtype(x)
    cos, sin = (t[0, 0, :, None].to(kind) for t in text_angles(text, positions[:, None]))
    counts = [len(owner) for owner, _ in groups]
    sizes = [clips * prefix, *(n * length for n, (_, length) in zip(counts, groups))]
    masks = []
    for before, length in ((0, prefix), *((prefix, length) for _, length in groups)):
        masks.append(torch.full((length, before + length), -1e9, dtype=kind, device=x.device).triu_(before + 1))
    for layer in text.layers:
        attn = layer.self_attn
        h = norm(x, layer.input_layernorm).to(kind)
        weight = torch.cat((attn.q_proj.weight, attn.k_proj.weight, attn.v_proj.weight))
        bias = torch.cat((attn.q_proj.bias, attn.k_proj.bias, attn.v_proj.bias))
        qkv = F.linear(h, weight, bias).view(len(x), -1, attn.head_dim)
        heads, repeat = attn.config.num_attention_heads, attn.num_key_value_groups
        keys = heads // repeat
        qk, v = qkv.split((heads + keys, keys), 1)
        # The gradient of a split is one concatenation, that of each slice as large as the whole.
        parts = [t.split(sizes) for t in (*rotate(qk, cos, sin).split((heads, keys), 1), v)]
        (q, pk, pv), *others = (
            [head_rows(t, n, heads) for t in group] for n, group in zip((clips, *counts), zip(*parts))
        )
        outs = [attention(q, pk, pv, masks[0], causal=True)]
        for (owner, _), (q, k, v), mask in zip(groups, others, masks[1:]):
            k, v = torch.cat((pk.index_select(0, owner), k), 2), torch.cat((pv.index_select(0, owner), v), 2)
            outs.append(attention(q, k, v, mask))
        out = torch.cat([o.transpose(1, 2).flatten(0, 1).flatten(1) for o in outs])
        x = x + attn.o_proj(out)
        h = norm(x, layer.post_attention_layernorm).to(kind)
        gate, up = F.linear(h, torch.cat((layer.mlp.gate_proj.weight, layer.mlp.up_proj.weight))).chunk(2, -1)
        x = x + layer.mlp.down_proj(F.silu(gate) * up)
    return norm(x, text.norm)


def head_rows(x: Tensor, count: int, heads: int) -> Tensor:
    """x [count * length, heads or key heads, dim] as [count, heads, length, dim]."""
    x = x.unflatten(0, (count, -1)).transpose(1, 2)
    return x if x.shape[1] == heads else x.repeat_interleave(heads // x.shape[1], 1)


def video_positions(pair_seconds: list[float], rows: int, cols: int, start: int) -> Tensor:
    """Position ids [3, T*rows*cols] of a video whose pairs begin at the given seconds."""
    t = (torch.tensor(pair_seconds, dtype=torch.float64) * TOKENS_PER_SECOND + 1e-6).long()
    grid = torch.meshgrid(t, torch.arange(rows), torch.arange(cols), indexing="ij")
    return torch.stack([g.reshape(-1) for g in grid]) + start
