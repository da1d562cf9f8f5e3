"""Channels of retrieval, their fusion, and the LangChain retriever."""
