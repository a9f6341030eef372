"""The verbs of ``codesentinel canary``: a canary judged, rolled out, and simulated before.

judge              both arms judged, now, in the past, or until it is known
picture            its picture in a file
observe            what a Prometheus knows of both arms
rollout            traffic moved step by step, as far as the evidence allows
rollout_end        a rollout aborted, and the Envoy of a target ended
rollout_loop       one rollout from step to step
rollout_traffic    its weights: set, kept, and checked by what arrives
rollout_look       a look at both arms
rollout_journal    what is meant and done, on disk
rollout_record     what others learn of it
rollout_hooks      commands before and after
rollout_watch      those that were cut off
rollout_file       the two halves of ``canary.yaml``
splitters          the splitter that a plan names
"""
