"""The shell: one line of the grammar in, the answer on stdout, everything else on stderr, and an exit code."""

from __future__ import annotations

import io
import os
import re
import secrets
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bot.flags import lift_settings
from bot.grammar import join_arguments, language_in, parse
from bot.grammar.commands import Question, ShellCommand, WindowCommand, WordCommand
from bot.grammar.help import help_page
from bot.grammar.spelling import problem_told
from summarizer import languages
from summarizer.errors import BadInput, DigestError, NotConfigured
from summarizer.fence import tokens

if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Coroutine, Mapping, Sequence

    from adapters.chat import Reply
    from adapters.console import Terminal
    from bot.grammar.commands import Command
    from bot.serving import Part
    from bot.settings import Settings
    from bot.wiring import Services
    from summarizer.digests import Digest
    from summarizer.languages import Language

OK, BUG, WRONG, INTERRUPTED = 0, 1, 2, 130

EXPECTED = frozenset({"warnings.retold"})
"""Warnings that stand in the digest alone: whoever wrote --demo has asked for what they warn of."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one shell command and return its exit code: 0 done, 1 our bug, 2 bad input, 3 not configured, 4 GitHub,
    5 store, 130 interrupted."""
    _mend_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = "en"
    try:
        lang = _language(given)
        return _run(given, lang)
    except DigestError as problem:
        return _complain(problem, lang)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _give_up_stdout()  # the reader has gone (`| head`)
        return OK
    except _StdoutError as error:
        _give_up_stdout()
        return _complain(BadInput("output.unwritable", path=f"stdout ({error})"), lang)
    except Exception:  # noqa: BLE001 - the last place where a bug of ours can be named instead of spilled
        return _admit(lang)


class _StdoutError(Exception):
    """Standard output takes no more, because a disk is full for example."""


def _mend_streams() -> None:
    """Give back streams that the caller closed, and make those of an ASCII locale take every character."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif name != "stdin" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _give_up_stdout() -> None:
    """Let what is still buffered go nowhere; Python would complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def shell_language() -> str | None:
    """The language of this shell by LC_ALL, LC_MESSAGES and LANG, in POSIX's order; None: it names none of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            code = re.split(r"[_.@-]", value, maxsplit=1)[0].lower()
            return code if code in languages.codes() else None
    return None


def _language(arguments: list[str]) -> str:
    """The language to answer in, and to complain in of what cannot be parsed: the line's own, the shell's, the
    setting's, English."""
    with suppress(BadInput):  # which comes again where the settings are needed
        arguments, _ = lift_settings(arguments)
    asked = language_in(join_arguments(arguments), surface="shell")
    return asked or shell_language() or _language_set() or "en"


def _language_set() -> str | None:
    """DIGEST_LANG, here or in `.env`; None: it names none of ours. That it is wrong is said with the other settings."""
    env_file = Path(".env")
    if env_file.is_file():  # pydantic, which the settings need, takes a while to load
        from bot.settings import load_env_file

        with suppress(DigestError, OSError):
            load_env_file(env_file)
    code = os.environ.get("DIGEST_LANG")
    return code if code in languages.codes() else None


