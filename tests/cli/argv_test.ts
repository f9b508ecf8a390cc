import { asksFor, normalizeArgv as normalize } from "../../src/cli/argv.ts";
import { flagName, flagOf, FLAGS, KEYS } from "../../src/cli/flags.ts";
import { isSwitch } from "../../src/cli/flags/flag.ts";
import { OptionError } from "../../src/errors.ts";
import { assertEquals, assertThrows } from "../assert.ts";

const normalizeArgv = (argv: readonly string[]) => normalize(argv, FLAGS);

/** Arguments as they are typed, and in one form. */
type Normal = readonly [argv: readonly string[], normal: readonly string[]];

function normalizes(...cases: readonly Normal[]): void {
  for (const [argv, normal] of cases) {
    assertEquals(normalizeArgv(argv), [...normal], argv.join(" "));
  }
}

function refuses(argv: readonly string[], message: string): void {
  const run = () => normalizeArgv(argv);
  assertThrows(run, OptionError, message, argv.join(" "));
}

Deno.test("normalizeArgv makes nothing of nothing", () => {
  normalizes([[], []]);
});

Deno.test("normalizeArgv brings every flag into one form", () => {
  for (const key of KEYS) {
    const name = flagName(key);
    const { short } = flagOf(key);
    const flags = short ? [name, `-${short}`] : [name];
    for (const flag of flags) {
      if (isSwitch(flagOf(key))) normalizes([[flag], [`${name}=true`]]);
      else {
        normalizes(
          [[flag, "x"], [`${name}=x`]],
          [[`${flag}=x`], [`${name}=x`]],
        );
      }
    }
  }
});

Deno.test("normalizeArgv does not change what it has brought into form", () => {
  const argv = ["-l", "a", "one", "-p80", "--listen=b", "--", "-q"];
  const normal = normalizeArgv(argv);
  assertEquals(normal, [
    "--listen=a",
    "one",
    "--port=80",
    "--listen=b",
    "--",
    "-q",
  ]);
  assertEquals(normalizeArgv(normal), normal);
});

Deno.test("normalizeArgv leaves the arguments that it is given alone", () => {
  const argv = ["-qp", "80", "rest"];
  normalizeArgv(argv);
  assertEquals(argv, ["-qp", "80", "rest"]);
});

Deno.test("normalizeArgv takes a value that follows a letter", () => {
  normalizes(
    [["-p", "8080"], ["--port=8080"]],
    [["-p8080"], ["--port=8080"]],
    [["-p=8080"], ["--port=8080"]],
    [["-la=b"], ["--listen=a=b"]],
  );
});

Deno.test("normalizeArgv takes clusters of letters apart", () => {
  normalizes(
    [["-qh"], ["--quiet=true", "--help=true"]],
    [["-qhV"], ["--quiet=true", "--help=true", "--version=true"]],
    [["-qq"], ["--quiet=true", "--quiet=true"]],
    [["-qp80"], ["--quiet=true", "--port=80"]],
    [["-qp=80"], ["--quiet=true", "--port=80"]],
    [["-qp", "80"], ["--quiet=true", "--port=80"]],
    // All that follows a letter with a value is its value.
    [["-pq"], ["--port=q"]],
  );
});

Deno.test("normalizeArgv cuts a value at the first equals sign", () => {
  normalizes(
    [["--config=a=b"], ["--config=a=b"]],
    [["--config", "a=b"], ["--config=a=b"]],
    [["--config==b"], ["--config==b"]],
    [["-p==5"], ["--port==5"]],
  );
});

Deno.test("normalizeArgv keeps line breaks in a value", () => {
  normalizes(
    [["--config=a\nb"], ["--config=a\nb"]],
    [["--config", "\n"], ["--config=\n"]],
    [["-p\n7"], ["--port=\n7"]],
  );
  refuses(["--quiet=a\nb"], "--quiet takes no value");
  refuses(["--prot=a\nb"], "Unknown flag --prot: did you mean --port?");
  refuses(["-q=\n"], "--quiet takes no value");
});

Deno.test("normalizeArgv keeps the order of flags and of the rest", () => {
  normalizes(
    [["one", "-l", "a", "two", "-q", "-lb", "3"], [
      "one",
      "--listen=a",
      "two",
      "--quiet=true",
      "--listen=b",
      "3",
    ]],
    [["", "-", "serve"], ["", "-", "serve"]],
  );
});

Deno.test("normalizeArgv gives a switch no word that follows it", () => {
  for (const word of ["false", "true", "yes", "7", "-"]) {
    normalizes(
      [["--quiet", word], ["--quiet=true", word]],
      [["-q", word], ["--quiet=true", word]],
    );
  }
});

Deno.test("normalizeArgv refuses a value for a switch", () => {
  for (const typed of ["--quiet=yes", "--quiet=true", "--quiet=", "--check="]) {
    const name = typed.slice(0, typed.indexOf("="));
    refuses([typed], `Cannot use "${typed}": ${name} takes no value`);
  }
  for (const typed of ["-q=1", "-q=", "-q=true"]) {
    refuses([typed], `Cannot use "${typed}": --quiet takes no value`);
  }
  refuses(["-hq=1"], "--quiet takes no value");
});

Deno.test("normalizeArgv names the flag whose value is missing", () => {
  const message = "Missing value for --port: expected --port PORT";
  for (const flag of ["--port", "--port=", "-p", "-p=", "-qp", "-qp="]) {
    refuses([flag], message);
  }
  refuses(["-l", "a", "-l"], "Missing value for --listen: expected --listen");
  refuses(["--ready-file="], "Missing value for --ready-file");
});

