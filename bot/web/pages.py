"""The web pages' templates, with style and script inside, and the policy that allows a browser only these."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import jinja2

_HERE = Path(__file__).parent
_STYLE = (_HERE / "reader.css").read_text("utf-8")
_SCRIPT = (_HERE / "reader.js").read_text("utf-8")
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy(style: str, script: str = "", images: str = "") -> str:
    """A Content-Security-Policy that allows this style, this script, images from there, and nothing else."""
    allowed = [f"style-src {_hash(style)}"]
    allowed += [f"script-src {_hash(script)}"] if script else []
    allowed += [f"img-src {images}"] if images else []
    return f"default-src 'none'; {'; '.join(allowed)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


# Style and script are part of the page, so the page needs no other address, whatever the path behind a proxy.
POLICY = policy(_STYLE, _SCRIPT)


def render(template: str, **values: Any) -> str:
    """The page of a template."""
    return _TEMPLATES.get_template(template).render(style=_STYLE, script=_SCRIPT, **values)


def notice(title: str, said: str) -> str:
    """A page of one sentence."""
    return render("notice.html", title=title, notice=said)
