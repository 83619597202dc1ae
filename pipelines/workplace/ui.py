"""`make ui`: Dagster's user interface on 127.0.0.1, on the same instance that the command line writes to."""

import os
import sys

from pipelines.settings import Settings
from pipelines.storage import files
from pipelines.workplace.refreshing import prepare_dagster_home


def main() -> None:
    """Open the user interface; arguments go on to `dagster dev`."""
    settings = Settings()
    files.keep_private()
    files.make_folder(settings.inbox)  # so that there is a folder to drop files in
    home = prepare_dagster_home(settings).resolve()
    # Not beside the project's own dagster.yaml: Dagster would warn that it reads the other one.
    os.chdir(home)
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-m",
        "pipelines.workplace.definitions",
        "-h",
        "127.0.0.1",
        *sys.argv[1:],
    ]
    os.execve(command[0], command, os.environ | {"DAGSTER_HOME": str(home)})


if __name__ == "__main__":
    main()
