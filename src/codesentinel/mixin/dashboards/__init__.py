"""Dashboards as code: records of ours, turned into Grafana's classic JSON. Pure.

``panel`` holds the nouns and ``style`` the usual forms; each dashboard is a file; ``catalog`` lists them.
``grafana`` alone knows Grafana's SDK, and is imported by whoever builds.
"""
