"""Validates SARIF logs: against the OASIS schema where it is there, and against what GitHub takes.

usage: validate_sarif.py SCHEMA|- LOG…   Needs Debian's python3-jsonschema for the schema.
"""
import gzip
import json
import sys
import urllib.parse

schema_path, logs = sys.argv[1], sys.argv[2:]
wrong = 0


def problem(path, text):
    global wrong
    wrong += 1
    print(f"{path}: {text}")


validator = None
if schema_path != "-":
    try:
        import jsonschema

        schema = json.load(open(schema_path, encoding="utf-8"))
        kind = jsonschema.validators.validator_for(schema)
        validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    except ImportError:
        print("python3-jsonschema is not installed: the schema is not applied")

for path in logs:
    log = json.load(open(path, encoding="utf-8"))
    if validator:
        for error in validator.iter_errors(log):
            problem(path, "/".join(map(str, error.absolute_path)) + ": " + error.message[:200])
    if len(gzip.compress(open(path, "rb").read())) > 10_000_000:
        problem(path, "more than 10 MB, compressed")
    if len(log["runs"]) > 20:
        problem(path, "more than 20 runs")
    for run in log["runs"]:
        results, rules = run["results"], run["tool"]["driver"]["rules"]
        artifacts = run.get("artifacts", [])
        if len(results) > 25000 or len(rules) > 25000:
            problem(path, "more than 25,000 results or rules")
        for rule in rules:
            if len(rule.get("shortDescription", {}).get("text", "")) > 1024:
                problem(path, "a short description over 1,024 characters")
            if len(rule.get("properties", {}).get("tags", [])) > 20:
                problem(path, "more than 20 tags")
        for result in results:
            if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                problem(path, "ruleIndex does not match ruleId")
            if len(result["locations"]) > 1000:
                problem(path, "more than 1,000 locations")
            for location in result["locations"]:
                place = location.get("physicalLocation", {}).get("artifactLocation", {})
                uri = place.get("uri", "")
                if urllib.parse.urlparse(uri).scheme or uri.startswith("/") or not uri:
                    problem(path, f"uri is not relative: {uri}")
                if "index" in place and artifacts[place["index"]]["location"]["uri"] != uri:
                    problem(path, "index does not match uri")
        for artifact in artifacts:
            if artifact.get("parentIndex", 0) >= len(artifacts):
                problem(path, "parentIndex is out of range")
print(f"{len(logs)} SARIF logs, {wrong} errors, schema {'applied' if validator else 'not applied'}")
sys.exit(1 if wrong or not logs else 0)
