"""Assistants: tools and resources of the Model Context Protocol (MCP), for language models."""
