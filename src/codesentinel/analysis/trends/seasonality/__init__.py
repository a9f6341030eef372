"""Which rhythms of a series are real, what they look like, and what they mean for scaling.

``grid`` lays the samples on an even grid of local time; ``periods`` says which of the clock's periods are
real, ``unknown`` which others, by the ``cycles`` that they cut; ``profile`` what they look like, and which
days stand apart; ``drift`` whether that changed; ``schedule`` when how much is needed, ``scaling`` as
replicas by the hours of a week. ``judge`` puts all of it together and says what somebody should know.
"""
