/**
 * The program: `deno run -N main.ts`, `bun main.ts` or an executable of it.
 *
 * @module
 */

import process from "node:process";
import { main } from "./src/cli/main.ts";

process.exit(await main(process.argv.slice(2)));
