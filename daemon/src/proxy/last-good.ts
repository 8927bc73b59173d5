import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import type { Route, RoutingSnapshot, SnapshotCertificate } from '#ports/routing-snapshot.ts'
import { createCertificateBundles } from './certificate-bundles.ts'
import { digestOf } from './certificate-table.ts'
import { readSnapshot } from './read-snapshot.ts'
import { createSnapshotParts } from './snapshot-parts.ts'

const POINTER = 'current'
/** Where versions before 0152 kept it, with a directory for each generation. */
const BEFORE = 'generations'
/** The one in use and the one before it (rule R2). */
const KEPT = 2
/** What a store that was cut off has left is removed after this long. */
const LEFT_OVER_MS = 60_000

/**
 * The last snapshot on disk (rule D7), so that a worker serves with daemon and agent dead. Each
 * generation is one file in `snapshots/`: a first line with the checksum of the rest and the bundles
 * that hold its certificates, then the snapshot with digests in the place of certificates. `current`
 * names one of them. While a worker is replaced, it and its successor store side by side; equal names
 * have equal content.
 */
export function createLastGood(directory: string, onProblem: (line: string) => void) {
  const snapshots = join(directory, 'snapshots')
  const bundles = createCertificateBundles(join(directory, 'certificates'))
  let previous: string | undefined

  /** Written beside, fsynced, renamed: a power cut leaves this generation or the one before. */
  async function store(snapshot: RoutingSnapshot): Promise<void> {
    await mkdir(snapshots, { recursive: true, mode: 0o700 })
    const names = await bundles.keep(snapshot.certificates)
    // The texts lie in bundles; their digest is in the place of both.
    const text = Buffer.from(textOf(snapshot))
    const checksum = checksumOf(text)
    const name = `${String(snapshot.generation).padStart(12, '0')}-${checksum.slice(0, 12)}.json`
    if (name !== previous)
      await writeAtomically(
        join(snapshots, name),
        Buffer.concat([Buffer.from(`${JSON.stringify({ checksum, bundles: names })}\n`), text]),
      )
    await writeAtomically(join(directory, POINTER), `${name}\n`)
    previous = name
    await removeOld(name)
  }

  async function removeOld(current: string): Promise<void> {
    const names = (await readdir(snapshots)).filter((name) => name !== current).toSorted()
    const whole = names.filter((name) => /^\d+-[0-9a-f]+\.json$/.test(name))
    const older = whole.slice(0, 1 - KEPT)
    const corrupt = names.filter((name) => name.startsWith('corrupt-')).slice(0, -1)
    const half = []
    for (const name of names.filter((name) => name.endsWith('.new')))
      if (await isLeftOver(join(snapshots, name))) half.push(name)
    for (const name of [...older, ...corrupt, ...half])
      await rm(join(snapshots, name), { force: true })
    await rm(join(directory, BEFORE), { recursive: true, force: true })

    const named = new Set<string>()
    for (const name of [current, ...whole.slice(1 - KEPT)])
      for (const bundle of await bundlesOf(join(snapshots, name))) named.add(bundle)
    await bundles.removeOthers(named)
  }

  /** What is not whole is put aside and said; the generation before is taken instead. */
  async function load(): Promise<RoutingSnapshot | undefined> {
    const named = (await readFile(join(directory, POINTER), 'utf8').catch(() => '')).trim()
    const there = await readdir(snapshots).catch(() => [])
    const candidates = there
      .filter((name) => /^\d+-[0-9a-f]+\.json$/.test(name))
      .toSorted()
      .toReversed()
    if (candidates.includes(named)) candidates.unshift(named)
    for (const name of new Set(candidates)) {
      try {
        const snapshot = await unpack(join(snapshots, name))
        previous = name
        return snapshot
      } catch (error) {
        onProblem(`last-good snapshot ${name} cannot be used: ${String(error)}`)
        await rename(join(snapshots, name), join(snapshots, `corrupt-${name}`)).catch(
          () => undefined,
        )
      }
    }
    return undefined
  }

  async function unpack(path: string): Promise<RoutingSnapshot> {
    const stored = await readFile(path, 'utf8')
    const end = stored.indexOf('\n')
    const head = readHead(stored.slice(0, Math.max(0, end)))
    const text = stored.slice(end + 1)
    if (checksumOf(text) !== head.checksum) throw new Error('its checksum is wrong')
    const parts = createSnapshotParts()
    const texts = await bundles.read(head.bundles)
    const snapshot = readSnapshot(JSON.parse(text))
    return parts.complete({
      ...snapshot,
      certificates: snapshot.certificates.map((entry) => {
        if (typeof entry === 'string') return entry
        const found = texts.get(entry.certificatePem)
        if (!found) throw new Error(`certificate ${entry.id} is missing`)
        return { ...entry, ...found }
      }),
    })
  }

  return { store, load }
}
export type LastGood = ReturnType<typeof createLastGood>

function readHead(line: string): { checksum: string; bundles: string[] } {
  const head: unknown = JSON.parse(line)
  if (typeof head === 'object' && head !== null) {
    const { checksum, bundles }: Record<string, unknown> = { ...head }
    const names: unknown[] = Array.isArray(bundles) ? bundles : [undefined]
    if (typeof checksum === 'string' && names.every((name) => typeof name === 'string'))
      return { checksum, bundles: names }
  }
  throw new Error('its first line makes no sense')
}

/** Of one that cannot be read, none: `load` puts it aside. */
async function bundlesOf(path: string): Promise<string[]> {
  try {
    const stored = await readFile(path, 'utf8')
    return readHead(stored.slice(0, stored.indexOf('\n'))).bundles
  } catch {
    return []
  }
}

async function isLeftOver(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > LEFT_OVER_MS
}

const checksumOf = (text: string | Buffer): string =>
  createHash('sha256').update(text).digest('hex')

const routeTexts = new WeakMap<Route, string>()
const certificateTexts = new WeakMap<SnapshotCertificate, string>()

/** As JSON.stringify would write it; what did not change since the last snapshot is not written anew. */
function textOf({ routes, certificates, ...rest }: RoutingSnapshot): string {
  const texts = {
    routes: routes.map((route) => kept(routeTexts, route, () => JSON.stringify(route))),
    certificates: certificates.map((each) =>
      kept(certificateTexts, each, () =>
        JSON.stringify({ ...each, certificatePem: digestOf(each), keyPem: '' }),
      ),
    ),
  }
  const tail = JSON.stringify(rest).slice(1)
  return `{"routes":[${texts.routes.join(',')}],"certificates":[${texts.certificates.join(',')}],${tail}`
}

function kept<Part extends object>(
  texts: WeakMap<Part, string>,
  part: Part,
  write: () => string,
): string {
  const before = texts.get(part)
  if (before !== undefined) return before
  const text = write()
  texts.set(part, text)
  return text
}
