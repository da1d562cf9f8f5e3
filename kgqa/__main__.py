"""``python -m kgqa``."""

from kgqa.cli.main import main

if __name__ == "__main__":
    main()
