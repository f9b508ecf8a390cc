/**
 * What there is to try: commands for each listener, and the console, which
 * sends text to a listener for HTTP and back, over a WebSocket.
 */

// deno-lint-ignore-file no-unused-vars -- the files after this one use them

const MOST_LINES = 200;

/** The listeners, each with a command that tries it. */
class ListenerList {
  constructor() {
    this.list = byId("listeners");
    this.key = "";
    /** @type {Status["listeners"]} */
    this.listeners = [];
    const isWindows = navigator.userAgent.includes("Windows");
    for (const choice of document.getElementsByName("shell")) {
      const radio = /** @type {HTMLInputElement} */ (choice);
      radio.checked = (radio.value === "powershell") === isWindows;
      radio.addEventListener("change", () => this.update(this.listeners));
    }
  }

  get shell() {
    return document.querySelector("[name=shell]:checked")
      ?.getAttribute("value") ?? "sh";
  }

  /** @param {Status["listeners"]} listeners */
  update(listeners) {
    const key = JSON.stringify([listeners, this.shell]);
    if (key === this.key) return;
    this.key = key;
    this.listeners = listeners;
    this.list.replaceChildren(...listeners.map((listener) => {
      const item = make("li");
      item.append(make("p", "url", listener.url));
      const command = commandFor(listener, this.shell);
      const none = "No short command here: a Unix socket is for sh";
      item.append(
        command ? makeCommand(command) : make("p", "note", none),
      );
      return item;
    }));
  }
}

/** A command that can be copied. @param {string} command */
function makeCommand(command) {
  const line = make("div", "command");
  const code = withAttributes(make("code", "", command), { tabindex: 0 });
  const button = withAttributes(make("button", "copy", "Copy"), {
    type: "button",
    "aria-label": `Copy ${command}`,
  });
  button.addEventListener("click", async () => {
    const isCopied = await copy(code);
    button.textContent = isCopied ? "Copied" : "Selected";
    setText(byId("said"), isCopied ? "Copied" : "Selected, to be copied");
    setTimeout(() => button.textContent = "Copy", 1500);
  });
  line.append(code, button);
  return line;
}

/** Copies what an element says, or else selects it. @param {Element} element */
async function copy(element) {
  getSelection()?.selectAllChildren(element);
  try {
    // Pages that came over plain HTTP from another host have no clipboard.
    await navigator.clipboard.writeText(element.textContent ?? "");
    getSelection()?.removeAllRanges();
    return true;
  } catch {
    return false;
  }
}

