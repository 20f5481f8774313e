"""Harbor, a fictional company: its documents, its people, and questions about them."""
