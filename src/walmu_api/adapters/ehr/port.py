"""What any record system can do for us, in our words."""