def _run(arguments: list[str], lang: str) -> int:
    arguments, given = lift_settings(arguments)
    command = _parsed(join_arguments(arguments), given)
    if command.options.output is not None and not isinstance(command, WindowCommand | Question):
        raise BadInput("option.not_here", option="output", example="today --output digest.md")
    if command.options.keep and not isinstance(command, WindowCommand):
        raise BadInput("option.not_here", option="keep", example="yesterday --keep")
    if isinstance(command, WordCommand) and command.word in ("help", "version"):
        _print(
            f"vllm-digest {_version()}"
            if command.word == "version"
            else help_page(languages.load(lang), *command.arguments, for_shell=True)
        )
        return OK
    if isinstance(command, ShellCommand) and command.name in _BARE and command.own:
        raise BadInput("command.takes_nothing", command=command.name, rest=" ".join(command.own))
    if isinstance(command, ShellCommand) and command.name == "init":
        return _in_loop(_initialise(lang))  # what is wrong in the settings may be what it mends
    from bot.settings import load_env_file, load_settings

    load_env_file(Path(".env"))
    settings = load_settings(**given)
    if isinstance(command, ShellCommand):
        if command.name == "import":
            return _in_loop(_import(command.own, settings, lang))
        if command.name == "prompt":
            return _in_loop(_prompt(command, settings, lang))
        if command.name == "verify":
            return _in_loop(_verify(command, settings, lang))
        if command.name == "mcp":
            return _in_loop(_serve_tools(command, settings, lang))
        if command.name == "topics":
            return _in_loop(_export_topics(command, settings))
        if command.name == "web":
            return _in_loop(_serve_web(settings, lang, demo=command.options.demo), stopped=OK)
        if command.name in _HOUSE:
            from bot.housekeeping import keep_house

            kept = keep_house(
                command.name, command.own, settings, lang, demo=command.options.demo, say=_print
            )
            return _in_loop(kept)
        if command.name in _PROCESSES:
            return _in_loop(_serve_part(command.name, settings, lang, demo=command.options.demo), stopped=OK)
        if command.name == "publish":
            return _in_loop(_publish(command, settings, lang))
        if command.name == "feedback":
            return _in_loop(_list_feedback(settings, lang, demo=command.options.demo))
        if command.name == "doctor":
            return _in_loop(_examine(settings, lang))
        assert command.name == "run", command.name  # noqa: S101 - the grammar knows no other
        serving = _serve(settings, lang, demo=command.options.demo, or_demo=command.options.or_demo)
        return _in_loop(serving, stopped=OK)  # a service is told to stop at any moment
    if not isinstance(command, Question):
        return _in_loop(_answer(command, settings, lang))
    from bot.questions.language import language_of

    lang = command.options.lang or language_of(command.text) or lang
    try:
        return _in_loop(_answer(command, settings, lang))
    except DigestError as problem:
        return _complain(problem, lang)


def _parsed(line: str, given: dict[str, str]) -> Command | Question:
    """The command of a shell line. The topics are read only where they can make a difference, since that takes time."""
    try:
        return parse(line, surface="shell", conversation=False)
    except BadInput:
        from bot.settings import load_env_file, load_settings
        from summarizer.topics import load_topics

        load_env_file(Path(".env"))
        topics = load_topics(load_settings(**given).topics_file)
        return parse(line, surface="shell", conversation=False, topics=topics.words)


def _in_loop(work: Coroutine[None, None, int], *, stopped: int = INTERRUPTED) -> int:
    """Run `work` in the process's one event loop. stopped: the exit code when SIGTERM ends it."""
    import asyncio  # a tenth of a second that help need not wait for

    async def cancelled_by_sigterm() -> int:
        task = asyncio.ensure_future(work)
        with suppress(NotImplementedError):  # Windows has no such handlers
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    try:
        return asyncio.run(cancelled_by_sigterm())
    except asyncio.CancelledError:
        return stopped


async def _answer(command: Command | Question, settings: Settings, lang: str) -> int:
    """Answer one command and leave."""
    from adapters.chat import Context
    from bot.logs import set_up_logs
    from bot.progress import say_on_stderr, shown_on_stderr
    from bot.wiring import open_services

    set_up_logs(settings.log or "warning")
    output = _writable(command.options.output)
    async with open_services(settings, demo=command.options.demo, one_shot=True) as services:
        with shown_on_stderr(lang) as progress:
            context = Context("shell", lang=lang, progress=progress, say=say_on_stderr)
            reply = await services.commands.reply(command, context)
        if command.options.keep and reply.digest is not None:
            await _keep(services, reply.digest, lang)
    _deliver(
        reply,
        output,
        explicit_format=command.options.format is not None,
    )
    return OK


async def _keep(services: Services, digest: Digest, lang: str) -> None:
    """Give the digest a page, and say where it is."""
    path = await services.editions.keep(digest)
    page = await services.editions.page(digest) or path
    sys.stderr.write(languages.load(lang).text("cli.kept", page=page) + "\n")


async def _import(arguments: Sequence[str], settings: Settings, lang: str) -> int:
    """Read a file of items into the mirror. Neither GitHub nor a token is needed."""
    from bot.logs import set_up_logs
    from bot.progress import shown_on_stderr
    from bot.wiring import open_services

    if len(arguments) != 1:
        raise BadInput("import.usage")
    set_up_logs(settings.log or "warning")
    async with open_services(settings, demo=False, one_shot=True) as services:
        with shown_on_stderr(lang) as progress:
            _print(await services.mirrors.take_in(Path(arguments[0]), languages.load(lang), progress))
    return OK


