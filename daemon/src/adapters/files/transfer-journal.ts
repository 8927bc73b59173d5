import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { codeOf } from './explain-file-error.ts'

const Line = z.object({
  act: z.enum(['begin', 'end', 'move']),
  path: z.string(),
  to: z.string().optional(),
})
type Line = z.infer<typeof Line>

/** Beyond this many lines it is written anew. */
const MAX_LINES = 20_000

/**
 * Which files are being written, and which a vanished client has left half-written: a line before
 * the first byte and one after the last, so that a daemon that is killed in between knows it.
 */
export function createTransferJournal(path: string) {
  /** Path → how many write it now; 0 where its writer has gone. */
  const writers = new Map<string, number>()
  let lines = 0

  for (const { act, path: of, to } of readLines(path)) {
    if (act === 'begin') writers.set(of, 0)
    else if (act === 'end') writers.delete(of)
    else if (to !== undefined && writers.delete(of)) writers.set(to, 0)
  }

  /** A few microseconds, and never out of order. */
  function write(line: Line): void {
    if (lines > MAX_LINES + 2 * writers.size) rewrite()
    lines += 1
    appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 })
  }

  function rewrite(): void {
    const left = [...writers.keys()].map((of) => JSON.stringify({ act: 'begin', path: of }))
    // Beside it: one that is cut off in the middle, or finds no room, would forget what is half-written.
    writeFileSync(`${path}.new`, left.map((line) => `${line}\n`).join(''), { mode: 0o600 })
    renameSync(`${path}.new`, path)
    lines = left.length
  }

  return {
    begin(of: string): void {
      const now = writers.get(of)
      // First: where the disk is full nothing has begun.
      if (now === undefined) write({ act: 'begin', path: of })
      writers.set(of, (now ?? 0) + 1)
    },
    /** The writer has finished. */
    end(of: string): void {
      const left = (writers.get(of) ?? 1) - 1
      if (left > 0) {
        writers.set(of, left)
        return
      }
      if (writers.delete(of)) write({ act: 'end', path: of })
    },
    /** The writer has gone without finishing. */
    abandon(of: string): void {
      const now = writers.get(of)
      if (now !== undefined) writers.set(of, Math.max(0, now - 1))
    },
    /** It is gone, or was finished in some other way. */
    forget(of: string): void {
      for (const known of writers.keys())
        if (isAtOrBelow(known, of)) {
          writers.delete(known)
          write({ act: 'end', path: known })
        }
    },
    move(of: string, to: string): void {
      for (const [known, count] of new Map(writers))
        if (isAtOrBelow(known, of)) {
          const moved = `${to}${known.slice(of.length)}`
          writers.delete(known)
          writers.set(moved, count)
          write({ act: 'move', path: known, to: moved })
        }
    },
    /** How many are being written now. */
    open: (): number => [...writers.values()].filter((count) => count > 0).length,
    /** Those whose writer has gone. */
    incomplete: (): string[] =>
      [...writers]
        .filter(([, count]) => count === 0)
        .map(([of]) => of)
        .toSorted(),
    /** The app's files were replaced as a whole. */
    clear(): void {
      writers.clear()
      rewrite()
    },
  }
}
export type TransferJournal = ReturnType<typeof createTransferJournal>

const isAtOrBelow = (path: string, of: string): boolean => path === of || path.startsWith(`${of}/`)

/** A line that a power cut has left half-written is the last one, and says nothing. */
function readLines(path: string): Line[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = Line.safeParse(JSON.parse(line))
      return parsed.success ? [parsed.data] : []
    } catch {
      // Half of a line, or the nothing after the last.
      return []
    }
  })
}
