from tests.app.fixtures import deploy, models, server, settings

__all__ = ["deploy", "models", "server", "settings"]
