/**
 * Numbers, times and commands as people read them.
 *
 * The files of this page are joined into one script: what one declares, those
 * after it use.
 */

// deno-lint-ignore-file no-unused-vars -- the files after this one use them

/** @typedef {import("../report.ts").StatusReport} Status what events carry */
/** @typedef {Status["connections"]["list"][number]} Open */
/** @typedef {Status["connections"]["recent"][number]} Ended */
/** @typedef {{ readonly [name: string]: number }} Counts */

const COUNT = new Intl.NumberFormat("en-US");
const SHORT = new Intl.NumberFormat("en-US", { notation: "compact" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

/** The element of an ID. @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Makes an element; what others control may be its text and nothing else.
 *
 * @param {string} name
 * @param {string} [className]
 * @param {string} [text]
 */
function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

/**
 * Makes an element of a drawing.
 *
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {string} [text]
 */
function makeSvg(name, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  element.textContent = text;
  return withAttributes(element, attributes);
}

/**
 * @template {Element} T
 * @param {T} element
 * @param {Record<string, string | number>} attributes
 */
function withAttributes(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }
  return element;
}

/**
 * Sets a text, unless it is there: what does not change is not drawn again.
 *
 * @param {Element} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A whole number, with its thousands apart. @param {number} value */
function formatCount(value) {
  return COUNT.format(Math.round(value));
}

/** A whole number in little room. @param {number} value */
function formatShort(value) {
  return SHORT.format(value);
}

/** Three digits, whatever they are: a number keeps its width. @param {number} value */
function threeDigits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A text without zeros that say nothing. @param {string} text */
function withoutZeros(text) {
  return text.replace(/\.0+(?= )|(?<=\.\d+)0+(?= )|^(0) .*/, "$1");
}

/** An amount of data. @param {number} bytes */
function formatBytes(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let at = 0;
  let value = bytes;
  // What would be rounded to 1000 belongs to the next unit.
  while (Math.abs(value) >= 999.5 && at < units.length - 1) {
    value /= 1000;
    at++;
  }
  return `${at === 0 ? Math.round(value) : threeDigits(value)} ${units[at]}`;
}

/** How fast data goes. @param {number} bytesPerSecond */
function formatRate(bytesPerSecond) {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** A time that may be short. @param {number} seconds */
function formatSeconds(seconds) {
  if (seconds === 0) return "0 s";
  if (seconds < 0.0009995) return `${threeDigits(seconds * 1e6)} µs`;
  if (seconds < 0.9995) return `${threeDigits(seconds * 1000)} ms`;
  if (seconds < 60) return `${threeDigits(seconds)} s`;
  return formatAge(seconds);
}

/** A time that goes on. @param {number} seconds */
function formatAge(seconds) {
  if (seconds < 9.95) return `${Math.max(seconds, 0).toFixed(1)} s`;
  const whole = Math.round(seconds);
  /** @param {number} value */
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
  if (whole < 86_400) {
    return `${Math.floor(whole / 3600)} h ${two(whole % 3600 / 60)} m`;
  }
  return `${Math.floor(whole / 86_400)} d ${two(whole % 86_400 / 3600)} h`;
}

/** The time of day, with the day unless it is today. @param {string} iso */
function formatClock(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? CLOCK.format(date)
    : `${DAY.format(date)} ${CLOCK.format(date)}`;
}

/** A fault as `--fault` takes it. @param {Status["faults"][number]} fault */
function formatFault({ kind, ...values }) {
  const pairs = Object.entries(values).map(([key, value]) => `${key}=${value}`);
  return pairs.length > 0 ? `${kind}:${pairs.join(",")}` : String(kind);
}

/**
 * Where a listener can be reached from here.
 *
 * @param {string} url
 * @returns {{ host: string, port: string, at: string }} `at` is `HOST:PORT`.
 */
function reach(url) {
  const [, host = "", port = ""] = /^\w+:\/\/(.*):(\d+)\/?$/.exec(url) ?? [];
  const isAny = host === "0.0.0.0" || host === "[::]";
  const name = isAny ? location.hostname : host;
  return { host: name.replace(/^\[|\]$/g, ""), port, at: `${name}:${port}` };
}

/** A word that a POSIX shell takes as it is. @param {string} word */
function quoteWord(word) {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Commands that try a listener.
 *
 * @param {{ url: string, protocol: string }} listener
 * @param {string} shell `sh` or `powershell`
 * @returns {string} the command; empty where there is none.
 */
function commandFor({ url, protocol }, shell) {
  if (protocol === "unix") return shell === "sh" ? unixCommand(url) : "";
  const { host, port, at } = reach(url);
  if (shell === "sh") return posixCommand(protocol, quoteWord(host), port, at);
  const [hostText, atText] = [host, at].map((text) =>
    text.replaceAll("'", "''")
  );
  return powershellCommand(protocol, hostText, port, atText);
}

/** @param {string} url */
function unixCommand(url) {
  const path = url.slice("unix:".length);
  return path.startsWith("@")
    ? `echo hello | socat - ${quoteWord(`ABSTRACT-CONNECT:${path.slice(1)}`)}`
    : `echo hello | nc -NU ${quoteWord(path)}`;
}

/** @type {(protocol: string, host: string, port: string, at: string) => string} */
function posixCommand(protocol, host, port, at) {
  switch (protocol) {
    case "udp":
      return `echo hello | nc -u -w1 ${host} ${port}`;
    case "tls":
      return `openssl s_client -quiet -connect ${quoteWord(at)}`;
    case "http":
      return `curl -d hello ${quoteWord(`http://${at}/`)}`;
    case "https":
      return `curl -k -d hello ${quoteWord(`https://${at}/`)}`;
    default:
      return `echo hello | nc -N ${host} ${port}`;
  }
}

/** @type {typeof posixCommand} */
function powershellCommand(protocol, host, port, at) {
  const place = `'${host}',${port}`;
  const open = `$c=[Net.Sockets.TcpClient]::new(${place});`;
  const talk = "$w=[IO.StreamWriter]::new($s);$w.WriteLine('hello');" +
    "$w.Flush();[IO.StreamReader]::new($s).ReadLine();$c.Close()";
  const rest = "Invoke-RestMethod -Method Post -Body hello";
  switch (protocol) {
    case "udp":
      return `$u=[Net.Sockets.UdpClient]::new(${place});` +
        "$b=[Text.Encoding]::UTF8.GetBytes('hello');" +
        "$u.Client.ReceiveTimeout=1000;[void]$u.Send($b,$b.Length);" +
        "$e=[Net.IPEndPoint]::new(0,0);" +
        "[Text.Encoding]::UTF8.GetString($u.Receive([ref]$e))";
    case "tls":
      return `${open}$s=[Net.Security.SslStream]::new($c.GetStream(),$false,` +
        `{$true});$s.AuthenticateAsClient('${host}');${talk}`;
    case "http":
      return `${rest} 'http://${at}/'`;
    case "https":
      return `${rest} -SkipCertificateCheck 'https://${at}/'`;
    default:
      return `${open}$s=$c.GetStream();${talk}`;
  }
}

/**
 * The time that a share of echoes took at most, as far as buckets tell.
 *
 * @param {readonly number[]} bounds upper ends, in seconds
 * @param {readonly number[]} counts one more, for what is over the last bound
 * @param {number} share
 */
function quantile(bounds, counts, share) {
  let rest = share * sumOf(counts);
  if (rest === 0) return "–";
  const at = counts.findIndex((count) => (rest -= count) <= 0);
  const to = bounds[at];
  if (to === undefined) return `> ${formatSeconds(bounds[at - 1])}`;
  if (at === 0) return `< ${formatSeconds(to)}`;
  // Bounds grow by factors, so what is between them is taken to do so, too.
  const from = bounds[at - 1];
  return formatSeconds(from * (to / from) ** (1 + rest / counts[at]));
}

/** Counts by name, in one line. @param {Counts} counts */
function formatCounts(counts) {
  const texts = Object.entries(counts).map(([name, count]) =>
    `${name} ${formatCount(count)}`
  );
  return texts.join(" · ") || "none";
}

/** @type {Record<string, (value: never) => string>} */
const FORMATS = {
  text: String,
  count: formatCount,
  bytes: formatBytes,
  age: formatAge,
  counts: formatCounts,
};

/**
 * Fills in the elements that say by themselves what they show: the sum of what
 * `data-value` names, in the form of `data-format`.
 *
 * @param {Status} status
 */
function showValues(status) {
  for (const element of document.querySelectorAll("[data-value]")) {
    const format = element.getAttribute("data-format") ?? "count";
    const paths = element.getAttribute("data-value")?.split(" ") ?? [];
    const values = paths.map((path) => {
      /** @type {any} */
      let part = status;
      for (const key of path.split(".")) part = part[key];
      const isSum = typeof part === "object" && format !== "counts";
      return isSum ? sumOf(Object.values(part)) : part;
    });
    const value = values.length > 1 ? sumOf(values) : values[0];
    setText(element, FORMATS[format](/** @type {never} */ (value)));
  }
}

/** @param {readonly number[]} numbers */
function sumOf(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0);
}
