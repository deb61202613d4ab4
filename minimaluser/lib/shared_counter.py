"""A counter in Valkey or Redis that all processes share (redis).

Sites without one do not load the library, which takes 5 MiB and a twentieth of a second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import redis

from minimaluser.lib.rates import Rates, Unreachable

TIMEOUT_SECONDS = 0.5
# Every key is a sorted set of members by time in milliseconds. All keys are checked before any
# is added to, in one atomic step.
COUNT = """
local now, member, wanted = tonumber(ARGV[1]), ARGV[2], cjson.decode(ARGV[3])
local waits, refused, longest = {}, false, {}
for i, key in ipairs(KEYS) do
  waits[i], longest[i] = 0, 0
  for _, rate in ipairs(wanted[i]) do
    local found = redis.call('ZREVRANGEBYSCORE', key, '+inf', '(' .. (now - rate[2]),
                             'WITHSCORES', 'LIMIT', rate[1] - 1, 1)
    if found[2] then
      waits[i], refused = math.max(waits[i], tonumber(found[2]) + rate[2] - now), true
    end
    longest[i] = math.max(longest[i], rate[2])
  end
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - longest[i])
end
if not refused then
  for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, member)
    redis.call('PEXPIRE', key, longest[i])
  end
end
return waits
"""


def is_address(url: str) -> bool:
    """Tell whether the library can connect to such an address; it is not tried."""
    try:
        pool = _client(url).connection_pool
        pool.connection_class(**pool.connection_kwargs)
        parts = urlsplit(url)
    except (ValueError, TypeError):  # the latter for an option that it does not know
        return False
    if parts.scheme == "unix":
        return bool(parts.path)
    return bool(parts.hostname and re.fullmatch(r"/?\d*", parts.path) and not re.search(r"\s", url))


class SharedCounter:
    """Hits in Valkey or Redis; `minimaluser.security.hits` has the same in the database."""

    def __init__(self, url: str) -> None:
        self._client = _client(url)
        self._count = self._client.register_script(COUNT)

    def count(self, member: str, wanted: Mapping[str, Rates], moment: datetime) -> dict[str, float]:
        """Count a hit under every key, unless one of them is full.

        Args:
            member: id of this hit.
            wanted: keys to their rates.
            moment: now.

        Returns:
            For each key the seconds until it has room again; all zero if the hit was counted.

        Raises:
            Unreachable: the counter does not answer.
        """
        rates = [[(most, _milliseconds(window)) for most, window in r] for r in wanted.values()]
        now = int(moment.timestamp() * 1000)
        try:
            waits = self._count(keys=list(wanted), args=[now, member, json.dumps(rates)])
        except redis.RedisError as problem:
            raise Unreachable(type(problem).__name__) from None
        return {key: wait / 1000 for key, wait in zip(wanted, waits, strict=True)}

    def give_back(self, member: str, keys: Collection[str]) -> None:
        """Remove a hit from the count."""
        try:
            with self._client.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.zrem(key, member)
                pipe.execute()
        except redis.RedisError as problem:
            raise Unreachable(type(problem).__name__) from None

    def clear(self, keys: Collection[str]) -> None:
        """Restart the counts of keys at zero."""
        try:
            self._client.delete(*keys)
        except redis.RedisError as problem:
            raise Unreachable(type(problem).__name__) from None


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url.replace("valkey", "redis", 1) if url.startswith("valkey") else url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=None,
    )


def _milliseconds(window: timedelta) -> int:
    return int(window.total_seconds() * 1000)
