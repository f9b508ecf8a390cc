/**
 * Completions for bash, from 3.2 on, with and without its package
 * bash-completion.
 *
 * @module
 */

import { keyed, type Program, type Value } from "./program.ts";

/** A word of a script, as bash reads it. */
export function quoteBash(text: string): string {
  return /^[\w:=/.-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}

function words(texts: readonly string[]): string {
  return `offers=(${texts.map(quoteBash).join(" ")})`;
}

function pattern(texts: readonly string[]): string {
  return texts.map(quoteBash).join(" | ");
}

function offering({ isFile, offers }: Value): string {
  if (isFile) return "files=yes";
  const all = words(offers.map(({ text }) => text));
  const cases = offers.filter(({ keys }) => keys).map((offer) =>
    `        ${quoteBash(keyed(offer))}:*) keys=(${
      offer.keys!.map(quoteBash).join(" ")
    }) ;;`
  );
  if (cases.length === 0) return offers.length > 0 ? all : ":";
  return `case $2 in
${cases.join("\n")}
        *) ${all} ;;
      esac`;
}

// One line for all flags that are completed in the same way.
function valueCases({ flags }: Program): string {
  const byBody = Map.groupBy(
    flags.filter(({ value }) => value),
    ({ value }) => offering(value!),
  );
  return [...byBody].map(([body, flags]) =>
    `    ${pattern([...new Set(flags.flatMap(({ names }) => names))])})
      ${body}
      ;;`
  ).join("\n");
}

function flagCases({ commands }: Program): string {
  return commands.map(({ name, isDefault, flags }) =>
    `      ${isDefault ? "'' | " : ""}${quoteBash(name)}) ${
      words(flags.flatMap(({ names }) => names))
    } ;;`
  ).join("\n");
}

function operandCases({ commands }: Program): string {
  const names = commands.map(({ name }) => name);
  const cases = commands.flatMap(({ name, operand }) =>
    operand ? `      ${quoteBash(name)}:0) ${offering(operand)} ;;` : []
  );
  return [`      :0) ${words(names)} ;;`, ...cases].join("\n");
}

/** Makes the script for bash. */
export function bashScript(program: Program): string {
  const { name } = program;
  return `# Completions of ${name} for bash. Put this into ~/.bashrc:
#   eval "$(${name} completions bash)"

# Tells what the value of flag $1 may be, given how it begins, $2; fails if the
# flag takes none.
_${name}_value() {
  case $1 in
${valueCases(program)}
    *) return 1 ;;
  esac
}

_${name}() {
  local rest=\${COMP_LINE:0:COMP_POINT} word gap i
  local -a words=()
  # bash has parted the words at = and : too.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    gap=\${rest%%[![:space:]]*}
    rest=\${rest#"$gap"}
    word=\${COMP_WORDS[i]}
    # What comes after the cursor is not there yet.
    ((i == COMP_CWORD)) && word=$rest
    rest=\${rest#"$word"}
    if [[ $gap || $i == 0 ]]; then words+=("$word"); else words[\${#words[@]}-1]+=$word; fi
  done

  local cur=\${words[\${#words[@]} - 1]} flag='' command='' operands=0
  local value prefix='' files=''
  local -a offers=() keys=()
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    word=\${words[i]}
    if [[ $flag ]]; then
      flag=''
    elif [[ $word == -* ]]; then
      _${name}_value "$word" '' && flag=$word
    elif [[ $command ]]; then
      ((operands++))
    else
      command=$word
    fi
  done
  value=$cur
  if [[ ! $flag && $cur == --*=* ]]; then
    flag=\${cur%%=*} prefix=\${cur%%=*}= value=\${cur#*=}
  fi

  offers=() keys=() files=''
  if [[ $flag ]]; then
    _${name}_value "$flag" "$value"
  elif [[ $cur == -* ]]; then
    case $command in
${flagCases(program)}
    esac
  else
    case $command:$operands in
${operandCases(program)}
    esac
  fi
  if ((\${#keys[@]})); then
    prefix+=\${value%"\${value##*[:,]}"}
    offers=("\${keys[@]/%/=}")
  fi

  COMPREPLY=()
  if [[ $files ]]; then
    # bash does it best by itself, unless it took the flag for a part of the path.
    if [[ ! $prefix || $COMP_WORDBREAKS == *=* ]]; then
      compopt -o default 2>/dev/null && return
    fi
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do offers+=("$word"); done < <(compgen -f -- "$value")
  fi
  # bash replaces only what follows the last of the = and : that part words.
  local tail=$cur sign
  for sign in = :; do
    [[ $COMP_WORDBREAKS == *$sign* ]] && tail=\${tail##*$sign}
  done
  for word in "\${offers[@]}"; do
    word=$prefix$word
    [[ $word == "$cur"* ]] && COMPREPLY+=("\${word:\${#cur} - \${#tail}}")
  done
  if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *[=:/] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}

complete -F _${name} ${name}
`;
}
