/** Where the program below is in the build. */
export const LOCK_PROGRAM = '.vastrox/python-lock.py'

/** What it needs beyond the standard library; `tomli` where that has no reader of TOML. */
export const LOCK_NEEDS =
  "--with 'packaging>=24,<27' --with 'tomli>=2,<3; python_version < \"3.11\"'"

/**
 * Turns a Pipfile, Pipfile.lock, poetry.lock, pdm.lock or the dependencies of Poetry in
 * pyproject.toml into requirements for uv, for the Python that runs it. The tools themselves would do
 * the same in ten to fifty times the time, with forty packages of their own, any of which can break
 * a build (docs/decisions/0079).
 */
export const lockProgram = `"""Prints what a lock file pins, as requirements for the Python that runs this."""

import json
import os
import re
import sys
from urllib.parse import urlsplit

from packaging.markers import InvalidMarker, Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib


def fail(reason):
    sys.exit(f"error: {reason}")


def load(path):
    try:
        with open(path, "rb") as file:
            return json.load(file) if path.endswith("Pipfile.lock") else tomllib.load(file)
    except (ValueError, OSError) as error:
        fail(f"{path} cannot be read: {error}")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def applies(marker, extras=()):
    """Whether a marker holds here, for one of the extras that were asked for or for none."""
    if not marker:
        return True
    try:
        parsed = Marker(marker)
        return any(parsed.evaluate({"extra": extra}) for extra in ("", *extras))
    except InvalidMarker:
        return True


def specifier(text):
    """PEP 440 of what Poetry and Pipfiles write: ^1.2, ~1.2, 1.2, 1.*, *."""
    parts = []
    for part in re.split(r"\\s*,\\s*|\\s+(?=[<>=!~^])", str(text).strip()):
        part = re.sub(r"^([<>=!~^]+)\\s+", r"\\1", part)
        if part in ("", "*"):
            continue
        found = re.match(r"(\\^|~(?!=)|===?|!=|>=|<=|~=|>|<)?\\s*v?(.+)$", part)
        operator, version = found.groups()
        numbers = [int(number) for number in re.findall(r"\\d+", version.split("+")[0])[:3]]
        if operator == "^":
            at = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
            upper = numbers[: at + 1]
            upper[at] += 1
            parts += [f">={version}", "<" + ".".join(map(str, upper))]
        elif operator == "~":
            upper = numbers[:2]
            upper[-1] += 1
            parts += [f">={version}", "<" + ".".join(map(str, upper))]
        elif operator is None:
            parts.append(f"=={version}")
        else:
            parts.append(f"{operator}{version}")
    return ",".join(parts)


def holds(text, version):
    """Whether a version is within a range; a range that is not understood keeps nothing out."""
    try:
        return any(
            SpecifierSet(specifier(part)).contains(version, prereleases=True)
            for part in str(text).split("||")
        )
    except InvalidSpecifier:
        return True


HERE = Version(".".join(map(str, sys.version_info[:3])))


def suits(table):
    """Whether a dependency that is written as a table is for this Python and system."""
    if not isinstance(table, dict):
        return True
    if "python" in table and not holds(table["python"], HERE):
        return False
    platform = table.get("platform") or table.get("sys_platform")
    if platform and re.sub(r"^[=\\s\\"']+|[\\"'\\s]+$", "", str(platform)) not in ("linux", "*"):
        return False
    return True


def from_git(url, reference, folder):
    if re.match(r"[\\w.-]+@[\\w.-]+:", url):
        url = "ssh://" + url.replace(":", "/", 1)
    target = f"git+{url}" if not url.startswith("git+") else url
    if reference:
        target += f"@{reference}"
    return target + (f"#subdirectory={folder}" if folder else "")


def written(name, extras, rest, marker=None, hashes=()):
    line = name + (f"[{','.join(sorted(extras))}]" if extras else "") + rest
    if marker:
        line += f" ; {marker}"
    return line + "".join(f" --hash={one}" for one in sorted(set(hashes)))


def from_table(name, table):
    """One dependency of a Pipfile or of Poetry: a version, or a table of what is known of it."""
    if isinstance(table, str):
        return [written(name, (), specifier(table))]
    if isinstance(table, list):
        return [line for one in table if suits(one) for line in from_table(name, one)][:1]
    if not suits(table) or table.get("optional") is True:
        return []
    extras = table.get("extras", ())
    marker = table.get("markers")
    if not marker:
        words = [(key, table[key]) for key in MARKERS if key in table and key != "sys_platform"]
        marker = " and ".join(f"{key} {said}" for key, said in words) or None
    for key in ("git", "url", "file", "path"):
        if key not in table:
            continue
        where = str(table[key])
        if key == "git":
            reference = table.get("ref") or table.get("rev") or table.get("tag") or table.get("branch")
            return [written(name, extras, " @ " + from_git(where, reference, table.get("subdirectory")), marker)]
        if key == "path" or not urlsplit(where).scheme:
            return [written(name, extras, " @ file://" + os.path.abspath(where), marker)]
        return [written(name, extras, f" @ {where}", marker)]
    return [written(name, extras, specifier(table.get("version", "*")), marker, table.get("hashes", ()))]


MARKERS = ("os_name", "sys_platform", "platform_machine", "platform_system", "python_version", "implementation_name")


def indexes(sources):
    """The indexes that a file names, as options; the usual one needs no mention."""
    urls = [os.path.expandvars(source["url"]) for source in sources if source.get("url")]
    urls = [url for url in urls if not re.match(r"https://pypi\\.(python\\.)?org/simple/?$", url)]
    usual = len(urls) < len(sources) or not urls
    lines = [f"--extra-index-url {url}" for url in urls]
    return lines if usual else [f"--index-url {urls[0]}", *lines[1:]]


def pipfile_lock(lock):
    lines = indexes(lock.get("_meta", {}).get("sources", []))
    for name, table in lock.get("default", {}).items():
        lines += from_table(name, table)
    return lines


def pipfile(file):
    lines = indexes(file.get("source", []))
    for name, table in file.get("packages", {}).items():
        lines += from_table(name, table)
    return lines


def poetry_wishes(pyproject):
    """Name, extras and range of what Poetry's main group asks for."""
    tool = pyproject.get("tool", {}).get("poetry", {})
    project = pyproject.get("project", {})
    wishes = []
    for text in project.get("dependencies", []):
        wish = Requirement(text)
        if applies(str(wish.marker or "")):
            wishes.append((normal(wish.name), tuple(wish.extras), str(wish.specifier)))
    if project.get("dependencies"):
        return wishes
    for name, table in tool.get("dependencies", {}).items():
        if name == "python":
            continue
        for one in table if isinstance(table, list) else [table]:
            if isinstance(one, str):
                wishes.append((normal(name), (), one))
            elif suits(one) and not one.get("optional") and applies(one.get("markers")):
                wishes.append((normal(name), tuple(one.get("extras", ())), one.get("version", "*")))
    return wishes


def poetry_needs(package, extras):
    """What a locked package asks for, with the extras that were asked of it."""
    known = {normal(extra): list(wanted) for extra, wanted in package.get("extras", {}).items()}
    words = [re.match(r"[\\w.-]+", one) for extra in extras for one in known.get(extra, ())]
    named = {normal(word[0]) for word in words if word}
    for name, tables in package.get("dependencies", {}).items():
        for table in tables if isinstance(tables, list) else [tables]:
            if isinstance(table, str):
                yield normal(name), (), table
                continue
            markers = table.get("markers") or ""
            if not suits(table) or not applies(markers, extras):
                continue
            if table.get("optional") and "extra" not in markers and normal(name) not in named:
                continue
            yield normal(name), tuple(table.get("extras", ())), table.get("version", "*")


def poetry_line(package, sources):
    source = package.get("source", {})
    kind, url = source.get("type"), source.get("url", "")
    name = package["name"]
    if kind == "git":
        reference = source.get("resolved_reference") or source.get("reference")
        return written(name, (), " @ " + from_git(url, reference, source.get("subdirectory")))
    if kind in ("file", "directory"):
        return written(name, (), " @ file://" + os.path.abspath(url))
    if kind == "url":
        return written(name, (), f" @ {url}")
    if kind == "legacy":
        sources.append({"url": url})
    return written(name, (), f"=={package['version']}", None, [file["hash"] for file in package.get("files", ())])


def poetry_lock(lock, pyproject):
    by_name = {}
    old_files = lock.get("metadata", {}).get("files", {})
    for package in lock.get("package", []):
        package.setdefault("files", old_files.get(package["name"], []))
        by_name.setdefault(normal(package["name"]), []).append(package)
    for name, packages in by_name.items():
        here = [one for one in packages if holds(one.get("python-versions", "*"), HERE)]
        marked = [one for one in here or packages if locked_marker(one)] or here or packages
        by_name[name] = sorted(marked, key=lambda one: Version(one["version"]), reverse=True)

    def choose(name, wanted):
        packages = by_name.get(name)
        if not packages:
            fail(f"poetry.lock has no {name}: it is out of step with pyproject.toml; run \`poetry lock\`")
        return next((one for one in packages if holds(wanted, one["version"])), packages[0])

    picked = walk(poetry_wishes(pyproject), choose, poetry_needs)
    sources = []
    lines = [poetry_line(package, sources) for package in picked]
    seen = {source["url"]: source for source in sources}
    return [*(indexes([*seen.values(), {"url": ""}])), *lines]


def locked_marker(package):
    markers = package.get("markers")
    return applies(markers.get("main", "") if isinstance(markers, dict) else markers)


def walk(wishes, choose, needs):
    """Every package that is reached from the wishes, with the extras that anybody asked of it."""
    picked, asked, waiting = {}, {}, list(wishes)
    while waiting:
        name, extras, wanted = waiting.pop()
        package = choose(name, wanted)
        key = normal(package["name"])
        before = asked.get(key)
        after = (before or frozenset()) | {normal(extra) for extra in extras}
        if before == after:
            continue
        picked[key], asked[key] = package, after
        waiting.extend(needs(package, after))
    return [picked[key] for key in sorted(picked)]


def pdm_lock(lock, pyproject):
    packages = lock.get("package", [])
    by_name = {}
    for package in packages:
        if holds(package.get("requires_python", "*"), HERE) and applies(package.get("marker")):
            by_name.setdefault(normal(package["name"]), []).append(package)

    def choose(name, wanted):
        found = [one for one in by_name.get(name, ()) if not one.get("extras")] or by_name.get(name)
        if not found:
            fail(f"pdm.lock has no {name}: it is out of step with pyproject.toml; run \`pdm lock\`")
        return next((one for one in found if holds(wanted, one.get("version", "0"))), found[0])

    def needs(package, extras):
        name = normal(package["name"])
        entries = [package]
        for one in by_name.get(name, ()):
            if {normal(extra) for extra in one.get("extras", ())} & extras:
                entries.append(one)
        for entry in entries:
            for text in entry.get("dependencies", ()):
                wish = Requirement(text)
                if normal(wish.name) != name and applies(str(wish.marker or ""), extras):
                    yield normal(wish.name), tuple(wish.extras), str(wish.specifier) or "*"

    wishes = []
    for text in pyproject.get("project", {}).get("dependencies", []):
        wish = Requirement(text)
        if applies(str(wish.marker or "")):
            wishes.append((normal(wish.name), tuple(wish.extras), str(wish.specifier) or "*"))
    lines = indexes(pyproject.get("tool", {}).get("pdm", {}).get("source", []))
    for package in walk(wishes, choose, needs):
        lines.append(pdm_line(package))
    return lines


def pdm_line(package):
    name = package["name"]
    if "git" in package:
        return written(name, (), " @ " + from_git(package["git"], package.get("revision") or package.get("ref"), package.get("subdirectory")))
    if "path" in package:
        return written(name, (), " @ file://" + os.path.abspath(package["path"]))
    if "url" in package:
        return written(name, (), f" @ {package['url']}")
    return written(name, (), f"=={package['version']}", None, [file["hash"] for file in package.get("files", ()) if file.get("hash")])


def poetry_project(pyproject):
    tool = pyproject.get("tool", {}).get("poetry", {})
    lines = indexes(tool.get("source", []))
    for name, table in tool.get("dependencies", {}).items():
        if name != "python":
            lines += from_table(name, table)
    return lines


def main(path):
    if path == "Pipfile.lock":
        return pipfile_lock(load(path))
    if path == "Pipfile":
        return pipfile(load(path))
    pyproject = load("pyproject.toml")
    if path == "poetry.lock":
        return poetry_lock(load(path), pyproject)
    if path == "pdm.lock":
        return pdm_lock(load(path), pyproject)
    return poetry_project(pyproject)


try:
    print("\\n".join(main(sys.argv[1])))
except (AttributeError, IndexError, InvalidRequirement, InvalidVersion, KeyError, TypeError) as error:
    fail(f"{sys.argv[1]} is not as it should be: {error!r}")
`
