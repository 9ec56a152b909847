"""The Python package `mcp` as a client of xiaoer. One JSON object out: what it saw.

    mcp.py stdio MODE SHOP PROGRAM ARGUMENT…
    mcp.py http  MODE SHOP URL TOKEN
"""

import json
import sys

import anyio
import httpx2
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitResult

how, mode, shop, *rest = sys.argv[1:]


async def http_client(url, token, then):
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=120) as client:
        await then(streamable_http_client(url, http_client=client))


def plain(result):
    return {
        "error": bool(result.is_error),
        "text": "\n".join(block.text for block in result.content),
        "data": result.structured_content,
    }


async def stories(server, seen):
    questions = []

    # Whoever writes a client can answer yes to everything. It must not matter.
    async def yes(context, params):
        questions.append({"mode": params.mode, "message": params.message, "url": getattr(params, "url", None)})
        return ElicitResult(action="accept", content={"decision": "approve"})

    steps = []

    async def step(progress, total, message):
        steps.append([progress, message])

    async with Client(server, mode=mode, elicitation_callback=yes, read_timeout_seconds=120) as client:
        seen["version"] = client.protocol_version
        seen["server"] = client.server_info.name
        tools = (await client.list_tools()).tools
        seen["tools"] = [tool.model_dump(by_alias=True, exclude_none=True, mode="json") for tool in tools]
        seen["shops"] = plain(await client.call_tool("list_shops"))
        seen["growth"] = plain(await client.call_tool("growth-report", {"shop": shop}, progress_callback=step))
        seen["steps"] = steps
        seen["stock"] = plain(await client.call_tool("stock-alert", {"shop": shop, "days": 60, "cover": 90}))
        run = seen["stock"]["data"]["run"]
        seen["again"] = plain(await client.call_tool("get_run", {"shop": shop, "run": run}))
        with anyio.move_on_after(8):
            seen["asked"] = plain(await client.call_tool("ask_for_decision", {"shop": shop, "run": run}))
        seen["questions"] = questions
        for name, call in {
            "unknown_shop": ("growth-report", {"shop": "nobody"}),
            "path_as_shop": ("growth-report", {"shop": "../../metrics"}),
            "no_shop": ("growth-report", {}),
            "bad_form": ("stock-alert", {"shop": shop, "days": 0}),
            "bad_day": ("growth-report", {"shop": shop, "as_of": "yesterday"}),
            "unknown_skill": ("no-such-skill", {"shop": shop}),
            "no_such_run": ("get_run", {"shop": shop, "run": "0"}),
        }.items():
            seen[name] = plain(await client.call_tool(*call))


async def main():
    seen = {}
    if how == "stdio":
        program, *arguments = rest
        await stories(StdioServerParameters(command=program, args=arguments), seen)
    else:
        url, token = rest

        async def then(transport):
            await stories(transport, seen)

        await http_client(url, token, then)
    print(json.dumps(seen, ensure_ascii=False))


anyio.run(main)
