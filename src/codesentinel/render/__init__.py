"""Records to eyes: JSON, text, Markdown, OpenMetrics. Pure."""
