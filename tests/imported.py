"""Imports most of what a server imports: for the process that servers are copies of.

Nothing here starts a thread, or holds a file.
"""

# ruff: noqa: F401
import mcp.server.streamable_http_manager
import nicegui
import uvicorn.protocols.websockets.websockets_sansio_impl

import groundwatch.app.engine
import groundwatch.app.serving
import groundwatch.app.supervising
import groundwatch.app.watching
import groundwatch.app.worker
import groundwatch.cli
import groundwatch.dashboard.watch_pages
import groundwatch.serving.api
