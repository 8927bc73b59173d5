import { type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import { parseProcfile } from './procfile.ts'

/** A command line and where it comes from: "Procfile", "scripts.start in package.json". */
export interface Command {
  command: string
  where: string
}

export interface Processes {
  /** In the order of the Procfile, `web` last where only the stack names it. */
  processes: Record<string, string>
  releaseCommand: string | null
  /** One line each: "web: node server.js (Procfile)". */
  because: string[]
}

interface Found {
  /** What the stack starts by itself; undefined where it found nothing. */
  web: Command | undefined
  /** Others that the stack found, by name: taken only where nobody names any. */
  workers?: Readonly<Record<string, Command>> | undefined
  /** What the stack runs before a release goes live, such as migrations. */
  release?: Command | undefined
  /** Rewrites a line of the Procfile or the settings: `npm start` becomes what the script says. */
  resolve?: (command: string) => string
}

/**
 * What runs: the settings, then vastrox.json, then the Procfile, then what the stack found. Where
 * nobody names `web` it is the stack's. Empty `processes` means that nothing is known to start.
 */
export function chooseProcesses(tree: SourceTree, wishes: Wishes, found: Found): Processes {
  const resolve = found.resolve ?? ((command: string) => command)
  const text = tree.read('Procfile')
  const procfile = text === undefined ? undefined : parseProcfile(text)
  const chosen = new Map<string, Command>()
  for (const [name, command] of Object.entries(procfile?.processes ?? {}))
    chosen.set(name, { command: resolve(command), where: 'Procfile' })
  for (const [name, { command, where }] of Object.entries(wishes.processes ?? {}))
    chosen.set(name, { command: resolve(command), where })
  const isNamed = chosen.size > 0
  if (wishes.startCommand !== null)
    chosen.set('web', {
      command: resolve(wishes.startCommand),
      where: whereSaid(wishes, 'startCommand'),
    })
  else if (!chosen.has('web') && found.web) chosen.set('web', found.web)

  if (!isNamed)
    for (const [name, command] of Object.entries(found.workers ?? {}))
      if (!chosen.has(name)) chosen.set(name, command)

  const release = releaseOf(wishes, procfile?.release ?? null, found, resolve)
  const lines = [...chosen, ...(release ? [['release', release] as const] : [])]
  return {
    processes: Object.fromEntries([...chosen].map(([name, { command }]) => [name, command])),
    releaseCommand: release?.command ?? null,
    because: lines.map(([name, { command, where }]) => `${name}: ${command} (${where})`),
  }
}

function releaseOf(
  wishes: Wishes,
  written: string | null,
  found: Found,
  resolve: (command: string) => string,
): Command | undefined {
  if (wishes.releaseCommand !== null)
    return {
      command: resolve(wishes.releaseCommand),
      where: whereSaid(wishes, 'releaseCommand'),
    }
  if (written !== null) return { command: resolve(written), where: 'Procfile' }
  return found.release
}
