"""Which words of an HTML document a browser shows: headless Chromium, asked over its debugging pipe.

A word is visible if its letters have a box, are not too small, not transparent, not of the colour of their
ground, and not cut off by a box of no size. Nothing is loaded: every host name is unknown to this browser.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import tempfile
from typing import Any

from msgspec import Struct

JUDGE = r"""
(() => {
  const visible = [], hidden = [];
  const skipped = new Set(["STYLE", "SCRIPT", "TITLE", "NOSCRIPT", "TEMPLATE", "HEAD", "IFRAME", "OBJECT"]);
  const colour = text => (text.match(/[\d.]+/g) || []).map(Number);
  const cache = new Map();
  function shows(element) {
    if (cache.has(element)) return cache.get(element);
    let found = {is: true, ground: [255, 255, 255], picture: false};
    if (element.parentElement) {
      const above = shows(element.parentElement);
      found = {is: above.is, ground: above.ground, picture: above.picture};
    }
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (style.display === "none" || parseFloat(style.opacity) < 0.01) found.is = false;
    const cuts = style.overflowX !== "visible" || style.overflowY !== "visible";
    if (cuts && style.display !== "inline" && (box.width < 2 || box.height < 2)) found.is = false;
    if (style.clip && /^rect\((0px|1px|auto),? (0px|1px),? (0px|1px)/.test(style.clip)) found.is = false;
    const ground = colour(style.backgroundColor);
    if (ground.length === 3 || ground[3] > 0) { found.ground = ground; found.picture = false; }
    if (style.backgroundImage !== "none" || element.hasAttribute("background")) found.picture = true;
    cache.set(element, found);
    return found;
  }
  function block(element) {
    while (element.parentElement && /^(inline|contents)$/.test(getComputedStyle(element).display))
      element = element.parentElement;
    return element;
  }
  const both = NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT;
  const walker = document.createTreeWalker(document.documentElement, both);
  let last = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === 1) {
      const edge = /^(BR|IMG|INPUT|SELECT|HR|RT)$/.test(node.tagName);
      if (edge || !/^(inline|contents|none)$/.test(getComputedStyle(node).display)) last = null;
      continue;
    }
    if (!node.data.trim()) { visible.push(" "); hidden.push(" "); continue; }
    const element = node.parentElement;
    if (!element || element.closest([...skipped].join(",").toLowerCase())) continue;
    const found = shows(element);
    const style = getComputedStyle(element);
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter(b => b.width > 0 && b.height > 0);
    const letters = colour(style.color);
    const same = !found.picture && letters.slice(0, 3).every((v, i) => Math.abs(v - found.ground[i]) <= 3);
    const is = found.is && boxes.some(b => b.right + scrollX > 0 && b.bottom + scrollY > 0)
      && style.visibility === "visible" && parseFloat(style.fontSize) >= 3
      && !(letters.length === 4 && letters[3] === 0) && !same;
    // Letters of one word may stand in several elements, as long as these are in one line.
    const around = block(element);
    if (around !== last) { visible.push("\n"); hidden.push("\n"); }
    (is ? visible : hidden).push(node.data);
    last = around;
  }
  return JSON.stringify([visible.join(""), hidden.join("")]);
})()
"""


class Shown(Struct, frozen=True):
    """The text of a document, parted."""

    visible: str
    hidden: str


def find_chromium() -> str | None:
    """The browser's program, if there is one."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Chromium:
    """A browser that runs until it is closed."""

    def __init__(self, program: str) -> None:
        to_read, self._write_end = os.pipe()
        self._read_end, to_write = os.pipe()
        self._folder = tempfile.TemporaryDirectory()
        options = (
            "--headless --no-sandbox --disable-gpu --remote-debugging-pipe --no-first-run"
            " --disable-extensions --window-size=1000,900 --disable-background-networking"
            " --disable-dev-shm-usage"
        )
        command = (
            f"exec {program} {options} --user-data-dir={self._folder.name}"
            f" '--host-resolver-rules=MAP * ~NOTFOUND' about:blank 3<&{to_read} 4>&{to_write}"
        )
        self._process = subprocess.Popen(
            ["bash", "-c", command],
            pass_fds=(to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._numbers = itertools.count(1)
        self._buffer = b""
        target = self._ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        self._ask("Page.enable")
        self._ask("Emulation.setScriptExecutionDisabled", {"value": True})
        self._frame = self._ask("Page.getFrameTree")["frameTree"]["frame"]["id"]

    _session = ""

    def words(self, source: str) -> Shown:
        """What of a document can be seen, and what not."""
        self._ask("Page.setDocumentContent", {"frameId": self._frame, "html": source})
        answer = self._ask("Runtime.evaluate", {"expression": JUDGE, "returnByValue": True})
        if "value" not in answer.get("result", {}):
            raise RuntimeError(f"the page could not be judged: {answer}")
        visible, hidden = json.loads(answer["result"]["value"])
        return Shown(visible, hidden)

    def close(self) -> None:
        """End the browser."""
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._write_end)
        os.close(self._read_end)
        self._folder.cleanup()

    def _ask(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters or {}}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write_end, data) :]
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._read_end, 1 << 20)
            if not data:
                raise RuntimeError("the browser is gone")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found
