"""Checks JUnit XML, GitHub annotations and text by the rules of what reads them.

usage: validate_others.py FILE…   .xml: JUnit; .github: workflow commands; .txt: the card
"""
import re
import sys
import unicodedata
import xml.etree.ElementTree as tree

wrong = 0


def problem(path, text):
    global wrong
    wrong += 1
    print(f"{path}: {text}")


def check_junit(path):
    root = tree.parse(path).getroot()
    if root.tag != "testsuites":
        problem(path, "the root is not <testsuites>")
    names = set()
    for suite in root.iter("testsuite"):
        cases = suite.findall("testcase")
        counts = {
            "tests": len(cases),
            "failures": sum(case.find("failure") is not None for case in cases),
            "errors": sum(case.find("error") is not None for case in cases),
        }
        for name, count in counts.items():
            if int(suite.get(name)) != count:
                problem(path, f"{name} says {suite.get(name)}, there are {count}")
        for case in cases:
            if not case.get("name") or not case.get("classname"):
                problem(path, "a test case without name or classname")
            key = (case.get("classname"), case.get("name"))
            if key in names:
                problem(path, f"{key} twice")
            names.add(key)
            if len(case) > 1:
                problem(path, "a test case with two outcomes")
            for outcome in case:
                # GitLab shows the body alone, Jenkins shows it first.
                if not (outcome.text or "").strip() or not outcome.get("message"):
                    problem(path, "a failure without a body or a message")


def check_github(path):
    lines = open(path, encoding="utf-8").read().splitlines()
    commands = 0
    for line in lines:
        match = re.fullmatch(r"::(error|warning|notice) ((?:[a-z]+=[^,:]*,?)*)::(.*)", line)
        if not match:
            problem(path, f"no workflow command: {line[:80]}")
            continue
        commands += 1
        if len(line.encode()) > 65535:
            problem(path, "an annotation over 64 KiB")
    # Ten of each level are shown for a step.
    for level in ("error", "warning", "notice"):
        if sum(line.startswith(f"::{level} ") for line in lines) > 10:
            problem(path, f"more than ten annotations of level {level}")
    if commands == 0:
        problem(path, "no annotation at all")


def check_text(path):
    lines = open(path, encoding="utf-8").read().splitlines()
    if len(lines) > 24:
        problem(path, f"{len(lines)} lines")
    for line in lines:
        if any(unicodedata.category(c) == "Cc" for c in line):
            problem(path, "a control character")


for path in sys.argv[1:]:
    if path.endswith(".xml"):
        check_junit(path)
    elif path.endswith(".github"):
        check_github(path)
    else:
        check_text(path)
print(f"{len(sys.argv) - 1} files, {wrong} errors")
sys.exit(1 if wrong or len(sys.argv) < 2 else 0)
