import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Claims the data directory for this supervisor; throws when another one has it. A successor claims
 * it from its predecessor.
 */
export function claim(pidFile: string, isSuccessor: boolean): void {
  const holder = isSuccessor ? undefined : supervisorOf(pidFile)
  if (holder !== undefined) throw new Error(`a supervisor runs already (pid ${holder})`)
  writeFileSync(pidFile, String(process.pid), { mode: 0o600 })
}

/** The pid in the file, if a supervisor has it: after a power cut the number may be anybody's. */
function supervisorOf(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
    const isOne = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('supervisor.mjs')
    return isOne && pid !== process.pid ? pid : undefined
  } catch {
    // No file, or no such process.
    return undefined
  }
}
