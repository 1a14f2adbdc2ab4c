"""``python -m flipscope`` is the command ``flipscope``."""

from flipscope.cli import main

if __name__ == "__main__":
    main()
