import type { Command } from '#commands/command.ts'
import { table } from '#commands/output.ts'

/** One command: how it is called and what it does. */
export function helpOf({ name, aliases = [], usage, summary, options = {} }: Command): string {
  const flags = Object.entries(options).map(([option, { type, short }]) => {
    const letter = short === undefined ? '' : `-${short}, `
    return `${letter}--${option}${type === 'string' ? ' …' : ''}`
  })
  return [
    `vastrox ${name} ${usage}`.trimEnd(),
    `  ${summary}`,
    ...(flags.length === 0 ? [] : [`  Options: ${flags.join('  ')}  --json`]),
    ...(aliases.length === 0 ? [] : [`  Also: ${aliases.join(', ')}`]),
    '',
  ].join('\n')
}

export const overview = (commands: readonly Command[]): string =>
  [
    'vastrox <command>   (vastrox help <command> tells more; --json gives JSON)\n\n',
    table(
      ['Command', 'What it does'],
      commands.map(({ name, summary }) => [name, summary]),
    ),
  ].join('')
