import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import { scanTree } from './scan-tree.ts'

/** The kernel gives out watches sparingly; what is beyond is seen by looking. */
const MAX_WATCHED = 4_000
const LOOK_EVERY_MS = 10_000

/**
 * Calls `listener` with the path of what other processes make, write or remove in a tree, until
 * the returned function is called. Only tells that something happened: links are not followed into
 * anything that is read.
 */
export async function watchTree(
  root: string,
  listener: (path: string) => void,
): Promise<() => void> {
  const watchers = new Map<string, FSWatcher>()
  let isStopped = false

  function add(path: string): void {
    if (isStopped || watchers.has(path) || watchers.size >= MAX_WATCHED) return
    try {
      const watcher = watch(join(root, path), { persistent: false }, (_event, name) => {
        const below = name === null ? path : path === '' ? name : `${path}/${name}`
        listener(below)
      })
      watcher.on('error', () => drop(path))
      watchers.set(path, watcher)
    } catch {
      // Gone again, or the kernel has no more watches: the next look sees what is there.
    }
  }

  function drop(path: string): void {
    watchers.get(path)?.close()
    watchers.delete(path)
  }

  /** Directories that are new; and what has changed where there are no watches. */
  async function look(): Promise<void> {
    const { entries } = await scanTree(root, Number.POSITIVE_INFINITY)
    const directories = new Set([''])
    for (const { kind, path } of entries) if (kind === 'directory') directories.add(path)
    for (const path of watchers.keys()) if (!directories.has(path)) drop(path)
    for (const path of directories) add(path)
  }

  await look()
  const timer = setInterval(() => {
    look().catch(() => {
      // The tree was removed under it: whoever did that stops the watch too.
    })
  }, LOOK_EVERY_MS)
  timer.unref()

  return () => {
    isStopped = true
    clearInterval(timer)
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
  }
}
