/**
 * The page: takes the events of the server and shows what they tell.
 */

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 5000;
const SILENCE_MS = 5000;

/** How many echoes took how long. */
class LatencyPlot extends Plot {
  /** @type {readonly number[]} upper ends of the buckets, in seconds */
  bounds = [];
  /** @type {readonly number[]} */
  counts = [];

  get stride() {
    return (this.right - MARGIN.left) / Math.max(this.counts.length, 1);
  }

  /**
   * @param {readonly number[]} bounds
   * @param {readonly number[]} counts
   */
  update(bounds, counts) {
    Object.assign(this, { bounds, counts });
    for (const percent of [50, 90, 99]) {
      setText(byId(`p${percent}`), quantile(bounds, counts, percent / 100));
    }
    this.draw();
  }

  draw() {
    if (this.width === 0) return;
    const { stride, bottom, counts } = this;
    const most = Math.max(4, ...counts);
    const step = roundStep(most / 5);
    const scale = (bottom - MARGIN.top) / (Math.ceil(most / step) * step);
    /** @type {[number, string][]} */
    const rows = [];
    for (let value = 0; value < most + step; value += step) {
      rows.push([bottom - value * scale, formatShort(value)]);
    }
    this.drawGrid(
      rows,
      this.bounds.flatMap((bound, at) => {
        const isDecade = `${bound}`.replace(/e.*/, "").match(/^[0.]*10*$/);
        const x = MARGIN.left + stride * (at + 1);
        return isDecade ? [[x, withoutZeros(formatSeconds(bound)), ""]] : [];
      }),
    );
    while (this.marks.childElementCount < counts.length) {
      this.marks.append(makeSvg("rect", { class: "bar", rx: 1.5 }));
    }
    for (const [at, count] of counts.entries()) {
      // What happened once shall be seen beside what happened a million times.
      const height = count > 0 ? Math.max(count * scale, 2) : 0;
      withAttributes(this.marks.children[at], {
        x: MARGIN.left + stride * at + 1,
        y: bottom - height,
        width: Math.max(stride - 2, 1),
        height,
      });
    }
    if (this.cursorX !== undefined) this.point();
  }

  point() {
    const { stride, counts, bounds } = this;
    if (counts.length === 0) return;
    const offset = ((this.cursorX ?? 0) - MARGIN.left) / stride;
    const at = Math.min(Math.floor(offset), counts.length - 1);
    const [from, to] = [bounds[at - 1], bounds[at]].map((bound) =>
      bound === undefined ? "" : withoutZeros(formatSeconds(bound))
    );
    const total = sumOf(counts);
    const below = total ? 100 * sumOf(counts.slice(0, at + 1)) / total : 0;
    this.showTip(
      MARGIN.left + stride * (at + 0.5),
      from && to ? `${from} to ${to}` : from ? `over ${from}` : `up to ${to}`,
      [
        ["echoes", formatCount(counts[at]), "key-open"],
        ["this or less", `${below.toFixed(1)} %`, ""],
      ],
    );
  }
}

/** What the page knows, and where it shows it. */
class Page {
  openPlot = new TimePlot("plot-open", { open: 1 }, formatShort, 4);
  ratePlot = new TimePlot("plot-rate", { in: 1, out: -1 }, formatRate, 1000);
  latencyPlot = new LatencyPlot("plot-latency");
  open = makeOpenTable();
  ended = makeEndedTable();
  protocols = makeProtocolTable();
  listeners = new ListenerList();
  console = new EchoConsole();
  /** @type {Sample[]} */
  samples = [];
  /** @type {Status | undefined} */
  status = undefined;

  constructor() {
    document.addEventListener("visibilitychange", () => this.show());
    byId("latency-span").addEventListener("change", () => this.show());
  }

  /** @param {Status} status */
  take(status) {
    const at = Date.parse(status.timestamp);
    // What another process has counted is no beginning for this one.
    const isSame = this.status?.startedAt === status.startedAt;
    const before = isSame ? this.status : undefined;
    // Another process counts its connections from 1, too.
    if (!isSame) this.open.update([]);
    this.status = status;
    const seconds = status.uptimeSeconds - (before?.uptimeSeconds ?? Infinity);
    /** @param {"bytesIn" | "bytesOut"} key */
    const rate = (key) => {
      if (!before || seconds <= 0) return null;
      const [now, then] = [status, before].map(({ connections, datagrams }) =>
        connections[key] + datagrams[key]
      );
      return Math.max(now - then, 0) / seconds;
    };
    this.samples = this.samples.filter((sample) =>
      sample.at < at && sample.at >= at - SPAN_MS - 1000
    );
    this.samples.push({
      at,
      startedAt: status.startedAt,
      open: status.connections.open,
      in: rate("bytesIn"),
      out: rate("bytesOut"),
      latency: countsOf(status.latency),
    });
    this.show();
  }

