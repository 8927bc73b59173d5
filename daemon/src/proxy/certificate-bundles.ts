import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import type { SnapshotCertificate } from '#ports/routing-snapshot.ts'
import { digestOf } from './certificate-table.ts'

type Texts = Pick<SnapshotCertificate, 'certificatePem' | 'keyPem'>

const NAME = /^[0-9a-f]{32}\.ndjson$/
/** Beyond it everything in use is packed into one. */
const MAX_BUNDLES = 12
/** A worker and its successor store side by side: what is this young may be about to be named. */
const YOUNG_MS = 60_000

/**
 * Certificates and keys on disk, many to a file: a file and an fsync for each of 10,000 would take
 * half a minute. A bundle is named by its content, 0600, and never changed.
 */
export function createCertificateBundles(directory: string) {
  /** Digest → the bundle that holds it; only of bundles that were written or read here. */
  let places = new Map<string, string>()
  /** What was kept last, and where: mostly nothing of it has changed. */
  let last: { certificates: readonly SnapshotCertificate[]; names: string[] } | undefined

  async function write(certificates: Iterable<readonly [string, Texts]>): Promise<string> {
    const lines: string[] = []
    const digests: string[] = []
    for (const [digest, { certificatePem, keyPem }] of certificates) {
      digests.push(digest)
      lines.push(JSON.stringify({ certificatePem, keyPem }))
    }
    const text = `${lines.join('\n')}\n`
    const name = nameOf(text)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeAtomically(join(directory, name), text)
    for (const digest of digests) places.set(digest, name)
    return name
  }

  /** The successor of this worker may have packed anew, and removed what was known here. */
  function forgetRemoved(there: ReadonlySet<string>): void {
    for (const [digest, name] of places) if (!there.has(name)) places.delete(digest)
  }

  const namesFor = (digests: Iterable<string>): Set<string> => {
    const names = new Set<string>()
    for (const digest of digests) {
      const name = places.get(digest)
      if (name !== undefined) names.add(name)
    }
    return names
  }

  return {
    /** Sees to it that all are on disk; gives the names of the bundles that hold them. */
    async keep(certificates: readonly SnapshotCertificate[]): Promise<string[]> {
      const there = new Set(await readdir(directory).catch(() => []))
      if (last?.names.every((name) => there.has(name)) && isSame(last.certificates, certificates))
        return last.names
      forgetRemoved(there)
      const wanted = new Map(certificates.map((each) => [digestOf(each), each]))
      const fresh = [...wanted].filter(([digest]) => !places.has(digest))
      if (fresh.length > 0) await write(fresh)
      if (namesFor(wanted.keys()).size > MAX_BUNDLES) await write(wanted)
      const names = [...namesFor(wanted.keys())].toSorted()
      last = { certificates, names }
      return names
    },

    /** What the bundles hold, by digest. Throws where one is missing or is not what was written. */
    async read(names: readonly string[]): Promise<Map<string, Texts>> {
      const found = new Map<string, Texts>()
      const read = new Map<string, string>()
      for (const name of names) {
        if (!NAME.test(name)) throw new Error('a bundle of certificates has no name of ours')
        const text = await readFile(join(directory, name), 'utf8')
        if (nameOf(text) !== name) throw new Error('a bundle of certificates is damaged')
        for (const line of text.split('\n')) {
          if (line === '') continue
          const texts = readTexts(JSON.parse(line))
          const digest = digestOf({ id: '', hosts: [], ...texts })
          found.set(digest, texts)
          read.set(digest, name)
        }
      }
      places = new Map([...places, ...read])
      return found
    },

    /** Removes what no stored snapshot names. */
    async removeOthers(named: ReadonlySet<string>): Promise<void> {
      for (const name of await readdir(directory).catch(() => [])) {
        if (named.has(name)) continue
        const path = join(directory, name)
        const found = await stat(path).catch(() => undefined)
        if (!found || Date.now() - found.mtimeMs < YOUNG_MS) continue
        await rm(path, { force: true })
        for (const [digest, place] of places) if (place === name) places.delete(digest)
      }
    },
  }
}

const isSame = (one: readonly object[], other: readonly object[]): boolean =>
  one.length === other.length && one.every((each, at) => each === other[at])

const nameOf = (text: string): string =>
  `${createHash('sha256').update(text).digest('hex').slice(0, 32)}.ndjson`

function readTexts(value: unknown): Texts {
  if (typeof value === 'object' && value !== null) {
    const { certificatePem, keyPem }: Record<string, unknown> = { ...value }
    if (typeof certificatePem === 'string' && typeof keyPem === 'string')
      return { certificatePem, keyPem }
  }
  throw new Error('a certificate is not what was stored')
}
