"""Validates JSON documents against the schema that the program prints.

usage: validate.py SCHEMA.json DOCUMENT.json…   Needs Debian's python3-jsonschema (tests only).
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed: documents not validated")
    sys.exit(77)

schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
wrong = 0
for path in sys.argv[2:]:
    for error in validator.iter_errors(json.load(open(path, encoding="utf-8"))):
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
        wrong += 1
print(f"{len(sys.argv) - 2} documents, {wrong} errors")
sys.exit(1 if wrong or len(sys.argv) < 3 else 0)
