import { readdir, readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { InstallationConfig, InstallationPaths } from '@vastrox/shared/installation.ts'
import { harmless } from '@vastrox/shared/terminal-text.ts'
import { mustRun } from '#agent/cli/must-run.ts'
import { hasSystemd } from '#agent/cli/platform/platform.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

const LINES = 60
const MOST_LINES = 10_000
const OPTIONS = {
  platform: { type: 'boolean' },
  lines: { type: 'string', short: 'n' },
  json: { type: 'boolean' },
} as const

type Print = (text: string) => void

/** Prints the last lines of what our own processes said: of one of them, or of each. */
export async function platformLogs(
  { config, paths }: { config: Pick<InstallationConfig, 'instance'>; paths: InstallationPaths },
  args: string[],
  print: Print = console.log,
): Promise<number> {
  const { process, lines, json } = read(args)
  const logs = hasSystemd()
    ? await fromJournal(config.instance, process, lines)
    : await fromFiles(paths.processLogs, process, lines)
  if (json) print(JSON.stringify(logs))
  // What clients of ours sent may be in there, and this is root's terminal (rule C15).
  else for (const log of logs) print(`==> ${log.name}\n${log.lines.map(harmless).join('\n')}\n`)
  return logs.length === 0 ? 1 : 0
}

interface Log {
  name: string
  lines: string[]
}

function read(args: string[]) {
  const help = 'vastrox logs --platform [process] [-n 60] [--json]'
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true })
    const lines = Number(values.lines ?? LINES)
    if (positionals.length > 1 || !Number.isInteger(lines) || lines < 1 || lines > MOST_LINES)
      throw new Error(`-n takes a number from 1 to ${MOST_LINES}; one process can be named`)
    return { process: positionals[0], lines, json: values.json === true }
  } catch (error) {
    throw new SetupError(error instanceof Error ? `${error.message}.` : String(error), help)
  }
}

async function fromJournal(
  instance: string,
  process: string | undefined,
  lines: number,
): Promise<Log[]> {
  const unit = `vastrox-${instance}-${process ?? ''}*`
  const args = ['--unit', unit, '--no-pager', '--lines', String(lines), '--output', 'short-iso']
  const said = (await mustRun('/usr/bin/journalctl', args)).trimEnd()
  return [{ name: unit, lines: said.split('\n') }]
}

async function fromFiles(
  directory: string,
  process: string | undefined,
  lines: number,
): Promise<Log[]> {
  const files = (await readdir(directory)).filter(
    (file) => file.endsWith('.log') && (process === undefined || file.startsWith(process)),
  )
  return Promise.all(
    files
      .toSorted((one, other) => one.localeCompare(other))
      .map(async (file) => ({
        name: file,
        lines: (await readFile(`${directory}/${file}`, 'utf8')).trimEnd().split('\n').slice(-lines),
      })),
  )
}
