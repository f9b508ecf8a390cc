import process from "node:process";
import { removeReadyFile, writeReadyFile } from "../../src/cli/ready_file.ts";
import { OptionError } from "../../src/errors.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";

const URLS = ["tcp://127.0.0.1:41234", "tcp://[::1]:41235"];

function temporaryDirectory() {
  const path = Deno.makeTempDirSync({ prefix: "echod-test-" });
  const files = () => [...Deno.readDirSync(path)].map(({ name }) => name);
  const remove = () => Deno.removeSync(path, { recursive: true });
  return { path, files, [Symbol.dispose]: remove };
}

Deno.test("writeReadyFile tells pid and URLs as one line of JSON", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/ready.json`;
  writeReadyFile(path, URLS);
  const text = Deno.readTextFileSync(path);
  assertEquals(JSON.parse(text), { pid: process.pid, urls: URLS });
  assertEquals(text.indexOf("\n"), text.length - 1);
});

Deno.test("writeReadyFile tells where the status is, if it is anywhere", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/ready.json`;
  const status = "http://127.0.0.1:9090/";
  writeReadyFile(path, URLS, status);
  const ready = JSON.parse(Deno.readTextFileSync(path));
  assertEquals(ready, { pid: process.pid, urls: URLS, status });
  writeReadyFile(path, URLS);
  assert(!("status" in JSON.parse(Deno.readTextFileSync(path))));
});

Deno.test("writeReadyFile leaves nothing but the file", () => {
  using directory = temporaryDirectory();
  writeReadyFile(`${directory.path}/ready.json`, URLS);
  assertEquals(directory.files(), ["ready.json"]);
});

Deno.test("writeReadyFile replaces the file of an earlier run", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/ready.json`;
  writeReadyFile(path, Array(100).fill(URLS[0]));
  writeReadyFile(path, []);
  const { urls } = JSON.parse(Deno.readTextFileSync(path));
  assertEquals(urls, []);
});

Deno.test("writeReadyFile replaces a file that is empty, such as of mktemp", () => {
  using directory = temporaryDirectory();
  const path = Deno.makeTempFileSync({ dir: directory.path });
  writeReadyFile(path, URLS);
  assertEquals(JSON.parse(Deno.readTextFileSync(path)).urls, URLS);
});

Deno.test("writeReadyFile leaves what is no ready file", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/notes.md`;
  for (const text of ["# Notes", "{}", "null", `{"pid": 1}`, `{"urls": []}`]) {
    Deno.writeTextFileSync(path, text);
    assertThrows(
      () => writeReadyFile(path, URLS),
      OptionError,
      `Cannot write --ready-file ${path}: there is a file that is no ready file`,
    );
    assertEquals(Deno.readTextFileSync(path), text);
  }
  assertEquals(directory.files(), ["notes.md"]);
});

Deno.test("writeReadyFile replaces files alone", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/folder`;
  Deno.mkdirSync(path);
  const devices = Deno.build.os === "windows" ? [] : ["/dev/null"];
  for (const other of [path, ...devices]) {
    assertThrows(
      () => writeReadyFile(other, URLS),
      OptionError,
      `Cannot write --ready-file ${other}: expected a file or a new name`,
    );
  }
  assertEquals(directory.files(), ["folder"]);
});

Deno.test("writeReadyFile names the flag where a part of its path is a file", () => {
  using directory = temporaryDirectory();
  Deno.writeTextFileSync(`${directory.path}/file`, "");
  const path = `${directory.path}/file/ready.json`;
  assertThrows(
    () => writeReadyFile(path, URLS),
    OptionError,
    `Cannot write --ready-file ${path}: `,
  );
  assertEquals(directory.files(), ["file"]);
});

Deno.test("writeReadyFile throws where there is no directory", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/missing/ready.json`;
  assertThrows(
    () => writeReadyFile(path, URLS),
    OptionError,
    `Cannot write --ready-file ${path}: there is no directory ` +
      `${directory.path}/missing`,
  );
  assertEquals(directory.files(), []);
});

Deno.test("writeReadyFile clears up when the file cannot be put in place", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/taken`;
  Deno.mkdirSync(path);
  assertThrows(() => writeReadyFile(path, URLS), OptionError, path);
  assertEquals(directory.files(), ["taken"]);
});

Deno.test("removeReadyFile takes the file away, even twice", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/ready.json`;
  writeReadyFile(path, URLS);
  removeReadyFile(path);
  assertEquals(directory.files(), []);
  removeReadyFile(path);
  assertEquals(directory.files(), []);
});

Deno.test("removeReadyFile leaves what somebody else has written since", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/ready.json`;
  for (const text of [`{"pid": ${process.pid + 1}}`, "not JSON", "null"]) {
    Deno.writeTextFileSync(path, text);
    removeReadyFile(path);
    assertEquals(Deno.readTextFileSync(path), text);
  }
});
