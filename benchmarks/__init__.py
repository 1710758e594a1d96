"""What `make bench` runs: the hot paths of the product against bare floors, measured in alternating rounds of one run."""
