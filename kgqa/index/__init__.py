"""Indexes beside the store: text (BM25) and vectors, with manifests."""
