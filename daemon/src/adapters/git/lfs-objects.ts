import { access, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { GuardedDownload } from '#adapters/system/guarded-download.ts'
import type { GitRemote } from '#ports/external-git.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { HttpClient } from '#ports/http-client.ts'
import { type LfsAccess, lfsAccessOf } from './lfs-access.ts'
import type { LfsPointer } from './lfs-pointers.ts'

interface Deps {
  addresses: GuardedAddresses
  http: HttpClient
  download: GuardedDownload
  /** Of one commit. */
  maxBytes: number
}

const Batch = z.object({
  objects: z
    .array(
      z.object({
        oid: z.string(),
        actions: z
          .object({
            download: z
              .object({
                href: z.string().max(8_192),
                header: z.record(z.string().max(100), z.string().max(8_192)).nullish(),
              })
              .optional(),
          })
          .nullish(),
        error: z.object({ code: z.number(), message: z.string().nullish() }).nullish(),
      }),
    )
    .max(1_000),
})
type Batch = z.infer<typeof Batch>
type Found = NonNullable<NonNullable<Batch['objects'][number]['actions']>['download']>

/** What a host is asked for at once, as Git LFS does. */
const BATCH = 100
const AT_A_TIME = 4
const MAX_ANSWER = 4 * 2 ** 20
const MEDIA = 'application/vnd.git-lfs+json'

/** A content of Git LFS lies in this folder under the name of its SHA-256, whole or not at all. */
export const lfsFolder = (repository: string): string => join(repository, 'vastrox-lfs')
export const lfsFile = (repository: string, oid: string): string => join(lfsFolder(repository), oid)

/** Brings what pointers of a commit lead to, by the batch API of Git LFS, and nothing else stays. */
export function createLfsObjects({ addresses, http, download, maxBytes }: Deps) {
  async function ask(
    { href, headers }: LfsAccess,
    pointers: readonly LfsPointer[],
  ): Promise<Batch['objects']> {
    const reply = await http.send({
      method: 'POST',
      url: `${href}/objects/batch`,
      headers: { ...headers, accept: MEDIA, 'content-type': MEDIA },
      body: JSON.stringify({
        operation: 'download',
        transfers: ['basic'],
        hash_algo: 'sha256',
        objects: pointers.map(({ oid, sizeBytes }) => ({ oid, size: sizeBytes })),
      }),
      maxBytes: MAX_ANSWER,
    })
    const { host } = new URL(href)
    // It has no Git LFS, or none for this repository: nothing to be had there.
    if (reply.status === 404 || reply.status === 501) return []
    if (reply.status === 401 || reply.status === 403)
      throw refused(`${host} does not give what is in Git LFS: ${reply.status}.`)
    if (reply.status !== 200)
      throw new CodedError('HOST_UNREACHABLE', {
        reason: `Git LFS of ${host} answers ${reply.status}.`,
      })
    const parsed = Batch.safeParse(parseJson(reply.body))
    if (parsed.success) return parsed.data.objects
    throw new CodedError('HOST_UNREACHABLE', {
      reason: `${host} answers something else than Git LFS does.`,
    })
  }

  /** Where each is; those that the host does not have are left out. */
  async function locate(
    lfs: LfsAccess,
    pointers: readonly LfsPointer[],
    signal: AbortSignal | undefined,
  ): Promise<Map<string, Found>> {
    const found = new Map<string, Found>()
    for (let from = 0; from < pointers.length; from += BATCH) {
      // A host that takes its time over each of a hundred holds up a look, and a stop, by one at most.
      signal?.throwIfAborted()
      for (const { oid, actions, error } of await ask(lfs, pointers.slice(from, from + BATCH))) {
        if (error && error.code !== 404 && error.code !== 410)
          throw refused(`Git LFS refuses ${oid.slice(0, 12)}: ${error.message ?? error.code}`)
        if (actions?.download) found.set(oid, actions.download)
      }
    }
    return found
  }

  async function bring(
    repository: string,
    wanted: readonly LfsPointer[],
    { remote, signal }: { remote: GitRemote; signal: AbortSignal | undefined },
  ): Promise<void> {
    const lfs = await lfsAccessOf(addresses, remote, signal)
    const found = await locate(lfs, wanted, signal)
    const left = wanted.filter(({ oid }) => found.has(oid))
    const failed = new AbortController()
    const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal
    const work = async (): Promise<void> => {
      for (let one = left.shift(); one; one = left.shift()) {
        const { oid, sizeBytes, path } = one
        const { href = '', header } = found.get(oid) ?? {}
        await download({
          url: href,
          headers: header ?? {},
          sizeBytes,
          sha256: oid,
          file: lfsFile(repository, oid),
          what: `${shown(path)} in Git LFS`,
          signal: either,
        })
      }
    }
    const workers = Array.from({ length: Math.min(AT_A_TIME, left.length) }, async () => {
      try {
        await work()
      } catch (error) {
        // Nobody writes beside the next look.
        failed.abort(error)
        throw error
      }
    })
    await Promise.allSettled(workers)
    await Promise.all(workers)
  }

  return {
    /**
     * Gives those pointers of which the host has no content. Throws SOURCE_TOO_LARGE,
     * REPOSITORY_REFUSED, HOST_UNREACHABLE, and what the guard throws.
     */
    async fetch(
      repository: string,
      pointers: readonly LfsPointer[],
      from: { remote: GitRemote; signal: AbortSignal | undefined },
    ): Promise<LfsPointer[]> {
      const each = [...new Map(pointers.map((one) => [one.oid, one])).values()]
      const bytes = each.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      if (bytes > maxBytes)
        throw new CodedError('SOURCE_TOO_LARGE', {
          reason: `the repository has ${Math.ceil(bytes / 2 ** 20)} MB in Git LFS, more than ${Math.round(maxBytes / 2 ** 20)} MB for one commit`,
        })
      await mkdir(lfsFolder(repository), { recursive: true, mode: 0o700 })
      await keepOnly(repository, new Set(each.map(({ oid }) => oid)))
      const wanted = await without(repository, each)
      if (wanted.length > 0) await bring(repository, wanted, from)
      const missing = new Set((await without(repository, each)).map(({ oid }) => oid))
      return pointers.filter(({ oid }) => missing.has(oid))
    },
  }
}
export type LfsObjects = ReturnType<typeof createLfsObjects>

/** What the commit before had, and this one has not, would be kept for nobody. */
async function keepOnly(repository: string, oids: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(lfsFolder(repository)))
    if (!oids.has(name)) await rm(join(lfsFolder(repository), name), { force: true })
}

async function without(repository: string, pointers: readonly LfsPointer[]): Promise<LfsPointer[]> {
  const isThere = await Promise.all(
    pointers.map(({ oid }) =>
      access(lfsFile(repository, oid)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return pointers.filter((_one, at) => isThere[at] !== true)
}

const refused = (reason: string): CodedError =>
  new CodedError('REPOSITORY_REFUSED', { reason: shown(reason) })

const shown = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 200)

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