async def _prompt(command: ShellCommand, settings: Settings, lang: str) -> int:
    """Print what a model would be asked for a section of a digest."""
    from adapters.chat import Context
    from bot.logs import set_up_logs
    from bot.progress import say_on_stderr, shown_on_stderr
    from bot.wiring import open_services
    from summarizer.topics import load_topics

    section_id, window = _section_and_window(command)
    topic = section_id.lower().removeprefix("topic-")
    if topic == "topic" or topic in {word.lower() for word in load_topics(settings.topics_file).words}:
        raise BadInput("prompt.topic", section=section_id)
    set_up_logs(settings.log or "warning")
    async with open_services(settings, demo=window.options.demo, one_shot=True) as services:
        with shown_on_stderr(lang) as progress:
            context = Context("shell", lang=lang, progress=progress, say=say_on_stderr)
            prompt = await services.commands.prompt(section_id, window, context)
    parts = (("system", prompt.system), ("user", f"{prompt.shared}\n\n{prompt.task}"))
    words = languages.load(lang)
    for role, text in parts:
        _print(f"{words.text('cli.prompt', role=role, tokens=tokens(text))}\n\n{text}\n")
    return OK


def _section_and_window(command: ShellCommand) -> tuple[str, WindowCommand]:
    """What `prompt SECTION [WINDOW]` names; the window is today unless told. Raises BadInput."""
    if not command.own:
        raise BadInput("prompt.usage")
    section_id = command.own[0]
    rest = list(command.arguments)
    rest.remove(section_id)
    line = join_arguments(rest if len(command.own) > 1 else ["today", *rest])
    window = parse(line, surface="shell", conversation=False)
    if not isinstance(window, WindowCommand):
        raise BadInput("prompt.usage")
    if window.options.format not in (None, "md"):
        raise BadInput("option.not_here", option="format", example="today format:json")
    return section_id, window


async def _publish(command: ShellCommand, settings: Settings, lang: str) -> int:
    """Write the archive as files."""
    from bot.logs import set_up_logs
    from bot.progress import shown_on_stderr
    from bot.publishing import publish, read_wanted
    from bot.settling import calm_collector
    from bot.wiring import open_services

    set_up_logs(settings.log or "warning")
    wanted = read_wanted(command.own)
    async with open_services(settings, demo=command.options.demo, one_shot=True) as services:
        calm_collector()
        with shown_on_stderr(lang) as progress:
            await publish(
                wanted,
                services.archive,
                settings,
                progress,
                _print,
                lang,
                demo=command.options.demo,
            )
    return OK


async def _verify(command: ShellCommand, settings: Settings, lang: str) -> int:
    """Check a report; 0 when nothing in it is wrong, 2 when something is."""
    from bot.logs import set_up_logs
    from bot.verifying import open_verifying, read_file
    from summarizer.reports import telling

    if len(command.own) != 1:
        raise BadInput("report.usage")
    if command.options.format not in (None, "text", "json"):
        raise BadInput("report.format", format=command.options.format)
    set_up_logs(settings.log or "warning")
    name = command.own[0]
    report = read_file(name)
    async with open_verifying(settings, demo=command.options.demo) as verifying:
        check = await verifying.check(report)
    tell = telling.as_json if command.options.format == "json" else telling.as_text
    _print(tell(check, name, languages.load(lang)))
    return WRONG if check.wrong else OK


async def _serve_tools(command: ShellCommand, settings: Settings, lang: str) -> int:
    """Serve the tools over stdin and stdout, until the other side goes. Nothing else may be written to stdout."""
    from adapters.mcp import serve
    from bot.logs import set_up_logs
    from bot.settling import settle
    from bot.tools import Tools
    from bot.upkeep import looked_after
    from bot.wiring import open_services

    set_up_logs(settings.log or "warning")
    demo = command.options.demo
    async with (
        open_services(settings, demo=demo, one_shot=True) as services,
        looked_after(services.upkeep, () if demo else settings.repos),
    ):
        await settle(services.ask, settings.repos[0])
        await serve(Tools(services.commands, services.topics, lang=lang), version=_version())
    return OK


async def _export_topics(command: ShellCommand, settings: Settings) -> int:
    """Print what people decided on topics, as tables for a topic file."""
    from bot.logs import set_up_logs
    from bot.wiring import open_services

    set_up_logs(settings.log or "warning")
    async with open_services(settings, demo=command.options.demo, one_shot=True) as services:
        _print(await services.mends.export(command.options.repo or settings.repos[0]))
    return OK


