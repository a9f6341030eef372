"""Which resource explains that a service is slow.

``causes`` are the kinds of causes and which of them bring others about; ``candidate``, ``resources``,
``waits`` and ``table`` the metrics that tell of them; ``troubles`` whether there is anything to explain,
``evidence`` what each metric says about it, ``rank`` which cause comes first, ``knee`` how much load the
service can take, ``words`` how that is said, and ``judge`` all of it.
"""
