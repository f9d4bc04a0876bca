"""Answers in JSON. discord.py reads no JSON but under exactly `application/json`, which is what Discord sends."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:  # noqa: ANN401
    return web.Response(
        body=json.dumps(body, ensure_ascii=False).encode(),
        status=status,
        headers=headers,
        content_type="application/json",
    )
