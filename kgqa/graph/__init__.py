"""The graph: stores, the snapshot, readers and writers of formats, schema validation."""
