import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sample } from '@vastrox/shared/agent-api-metrics.ts'
import { log } from '#agent/node/log.ts'

/** A daemon that was away for an hour misses nothing; a quarter more, for clocks and for starting. */
const KEEP_MS = 75 * 60_000
const MOST_BYTES = 32 * 2 ** 20
/** A file has five minutes of samples; a whole one goes at a time. */
const SAMPLES_A_FILE = 20
const NAME = /^(\d{12})\.ndjson$/

/** Ten minutes of them stay in memory where the disk takes nothing. */
const MOST_UNWRITTEN = 40
const MOST_ENTRIES = 1_000

interface Entry {
  seq: number
  epoch: string
  at: string
  /** Where it lies; undefined where it could not be written. */
  place?: { file: SampleFile; offset: number; bytes: number }
  /** Only of those that could not be written. */
  sample?: Sample | undefined
}

interface SampleFile {
  path: string
  number: number
  samples: number
  bytes: number
}

interface Deps {
  directory: string
  now?: () => number
  keepMs?: number
  mostBytes?: number
}

/**
 * The samples of the last hour, on disk and not in memory, so that they outlive this process: a line
 * each, appended to small files of which the oldest is removed. Not synced: a power cut takes the last
 * half a minute with it, as it takes the boot they belong to.
 */
