"""The doors for vendors' reports."""
