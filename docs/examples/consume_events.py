"""Prints every change of an event, then the events that are valid at the end of the topic.

Needs confluent-kafka (Debian: python3-confluent-kafka):
python3 docs/examples/consume_events.py localhost:9092
"""

import json
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

TOPIC = "video.events"


def table(servers: str) -> dict[str, dict]:
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "unused",  # required, but no offset is committed
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
        }
    )
    partitions = consumer.list_topics(TOPIC, timeout=10).topics[TOPIC].partitions
    consumer.assign([TopicPartition(TOPIC, p, OFFSET_BEGINNING) for p in partitions])
    valid: dict[str, dict] = {}
    unread = set(partitions)
    while unread:
        record = consumer.poll(timeout=1)
        if record is None:
            continue
        if record.error():  # with these settings: the end of a partition
            unread.discard(record.partition())
        else:
            apply(record, valid)
    consumer.close()
    return valid


def apply(record, valid: dict[str, dict]) -> None:
    key = record.key().decode()
    headers = {name: value.decode() for name, value in record.headers() or []}
    if record.value() is None:  # a tombstone: the event was withdrawn
        valid.pop(key, None)
        print("gone", key)
    elif headers.get("ce_type") == "io.chronoscope.event":
        valid[key] = event = json.loads(record.value())  # the same key again: another revision
        print(event["stream"], event["status"], event["start"], event["description"])


if __name__ == "__main__":
    for event_id, event in table(sys.argv[1]).items():
        print("valid", event_id, event["start"], event["description"])
