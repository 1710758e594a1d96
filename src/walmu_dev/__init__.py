"""What developers and demonstrations need beside the product. It imports the product, never the reverse."""
