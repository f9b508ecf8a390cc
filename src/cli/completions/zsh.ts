/**
 * Completions for zsh.
 *
 * @module
 */

import type { Offer } from "../flags/flag.ts";
import {
  type CommandForm,
  type FlagForm,
  isBeginning,
  keyed,
  type Program,
  type Value,
} from "./program.ts";

/** A word of a script, as zsh reads it. */
export function quoteZsh(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text within a specification, where brackets and colons mean something. */
export function escapeZsh(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

// `_describe` takes what stands before the first colon for the word.
function described({ text, help }: Pick<Offer, "text" | "help">): string {
  const word = text.replace(/[\\:]/g, "\\$&");
  const line = help?.replaceAll("\\", "\\\\");
  return quoteZsh(line === undefined ? word : `${word}:${line}`);
}

/** A value, and the function that completes it. */
interface Completed {
  readonly name: string;
  readonly value: Value;
}

function ofFlag(program: string, { names, value }: FlagForm): Completed[] {
  const name = `_${program}${names.at(-1)!.replace(/\W+/g, "_")}`;
  return value ? [{ name, value }] : [];
}

function ofCommand(
  program: string,
  { name, operand }: CommandForm,
): Completed[] {
  return operand
    ? [{ name: `_${program}_${name}_operand`, value: operand }]
    : [];
}

function array(
  name: string,
  words: readonly string[],
  indent: string,
): string[] {
  if (words.length === 0) return [];
  const items = words.map((word) => `${indent}  ${word}`);
  return [`${indent}local -a ${name}=(`, ...items, `${indent})`];
}

function offering({ name, offers }: Value, indent: string): string {
  const open = offers.filter(isBeginning);
  const closed = offers.filter((offer) => !isBeginning(offer));
  const sets = [
    ...(closed.length > 0 ? ["closed"] : []),
    ...(open.length > 0 ? ["open -S ''"] : []),
  ].join(" -- ");
  return [
    ...array("closed", closed.map(described), indent),
    ...array("open", open.map(described), indent),
    `${indent}_describe -t values ${quoteZsh(name)} ${sets}`,
  ].join("\n");
}

function valueFunction({ name, value }: Completed): string {
  const head = `${name}() {`;
  const cases = value.offers.filter(({ keys }) => keys).map((offer) =>
    `      ${quoteZsh(keyed(offer))}) keys=(${
      offer.keys!.map((key) => quoteZsh(`${key}=`)).join(" ")
    }) ;;`
  );
  if (cases.length === 0) return `${head}\n${offering(value, "  ")}\n}\n`;
  return `${head}
  local kind=\${PREFIX%%:*}
  if compset -P '*:'; then
    compset -P '*,'
    local -a keys
    case $kind in
${cases.join("\n")}
    esac
    compadd -S '' -a keys
  else
${offering(value, "    ")}
  fi
}
`;
}

function hasFunction({ value }: Completed): boolean {
  return !value.isFile && value.offers.length > 0;
}

// What stands behind a flag, or a place, in a specification.
function valueSpec(completed: Completed): string {
  const { name, value } = completed;
  const action = hasFunction(completed) ? name : value.isFile ? "_files" : " ";
  return `:${escapeZsh(value.name)}:${action}`;
}

function flagSpecs(program: string, flag: FlagForm): string[] {
  const { names, value, isRepeatable, help } = flag;
  return names.map((name) => {
    const others = names.length > 1 ? `(${names.join(" ")})` : "";
    const before = isRepeatable ? "*" : others;
    const takes = !value ? "" : name.startsWith("--") ? "=" : "+";
    const after = ofFlag(program, flag).map(valueSpec).join("");
    return quoteZsh(`${before}${name}${takes}[${escapeZsh(help)}]${after}`);
  });
}

function flagArray(program: string, { name, flags }: CommandForm): string {
  const specs = flags.flatMap((flag) => flagSpecs(program, flag));
  return array(`${name}_flags`, specs, "  ").join("\n");
}

function commandCase(program: string, command: CommandForm): string {
  const { name } = command;
  const after = ofCommand(program, command).map((completed) =>
    ` ${quoteZsh(`1${valueSpec(completed)}`)}`
  ).join("");
  return `    ${name}) _arguments -s -S : $${name}_flags${after} && ret=0 ;;`;
}

/** Makes the script for zsh. */
export function zshScript(program: Program): string {
  const { name, commands, flags } = program;
  const fallback = commands.find(({ isDefault }) => isDefault)!;
  const offered = [
    ...flags.flatMap((flag) => ofFlag(name, flag)),
    ...commands.flatMap((command) => ofCommand(name, command)),
  ].filter(hasFunction);
  return `#compdef ${name}
# Completions of ${name} for zsh. Put this into ~/.zshrc, after compinit:
#   source <(${name} completions zsh)
# or write them to a file _${name} in a directory of $fpath.

${offered.map(valueFunction).join("\n")}
_${name}_commands() {
${
    array(
      "commands",
      commands.map(({ name, help }) => described({ text: name, help })),
      "  ",
    ).join("\n")
  }
  _describe -t commands command commands
}

_${name}() {
  local curcontext=$curcontext ret=1 state state_descr context
  local -a line
  typeset -A opt_args
${commands.map((command) => flagArray(name, command)).join("\n")}
  _arguments -s -S -C : $${fallback.name}_flags \\
    '1: :_${name}_commands' '*::: :->rest' && ret=0
  [[ $state == rest ]] || return ret
  words=("$line[1]" "\${words[@]}")
  ((CURRENT++))
  case $line[1] in
${commands.map((command) => commandCase(name, command)).join("\n")}
  esac
  return ret
}

# zsh reads this file as a function of its own where it comes from $fpath.
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}
