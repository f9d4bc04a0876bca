"""The web room: pages of digests, health, and the routes that others bring, over starlette and uvicorn."""
