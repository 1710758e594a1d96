"""Other people's generators and linters, run over our contract as they come."""
