"""What is read where nobody wrote a list: the metrics by which the common services are watched.

Each metric is taken with one set of dimensions, so that a sum over its series counts nothing twice.
"""

from __future__ import annotations

from codesentinel.model.cloudwatch.metric import Wanted
from codesentinel.model.cloudwatch.units import UNITS

_TABLE = """
AWS/EC2 InstanceId
  CPUUtilization                      Percent       Average Maximum
  NetworkIn NetworkOut                Bytes         Sum
  EBSReadBytes EBSWriteBytes          Bytes         Sum
  StatusCheckFailed                   Count         Maximum
CWAgent *
  mem_used_percent                    Percent       Average
  disk_used_percent                   Percent       Maximum
  swap_used_percent                   Percent       Average
AWS/ApplicationELB LoadBalancer
  RequestCount                        Count         Sum
  TargetResponseTime                  Seconds       Average p50 p95 p99
  HTTPCode_Target_4XX_Count HTTPCode_Target_5XX_Count HTTPCode_ELB_5XX_Count  Count  Sum
  TargetConnectionErrorCount          Count         Sum
  ProcessedBytes                      Bytes         Sum
AWS/ApplicationELB LoadBalancer,TargetGroup
  HealthyHostCount                    Count         Minimum
  UnHealthyHostCount                  Count         Maximum
AWS/RDS DBInstanceIdentifier
  CPUUtilization                      Percent       Average Maximum
  FreeableMemory FreeStorageSpace     Bytes         Minimum
  DatabaseConnections DiskQueueDepth  Count         Average
  ReadLatency WriteLatency            Seconds       Average
  ReadIOPS WriteIOPS                  Count/Second  Average
  ReadThroughput WriteThroughput      Bytes/Second  Average
  NetworkReceiveThroughput NetworkTransmitThroughput  Bytes/Second  Average
  ReplicaLag                          Seconds       Maximum
AWS/Lambda FunctionName
  Invocations Errors Throttles        Count         Sum
  Duration                            Milliseconds  Average p50 p95 p99
  ConcurrentExecutions                Count         Maximum
  IteratorAge                         Milliseconds  Maximum
AWS/SQS QueueName
  ApproximateNumberOfMessagesVisible ApproximateNumberOfMessagesNotVisible  Count  Average
  ApproximateAgeOfOldestMessage       Seconds       Maximum
  NumberOfMessagesSent NumberOfMessagesReceived NumberOfMessagesDeleted  Count  Sum
AWS/DynamoDB TableName
  ConsumedReadCapacityUnits ConsumedWriteCapacityUnits  Count  Sum
  ReadThrottleEvents WriteThrottleEvents  Count     Sum
AWS/DynamoDB Operation,TableName
  SuccessfulRequestLatency            Milliseconds  Average p99
  ThrottledRequests SystemErrors      Count         Sum
"""


def _parsed(table: str) -> tuple[Wanted, ...]:
    """A line that is not indented names namespace and dimensions; the others metrics, unit, statistics."""
    rules: list[Wanted] = []
    namespace, dimensions = "", None
    for line in table.strip().splitlines():
        words = line.split()
        if not line.startswith(" "):
            namespace = words[0]
            dimensions = None if words[1] == "*" else frozenset(words[1].split(","))
            continue
        place = next(i for i, word in enumerate(words) if word in UNITS)
        names, unit, statistics = words[:place], words[place], words[place + 1 :]
        rules.append(Wanted(namespace, tuple(names), tuple(statistics), dimensions, unit=unit))
    return tuple(rules)


CATALOGUE: tuple[Wanted, ...] = _parsed(_TABLE)
NAMESPACES: tuple[str, ...] = tuple(dict.fromkeys(rule.namespace for rule in CATALOGUE))


def known_unit(namespace: str, name: str) -> str:
    """The unit of a metric of the catalogue; empty for others."""
    return next(
        (rule.unit for rule in CATALOGUE if rule.namespace == namespace and name in rule.names),
        "",
    )
