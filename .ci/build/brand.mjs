/**
 * Writes name, version and icon into a Windows program, on Node, beside whose
 * packages it is put: `node brand.mjs PROGRAM ICON VERSION OUTPUT`.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { Data, NtExecutable, NtExecutableResource, Resource } from "resedit";

const [program, icon, version, output] = process.argv.slice(2);

// The signature is its maker's, and does not outlast a change.
const executable = NtExecutable.from(readFileSync(program), {
  ignoreCert: true,
});
const resources = NtExecutableResource.from(executable);
const { icons } = Data.IconFile.from(readFileSync(icon));
const [{ id, lang }] = Resource.IconGroupEntry.fromEntries(resources.entries);
Resource.IconGroupEntry.replaceIconsForResource(
  resources.entries,
  id,
  lang,
  icons.map(({ data }) => data),
);

const [info] = Resource.VersionInfo.fromEntries(resources.entries);
const [language] = info.getAllLanguagesForStringValues();
info.setFileVersion(version, language.lang);
info.setProductVersion(version, language.lang);
info.setStringValues(language, {
  FileDescription: "echod, an echo server",
  ProductName: "echod",
  InternalName: "echod",
  OriginalFilename: "echod.exe",
  CompanyName: "",
  LegalCopyright: "MIT licence; see LICENSES.txt for what is inside",
});
info.outputToResourceEntries(resources.entries);
resources.outputResource(executable);
writeFileSync(output, new Uint8Array(executable.generate()));
