/**
 * Completions for PowerShell 7. It was not run there: the tests only read what
 * is made here.
 *
 * @module
 */

import type { Offer } from "../flags/flag.ts";
import {
  type CommandForm,
  type FlagForm,
  keyed,
  type Program,
} from "./program.ts";

/** A word of a script, as PowerShell reads it. */
export function quotePowershell(text: string): string {
  // Typographic quotes end a string there as well.
  return `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
}

function list(texts: readonly string[]): string {
  return `@(${texts.map(quotePowershell).join(", ")})`;
}

function truth(is: boolean): string {
  return is ? "$true" : "$false";
}

function offerLine(offer: Offer): string {
  const { text, help = text, keys } = offer;
  const fields = [
    `Text = ${quotePowershell(text)}`,
    `Help = ${quotePowershell(help)}`,
    ...(keys
      ? [
        `Head = ${quotePowershell(`${keyed(offer)}:`)}`,
        `Parts = ${list(keys.map((key) => `${key}=`))}`,
      ]
      : []),
  ];
  return `@{ ${fields.join("; ")} }`;
}

function offerLines(offers: readonly Offer[] = []): string {
  if (offers.length === 0) return "@()";
  const lines = offers.map((offer) => `            ${offerLine(offer)}`);
  return `@(
${lines.join("\n")}
        )`;
}

function flagEntry(
  { names, value, isRepeatable, help }: FlagForm,
): string {
  const fields = [
    `Names = ${list(names)}`,
    `Help = ${quotePowershell(help)}`,
    `Valued = ${truth(value !== undefined)}`,
    `File = ${truth(value?.isFile === true)}`,
    `Once = ${truth(!isRepeatable)}`,
    `Offers = ${offerLines(value?.offers)}`,
  ];
  return `        @{ ${fields.join("; ")} }`;
}

// Flags of one name may differ from command to command, so that they go by number.
function commandEntry(
  { name, operand, flags, help }: CommandForm,
  all: readonly FlagForm[],
): string {
  const fields = [
    `Text = ${quotePowershell(name)}`,
    `Help = ${quotePowershell(help)}`,
    `Flags = @(${flags.map((flag) => all.indexOf(flag)).join(", ")})`,
    `Offers = ${offerLines(operand?.offers)}`,
  ];
  return `        @{ ${fields.join("; ")} }`;
}

/** Makes the script for PowerShell. */
export function powershellScript(program: Program): string {
  const { name, commands, flags } = program;
  const fallback = commands.find(({ isDefault }) => isDefault)?.name ?? "";
  return `# Completions of ${name} for PowerShell. Put this into the file $PROFILE:
#   ${name} completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName ${quotePowershell(name)}, ${
    quotePowershell(`${name}.exe`)
  } -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commands = @(
${commands.map((command) => commandEntry(command, flags)).join("\n")}
    )
    $flags = @(
${flags.map(flagEntry).join("\n")}
    )

    # A comma makes an array, of which only the last part would be replaced.
    $typed = $commandAst.Extent.Text
    $end = $cursorPosition - $commandAst.Extent.StartOffset
    if ($end -le $typed.Length -and $typed.Substring(0, $end) -match ',\\S*$') { return '' }

    $name = ''
    $operands = 0
    $given = @()
    $flag = $null
    foreach ($element in @($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $text = $element.Extent.Text
        if ($flag) {
            $flag = $null
        } elseif ($text.StartsWith('-')) {
            $first = $text.Split('=')[0]
            $given += $first
            if ($first -ceq $text) {
                $flag = $flags | Where-Object { $_.Valued -and $_.Names -ccontains $first } | Select-Object -First 1
            }
        } elseif ($name) {
            $operands++
        } else {
            $name = $text
        }
    }

    $prefix = ''
    $value = $wordToComplete
    if (-not $flag -and $wordToComplete -match '^(--[^=]+)=(.*)$') {
        $first = $Matches[1]
        $value = $Matches[2]
        $prefix = "$first="
        $flag = $flags | Where-Object { $_.Valued -and $_.Names -ccontains $first } | Select-Object -First 1
        if (-not $flag) { return '' }
    }

    $named = if ($name) { $name } else { ${quotePowershell(fallback)} }
    $command = $commands | Where-Object { $_.Text -ceq $named }
    $offers = if ($flag) {
        $kind = $flag.Offers | Where-Object { $_.Head -and $value.StartsWith($_.Head) }
        if ($kind) {
            foreach ($part in $kind.Parts) { @{ Text = $kind.Head + $part; Help = $kind.Help } }
        } else {
            $flag.Offers
        }
    } elseif ($value.StartsWith('-')) {
        foreach ($offered in $command.Flags | ForEach-Object { $flags[$_] }) {
            if ($offered.Once -and ($offered.Names | Where-Object { $given -ccontains $_ })) { continue }
            foreach ($form in $offered.Names) { @{ Text = $form; Help = $offered.Help } }
        }
    } elseif (-not $name) {
        $commands
    } elseif ($operands -eq 0) {
        $command.Offers
    }
    $results = @(foreach ($offer in $offers) {
        $text = $prefix + $offer.Text
        if ($text.StartsWith($wordToComplete, [System.StringComparison]::Ordinal)) {
            [System.Management.Automation.CompletionResult]::new($text, $offer.Text, 'ParameterValue', $offer.Help)
        }
    })
    # An empty text keeps PowerShell from offering files.
    if ($results -or ($flag -and $flag.File)) { $results } else { '' }
}
`;
}
