// Runs on Bun, since GitHub's checker of workflows imports JSON as no other
// runtime does: bun workflows_linter.mjs NODE_MODULES FILE...
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const [modules, ...files] = process.argv.slice(2);
const service = `${modules}/@actions/languageservice/dist/index.js`;
const document =
  `${modules}/vscode-languageserver-textdocument/lib/esm/main.js`;
const { validate } = await import(service);
const { TextDocument } = await import(document);

const complaints = [];
for (const file of files) {
  const name = basename(file);
  const uri = `file:///.github/workflows/${name}`;
  const text = readFileSync(file, "utf8");
  const found = await validate(TextDocument.create(uri, "yaml", 1, text));
  for (const { range, message } of found) {
    complaints.push(`${name}:${range.start.line + 1}: ${message}`);
  }
}
console.log(JSON.stringify(complaints));
