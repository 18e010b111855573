"""MCP servers, for a worker: started, asked, and held to what was pinned of them. Nothing here knows Temporal."""
