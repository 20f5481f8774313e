"""The shapes of requests and answers over HTTP."""
