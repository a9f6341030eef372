"""The verbs of ``codesentinel deploy``; the log is the truth, all else is made from it.

record    write down that a deployment began or ended, or push that to a Pushgateway
ingest    take into the log what was pushed, each deployment once
listing   list deployments, with the DORA keys of each service
retire    forget a service, here and in the Pushgateway
metrics   what ``/metrics`` shows of it
"""
