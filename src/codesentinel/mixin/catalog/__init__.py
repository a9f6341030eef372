"""What is watched: one file a subject, each a function from a timing to a group of rules."""
