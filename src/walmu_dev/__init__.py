"""The workshop: what developers and a demonstration need beside the product. It imports the product, never the reverse."""
