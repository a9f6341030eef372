"""The records of many hosts, read as those of one workspace."""
