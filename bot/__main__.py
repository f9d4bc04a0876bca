"""The front door: `vllm-digest` and `python -m bot`."""

import sys


def main() -> int:
    sys.stdout.write("")
    return 0


if __name__ == "__main__":
    sys.exit(main())
