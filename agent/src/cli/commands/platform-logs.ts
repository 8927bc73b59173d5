import { readdir, readFile } from 'node:fs/promises'
import type { Installation } from '#agent/cli/installation.ts'
import { mustRun } from '#agent/cli/must-run.ts'
import { hasSystemd } from '#agent/cli/platform/platform.ts'

const LINES = 60

/** Prints the last lines of what our own processes said: of one of them, or of each. */
export async function platformLogs(
  { config, paths }: Installation,
  process: string | undefined,
): Promise<number> {
  if (hasSystemd()) {
    const unit = `vastrox-${config.instance}-${process ?? ''}*`
    const args = ['--unit', unit, '--no-pager', '--lines', String(LINES), '--output', 'short-iso']
    console.log(await mustRun('/usr/bin/journalctl', args))
    return 0
  }
  const logs = (await readdir(paths.processLogs)).filter(
    (file) => file.endsWith('.log') && (process === undefined || file.startsWith(process)),
  )
  for (const log of logs.toSorted((one, other) => one.localeCompare(other))) {
    const lines = (await readFile(`${paths.processLogs}/${log}`, 'utf8')).trimEnd().split('\n')
    console.log(`==> ${log}\n${lines.slice(-LINES).join('\n')}\n`)
  }
  return logs.length === 0 ? 1 : 0
}
