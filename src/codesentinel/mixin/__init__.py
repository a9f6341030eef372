"""Specs to text: scrape configuration, rules, routing. Pure."""
