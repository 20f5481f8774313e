"""From the bytes of a file to clean text with its headings and pages: one file a format."""
