"""What limits a service.

``bottleneck`` is the verb, ``reading`` asks the server for what it needs, ``watch`` is the source in reviews.
"""
