"""A small made-up repository to ask about: ten weeks of items in which the questions find something, and not all.

The same seed gives the same items, to the byte. Times are drawn over the ten weeks, denser towards the end, so that
today, this week and last month differ; some lie on the very edges of days and weeks in `ZONE`, and a second before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from summarizer.items import Comment, Event, Item, Person, Release, Review, oldest_first

REPO = "vllm-project/vllm"
ZONE = "Asia/Shanghai"
NOW = datetime(2025, 12, 10, 12, 59, tzinfo=UTC)
"""A Wednesday, 20:59 in ZONE; the bundled sample ends then too."""

MEMBERS = ("hmellor", "tomasz91", "sofia-b", "hanako7", "oskarW")
CONTRIBUTORS = (
    "mei-lin", "raj-k", "zoe-q", "LiWei2024", "priya-amd", "gronsti-amd", "bigPYJ1151", "kvothe-nvidia",
)  # fmt: skip
BOTS = ("dependabot[bot]", "mergify[bot]")
FIRST_NUMBER = 29_001
ITEMS = 360
BEGINS = datetime(2025, 10, 1, tzinfo=UTC)
MONDAY = datetime(2025, 12, 7, 16, tzinfo=UTC)
"""The edge of this week and the last, in ZONE."""

RELEASES = tuple(
    Release(tag, tag, f"https://github.com/{REPO}/releases/tag/{tag}", at)
    for tag, at in (
        ("v0.10.0", datetime(2025, 10, 20, 9, 30, tzinfo=UTC)),
        ("v0.11.0", datetime(2025, 11, 25, 8, tzinfo=UTC)),
    )
)

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_EDGES = (MONDAY - timedelta(seconds=1), MONDAY, *(release.published_at for release in RELEASES))


@dataclass(frozen=True, slots=True)
class _Area:
    """What a change or report may be about. tag: in titles; names that stand for the area in free text."""

    tag: str
    label: str
    path: str
    about: tuple[str, ...]


_AREAS = (
    _Area("[ROCm]", "rocm", "vllm/platforms/rocm.py", ("MI300X startup", "AITER kernels")),
    _Area("[NVIDIA]", "nvidia", "csrc/attention/cutlass_mla.cu", ("Blackwell tiles", "the CUDA build")),
    _Area("[TPU]", "tpu", "vllm/platforms/tpu.py", ("TPU v6e workers", "pallas calls")),
    _Area("[CPU]", "cpu", "vllm/v1/worker/cpu_worker.py", ("Intel Xeon hosts", "xpu workers")),
    _Area(
        "[Quantization]",
        "quantization",
        "vllm/model_executor/layers/quantization/fp8.py",
        ("FP8 scales", "GGUF files"),
    ),
    _Area("[MoE]", "moe", "vllm/model_executor/layers/fused_moe/layer.py", ("expert routing", "EPLB moves")),
    _Area("[Attention]", "v1", "vllm/attention/layer.py", ("MLA workspace", "sliding window masks")),
    _Area(
        "[Spec Decode]", "speculative-decoding", "vllm/v1/spec_decode/eagle.py", ("EAGLE heads", "MTP drafts")
    ),
    _Area(
        "[Multimodal]", "multi-modality", "vllm/multimodal/processing.py", ("Whisper input", "video frames")
    ),
    _Area(
        "[Structured Output]",
        "structured-output",
        "vllm/v1/structured_output/backend_xgrammar.py",
        ("tool calling", "json schema masks"),
    ),
    _Area(
        "[KV Connector]",
        "kv-connector",
        "vllm/distributed/kv_transfer/nixl_connector.py",
        ("NIXL handshakes", "remote KV cache blocks"),
    ),
    _Area("[Frontend]", "frontend", "vllm/entrypoints/openai/api_server.py", ("the API server", "streaming")),
    _Area("[CI/Build]", "ci/build", "docker/Dockerfile", ("the docker image", "flaky jobs")),
    _Area("[Doc]", "documentation", "docs/serving.md", ("the quickstart", "a tutorial")),
    _Area("[Perf]", "performance", "vllm/compilation/backends.py", ("torch.compile warmup", "throughput")),
    _Area("[Model]", "new-model", "vllm/model_executor/models/qwen3.py", ("Qwen3 loading", "Llama weights")),
    _Area("[Core]", "v1", "vllm/v1/core/config.py", ("LoRA adapters", "the scheduler")),
)
_WRONG = (
    "deadlock", "hangs after an hour", "memory leak", "crashes at start", "error 404 on amd64", "wrong batch size 4096",
    "illegal memory access", "prefix caching is ignored",
)  # fmt: skip
_DONE = (
    "Fix deadlock in", "Support prefix caching for", "Tune rope scaling of", "Rework KV cache layout of",
    "Fix memory leak in", "Refactor", "Let the scheduler batch", "Add LoRA to", "Build amd64 wheels for",
)  # fmt: skip
_REMARKS = (
    "Same here.", "Could you rebase?", "I see the open issues with this too.", "It hangs for us as well.",
    "Looks good after the last change.", "The KV cache grows until it stops.", "Works on my host.",
)  # fmt: skip
_EXTRA_PATHS = (
    "csrc/cache_kernels.cu", "tests/kernels/test_cache.py", "docs/usage.md", "vllm/attention/ops.py", "vllm/config.py",
)  # fmt: skip


def build(seed: int = 11) -> tuple[Item, ...]:
    """The items, by number; whole, as they stand at NOW."""
    random = Random(seed)
    openings = sorted(_opening(random) for _ in range(ITEMS))
    return tuple(_Thread(random, FIRST_NUMBER + place, at).item() for place, at in enumerate(openings))


def _opening(random: Random) -> datetime:
    """Most of them any time, the others in the last nine days."""
    span = NOW - BEGINS if random.random() < 0.6 else 9 * _DAY
    seconds = random.randrange(int(span.total_seconds()) - 7200) + 3600
    return (NOW - timedelta(seconds=seconds)).replace(microsecond=0)


@dataclass(slots=True)
class _Thread:
    """One item while things happen to it, in order."""

    random: Random
    number: int
    opened: datetime
    now: datetime = field(init=False)
    events: list[Event] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    def item(self) -> Item:
        random = self.random
        # what the questions name is a merged pull request, at the places where they name it
        named = self.number in (29_055, 29_101)
        is_pull = named or random.random() < 0.6
        area = random.choice(_AREAS)
        author = _person(
            random.choice(BOTS if random.random() < 0.06 and is_pull else MEMBERS + CONTRIBUTORS)
        )
        self.now = self.opened
        self.events.append(Event("opened", self.opened, author))
        self._talk(random.choices((0, 1, 3, 8), (4, 3, 2, 1))[0])
        is_draft = is_pull and not named and random.random() < 0.12
        if is_pull:
            self._review(random.choices((0, 1, 2), (4, 4, 2))[0])
        end = self._end(is_pull=is_pull, always=named)
        decisive = [review.state for review in self.reviews if review.state != "COMMENTED"]
        asked = random.random() < 0.35 and end == "open"
        return Item(
            repo=REPO,
            number=self.number,
            kind="pull_request" if is_pull else "issue",
            title=self._title(area, is_pull=is_pull),
            url=f"https://github.com/{REPO}/{'pull' if is_pull else 'issues'}/{self.number}",
            author=author,
            author_association="MEMBER" if author.login in MEMBERS else "CONTRIBUTOR",
            labels=self._labels(area, is_pull=is_pull),
            is_draft=is_draft if is_pull else None,
            state="merged" if end == "merged" else "closed" if end.startswith("closed") else "open",
            state_reason="COMPLETED" if end == "closed" else None,
            created_at=self.opened,
            updated_at=self.now,
            closed_at=self._at("merged", "closed", "closed_unmerged") if end != "open" else None,
            merged_at=self._at("merged"),
            merged_by=self._merger(),
            body=f"While working on {random.choice(area.about)}: {random.choice(_WRONG)}."
            if random.random() < 0.4
            else "",
            additions=random.randint(1, 900) if is_pull else None,
            deletions=random.randint(0, 300) if is_pull else None,
            changed_files=len(files := self._files(area)) if is_pull else None,
            files=files if is_pull else None,
            linked=(),
            reactions=0,
            events=oldest_first(self.events),
            comments=tuple(self.comments),
            comments_total=len(self.comments),
            reviews=tuple(self.reviews),
            node_id=f"{'PR' if is_pull else 'I'}_{self.number}",
            review_requests=(tuple(random.sample((*MEMBERS, "mei-lin"), 2)) if asked else ())
            if is_pull
            else None,
            review_decision=decisive[-1] if decisive else "REVIEW_REQUIRED" if is_pull else None,
            assignees=(random.choice((*MEMBERS, "raj-k")),) if random.random() < 0.25 else (),
        )

    def _title(self, area: _Area, *, is_pull: bool) -> str:
        about = self.random.choice(area.about)
        if is_pull:
            return f"{area.tag} {self.random.choice(_DONE)} {about}"
        return f"[Bug]: {about} {self.random.choice(_WRONG)}"

    def _labels(self, area: _Area, *, is_pull: bool) -> tuple[str, ...]:
        random = self.random
        chosen = [area.label] if random.random() < 0.6 else []
        kinds = ("ready", "needs-rebase") if is_pull else ("bug", "good first issue")
        chosen += [label for label in kinds if random.random() < (0.4 if label != "bug" else 0.7)]
        return tuple(chosen)

    def _files(self, area: _Area) -> tuple[str, ...]:
        extra = self.random.sample(_EXTRA_PATHS, self.random.choice((0, 0, 1)))
        return tuple(sorted({area.path, *extra}))

    def _talk(self, times: int) -> None:
        for _ in range(times):
            if not self._pass(12):
                return
            login = self.random.choice((*MEMBERS, *CONTRIBUTORS, *BOTS))
            self.comments.append(Comment(_person(login), self.now, self.random.choice(_REMARKS)))

    def _review(self, times: int) -> None:
        for _ in range(times):
            if not self._pass(20):
                return
            state = self.random.choice(("APPROVED", "COMMENTED", "CHANGES_REQUESTED"))
            by = _person(self.random.choice((*MEMBERS, "mei-lin", "priya-amd")))
            self.reviews.append(Review(by, self.now, state, self.random.choice(_REMARKS)))

    def _end(self, *, is_pull: bool, always: bool) -> str:
        """Close, merge or reopen it, or leave it be: the state it is left in, an event's name or "open"."""
        random = self.random
        if not always and random.random() < 0.4:
            return "open"
        edge = random.choice(_EDGES)
        if random.random() < 0.25 and self.now < edge:
            self.now = edge
        elif not self._pass(60) and not always:
            return "open"
        by = _person(random.choice(MEMBERS))
        if not is_pull:
            self.events.append(Event("closed", self.now, by))
            if random.random() < 0.25 and self._pass(40):
                self.events.append(Event("reopened", self.now, by))
                return "open"
            return "closed"
        name = "merged" if always or random.random() < 0.8 else "closed_unmerged"
        self.events.append(Event(name, self.now, by))  # type: ignore[arg-type]
        return name

    def _pass(self, hours: int) -> bool:
        """Let some time pass; False when there is none left, and nothing more happens."""
        later = self.now + self.random.randrange(60, hours * 3600) * timedelta(seconds=1)
        if later >= NOW - _MINUTE:
            return False
        self.now = later
        return True

    def _at(self, *names: str) -> datetime | None:
        return next((event.at for event in reversed(self.events) if event.name in names), None)

    def _merger(self) -> Person | None:
        return next((event.actor for event in self.events if event.name == "merged"), None)


def _person(login: str) -> Person:
    return Person(login, login.endswith("[bot]"))
