"""A consumer as it was written on the day of schema 1.0: it knows nothing that came later.

usage: consumer_1_0.py REPORT…   Exit 1 when it cannot do its work with one of them.
"""
import datetime
import json
import sys

for path in sys.argv[1:]:
    report = json.load(open(path, encoding="utf-8"))
    assert report["kind"] == "rdptriage.report", path
    assert report["schema_version"].startswith("1."), path
    assert report["status"] in ("complete", "partial", "failed"), path
    assert report["verdict"] in (
        "diagnosed", "suspected", "inconclusive", "no_failure_found", "not_analysable"), path
    evidence = {one["id"]: one for one in report["evidence"]}
    findings = {one["id"]: one for one in report["findings"]}
    hosts = {one["id"]: one for one in report["hosts"]}
    artifacts = {one["id"]: one for one in report["artifacts"]}
    # The ticket's text, from members alone that 1.0 has.
    lines = [report["ticket"]["title"], f"severity {report['ticket']['severity']}"]
    for rank, diagnosis in enumerate(report["diagnoses"], 1):
        assert diagnosis["rank"] == rank, path
        assert diagnosis["confidence"]["label"] in ("confirmed", "likely", "possible"), path
        assert 0 <= diagnosis["confidence"]["score"] <= 1, path
        lines.append(f"{diagnosis['cause']}: {diagnosis['title']}")
        for name in diagnosis["evidence"]:
            one = evidence[name]
            assert one["artifact"] in artifacts, path
            assert one.get("host", "h1") in hosts or "host" not in one, path
            when = one.get("time", {}).get("utc")
            if when:
                datetime.datetime.strptime(when[:19], "%Y-%m-%dT%H:%M:%S")
            for member in ("record_id", "activity_id"):
                assert isinstance(one.get("locator", {}).get(member, ""), str), path
        for name in diagnosis["findings"] + diagnosis["contradicted_by"]:
            assert name in findings, path
        for step in diagnosis["remediation"]:
            assert step["risk"] in ("read_only", "reversible", "disruptive", "lowers_security"), path
            lines.append(f"{step['step']}. {step.get('actor', '')}: {step.get('text', '')}")
    for attempt in report["attempts"]:
        assert attempt["outcome"] in ("failed", "succeeded", "unknown"), path
        for stage in attempt["stages"]:
            assert stage["state"] in ("passed", "failed", "not_reached", "unknown"), path
            assert all(name in evidence for name in stage["evidence"]), path
    for artifact in report["artifacts"]:
        assert artifact["state"] in ("used", "not_used", "refused", "damaged"), path
        assert artifact.get("parent", "A1") in artifacts, path
    for source in report["coverage"]:
        assert source["state"] in (
            "present", "empty", "rolled_over", "cleared", "gap", "off", "collector_failed",
            "not_supplied"), path
    assert report["ticket"]["dedupe_key"] and len(lines) >= 2, path

    def no_empty(node):
        assert node is not None and node != "", path
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            no_empty(child)

    no_empty(report)
print(f"{len(sys.argv) - 1} reports read by a consumer of 1.0")