export async function openSampleRing({
  directory,
  now = Date.now,
  keepMs = KEEP_MS,
  mostBytes = MOST_BYTES,
}: Deps) {
  const files: SampleFile[] = []
  const entries: Entry[] = []
  /** The serial number of entries[0]; numbers go on when the oldest go. */
  let first = 0
  let writing: { handle: FileHandle; file: SampleFile } | undefined
  let newest: { serial: number; sample: Sample } | undefined
  let isRefused = false
  const waiting = new Set<() => void>()

  await load().catch((error: unknown) => {
    // A full disk must not keep the agent from starting: samples are then kept in memory.
    log('samples.not-read', { reason: String(error) })
  })

  async function load(): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const names = (await readdir(directory)).filter((name) => NAME.test(name)).toSorted()
    for (const name of names) {
      const path = join(directory, name)
      const file = { path, number: Number(NAME.exec(name)?.[1]), samples: 0, bytes: 0 }
      files.push(file)
      const text = await readFile(path)
      for (let from = 0; from < text.length; ) {
        const end = text.indexOf(10, from)
        // Cut off while it was written; the next goes into another file.
        if (end === -1) break
        const head = headOf(text.subarray(from, end).toString())
        if (head) entries.push({ ...head, place: { file, offset: from, bytes: end - from } })
        file.samples += 1
        from = end + 1
      }
      file.bytes = text.length
    }
    await forgetOld()
  }

  async function fileToWrite(): Promise<{ handle: FileHandle; file: SampleFile }> {
    if (writing && writing.file.samples < SAMPLES_A_FILE) return writing
    await writing?.handle.close()
    writing = undefined
    const number = (files.at(-1)?.number ?? 0) + 1
    const path = join(directory, `${String(number).padStart(12, '0')}.ndjson`)
    const file = { path, number, samples: 0, bytes: 0 }
    const handle = await open(path, 'ax', 0o600)
    files.push(file)
    writing = { handle, file }
    return writing
  }

  async function write(line: Buffer): Promise<NonNullable<Entry['place']>> {
    const { handle, file } = await fileToWrite()
    const offset = file.bytes
    await handle.appendFile(line)
    file.bytes += line.length
    file.samples += 1
    return { file, offset, bytes: line.length - 1 }
  }

  async function forgetOld(): Promise<void> {
    const total = (): number => files.reduce((sum, { bytes }) => sum + bytes, 0)
    for (let oldest = files[0]; oldest && oldest !== writing?.file; oldest = files[0]) {
      const at = entries.findLast(({ place }) => place?.file === oldest)?.at
      const isOld = at === undefined || now() - Date.parse(at) > keepMs
      if (!isOld && total() <= mostBytes) break
      files.shift()
      await rm(oldest.path, { force: true })
    }
    const isKept = ({ place, sample }: Entry): boolean =>
      place ? files.includes(place.file) : sample !== undefined
    const gone = Math.max(entries.findIndex(isKept), entries.length - MOST_ENTRIES, 0)
    first += gone
    entries.splice(0, gone)
  }

  /** The serial number after which a reader who has everything up to `since` goes on. */
  function after(since: string | null): number {
    if (since === null) return first
    // By the sample itself where it is there: clocks may have been put back since.
    const at = entries.findLastIndex((entry) => entry.at === since)
    if (at !== -1) return first + at + 1
    const later = entries.findIndex((entry) => entry.at > since)
    return later === -1 ? first + entries.length : first + later
  }

  async function lineOf({ file, offset, bytes }: NonNullable<Entry['place']>): Promise<string> {
    const handle = await open(file.path, 'r')
    try {
      const { buffer } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, offset)
      return buffer.toString()
    } finally {
      await handle.close()
    }
  }

  return {
    after,
    /** The serial number of the next sample that will be added. */
    get next(): number {
      return first + entries.length
    },
    /** The newest that is kept of this boot, so that numbers go on. */
    lastSeq: (epoch: string): number | undefined =>
      entries.findLast((entry) => entry.epoch === epoch)?.seq,

    /** Readers get it even where the disk takes nothing any more. */
    async add(sample: Sample): Promise<void> {
      const { seq, epoch, at } = sample
      try {
        const place = await write(Buffer.from(`${JSON.stringify(sample)}\n`))
        entries.push({ seq, epoch, at, place })
        isRefused = false
      } catch (error) {
        if (!isRefused) log('samples.not-kept', { reason: String(error) })
        isRefused = true
        // What is half written is passed over when the files are read again.
        await writing?.handle.close().catch(() => undefined)
        writing = undefined
        entries.push({ seq, epoch, at, sample })
        const tooOld = entries.filter((entry) => entry.sample !== undefined).at(-1 - MOST_UNWRITTEN)
        if (tooOld) tooOld.sample = undefined
      }
      newest = { serial: first + entries.length - 1, sample }
      await forgetOld().catch((error: unknown) => {
        log('samples.not-removed', { reason: String(error) })
      })
      for (const wake of waiting) wake()
    },

    /** The sample of that number, or of the first after it that is still kept; undefined at the end. */
    async read(serial: number): Promise<{ serial: number; sample: unknown } | undefined> {
      const at = Math.max(serial, first)
      if (newest?.serial === at) return newest
      const entry = entries[at - first]
      if (!entry) return undefined
      try {
        const { place, sample } = entry
        return { serial: at, sample: place ? JSON.parse(await lineOf(place)) : sample }
      } catch {
        // Its file was removed meanwhile, for its age: the next one is asked for.
        return { serial: at, sample: undefined }
      }
    },

    /** Resolves when one is added; rejects when the signal aborts. */
    async grown(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const stop = (): void => reject(signal.reason)
      waiting.add(resolve)
      signal.addEventListener('abort', stop, { once: true })
      try {
        await promise
      } finally {
        waiting.delete(resolve)
        signal.removeEventListener('abort', stop)
      }
    },

    async close(): Promise<void> {
      await writing?.handle.close()
      writing = undefined
    },
  }
}
export type SampleRing = Awaited<ReturnType<typeof openSampleRing>>

/** What a reader goes by; undefined for a line that is none of ours. */
function headOf(line: string): Pick<Entry, 'seq' | 'epoch' | 'at'> | undefined {
  const match = /^\{"seq":(\d+),"epoch":"([^"]*)","at":"([^"]+)",/.exec(line)
  const [, seq, epoch, at] = match ?? []
  return epoch === undefined || at === undefined ? undefined : { seq: Number(seq), epoch, at }
}
