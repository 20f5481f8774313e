"""The SDK for other applications; standard library and httpx only."""
