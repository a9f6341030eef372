"""Where series are heading, as findings."""
