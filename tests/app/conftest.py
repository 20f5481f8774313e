from tests.app.fixtures import deploy, models, server

__all__ = ["deploy", "models", "server"]