async def _serve(settings: Settings, lang: str, *, demo: bool, or_demo: bool) -> int:
    """Run until told to stop: the terminal chat, as long as no chat platform is configured.

    or_demo: without a token the sample stands in, and where no terminal is, one digest is printed instead of a chat.
    """
    from adapters.console import Terminal
    from bot.heaps import have_one_heap
    from bot.logs import set_up_logs
    from bot.progress import shown_on_stderr
    from bot.serving import posting
    from bot.settling import settle
    from bot.upkeep import looked_after
    from bot.wiring import gh_token, open_services

    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    set_up_logs(settings.log or ("info" if settings.has_platform and not terminal else "warning"))
    have_one_heap()
    if not terminal and not or_demo and not settings.has_platform:
        raise NotConfigured("run.no_platform")
    if or_demo and not settings.has_token and await gh_token() is None:
        demo = True
    async with open_services(settings, demo=demo, one_shot=or_demo, show=_show_post) as services:
        chat = Terminal(services.commands, shown_on_stderr, lang=lang, history=_history(settings))
        words = languages.load(lang)
        if demo:
            sys.stderr.write(words.text("cli.demo") + "\n")
        if settings.has_platform:
            await settle(services.ask, settings.repos[0], settings.platform_modules)
            return await _serve_platforms(settings, services, chat if terminal else None, words, demo=demo)
        if or_demo:
            problem = await chat.say("today")
            if not terminal:
                return problem.exit_code if problem else OK
        await settle(services.ask, settings.repos[0])
        _print(words.text("cli.welcome"))
        async with looked_after(services.upkeep, () if demo else settings.repos), posting(settings, services):
            await chat.run()
    return OK


def _show_post(text: str) -> None:
    """What is posted to the terminal, between two lines of the chat."""
    from adapters.chat import Reply
    from adapters.console import show

    if sys.stdout.isatty():
        show(Reply(f"\n{text}", "en"), sys.stdout)


async def _serve_platforms(
    settings: Settings, services: Services, chat: Terminal | None, words: Language, *, demo: bool
) -> int:
    """Serve until told to stop, with the terminal chat beside it where there is a terminal."""
    import asyncio

    from bot.serving import EVERYTHING, serve

    sys.stderr.write(words.text("cli.serving", host=settings.web_host, port=settings.web_port) + "\n")
    parts = EVERYTHING - ({"upkeep"} if demo else set())
    serving = asyncio.create_task(serve(settings, services, parts))
    try:
        if chat is not None:
            _print(words.text("cli.welcome"))
            talking = asyncio.create_task(chat.run())
            await asyncio.wait((talking, serving), return_when=asyncio.FIRST_COMPLETED)
            if talking.done():
                talking.result()
                sys.stderr.write(words.text("cli.goes_on") + "\n")
            talking.cancel()
        await _until_told(serving)
    finally:
        serving.cancel()
        await asyncio.wait((serving,))
    return OK


async def _serve_web(settings: Settings, lang: str, *, demo: bool) -> int:
    """Serve the pages, and Slack where it comes over HTTP, until told to stop."""
    from bot.logs import set_up_logs
    from bot.serving import serve
    from bot.settling import calm_collector
    from bot.wiring import open_services

    set_up_logs(settings.log or "info")
    async with open_services(settings, demo=demo, one_shot=True) as services:
        words = languages.load(lang)
        calm_collector()
        sys.stderr.write(words.text("cli.serving_web", host=settings.web_host, port=settings.web_port) + "\n")
        await _until_told(serve(settings, services, ["web"]))
    return OK


_BARE = frozenset(["run", "bot", "worker", "scheduler", "web", "init", "doctor"])
"""What follows one of these is a slip, such as a flag that does not exist: to go on would be to do something else."""

_HOUSE = frozenset(["backup", "restore", "purge", "forget", "subscriptions"])
"""What `bot.housekeeping` does; it is loaded only then."""

_PROCESSES: Mapping[str, frozenset[Part]] = {
    "bot": frozenset(["platforms"]),
    "worker": frozenset(["worker"]),
    "scheduler": frozenset(["scheduler", "upkeep"]),
}
"""What `run` does in one process, in several: the web is the fourth."""


