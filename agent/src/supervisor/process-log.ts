import { closeSync, openSync } from 'node:fs'
import { copyFile, readdir, rename, stat, truncate } from 'node:fs/promises'

const MAX_BYTES = 10 * 2 ** 20
const KEPT = 3

/**
 * Opens a process's log for appending. The process writes to the file itself, not through the
 * supervisor, so that it goes on writing when the supervisor is killed or replaced.
 */
export function openLog(directory: string, name: string): { fd: number; close(): void } {
  const fd = openSync(`${directory}/${name}.log`, 'a', 0o600)
  return { fd, close: () => closeSync(fd) }
}

/**
 * Keeps every log at 10 MB and three older pieces of it. Copied and emptied in place, since the
 * process keeps its descriptor; what is printed during the copy may be lost from the older piece.
 */
export async function rotateLogs(directory: string, maxBytes = MAX_BYTES): Promise<void> {
  const logs = (await readdir(directory)).filter((file) => file.endsWith('.log'))
  for (const log of logs) {
    const path = `${directory}/${log}`
    if ((await stat(path)).size <= maxBytes) continue
    for (let piece = KEPT - 1; piece >= 1; piece--)
      await rename(`${path}.${piece}`, `${path}.${piece + 1}`).catch(ignoreMissing)
    await copyFile(path, `${path}.1`)
    await truncate(path)
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
