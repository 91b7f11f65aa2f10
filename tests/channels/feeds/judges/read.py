"""Reads feeds with feedparser, which others wrote and many readers use.

Standard input: {"documents": [{"id", "type", "text"}]}
Standard output: {id: {"bozo", "title", "link", "entries": [{"id", "link", "title", "html", "enclosures"}]}}
"""

import json
import sys

import feedparser

# Titles are compared as they stand in the document.
feedparser.SANITIZE_HTML = False


def plain(document):
    headers = {"content-type": document["type"]}
    try:
        read = feedparser.parse(document["text"].encode("utf-8"), response_headers=headers)
    except Exception as failure:  # A reader must not fall over what we write.
        return {"bozo": repr(failure), "title": "", "link": "", "entries": []}
    return {
        "bozo": str(read.get("bozo_exception", "")) if read.bozo else "",
        "title": read.feed.get("title", ""),
        "link": read.feed.get("link", ""),
        "entries": [
            {
                "id": entry.get("id", ""),
                "link": entry.get("link", ""),
                "title": entry.get("title", ""),
                "html": entry.content[0].value if "content" in entry else "",
                "enclosures": [one.get("href", "") for one in entry.get("enclosures", [])],
            }
            for entry in read.entries
        ],
    }


json.dump({one["id"]: plain(one) for one in json.load(sys.stdin)["documents"]}, sys.stdout)