async def _serve_part(name: str, settings: Settings, lang: str, *, demo: bool) -> int:
    """Do one part of what `run` does, until told to stop."""
    from bot.heaps import have_one_heap
    from bot.logs import set_up_logs
    from bot.serving import serve
    from bot.settling import settle
    from bot.wiring import open_services

    set_up_logs(settings.log or "info")
    have_one_heap()
    if name == "bot" and not settings.has_platform:
        raise NotConfigured("run.no_platform_bot")
    parts = _PROCESSES[name] - ({"upkeep"} if demo else set())
    async with open_services(settings, demo=demo, one_shot=True) as services:
        if name == "bot":
            await settle(services.ask, settings.repos[0], settings.platform_modules)
        sys.stderr.write(languages.load(lang).text(f"cli.serving_{name}") + "\n")
        await _until_told(serve(settings, services, parts))
    return OK


async def _until_told(serving: Coroutine[None, None, None] | Task[None]) -> None:
    """Serve until told to stop by SIGTERM, which is how a service ends well."""
    import asyncio

    with suppress(asyncio.CancelledError):
        await serving


async def _examine(settings: Settings, lang: str) -> int:
    """Look at every part that the settings name, and say what is wrong with it."""
    from adapters.chat import Reply
    from adapters.console import show
    from bot.doctor import examine, exit_code, report
    from bot.logs import set_up_logs
    from bot.wiring import token_of

    set_up_logs(settings.log or "error")
    checks = await examine(settings, token=await token_of(settings, one_shot=True), env_file=Path(".env"))
    show(Reply(report(checks, languages.load(lang)), lang, format="text"), sys.stdout)
    return exit_code(checks)


async def _initialise(lang: str) -> int:
    """Ask for what is missing and write `.env`."""
    from adapters.console_asking import TerminalAsking
    from bot.init import init
    from bot.logs import set_up_logs

    set_up_logs("error")
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return await init(
        TerminalAsking() if terminal else None, env_file=Path(".env"), environ=os.environ, lang=lang
    )


async def _list_feedback(settings: Settings, lang: str, *, demo: bool) -> int:
    """Print what people think of the digests."""
    from adapters.chat import Reply
    from adapters.console import show
    from bot.logs import set_up_logs
    from bot.wiring import open_services

    set_up_logs(settings.log or "warning")
    async with open_services(settings, demo=demo, one_shot=True) as services:
        show(Reply(await services.feedback.listing(lang), lang), sys.stdout)
    return OK


def _history(settings: Settings) -> Path | None:
    try:
        settings.state_dir.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return settings.state_dir / "history"


def _deliver(reply: Reply, output: Path | None, *, explicit_format: bool) -> None:
    """Write the reply where it was asked for; warnings go to stderr."""
    from adapters.console import show

    if output is not None:
        _write_whole(output, reply.text if reply.text.endswith("\n") else reply.text + "\n")
    else:
        try:
            show(reply, sys.stdout, raw=explicit_format)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _StdoutError(error.strerror) from error
    if reply.digest is not None:
        from summarizer import pages

        for key, warning in pages.warnings(reply.digest, languages.load(reply.lang)):
            if key not in EXPECTED:
                sys.stderr.write(f"vllm-digest: {warning}\n")


def _writable(output: str | None) -> Path | None:
    """The file to write, looked at before any work is done. Raises BadInput."""
    if output is None or output == "-":
        return None
    path = Path(output).resolve()  # a link stays a link; what it names is written
    if path.exists() and not path.is_dir() and not path.is_file():
        return path  # a pipe or a device
    if path.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise BadInput("output.unwritable", path=output)
    return path


def _write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all, so that nobody reads half a digest; a pipe or a device just gets the text."""
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, "utf-8")
            return
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.absolute().parent, prefix=f".{path.name}.", delete=False
        ) as draft:
            try:
                draft.write(text)
                draft.flush()
                Path(draft.name).chmod(mode)
                Path(draft.name).replace(path)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise BadInput("output.unwritable", path=str(path)) from error


def _umask() -> int:
    """The bits that new files of this process do without; asking is only possible by setting."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def _print(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _version() -> str:
    from importlib.metadata import version

    return version("vllm-digest")


def _complain(problem: DigestError, lang: str) -> int:
    """One line on stderr that says what to do."""
    sys.stderr.write(f"vllm-digest: {problem_told(problem, languages.load(lang))}\n")
    return problem.exit_code


def _admit(lang: str) -> int:
    """Our bug: one line with a reference, by which the log tells the rest."""
    from bot.logs import set_up_logs

    set_up_logs("error")
    import structlog

    reference = secrets.token_hex(4)
    structlog.get_logger().exception("bug", reference=reference)
    sys.stderr.write(f"vllm-digest: {languages.load(lang).text('errors.bug', reference=reference)}\n")
    return BUG
