"""A small FastAPI app: a page, an API with its documentation, and an echo over a WebSocket."""

import asyncio
import os
import platform
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from html import escape
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

PAGE = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
RELEASE = os.environ.get("VASTROX_RELEASE", "not deployed yet")
NAME = os.environ.get("VASTROX_APP", "hello")
MAX_MESSAGE_LENGTH = 1_000


class Health(BaseModel):
    status: str
    release: str


class Tick(BaseModel):
    number: int
    at: datetime


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.started_at = datetime.now(timezone.utc)
    yield
    # What is under way has been answered by now: close databases and queues here.
    print("stopped", flush=True)


app = FastAPI(title=NAME, version=RELEASE, lifespan=lifespan)


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
async def index() -> str:
    facts = {"NAME": NAME, "RELEASE": RELEASE, "PYTHON": platform.python_version()}
    page = PAGE
    for key, value in facts.items():
        page = page.replace("{" + key + "}", escape(value))
    return page


@app.get("/health")
async def health() -> Health:
    return Health(status="ok", release=RELEASE)


@app.get("/api/ticks")
async def ticks(count: Annotated[int, Query(ge=1, le=10)] = 3) -> list[Tick]:
    """Waits between them, and holds nobody else up meanwhile."""
    found = []
    for number in range(count):
        found.append(Tick(number=number, at=datetime.now(timezone.utc)))
        await asyncio.sleep(0.01)
    return found


@app.websocket("/echo")
async def echo(socket: WebSocket) -> None:
    """Sends back what comes in, until the visitor leaves."""
    await socket.accept()
    try:
        while True:
            text = await socket.receive_text()
            await socket.send_text(text[:MAX_MESSAGE_LENGTH])
    except WebSocketDisconnect:
        return
