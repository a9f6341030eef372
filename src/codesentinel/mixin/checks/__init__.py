"""What is wrong with a dashboard, a rule or a routing: one file, one test and one page a check. Pure."""
