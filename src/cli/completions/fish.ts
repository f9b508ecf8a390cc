/**
 * Completions for fish.
 *
 * @module
 */

import type { Offer } from "../flags/flag.ts";
import {
  type CommandForm,
  type FlagForm,
  keyed,
  type Program,
  type Value,
} from "./program.ts";

/** A word of a script, as fish reads it. */
export function quoteFish(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

function words(texts: readonly string[]): string {
  return texts.map(quoteFish).join(" ");
}

function functionOf(name: string, flag: FlagForm): string {
  const id = flag.names.at(-1)!.replace(/\W+/g, "_");
  return `__${name}${id}`;
}

function isDescribed({ offers }: Value): boolean {
  return offers.some(({ help, keys }) => help || keys);
}

function printing(offers: readonly Offer[]): string {
  const pairs = offers.flatMap(({ text, help = "" }) => [text, help]);
  return `printf '%s\\t%s\\n' ${words(pairs)}`;
}

// Values with descriptions or keys need a function that prints them.
function valueFunction(name: string, flag: FlagForm): string {
  const { offers } = flag.value!;
  const cases = offers.filter(({ keys }) => keys).map((offer) =>
    `        case ${quoteFish(`${keyed(offer)}:*`)}
            set keys ${words(offer.keys!.map((key) => `${key}=`))}`
  );
  return `function ${functionOf(name, flag)}
    set -l word (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l keys
    switch "$word"
${cases.join("\n")}
        case '*'
            ${printing(offers)}
    end
    test -n "$keys"; or return
    # What is there already comes before each key.
    set -l head (string replace -r '[^:,]*$' '' -- "$word")
    printf '%s\\n' $head$keys
end
`;
}

function offering({ offers }: Value): string {
  const texts = offers.map(({ text }) => text).join(" ");
  return texts && ` -a ${quoteFish(texts)}`;
}

function valueOptions(name: string, flag: FlagForm): string {
  const { value } = flag;
  if (!value) return "";
  if (value.isFile) return " -r -F";
  if (isDescribed(value)) return ` -x -a '(${functionOf(name, flag)})'`;
  return ` -x${offering(value)}`;
}

function flagLine(
  { name }: Program,
  commands: readonly CommandForm[],
  flag: FlagForm,
): string {
  const { names, value, isRepeatable, help } = flag;
  const owners = commands.filter(({ flags }) => flags.includes(flag)).flatMap(
    ({ name, isDefault }) => isDefault ? ["", name] : [name],
  );
  const conditions = [`__${name}_is ${words(owners)}`];
  if (!isRepeatable) {
    const kind = value ? "valued" : "switch";
    conditions.push(`__${name}_is_new ${kind} ${names.join(" ")}`);
  }
  const options = names.map((name) =>
    name.startsWith("--") ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`
  );
  return `complete -c ${name} -n ${quoteFish(conditions.join("; and "))}` +
    `${options.join("")}${valueOptions(name, flag)} -d ${quoteFish(help)}`;
}

function commandLines({ name, commands }: Program): string[] {
  const line = (condition: string) =>
    `complete -c ${name} -n ${quoteFish(condition)}`;
  const first = line(`__${name}_has 0`);
  return commands.flatMap(({ name: command, operand, help }) => {
    const second = line(`__${name}_has 1; and __${name}_is ${command}`);
    return [
      `${first} -a ${command} -d ${quoteFish(help)}`,
      ...(operand ? [second + offering(operand)] : []),
    ];
  });
}

/** Makes the script for fish. */
export function fishScript(program: Program): string {
  const { name, commands, flags } = program;
  const valued = flags.filter(({ value }) => value);
  const valuedNames = new Set(valued.flatMap(({ names }) => names));
  return `# Completions of ${name} for fish. Install them with:
#   ${name} completions fish > ~/.config/fish/completions/${name}.fish

# The command and what stands after it, without flags and their values.
function __${name}_words
    set -l words (commandline -opc)
    set -l is_value no
    for word in $words[2..-1]
        if test $is_value = yes
            set is_value no
        else if contains -- $word ${[...valuedNames].join(" ")}
            set is_value yes
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

# Whether the command is one of these; none is ''.
function __${name}_is
    set -l words (__${name}_words)
    contains -- "$words[1]" $argv
end

# Whether so many words are there.
function __${name}_has
    set -l words (__${name}_words)
    test (count $words) -eq $argv[1]
end

# Whether a flag with these names was not given yet.
function __${name}_is_new
    set -l words (commandline -opc)
    # The flag whose value is about to be typed is there already.
    if test $argv[1] = valued; and contains -- $words[-1] $argv
        set -e words[-1]
    end
    for word in $words
        if contains -- (string replace -r '=.*' '' -- $word) $argv[2..-1]
            return 1
        end
    end
end

${
    valued.filter(({ value }) => isDescribed(value!))
      .map((flag) => valueFunction(name, flag)).join("\n")
  }
complete -c ${name} -f
${commandLines(program).join("\n")}
${flags.map((flag) => flagLine(program, commands, flag)).join("\n")}
`;
}
