"""What the product is made of: its bill of materials, and whether anything in it is known to be vulnerable (ADR 55)."""
