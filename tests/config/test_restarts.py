from pathlib import Path

import pytest

from groundwatch.access.settings import GroupSettings, UserSettings
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.analytics.experiments_settings import ExperimentSettings, VariantSettings
from groundwatch.config import Config, SourceSettings, restart_needed
from groundwatch.generation.settings import GenerationSettings
from groundwatch.index.settings import QdrantIndexSettings
from groundwatch.models.settings import NoEmbedderSettings
from groundwatch.serving.settings import LimitSettings, ServerSettings
from groundwatch.store.settings import StoreSettings

OLD = Config()
EXPERIMENT = ExperimentSettings(
    variants={"a": VariantSettings(share=0.5), "b": VariantSettings(share=0.5)}, control="a"
)


@pytest.mark.parametrize(
    ("new", "named"),
    [
        (OLD, ()),
        (Config(users={"anna": UserSettings()}), ()),
        (Config(groups={"hr": GroupSettings()}), ()),
        (Config(sources=(SourceSettings(name="docs", path=Path("docs")),)), ()),
        (Config(server=ServerSettings(limits=LimitSettings(max_k=3))), ("server.limits",)),
        (Config(answers=GenerationSettings(max_sentences=1)), ("answers",)),
        (Config(data=Path("elsewhere")), ("data",)),
        (Config(store=StoreSettings(url="postgresql://db/x")), ("store",)),
        (Config(index=QdrantIndexSettings(engine="qdrant", url="http://q")), ("index",)),
        (Config(embedder=NoEmbedderSettings(kind="none")), ("embedder",)),
        (Config(alerting=AlertingSettings(evaluate_seconds=5)), ()),
        (Config(experiments={"short": EXPERIMENT}), ()),
        (Config(alerting=AlertingSettings(enabled=False)), ("alerting.enabled",)),
        (Config(server=ServerSettings(host="::1", port=1)), ("server.host", "server.port")),
    ],
)
def test_what_cannot_be_taken_over(new: Config, named: tuple[str, ...]):
    assert restart_needed(OLD, new) == named
