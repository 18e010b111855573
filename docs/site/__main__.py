"""`python -m docs.site FOLDER`: the site as HTML in `FOLDER/site`, made anew."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docs.site.build import gather


def main(folder: Path) -> None:
    """Nothing but `FOLDER/site` is left behind; what it was made from goes."""
    with tempfile.TemporaryDirectory() as place:
        sources = Path(place)
        gather(sources / "sources")
        command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", "mkdocs.yml"]
        told = subprocess.run(
            command,
            cwd=sources / "sources",
            env=os.environ | {"NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if told.returncode != 0:
            sys.exit(told.stdout)
        shutil.rmtree(folder / "site", ignore_errors=True)
        shutil.copytree(sources / "sources" / "html", folder / "site")
    sys.stdout.write(f"{folder / 'site' / 'index.html'}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
