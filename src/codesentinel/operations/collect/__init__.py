"""``collect``: the records of this host into a store that many hosts share."""