  show() {
    const { status, samples } = this;
    if (!status || document.hidden) return;
    const { connections, listeners, faults, seed } = status;
    document.title = `${formatCount(connections.open)} open · echod`;
    byId("state").dataset.state = status.state;
    showValues(status);
    this.openPlot.update(samples);
    this.ratePlot.update(samples);
    this.#showLatency(status);
    this.open.update(connections.list);
    this.ended.update(connections.recent);
    this.protocols.update(sumsOf(status));
    this.listeners.update(listeners);
    this.console.setListeners(listeners);
    this.#showNotes(status);
    const texts = faults.map((fault) => formatFault(fault));
    showTexts(byId("faults"), texts.length > 0 ? texts : ["none"]);
    setText(byId("seed"), `seed ${seed}`);
  }

  /** @param {Status} status */
  #showLatency({ latency, startedAt }) {
    const counts = countsOf(latency);
    const isRecent = document.querySelector("[name=latency]:checked")
      ?.getAttribute("value") === "recent";
    const first = this.samples.find((one) => one.startedAt === startedAt);
    const since = isRecent && first ? first.latency : [];
    this.latencyPlot.update(
      latency.buckets.map(({ leSeconds }) => leSeconds),
      counts.map((count, at) => count - (since[at] ?? 0)),
    );
  }

  /** @param {Status} status */
  #showNotes({ connections: { list, omitted, recent }, listeners }) {
    const rest = `${formatCount(omitted)} newer ones are not listed`;
    setText(byId("open-note"), omitted > 0 ? rest : "rate: both ways together");
    showEmpty("open", list.length === 0);
    showEmpty("ended", recent.length === 0);
    const listener = listeners.find(({ protocol }) => protocol !== "udp");
    const command = listener ? commandFor(listener, this.listeners.shell) : "";
    // Without its input, the command stays, and so does its connection.
    showHint(command.replace(/^echo hello \| /, ""));
  }
}

/** Says how to open a connection. @param {string} command */
function showHint(command) {
  const hint = byId("open-hint");
  if (hint.dataset.command === command) return;
  hint.dataset.command = command;
  hint.replaceChildren(...command ? [makeCommand(command)] : []);
  setText(
    byId("open-hint-title"),
    command ? "No connection is open. Try:" : "No connection is open.",
  );
}

/** The counts of all buckets. @param {Status["latency"]} latency */
function countsOf({ buckets, overflow }) {
  return [...buckets.map(({ count }) => count), overflow];
}

/**
 * Shows texts as the items of a list, unless it shows them.
 *
 * @param {HTMLElement} list
 * @param {readonly string[]} texts
 */
function showTexts(list, texts) {
  const items = [...list.children].map(({ textContent }) => textContent);
  if (items.join("\n") === texts.join("\n")) return;
  list.replaceChildren(...texts.map((text) => make("li", "", text)));
}

/**
 * @param {"open" | "ended"} name
 * @param {boolean} isEmpty
 */
function showEmpty(name, isEmpty) {
  byId(`${name}-empty`).hidden = !isEmpty;
  byId(`${name}-scroll`).hidden = isEmpty;
}

/** Takes events, for as long as the page is open. */
class Feed {
  /** @param {(status: Status) => void} onStatus */
  constructor(onStatus) {
    this.onStatus = onStatus;
    this.delay = FIRST_DELAY_MS;
    this.heardAt = performance.now();
    /** @type {EventSource | undefined} */
    this.source = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retry = undefined;
    this.#connect();
    setInterval(() => this.#watch(), 1000);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.retry !== undefined) this.#connect();
    });
  }

  #connect() {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.heardAt = performance.now();
    const source = new EventSource("/api/events");
    this.source = source;
    source.addEventListener("status", ({ data }) => {
      this.delay = FIRST_DELAY_MS;
      this.heardAt = performance.now();
      this.#tell("live");
      this.onStatus(JSON.parse(data));
    });
    // By itself it would not come back after an answer that is an error.
    source.addEventListener("error", () => this.#lose());
  }

  #lose() {
    this.source?.close();
    this.#tell("reconnecting");
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.#connect(), this.delay);
    this.delay = Math.min(this.delay * 2, LONGEST_DELAY_MS);
  }

  // A server that was stopped, or a network that is gone, ends no stream.
  #watch() {
    const silence = performance.now() - this.heardAt;
    if (this.retry === undefined && silence > SILENCE_MS) this.#lose();
  }

  /** @param {"live" | "reconnecting"} state */
  #tell(state) {
    setText(byId("link"), state);
    byId("link").dataset.state = state;
    document.body.classList.toggle("stale", state !== "live");
  }
}

const page = new Page();
new Feed((status) => page.take(status));
