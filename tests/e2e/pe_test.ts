import { ICON } from "../../.ci/build/brand.ts";
import { VERSION } from "../../.ci/build/source.ts";
import { targetNamed } from "../../.ci/build/targets.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { freshExecutable } from "../executable.ts";
import { readPe, RESOURCE, versionStrings } from "../wine/pe.ts";
import { isInstalled, run } from "./programs.ts";

const path = await freshExecutable(targetNamed("windows-x64"));
const program = readPe(await Deno.readFile(path));

/** The images that an icon file lists, or a resource, whose entries are shorter. */
function iconList(
  view: DataView,
  entrySize: number,
): { size: number; where: number }[] {
  return Array.from({ length: view.getUint16(4, true) }, (_, i) => {
    const at = 6 + entrySize * i;
    const where = entrySize === 16
      ? view.getUint32(at + 12, true)
      : view.getUint16(at + 12, true);
    return { size: view.getUint32(at + 8, true), where };
  });
}

Deno.test("the Windows executable is a console program for x64, without a signature that is not its own", () => {
  const { machine, magic, subsystem, signatureSize } = program;
  assertEquals({ machine, magic, subsystem, signatureSize }, {
    ...{ machine: 0x8664, magic: 0x20b },
    ...{ subsystem: 3, signatureSize: 0 },
  });
});

Deno.test("the Windows executable has the icon of echod, in every size", async () => {
  const icon = new DataView((await Deno.readFile(ICON)).buffer);
  const images = program.resources(RESOURCE.icon);
  const [group] = program.resources(RESOURCE.iconGroup).values();
  const wanted = iconList(icon, 16);
  assert(wanted.length > 1);
  const given = iconList(group, 14);
  assertEquals(
    given.map(({ size }) => size),
    wanted.map(({ size }) => size),
  );
  for (const [i, { size, where }] of wanted.entries()) {
    const image = images.get(given[i].where);
    assert(image, `image ${i} is missing`);
    assertEquals(
      new Uint8Array(image.buffer, image.byteOffset, image.byteLength),
      new Uint8Array(icon.buffer, where, size),
    );
  }
});

Deno.test("the Windows executable says that it is echod, and which version", () => {
  const [resource] = program.resources(RESOURCE.version).values();
  const { ProductName, ProductVersion, FileVersion, OriginalFilename } =
    versionStrings(resource);
  const own = { ProductName, ProductVersion, FileVersion, OriginalFilename };
  assertEquals(own, {
    ProductName: "echod",
    // On Windows, versions have four numbers.
    ProductVersion: `${VERSION}.0`,
    FileVersion: `${VERSION}.0`,
    OriginalFilename: "echod.exe",
  });
});

Deno.test({
  name: "the Windows executable is what `file` calls one for the console",
  ignore: !await isInstalled("file", "--version"),
  fn: async () => {
    const { code, stdout } = await run("file", "--brief", path);
    assertEquals(code, 0);
    assertMatch(
      stdout,
      /^PE32\+ executable \(console\) x86-64.*, for MS Windows/,
    );
  },
});
