"""Honest signed files, changed at random: no change may be taken for the original, none may break the judge.

A change is found even where no signature can cover it: in the value of the last signature, and in an update that no
one has signed yet (B-LT). There a file may differ and be as good; each such case is told apart and shown to leave
what is covered, the pages and the signatures as they were.
"""

from __future__ import annotations

import io
import random
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from piles_docs.methodology.acts import Level
from piles_docs.signing.comparing import pages_of
from piles_docs.signing.judging import judge
from piles_docs.signing.verdicts import Expectation, Judgement, Verdict

from .honest import BOTH, HEAD, HOST, NAMES, Honest

_LONGEST = 60.0
"""Seconds for one file: a hundred times what an honest one takes."""


@dataclass(frozen=True)
class Seed:
    """An honest file, and what it is compared with."""

    name: str
    content: bytes
    expectation: Expectation
    fetches: bool
    honest: Judgement
    weight: int


@dataclass
class Tally:
    """What a campaign saw."""

    files: Counter[str] = field(default_factory=Counter)
    """By the honest file that was changed."""
    kinds: Counter[str] = field(default_factory=Counter)
    """By the change."""
    verdicts: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    """Mutations that gave the original back."""
    uncovered: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Files that stand although bytes differ, by change and by where, which is where no signature can reach."""
    earlier: int = 0
    """Files that are an earlier state of the original, signed by fewer, and judged as that."""
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0


def seeds(honest: Honest) -> list[Seed]:
    """Files at each level, of two acts: a letter of two pages, and a convention of eight, three times as slow."""
    sealed = honest.sealed(honest.pages["convention-amorcage"].unsealed)
    convention = Expectation(issued=sealed, signatories=NAMES, required=BOTH)

    def signed(level: Level) -> bytes:
        return honest.signed_by(honest.signed_by(sealed, HOST, level), HEAD, level)

    # What carries its proofs is judged without asking anyone, which is quicker and as strict.
    found = [
        ("letter, B-B", honest.complete(), honest.expectation, True, 5),
        ("letter, B-T", honest.complete(Level.T), honest.expectation, True, 5),
        ("letter, B-LT", honest.complete(Level.LT), honest.expectation, False, 20),
        ("letter, B-LTA", honest.complete(Level.LTA), honest.expectation, False, 20),
        ("letter, one of two", honest.partial(Level.LT), honest.expectation, False, 20),
        ("convention, B-LT", signed(Level.LT), convention, False, 10),
        ("convention, B-LTA", signed(Level.LTA), convention, False, 10),
    ]
    made = []
    for name, content, expectation, fetches, weight in found:
        judgement = judge(content, expectation, honest.trust, fetches=fetches)
        assert judgement.verdict.stands, (name, judgement)
        made.append(Seed(name, content, expectation, fetches, judgement, weight))
    return made


Mutation = Callable[[bytes, bytes, random.Random], bytes]
"""Changes a file; a second one is there to be taken from."""


def _place(content: bytes, chance: random.Random) -> int:
    """Anywhere; half of the time in the last third, where signatures are."""
    return chance.randrange(len(content) * 2 // 3 if chance.random() < 0.5 else 0, len(content))


def flip_bit(content: bytes, _: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def change_run(content: bytes, _: bytes, chance: random.Random) -> bytes:
    place, length = _place(content, chance), chance.randrange(1, 200)
    return content[:place] + chance.randbytes(length) + content[place + length :]


def cut_end(content: bytes, _: bytes, chance: random.Random) -> bytes:
    return content[: _place(content, chance)]


def cut_out(content: bytes, _: bytes, chance: random.Random) -> bytes:
    place = _place(content, chance)
    return content[:place] + content[place + chance.randrange(1, 2000) :]


def repeat(content: bytes, _: bytes, chance: random.Random) -> bytes:
    place, to = _place(content, chance), _place(content, chance)
    return content[:to] + content[place : place + chance.randrange(1, 2000)] + content[to:]


def change_number(content: bytes, _: bytes, chance: random.Random) -> bytes:
    """In a table, a range, a length, a reference to an object, a place of a table."""
    patterns = [
        rb"/ByteRange ?\[[^]]*?(\d+)",
        rb"/Length (\d+)",
        rb"/Prev (\d+)",
        rb"startxref\s+(\d+)",
        rb"(?<!\d)(\d{1,10}) 0 R",  # a signature ends with thousands of zeros: not each is looked at
        rb"(?<!\d)(\d{10}) \d{5} n",
        rb"/(?:W|Index|Size|N|First) ?\[? ?(\d+)",
        rb"(?<!\d)(\d{1,10}) 0 obj",
    ]
    found = [match for pattern in patterns for match in re.finditer(pattern, content)]
    match = chance.choice(found)
    number = int(match.group(1)) + chance.choice([-1, 1, 7, -100, 1000, 2**31])
    written = str(max(0, number)).encode().rjust(len(match.group(1)), b"0")
    return content[: match.start(1)] + written + content[match.end(1) :]


def drop_object(content: bytes, _: bytes, chance: random.Random) -> bytes:
    match = chance.choice(list(re.finditer(rb"(?<!\d)\d{1,10} 0 obj.*?endobj\s*", content, re.DOTALL)))
    kept = b" " * (match.end() - match.start()) if chance.random() < 0.5 else b""
    return content[: match.start()] + kept + content[match.end() :]


def splice(content: bytes, other: bytes, chance: random.Random) -> bytes:
    return content[: _place(content, chance)] + other[_place(other, chance) :]


def swap_name(content: bytes, _: bytes, chance: random.Random) -> bytes:
    names = list(re.finditer(rb"/[A-Z][A-Za-z]+", content))
    match, taken = chance.choice(names), chance.choice(names)
    return content[: match.start()] + taken.group() + content[match.end() :]


def append_update(content: bytes, _: bytes, chance: random.Random) -> bytes:
    """An update by someone without a key: one entry of one object is changed, and the file is whole."""
    writer, output = IncrementalPdfFileWriter(io.BytesIO(content), strict=False), io.BytesIO()
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    numbers = sorted(
        reference.idnum
        for revision in range(reader.total_revisions)
        for reference in reader.xrefs.explicit_refs_in_revision(revision)
    )
    for _attempt in range(20):
        item = writer.get_object(generic.Reference(chance.choice(numbers), 0, writer.prev))
        if isinstance(item, generic.DictionaryObject) and len(item):
            key, other = chance.choice(sorted(item)), chance.choice(sorted(item))
            item[key] = item.raw_get(other)
            writer.update_container(item)
            break
    writer.write(output)
    return output.getvalue()


MUTATIONS: dict[str, tuple[Mutation, int]] = {
    "bit flipped": (flip_bit, 20),
    "bytes changed": (change_run, 8),
    "end cut off": (cut_end, 5),
    "piece cut out": (cut_out, 8),
    "piece repeated": (repeat, 10),
    "number changed": (change_number, 20),
    "object dropped": (drop_object, 8),
    "two files spliced": (splice, 8),
    "name changed": (swap_name, 8),
    "update appended": (append_update, 10),
}


def campaign(honest: Honest, *, wanted: int, chance: random.Random) -> Iterator[Tally]:
    """Change honest files so many times, and judge each; tells what was seen until then, after each."""
    tally, made = Tally(), seeds(honest)
    names, weights = list(MUTATIONS), [weight for _, weight in MUTATIONS.values()]
    for number in range(wanted):
        seed = chance.choices(made, [one.weight for one in made])[0]
        other = chance.choice(made)
        (name,) = chance.choices(names, weights)
        content = seed.content
        try:
            for _ in range(chance.choice([1, 1, 1, 2, 4])):
                content = MUTATIONS[name][0](content, other.content, chance)
        except Exception:  # a second change of a file that the first broke
            if content == seed.content:
                raise
        tally.files[seed.name] += 1
        tally.kinds[name] += 1
        _judge_one(honest, seed, content, name, number, tally)
        yield tally


def _judge_one(honest: Honest, seed: Seed, content: bytes, name: str, number: int, tally: Tally) -> None:
    what = f"{number}, {seed.name}, {name}"
    begun = time.monotonic()
    try:
        judgement = judge(content, seed.expectation, honest.trust, fetches=seed.fetches)
    except BaseException:  # noqa: BLE001  # the fault that is looked for
        tally.faults.append(f"{what}: {traceback.format_exc()}")
        return
    seconds = time.monotonic() - begun
    tally.slowest = max(tally.slowest, seconds)
    tally.verdicts[judgement.verdict.value] += 1
    if seconds > _LONGEST:
        tally.faults.append(f"{what}: {seconds:.0f} s")
    if not judgement.reasons and judgement.verdict is not Verdict.COMPLETE:
        tally.faults.append(f"{what}: no reason for {judgement.verdict}")
    if content == seed.content:
        tally.unchanged += 1
    elif judgement.verdict.stands:
        if _is_a_revision(content, seed):
            tally.earlier += 1
        elif (where := _uncovered_place(content, judgement, seed)) is not None:
            tally.uncovered[name, where] += 1
        else:
            tally.faults.append(f"{what}: {judgement.verdict} of other bytes")


def _is_a_revision(content: bytes, seed: Seed) -> bool:
    """Whether the file is only cut at the end of one of its own revisions: an earlier state, signed by fewer."""
    return seed.content.startswith(content) and content.endswith((b"%%EOF", b"%%EOF\n"))


def _uncovered_place(content: bytes, judgement: Judgement, seed: Seed) -> str | None:
    """Where bytes differ, if no signature of the original covers them, and nothing better is told for it."""
    ranges = re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", seed.content)
    hole, after, length = max(tuple(map(int, found)) for found in ranges)
    end = after + length
    told, honest = judgement.signatures, seed.honest.signatures
    is_as_good = (
        content[:hole] == seed.content[:hole]
        and content[after:end] == seed.content[after:end]
        and judgement.verdict is seed.honest.verdict
        and [(one.party, one.certificate.sha256) for one in told]
        == [(one.party, one.certificate.sha256) for one in honest]
        and all(one.level.rank <= other.level.rank for one, other in zip(told, honest, strict=True))
        and pages_of(content, {}) == pages_of(seed.content, {})
    )
    if not is_as_good:
        return None
    where = (
        "the value of the last signature" if content[end:] == seed.content[end:] else "the update after it"
    )
    is_lower = any(one.level.rank < other.level.rank for one, other in zip(told, honest, strict=True))
    return f"{where}; {'a lower level is told' if is_lower else 'the same is told'}"
