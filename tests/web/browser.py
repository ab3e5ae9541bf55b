# SPDX-License-Identifier: Apache-2.0
"""A Chromium driven over W3C WebDriver with the standard library alone."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# A loaded machine of two cores takes its time.
PATIENCE_S = 60

# Of the driver, for a port of its own.
TRIES = 5

KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c",
        "Space": "\ue00d", "Shift": "\ue008", "F2": "\ue032",
        "F4": "\ue034", "F8": "\ue038", "F9": "\ue039"}


class WebDriverError(Exception):
    """What the driver or the page refused."""


def programs():
    """(chromium, chromedriver), or None where either is missing."""
    found = [shutil.which(name) for name in ("chromium", "chromedriver")]
    return tuple(found) if all(found) else None


class Browser:
    """One chromedriver, one window, one profile of its own."""

    def __init__(self, arguments=(), preferences=None):
        chromium, driver = programs()
        self.folder = tempfile.mkdtemp(prefix="cccd-web-")
        self.base = self.session = self.driver = None
        try:
            self.base = f"http://127.0.0.1:{self.start(driver)}"
            self.session = self.open(chromium, arguments, preferences or {})
        except BaseException:
            self.close()
            raise

    def start(self, driver):
        """Its port. It chooses one that is free, and gives up when somebody
        else has taken it a moment later."""
        said = []
        for _ in range(TRIES):
            # A test that is killed takes its driver along, and that the
            # browser.
            self.driver = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", driver, "--port=0"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                start_new_session=True)
            for line in self.driver.stdout:
                said.append(line)
                told = re.search(r"started.* on port (\d+)", line)
                if told:
                    return int(told.group(1))
            self.end_driver()
        raise WebDriverError("chromedriver did not start: " + "".join(said))

    def open(self, chromium, arguments, preferences):
        flags = ["--headless=new", "--remote-debugging-pipe",
                 f"--user-data-dir={self.folder}",
                 "--no-first-run", "--disable-gpu", "--hide-scrollbars",
                 "--disable-dev-shm-usage", "--lang=vi",
                 "--disable-component-update", "--disable-sync",
                 "--disable-background-networking", "--no-proxy-server",
                 *arguments]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        answer = self.call("POST", "/session", {"capabilities": {
            "alwaysMatch": {"goog:chromeOptions": {
                "binary": chromium, "args": flags, "prefs": preferences},
                "goog:loggingPrefs": {"browser": "ALL"}}}})
        return f"/session/{answer['sessionId']}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"},
            method=method)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WebDriverError(
                f"{value['error']}: {value['message']}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.session:
            try:
                self.call("DELETE", self.session)
            except (WebDriverError, OSError):
                pass
        if self.driver:
            self.end_driver()
        shutil.rmtree(self.folder, ignore_errors=True)

    def end_driver(self):
        # The browser is a child of the driver, in a group of their own.
        try:
            os.killpg(self.driver.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.driver.wait()
        self.driver.stdout.close()

    def go(self, address):
        self.call("POST", f"{self.session}/url", {"url": address})

    def size(self, width, height):
        """Of the page, as a screen of that size would show it."""
        self.devtools("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1,
            "mobile": False})

    def devtools(self, command, parameters):
        return self.call("POST", f"{self.session}/goog/cdp/execute",
                         {"cmd": command, "params": parameters})

    def run(self, script, *arguments):
        """The value of a script's "return"."""
        return self.call("POST", f"{self.session}/execute/sync",
                         {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """The value of an async function's body."""
        return self.call("POST", f"{self.session}/execute/async", {
            "script": "const end = arguments[arguments.length - 1];"
                      f"(async (...arguments) => {{ {script} }})"
                      "(...[...arguments].slice(0, -1)).then("
                      "(value) => end({value}), "
                      "(error) => end({error: String(error)}));",
            "args": list(arguments)})

    def until(self, script, *arguments, what=None):
        """Wait until a script's value is true, and give it."""
        end = time.monotonic() + PATIENCE_S
        while True:
            value = self.run(script, *arguments)
            if value:
                return value
            if time.monotonic() > end:
                raise WebDriverError(f"in vain: {what or script}: "
                                     + self.text()[:600])
            time.sleep(0.05)

    def text(self):
        return self.run("return document.body.innerText")

    def keys(self, *names):
        """Press and release keys, by name or as text."""
        actions = []
        for name in names:
            for value in ([KEYS[name]] if name in KEYS else name):
                actions += [{"type": "keyDown", "value": value},
                            {"type": "keyUp", "value": value}]
        self.actions(actions)

    def shift(self, name):
        self.actions([{"type": "keyDown", "value": KEYS["Shift"]},
                      {"type": "keyDown", "value": KEYS[name]},
                      {"type": "keyUp", "value": KEYS[name]},
                      {"type": "keyUp", "value": KEYS["Shift"]}])

    def actions(self, actions):
        self.call("POST", f"{self.session}/actions", {"actions": [
            {"type": "key", "id": "keyboard", "actions": actions}]})

    def picture(self, path):
        data = self.call("GET", f"{self.session}/screenshot")
        with open(path, "wb") as out:
            out.write(base64.b64decode(data))

    def console(self):
        """What the page complained of since the last call."""
        return [line["message"] for line in self.call(
            "POST", f"{self.session}/se/log", {"type": "browser"})
            if line["level"] in ("SEVERE", "WARNING")]
