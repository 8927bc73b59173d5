import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

interface Options {
  /** 0700, of the workers. */
  directory: string
  use: (key: Buffer) => void
  now: () => number
  onProblem: (line: string) => void
}

const PERIOD_MS = 86_400_000
const KEY_BYTES = 48
const NAME = /^[0-9]{1,9}\.key$/

/**
 * The keys of session tickets: a new one each day, the same in every worker, with or without a daemon
 * (rule P10). They are drawn and not derived, and removed when their day is over, so that nobody who
 * gets hold of a later one reads what was recorded before.
 */
export function createTicketKeys({ directory, use, now, onProblem }: Options) {
  let period = -1
  let taking: Promise<void> | undefined

  async function take(wanted: number): Promise<void> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      use(await keyOf(join(directory, `${wanted}.key`)))
      await removeOthers(directory, wanted)
    } catch (error) {
      // Sessions are then resumed by the worker that began them, and by no other.
      onProblem(`ticket keys: ${error instanceof Error ? error.message : String(error)}`)
      use(randomBytes(KEY_BYTES))
    }
  }

  return {
    /** Called at the start and once a second. */
    tick(): Promise<void> {
      const wanted = Math.floor(now() / PERIOD_MS)
      if (wanted !== period && !taking) {
        period = wanted
        taking = take(wanted).finally(() => {
          taking = undefined
        })
      }
      return taking ?? Promise.resolve()
    },
  }
}
export type TicketKeys = ReturnType<typeof createTicketKeys>

/** The key that is there, or one that this worker draws; of several that draw at once the first is right. */
async function keyOf(path: string): Promise<Buffer> {
  const found = await read(path)
  if (found?.length === KEY_BYTES) return found
  if (found) await rm(path, { force: true })
  const beside = `${path}.${randomUUID()}.tmp`
  const file = await open(beside, 'wx', 0o600)
  try {
    await file.writeFile(randomBytes(KEY_BYTES))
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(beside, path)
  } catch (error) {
    if (!isThere(error)) throw error
  } finally {
    await rm(beside, { force: true })
  }
  const key = await readFile(path)
  if (key.length !== KEY_BYTES) throw new Error('a key has not its length')
  return key
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

const isThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST'

/** Tomorrow's may be there already where clocks differ by a second; of earlier days nothing stays. */
async function removeOthers(directory: string, wanted: number): Promise<void> {
  for (const name of await readdir(directory))
    if (NAME.test(name) && Number(name.slice(0, -'.key'.length)) < wanted)
      await rm(join(directory, name), { force: true })
}
