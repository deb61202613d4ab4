"""Access keys: made, hashed, verified (CR1, CR4, CR7, CR8)."""

from __future__ import annotations

import importlib.util
import os
import random
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minimaluser.lib import hashing

pytestmark = pytest.mark.usefixtures("costly_hashes")
WEAKER = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
FORM = re.compile(r"[a-kmnp-z2-9]{5}(-[a-kmnp-z2-9]{5}){3}")


@pytest.fixture(scope="module")
def generated() -> list[str]:
    return [hashing.generate_key() for _ in range(1000)]


def test_CR1_a_generated_key_is_four_groups_of_five_unambiguous_symbols(
    generated: list[str],
) -> None:
    assert all(FORM.fullmatch(key) for key in generated)


def test_CR1_the_alphabet_gives_100_bits() -> None:
    assert len(hashing.ALPHABET) == len(set(hashing.ALPHABET)) == 32
    assert not set(hashing.ALPHABET) & set("lo01")


def test_CR1_no_two_generated_keys_are_the_same(generated: list[str]) -> None:
    assert len(set(generated)) == 1000


def test_CR1_every_symbol_is_as_likely_as_any_other(generated: list[str]) -> None:
    seen = Counter("".join(generated).replace("-", ""))
    expected = 20_000 / 32
    chi_square = sum((seen[symbol] - expected) ** 2 / expected for symbol in hashing.ALPHABET)
    assert chi_square < 80  # 31 degrees of freedom: one run in 300,000 is above


def test_CR1_the_state_of_an_ordinary_generator_tells_no_key() -> None:
    made = set()
    for _ in range(2):
        random.seed(7)
        made.add(hashing.generate_key())
    assert len(made) == 2


def test_CR7_a_hash_is_argon2id_with_19_mib_two_passes_one_lane() -> None:
    assert hashing.hash_key("key").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_CR7_a_hash_fits_its_column() -> None:
    assert len(hashing.hash_key("k" * 128)) <= 128


def test_CR7_the_same_key_has_another_hash_each_time() -> None:
    assert hashing.hash_key("key") != hashing.hash_key("key")


def test_CR7_only_a_weaker_hash_is_outdated() -> None:
    assert hashing.is_outdated(WEAKER.hash("key"))
    assert not hashing.is_outdated(hashing.hash_key("key"))


def test_a_weaker_hash_is_still_verified() -> None:
    assert hashing.verify_key(WEAKER.hash("key"), "key", 512)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=128))
def test_CR4_exactly_the_key_is_verified(key: str) -> None:
    hashed = QUICK.hash(key)
    assert hashing.verify_key(hashed, key, 512)
    for other in {key[:-1], key + " ", " " + key, key.swapcase(), key.strip(), key[1:]} - {key}:
        assert not hashing.verify_key(hashed, other, 512)


def test_CR4_keys_that_differ_after_72_bytes_are_different() -> None:
    hashed = hashing.hash_key("k" * 72 + "a")
    assert not hashing.verify_key(hashed, "k" * 72 + "b", 512)
    assert not hashing.verify_key(hashed, "k" * 72, 512)


@pytest.mark.parametrize("hashed", [None, "", "rubbish", "$argon2id$v=19$m=8,t=1,p=1$x"])
def test_no_hash_or_a_broken_one_verifies_nothing(hashed: str | None) -> None:
    assert hashing.verify_key(hashed, "key", 512) is False


def test_EN2_a_missing_hash_costs_a_verification_too(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Spy:
        def verify(self, hashed: str, key: bytes) -> bool:
            verified.append(hashed)
            return True

    nobodys = hashing._nobodys_hash()
    monkeypatch.setattr(hashing, "_hasher", Spy())
    assert hashing.verify_key(None, "key", 512) is False
    assert verified == [nobodys]


class Slow:
    """A hasher that takes its time and notes how many are at work at once."""

    def __init__(self) -> None:
        self.at_work = self.most = 0
        self._lock = threading.Lock()

    def hash(self, _key: bytes) -> str:
        with self._lock:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        threading.Event().wait(0.02)
        with self._lock:
            self.at_work -= 1
        return "hash"


def test_CR8_at_most_two_keys_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    monkeypatch.setattr(hashing, "_hasher", slow)
    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(hashing.hash_key, ["key"] * 20)) == ["hash"] * 20
    assert slow.most == 2


def test_CR8_at_most_four_keys_are_hashed_at_once_on_a_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies of the module stand for processes: what they share is the folder of the locks."""
    slow = Slow()
    processes = []
    for _ in range(4):
        spec = importlib.util.spec_from_file_location("hashing_copy", hashing.__file__)
        copy = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(copy)
        copy._hasher = slow  # type: ignore[attr-defined]
        copy.share(tmp_path, 24)
        processes.append(copy)
    with ThreadPoolExecutor(16) as pool:
        jobs = [pool.submit(processes[number % 4].hash_key, "key") for number in range(32)]
        assert {job.result() for job in jobs} == {"hash"}
    assert slow.most == 4


def test_CR8_a_full_host_is_busy_and_a_missing_folder_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hashing, "_lock_files", [])
    monkeypatch.setattr(hashing, "LONGEST_WAIT_SECONDS", 0.02)
    hashing.share(tmp_path, 24)
    held = [hashing._lock_file(0) for _ in range(hashing.AT_ONCE_ON_THE_HOST)]
    with pytest.raises(hashing.Busy):
        hashing.hash_key("key")
    for slot in held:
        os.close(slot)
    hashing.hash_key("key")
    hashing.share(tmp_path / "nowhere", 24)
    hashing.hash_key("key")
    assert "permits to hash are not shared on this host" in caplog.text


@pytest.mark.parametrize(("threads", "places"), [(24, 20), (8, 4), (4, 1), (1, 1)])
def test_CR8_a_request_that_finds_all_but_a_few_threads_hashing_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int, places: int
) -> None:
    monkeypatch.setattr(hashing, "_lock_files", [])
    monkeypatch.setattr(hashing, "_queue", hashing._queue)
    monkeypatch.setattr(hashing, "LONGEST_WAIT_SECONDS", 30)
    hashing.share(tmp_path, threads)
    with ExitStack() as waiting:
        for _ in range(places):
            waiting.enter_context(hashing._acquired(hashing._queue, 0))
        with pytest.raises(hashing.Busy):
            hashing.hash_key("key")
    hashing.hash_key("key")


def test_CR8_a_request_that_waits_too_long_for_its_turn_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hashing, "LONGEST_WAIT_SECONDS", 0.01)
    with hashing._permit(), hashing._permit():
        with pytest.raises(hashing.Busy):
            hashing.hash_key("key")
        with pytest.raises(hashing.Busy):
            hashing.verify_key(None, "key", 512)
    hashing.hash_key("key")
