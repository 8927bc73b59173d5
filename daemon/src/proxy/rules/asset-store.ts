import { createHash, randomUUID } from 'node:crypto'
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'

/** An asset as the app gave it. */
export interface Asset {
  /** Name, value, name, value …: what says how the bytes are to be read. */
  headers: string[]
  body: Buffer
}

export interface AssetLimits {
  keptMs: number
  bytesOfRoute: number
  bytesInAll: number
  filesOfRoute: number
  /** Left free for everything else. */
  freeBytes: number
}

export const ASSET_LIMITS: AssetLimits = {
  keptMs: 24 * 3_600_000,
  bytesOfRoute: 64 * 2 ** 20,
  bytesInAll: 512 * 2 ** 20,
  filesOfRoute: 5_000,
  freeBytes: 2 ** 30,
}

/** In a release's folder from the moment that it serves no more; its time is when that was. */
const RETIRED = 'retired'
const ROUTE = /^[A-Za-z0-9_-]{1,64}$/
const MAX_ROUTES = 20_000
const MAX_HEAD_BYTES = 8_192

/**
 * Assets on disk, `<route>/<release>/<name>`: shared by the workers, whole or not there, found again
 * after a restart. What is longest unused goes first.
 */
export function createAssetStore(directory: string, limits: AssetLimits = ASSET_LIMITS) {
  const root = join(directory, 'assets')
  const folderOf = (route: string, release: number): string => join(root, route, String(release))

  async function releasesOf(route: string): Promise<number[]> {
    const names = await readdir(join(root, route)).catch(() => [])
    return names
      .filter((name) => /^\d{1,9}$/.test(name))
      .map(Number)
      .toSorted((one, other) => other - one)
  }

  async function filesOf(folder: string) {
    const found = []
    for (const name of await readdir(folder).catch(() => [])) {
      if (name === RETIRED) continue
      const path = join(folder, name)
      const there = await stat(path).catch(() => undefined)
      if (there) found.push({ path, bytes: there.size, usedAt: there.mtimeMs })
    }
    return found
  }

  async function removeOldest(
    files: Awaited<ReturnType<typeof filesOf>>,
    most: number,
    count: number,
  ) {
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    const left = files.toSorted((one, other) => one.usedAt - other.usedAt)
    while (left.length > 0 && (bytes > most || left.length > count)) {
      const [oldest] = left.splice(0, 1)
      if (!oldest) break
      await rm(oldest.path, { force: true })
      bytes -= oldest.bytes
    }
    return left
  }

  return {
    isRoute: (route: string): boolean => ROUTE.test(route),
    /** Of which something is kept. */
    routes: async (): Promise<string[]> =>
      (await readdir(root).catch(() => [])).slice(0, MAX_ROUTES),
    releasesOf,

    has: (route: string, release: number, name: string): Promise<boolean> =>
      stat(join(folderOf(route, release), name)).then(
        () => true,
        () => false,
      ),

    /** Beside, then renamed. */
    async put(route: string, release: number, name: string, asset: Asset): Promise<void> {
      const folder = folderOf(route, release)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const beside = join(root, `.${randomUUID()}`)
      const head = Buffer.from(`${JSON.stringify(asset.headers)}\n`)
      try {
        const file = await open(beside, 'wx', 0o600)
        try {
          await file.writev([head, asset.body])
        } finally {
          await file.close()
        }
        await rename(beside, join(folder, name))
      } catch (error) {
        await rm(beside, { force: true })
        throw error
      }
    },

    /** Undefined where it is not there, too old, or cannot be read. */
    async get(
      route: string,
      release: number,
      name: string,
      now: number,
    ): Promise<Asset | undefined> {
      const folder = folderOf(route, release)
      const path = join(folder, name)
      const bytes = await readFile(path).catch(() => undefined)
      const end = bytes?.subarray(0, MAX_HEAD_BYTES).indexOf(10) ?? -1
      if (!bytes || end === -1) return undefined
      const retired = await stat(join(folder, RETIRED)).catch(() => undefined)
      if (retired && now - retired.mtimeMs > limits.keptMs) return undefined
      const headers = readHead(bytes.toString('utf8', 0, end))
      if (!headers) return undefined
      await utimes(path, now / 1_000, now / 1_000).catch(() => {
        // It is only taken for less used than it is.
      })
      return { headers, body: bytes.subarray(end + 1) }
    },

    /** True where the disk has room for more. */
    async hasRoom(): Promise<boolean> {
      const disk = await statfs(directory).catch(() => undefined)
      return disk !== undefined && disk.bavail * disk.bsize > limits.freeBytes
    },

    /**
     * Notes which releases serve no more, and removes what is too old, too much, or of a route that
     * is gone. `live` names the releases of every route there is. Sizes are looked at only when asked.
     */
    async tidy(
      live: ReadonlyMap<string, ReadonlySet<number>>,
      now: number,
      looksAtSizes = true,
    ): Promise<void> {
      const routes = (await readdir(root).catch(() => [])).slice(0, MAX_ROUTES)
      let all: Awaited<ReturnType<typeof filesOf>> = []
      for (const route of routes) {
        const serving = live.get(route)
        if (!serving) {
          // Also what was cut off while it was written, once nobody can be writing it any more.
          const path = join(root, route)
          const there = await stat(path).catch(() => undefined)
          if (!route.startsWith('.') || (there && now - there.mtimeMs > 60_000))
            await rm(path, { recursive: true, force: true })
          continue
        }
        const files = []
        for (const release of await releasesOf(route)) {
          const folder = folderOf(route, release)
          const marker = join(folder, RETIRED)
          const retired = await stat(marker).catch(() => undefined)
          if (serving.has(release)) {
            if (retired) await rm(marker, { force: true })
          } else if (!retired) {
            await writeFile(marker, '', { mode: 0o600 })
            await utimes(marker, now / 1_000, now / 1_000)
          } else if (now - retired.mtimeMs > limits.keptMs) {
            await rm(folder, { recursive: true, force: true })
            continue
          }
          if (looksAtSizes) files.push(...(await filesOf(folder)))
        }
        all = all.concat(await removeOldest(files, limits.bytesOfRoute, limits.filesOfRoute))
      }
      await removeOldest(all, limits.bytesInAll, Number.POSITIVE_INFINITY)
    },
  }
}
export type AssetStore = ReturnType<typeof createAssetStore>

/** The name of an asset in its release: what was asked for, and how it is encoded. */
export const assetName = (target: string, coding: string): string =>
  createHash('sha256').update(`${coding}\n${target}`).digest('hex').slice(0, 40)

function readHead(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!Array.isArray(value) || value.length % 2 !== 0) return undefined
    const headers = value.filter((each) => typeof each === 'string')
    return headers.length === value.length ? headers : undefined
  } catch {
    return undefined
  }
}
