"""Sample data that shows the product at work."""
