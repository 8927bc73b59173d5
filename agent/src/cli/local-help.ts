const COLUMN = 32

interface Described {
  usage: string
  summary: string
}

/**
 * What `vastrox help [command]` says of this server's own commands: all of them where none is named, else
 * those of that name; undefined where it is not one of them.
 */
export function localHelp(
  commands: Readonly<Record<string, Described>>,
  name?: string,
): string | undefined {
  const all = Object.entries(commands)
  const wanted = name === undefined ? all : all.filter(([each]) => each === name)
  if (wanted.length === 0) return undefined
  return ['On this server:', ...wanted.flatMap(([, each]) => linesOf(each)), '', ''].join('\n')
}

/** A usage that is longer than its column has a line of its own. */
const linesOf = ({ usage, summary }: Described): string[] =>
  usage.length < COLUMN - 1
    ? [`  ${usage.padEnd(COLUMN)}${summary}`]
    : [`  ${usage}`, `  ${' '.repeat(COLUMN)}${summary}`]
