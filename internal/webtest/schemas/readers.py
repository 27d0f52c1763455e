"""Reads feeds as other people's programs do, and says what it found: feedparser reads RSS and
Atom, jsonschema holds JSON Feeds against their schema. One line of JSON for each file named."""
import json
import sys

import feedparser
import jsonschema

schema = json.load(open(sys.argv[1], encoding="utf-8"))
for path in sys.argv[2:]:
    found = {"file": path, "problem": "", "entries": []}
    if path.endswith(".json"):
        feed = json.load(open(path, encoding="utf-8"))
        wrong = sorted(jsonschema.Draft202012Validator(schema).iter_errors(feed), key=str)
        found["problem"] = "; ".join("%s: %s" % (e.json_path, e.message) for e in wrong[:3])
        found["entries"] = [[i["id"], i.get("title", ""), i.get("url", "")] for i in feed["items"]]
    else:
        feed = feedparser.parse(path)
        if feed.bozo:
            found["problem"] = str(feed.bozo_exception)
        elif not feed.version:
            found["problem"] = "it is no feed"
        found["entries"] = [[e.get("id", ""), e.get("title", ""), e.get("link", "")] for e in feed.entries]
    print(json.dumps(found))
