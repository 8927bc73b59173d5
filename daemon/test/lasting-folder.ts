import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** There until the process ends: servers live as long as a file of tests. */
export function lastingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-uploads-'))
  if (folders.length === 0) process.once('exit', removeAll)
  folders.push(folder)
  return folder
}

const folders: string[] = []

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}
