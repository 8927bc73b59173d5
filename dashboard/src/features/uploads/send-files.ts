import { z } from 'zod'
import type { DroppedFile } from '#features/uploads/dropped-files.ts'
import { below } from '#features/uploads/paths.ts'
import { archivePath, contentPath } from '#features/uploads/queries.ts'
import { sendBody } from '#lib/send-body.ts'

export interface Sending {
  name: string
  /** Which of how many. */
  at: number
  of: number
  /** Of all bytes, from 0 to 1. */
  share: number
}

interface Options {
  signal: AbortSignal
  onProgress: (sending: Sending) => void
}

const anything = z.unknown()
/** Small files wait for answers, not for bytes; an app lets 16 be open. */
const AT_ONCE = 4

/** Sends files below a folder, some at a time; the first that fails ends it. */
export async function sendFiles(
  app: string,
  folder: string,
  files: readonly DroppedFile[],
  { signal: asked, onProgress }: Options,
): Promise<void> {
  const ended = new AbortController()
  const signal = AbortSignal.any([asked, ended.signal])
  const total = files.reduce((bytes, { file }) => bytes + file.size, 0)
  const sent = new Map<number, number>()
  const rest = files.entries()
  let done = 0

  async function some(): Promise<void> {
    for (const [at, { path, file }] of rest) {
      signal.throwIfAborted()
      const tell = (share: number): void => {
        sent.set(at, share * file.size)
        const bytes = [...sent.values()].reduce((sum, each) => sum + each, 0)
        const overall = total === 0 ? done / files.length : bytes / total
        onProgress({
          name: path,
          at: Math.min(done + 1, files.length),
          of: files.length,
          share: overall,
        })
      }
      tell(0)
      await sendBody(contentPath(app, below(folder, path)), file, {
        schema: anything,
        signal,
        onProgress: tell,
      })
      done += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, some))
  } catch (error) {
    // What else is under way is of no use without the one that failed.
    ended.abort(error)
    throw error
  }
}

/** Sends an archive, which takes the place of all of the app's files and is deployed. */
export async function sendArchive(
  app: string,
  file: File,
  { signal, onProgress }: Options,
): Promise<void> {
  const tell = (share: number): void => onProgress({ name: file.name, at: 1, of: 1, share })
  tell(0)
  await sendBody(archivePath(app, true), file, { schema: anything, signal, onProgress: tell })
}
