"""Questions at the terminal, one by one; what is secret does not appear on the screen."""

from __future__ import annotations

import sys


class TerminalAsking:
    """Asks at this process's terminal. Raises EOFError at the end of input and KeyboardInterrupt as the person
    types it."""

    def tell(self, text: str) -> None:
        """Say something."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    async def ask(self, question: str) -> str:
        """What the person types."""
        return await self._asked(question, is_password=False)

    async def secret(self, question: str) -> str:
        """What the person types, which is shown as asterisks and kept in no history."""
        return await self._asked(question, is_password=True)

    async def _asked(self, question: str, *, is_password: bool) -> str:
        from prompt_toolkit import PromptSession

        session: PromptSession[str] = PromptSession()
        return await session.prompt_async(f"{question} ", is_password=is_password)
