"""Joins the parts of a model: each wheel in the folder holds one .bin, numbered by the wheel's name."""

import pathlib
import re
import shutil
import sys
import zipfile

folder, target = pathlib.Path(sys.argv[1]), sys.argv[2]


def number(wheel):
    return int(re.search(r"part(\d+)-", wheel.name).group(1))


with open(target, "wb") as whole:
    for wheel in sorted(folder.glob("*.whl"), key=number):
        with zipfile.ZipFile(wheel) as packed:
            (part,) = [name for name in packed.namelist() if name.endswith(".bin")]
            with packed.open(part) as bytes_of_part:
                shutil.copyfileobj(bytes_of_part, whole, 1 << 20)