/** The console. */
class EchoConsole {
  constructor() {
    this.form = /** @type {HTMLFormElement} */ (byId("console"));
    this.target = /** @type {HTMLSelectElement} */ (byId("console-target"));
    this.toggle = /** @type {HTMLButtonElement} */ (byId("console-toggle"));
    this.input = /** @type {HTMLInputElement} */ (byId("console-text"));
    this.log = byId("console-log");
    /** @type {WebSocket | undefined} */
    this.socket = undefined;
    /** @type {string[]} typed before the socket was open */
    this.waiting = [];
    /** @type {{ text: string, at: number }[]} sent, without an echo so far */
    this.sent = [];
    this.times = { count: 0, sum: 0, min: Infinity, max: 0 };
    this.targetsKey = "";
    this.#listen();
    this.#tell("closed");
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.input.value;
      if (text === "") return;
      this.input.value = "";
      this.send(text);
    });
    this.toggle.addEventListener("click", () => {
      if (this.socket) this.close();
      else this.open();
    });
    this.target.addEventListener("change", () => {
      if (this.socket) this.close();
      this.open();
    });
    // A page keeps the policy that it came with, whatever listens by now.
    document.addEventListener("securitypolicyviolation", (event) => {
      if (event.effectiveDirective !== "connect-src") return;
      this.note("This listener is newer than this page: reload the page", true);
    });
  }

  /** @param {Status["listeners"]} listeners */
  setListeners(listeners) {
    const urls = listeners
      .filter(({ protocol }) => protocol === "http" || protocol === "https")
      .map(({ url, protocol }) =>
        `${protocol === "http" ? "ws" : "wss"}://${reach(url).at}/`
      );
    const key = urls.join(" ");
    if (key === this.targetsKey && this.form.hidden === !key) return;
    this.targetsKey = key;
    const chosen = this.target.value;
    this.target.replaceChildren(...urls.map((url) => new Option(url, url)));
    if (urls.includes(chosen)) this.target.value = chosen;
    this.form.hidden = urls.length === 0;
    byId("console-none").hidden = urls.length > 0;
    byId("console-state").hidden = urls.length === 0;
  }

  open() {
    const url = this.target.value;
    this.#tell("connecting");
    /** @type {WebSocket} */
    let socket;
    try {
      socket = new WebSocket(url);
    } catch (error) {
      this.#over(`Cannot connect to ${url}: ${error}`, true);
      return;
    }
    this.socket = socket;
    let wasOpen = false;
    socket.addEventListener("open", () => {
      if (socket !== this.socket) return;
      wasOpen = true;
      this.#tell("open");
      this.note(`Connected to ${url}`);
      for (const text of this.waiting.splice(0)) this.#sendNow(text);
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.socket) this.#receive(data);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (socket !== this.socket) return;
      this.socket = undefined;
      const why = reason ? `${code}, ${reason}` : `${code}`;
      if (wasOpen) this.#over(`Closed by the server (${why})`, code !== 1000);
      else this.#over(`Cannot connect to ${url}${hintFor(url)}`, true);
    });
  }

  close() {
    const { socket } = this;
    this.socket = undefined;
    socket?.close(1000);
    this.#over("Disconnected", false);
  }

  /** @param {string} text */
  send(text) {
    if (this.socket?.readyState === WebSocket.OPEN) {
      this.#sendNow(text);
      return;
    }
    this.waiting.push(text);
    if (this.socket?.readyState !== WebSocket.CONNECTING) this.open();
  }

  /** @param {string} text */
  #sendNow(text) {
    this.sent.push({ text, at: performance.now() });
    this.socket?.send(text);
    this.#line("sent", "→", text);
  }

  /** @param {unknown} data */
  #receive(data) {
    const now = performance.now();
    const text = typeof data === "string" ? data : "(binary data)";
    const sent = this.sent.shift();
    if (!sent) {
      this.#line("echo wrong", "←", text, "not asked for");
      return;
    }
    const ms = now - sent.at;
    const isSame = text === sent.text;
    const time = formatSeconds(ms / 1000);
    this.#line(
      isSame ? "echo" : "echo wrong",
      "←",
      text,
      isSame ? time : `differs · ${time}`,
    );
    const { count, sum, min, max } = this.times;
    this.times = {
      count: count + 1,
      sum: sum + ms,
      min: Math.min(min, ms),
      max: Math.max(max, ms),
    };
    this.#showTimes();
  }

  #showTimes() {
    const { count, sum, min, max } = this.times;
    const [least, mean, most] = [min, sum / count, max].map((ms) =>
      formatSeconds(ms / 1000)
    );
    const times = `min ${least} · avg ${mean} · max ${most}`;
    setText(byId("console-times"), `${times} · ${formatCount(count)} echoed`);
  }

  /**
   * @param {string} text
   * @param {boolean} isBad
   */
  #over(text, isBad) {
    const lost = this.sent.length + this.waiting.length;
    this.sent = [];
    this.waiting = [];
    const rest = lost > 0 ? `; ${formatCount(lost)} without an echo` : "";
    this.note(text + rest, isBad);
    this.#tell("closed");
  }

  /** @param {"closed" | "connecting" | "open"} state */
  #tell(state) {
    setText(
      byId("console-state"),
      state === "closed" ? "not connected" : state,
    );
    setText(this.toggle, state === "closed" ? "Connect" : "Disconnect");
  }

  /** @param {string} text @param {boolean} [isBad] */
  note(text, isBad) {
    this.#line(isBad ? "note bad" : "note", "", text);
  }

  /**
   * @param {string} className
   * @param {string} arrow
   * @param {string} text
   * @param {string} [time]
   */
  #line(className, arrow, text, time = "") {
    const { log } = this;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    const line = make("li", className);
    line.append(
      withAttributes(make("span", "arrow", arrow), { "aria-hidden": "true" }),
      make("span", "text", text),
      make("span", "time", time),
    );
    log.append(line);
    while (log.childElementCount > MOST_LINES) log.firstElementChild?.remove();
    if (atEnd) log.scrollTop = log.scrollHeight;
  }
}

/** @param {string} url */
function hintFor(url) {
  return url.startsWith("wss:")
    ? `: if its certificate is self-signed, open https${url.slice(3)} once ` +
      "and accept it"
    : "";
}
