"""The report's pictures as SVG: no script, sharp on paper, readable without colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

_STAGES = 7
_LEFT, _WIDTH, _ROW = 130, 560, 34


def _x(value: float) -> float:
    return round(_LEFT + value / _STAGES * _WIDTH, 1)


def domains_svg(
    domains: Sequence[Mapping[str, Any]], titles: Mapping[str, str], reference: Mapping[str, float]
) -> Markup:
    """Each domain's score on the 0-7 scale: solid what is proven, hatched what is unknown, a mark for the published mean."""
    height = _ROW * len(domains) + 52
    out = [
        f'<svg viewBox="0 0 720 {height}" role="img" aria-labelledby="dt" class="picture"><title id="dt">Domain scores</title>',
        '<defs><pattern id="open" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" class="open"/><line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs>',
    ]
    for stage in range(_STAGES + 1):
        out.append(
            f'<line x1="{_x(stage)}" y1="8" x2="{_x(stage)}" y2="{height - 40}" class="grid"/>'
            f'<text x="{_x(stage)}" y="{height - 24}" class="tick">{stage}</text>'
        )
    for i, domain in enumerate(domains):
        low, high, y = float(domain["low"]), float(domain["high"]), 14 + i * _ROW
        title = escape(titles.get(domain["domain"], domain["domain"]))
        out.append(
            f'<text x="{_LEFT - 10}" y="{y + 14}" class="name">{title}</text>'
            f'<rect x="{_x(low)}" y="{y}" width="{max(_x(high) - _x(low), 0)}" height="20" fill="url(#open)" class="span"/>'
            f'<rect x="{_x(0)}" y="{y}" width="{_x(low) - _x(0):.1f}" height="20" class="proven"/>'
        )
        mean = reference.get(domain["domain"])
        if mean is not None:
            out.append(f'<path d="M{_x(mean)} {y - 4}v28" class="mean"/>')
    mean = reference.get("all")
    if mean is not None:
        out.append(
            f'<path d="M{_x(mean)} 4V{height - 40}" class="average"/>'
            f'<text x="{_x(mean)}" y="{height - 6}" class="tick">published average {mean}</text>'
        )
    return Markup("".join(out) + "</svg>")  # noqa: S704 - everything from outside was escaped or is a number


def stages_svg(stages: Sequence[Mapping[str, Any]], pass_mark: float) -> Markup:
    """Each stage's share of its points, from proven to possible, against the pass mark."""
    height, bar = 190, 46
    scale = 120
    out = [
        f'<svg viewBox="0 0 720 {height}" role="img" aria-labelledby="st" class="picture"><title id="st">Points by stage</title>'
    ]
    out.append(
        '<defs><pattern id="open2" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" class="open"/><line x1="0" y1="0" x2="0" y2="6" class="hatch"/></pattern></defs>'
    )
    for i, stage in enumerate(stages):
        low, high, x = float(stage["low"]), float(stage["high"]), 60 + i * 92
        base = 20 + scale
        out.append(
            f'<rect x="{x}" y="{base - high * scale:.1f}" width="{bar}" height="{(high - low) * scale:.1f}" fill="url(#open2)" class="span"/>'
            f'<rect x="{x}" y="{base - low * scale:.1f}" width="{bar}" height="{low * scale:.1f}" class="proven"/>'
            f'<text x="{x + bar / 2}" y="{base + 18}" class="tick">Stage {stage["stage"]}</text>'
            f'<text x="{x + bar / 2}" y="{base + 34}" class="tick small">{_percent(low, high)}</text>'
        )
    y = 20 + scale - pass_mark * scale
    out.append(
        f'<path d="M40 {y:.1f}H712" class="average"/><text x="36" y="{y + 4:.1f}" class="tick end">{pass_mark:.0%}</text></svg>'
    )
    return Markup("".join(out))  # noqa: S704 - numbers only


def _percent(low: float, high: float) -> str:
    return f"{low:.0%}" if low == high else f"{low * 100:.0f}-{high * 100:.0f}%"
