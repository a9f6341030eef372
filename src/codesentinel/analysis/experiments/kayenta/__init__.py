"""Kayenta's judge, reproduced to migrate from it and to compare with it, its mistakes included.

Formulas and order of the steps were read in spinnaker/kayenta (a69573b); what differs is told where it does.
"""