Deno.test("normalizeArgv takes an empty value for a missing one", () => {
  for (const flag of ["--port", "-p", "-qp"]) {
    refuses([flag, ""], "Missing value for --port");
    refuses([flag, "", "7"], "Missing value for --port");
  }
  // The word after is no value of a flag that has an empty one.
  refuses(["--port=", "7"], "Missing value for --port");
  refuses(["-p=", "7"], "Missing value for --port");
});

Deno.test("normalizeArgv does not take the next flag for a value", () => {
  for (const next of ["--quiet", "-q", "--", "--host=::1"]) {
    refuses(["--port", next], "Missing value for --port");
    refuses(["-p", next], "Missing value for --port");
  }
});

Deno.test("normalizeArgv takes a negative number for a wrong value", () => {
  normalizes(
    [["--port", "-5"], ["--port=-5"]],
    [["-p", "-5"], ["--port=-5"]],
  );
});

Deno.test("normalizeArgv takes a value with a dash if it is written to the flag", () => {
  normalizes(
    [["--port=-5"], ["--port=-5"]],
    [["-p=-5"], ["--port=-5"]],
    [["-p-5"], ["--port=-5"]],
    [["--config=--"], ["--config=--"]],
  );
});

Deno.test("normalizeArgv takes a dash alone for a value", () => {
  normalizes(
    [["--config", "-"], ["--config=-"]],
    [["--config=-"], ["--config=-"]],
    [["-p", "-"], ["--port=-"]],
    [["-p-"], ["--port=-"]],
  );
});

Deno.test("normalizeArgv leaves all that follows -- alone", () => {
  const rest = ["--port", "80", "-qp80", "--prot", "-x", "--quiet=1", "--", ""];
  normalizes(
    [["--"], ["--"]],
    [["--", ...rest], ["--", ...rest]],
    [["-q", "one", "--", ...rest], ["--quiet=true", "one", "--", ...rest]],
  );
});

Deno.test("normalizeArgv names an unknown flag and suggests the likely one", () => {
  const near = {
    "--prot": "--port",
    "--Port": "--port",
    "--hots": "--host",
    "--no-quiet": "--quiet",
    "--hel": "--help",
    "--idle_timeout": "--idle-timeout",
    "--idleTimeout": "--idle-timeout",
    "--shut": "--shutdown-timeout",
  };
  for (const [typed, meant] of Object.entries(near)) {
    const message = `Unknown flag ${typed}: did you mean ${meant}?`;
    for (const argv of [[typed], [`${typed}=7`], [typed, "7"]]) {
      refuses(argv, message);
    }
  }
});

Deno.test("normalizeArgv suggests nothing that is not near", () => {
  for (const typed of ["--frobnicate", "-x", "-P", "---", "--_"]) {
    refuses([typed], `Unknown flag ${typed}: --help lists all flags`);
  }
});

Deno.test("normalizeArgv knows flags of Deno that are in the wrong place", () => {
  for (const typed of ["-N", "-A", "--allow-net", "--unstable-net"]) {
    const message =
      `Unknown flag ${typed}: flags of Deno go before the program`;
    refuses([typed, "--port", "7"], message);
  }
  const own = "Unknown flag --allow-public: did you mean --allow-public-udp?";
  refuses(["--allow-public"], own);
});

Deno.test("normalizeArgv names the unknown letter of a cluster", () => {
  refuses(["-qx"], "Unknown flag -x: ");
  refuses(["-xq"], "Unknown flag -x: ");
  refuses(["-x=1"], "Unknown flag -x: ");
  refuses(["-5"], "Unknown flag -5: ");
});

Deno.test("normalizeArgv takes one-letter names with one dash alone", () => {
  refuses(["--p", "7"], "Unknown flag --p: did you mean --port?");
  refuses(["--p=7"], "Unknown flag --p: did you mean --port?");
  refuses(["--q"], "Unknown flag --q: did you mean --quiet?");
});

Deno.test("normalizeArgv is not confused by names that JavaScript uses", () => {
  for (const typed of ["--constructor", "--toString", "--__proto__", "--_"]) {
    refuses([typed], `Unknown flag ${typed}: `);
    refuses([`${typed}=1`], `Unknown flag ${typed}: `);
  }
});

Deno.test("normalizeArgv complains of what is wrong first", () => {
  refuses(["--prot", "--port="], "Unknown flag --prot");
  refuses(["--port=", "--prot"], "Missing value for --port");
});

Deno.test("asksFor finds the long and the short form anywhere", () => {
  for (const flag of ["--help", "-h"]) {
    for (const argv of [[flag], ["--prot", flag], [flag, "x"], ["-p", flag]]) {
      assertEquals(asksFor(argv, "help"), true, argv.join(" "));
      assertEquals(asksFor(argv, "version"), false, argv.join(" "));
    }
  }
  assertEquals(asksFor(["--version"], "version"), true);
  assertEquals(asksFor(["-V"], "version"), true);
});

Deno.test("asksFor finds nothing after --, in a value or in the rest", () => {
  const others = [["--", "--help"], ["--config=--help"], ["help"], ["-H"]];
  for (const argv of [[], ["--", "-h"], ...others]) {
    assertEquals(asksFor(argv, "help"), false, argv.join(" "));
  }
});

Deno.test("normalizeArgv refuses dashes where a letter or a name belongs", () => {
  for (const word of ["--=x", "--=", "-q-port=7", "-q-", "-q--"]) {
    assertThrows(() => normalizeArgv([word]), OptionError, "Unknown flag");
  }
});
