import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory, writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import type { RoutingSnapshot } from '#ports/routing-snapshot.ts'
import { digestOf } from './certificate-table.ts'
import { readSnapshot } from './read-snapshot.ts'

const POINTER = 'current'
/** The one in use and the one before it (rule R2). */
const KEPT = 2
/** What a store that was cut off has left is removed after this long. */
const LEFT_OVER_MS = 60_000

/**
 * The last snapshot on disk (rule D7), so that a worker serves with daemon and agent dead. Each
 * generation has a directory: `snapshot.json` with its checksum, and a file for each certificate and
 * each key, named by content and shared between generations as hard links. `current` names one of them.
 * While a worker is replaced, it and its successor store side by side; equal names have equal content.
 */
export function createLastGood(directory: string, onProblem: (line: string) => void) {
  const generations = join(directory, 'generations')
  let previous: string | undefined

  /** Written beside, fsynced, renamed: a power cut leaves this generation or the one before. */
  async function store(snapshot: RoutingSnapshot): Promise<void> {
    await mkdir(generations, { recursive: true, mode: 0o700 })
    const { text, files } = pack(snapshot)
    const name = `${String(snapshot.generation).padStart(12, '0')}-${checksum(text).slice(0, 12)}`
    if (name !== previous) await storeGeneration(name, text, files)
    await writeAtomically(join(directory, POINTER), `${name}\n`)
    previous = name
    await removeOld(name)
  }

  async function storeGeneration(
    name: string,
    text: string,
    files: Map<string, string>,
  ): Promise<void> {
    const beside = join(generations, `.${name}.${randomUUID()}`)
    await mkdir(beside, { mode: 0o700 })
    for (const [file, content] of files) {
      const linked =
        previous !== undefined &&
        (await tryLink(join(generations, previous, file), join(beside, file)))
      if (!linked) await writeDurably(join(beside, file), content)
    }
    await writeDurably(join(beside, 'snapshot.json'), `${checksum(text)}\n${text}`)
    await syncDirectory(beside)
    try {
      await rename(beside, join(generations, name))
    } catch (error) {
      await rm(beside, { recursive: true, force: true })
      if (!isThere(error)) throw error
    }
    await syncDirectory(generations)
  }

  async function removeOld(current: string): Promise<void> {
    const names = (await readdir(generations)).filter((name) => name !== current).toSorted()
    const older = names.filter((name) => /^\d/.test(name)).slice(0, 1 - KEPT)
    const corrupt = names.filter((name) => name.startsWith('corrupt-')).slice(0, -1)
    const half = []
    for (const name of names.filter((name) => name.startsWith('.')))
      if (await isLeftOver(join(generations, name))) half.push(name)
    for (const name of [...older, ...corrupt, ...half])
      await rm(join(generations, name), { recursive: true, force: true })
  }

  /** What is not whole is put aside and said; the generation before is taken instead. */
  async function load(): Promise<RoutingSnapshot | undefined> {
    const named = (await readFile(join(directory, POINTER), 'utf8').catch(() => '')).trim()
    const there = await readdir(generations).catch(() => [])
    const candidates = there
      .filter((name) => /^\d/.test(name))
      .toSorted()
      .toReversed()
    if (candidates.includes(named)) candidates.unshift(named)
    for (const name of new Set(candidates)) {
      try {
        const snapshot = await unpack(join(generations, name))
        previous = name
        return snapshot
      } catch (error) {
        onProblem(`last-good snapshot ${name} cannot be used: ${String(error)}`)
        await rename(join(generations, name), join(generations, `corrupt-${name}`)).catch(
          () => undefined,
        )
      }
    }
    return undefined
  }

  return { store, load }
}
export type LastGood = ReturnType<typeof createLastGood>

/** The snapshot as text in which certificates are file names, and those files. */
function pack(snapshot: RoutingSnapshot): { text: string; files: Map<string, string> } {
  const files = new Map<string, string>()
  const certificates = snapshot.certificates.map((certificate) => {
    const name = digestOf(certificate).slice(0, 32)
    files.set(`${name}.crt`, certificate.certificatePem)
    files.set(`${name}.key`, certificate.keyPem)
    return { ...certificate, certificatePem: `${name}.crt`, keyPem: `${name}.key` }
  })
  return { text: JSON.stringify({ ...snapshot, certificates }), files }
}

async function unpack(directory: string): Promise<RoutingSnapshot> {
  const stored = await readFile(join(directory, 'snapshot.json'), 'utf8')
  const end = stored.indexOf('\n')
  const text = stored.slice(end + 1)
  if (checksum(text) !== stored.slice(0, end)) throw new Error('its checksum is wrong')
  const snapshot = readSnapshot(JSON.parse(text))
  const certificates = await Promise.all(
    snapshot.certificates.map(async (certificate) => {
      const { certificatePem, keyPem } = certificate
      if (!/^[0-9a-f]{32}\.crt$/.test(certificatePem) || !/^[0-9a-f]{32}\.key$/.test(keyPem))
        throw new Error('a certificate has no file')
      const read = {
        ...certificate,
        certificatePem: await readFile(join(directory, certificatePem), 'utf8'),
        keyPem: await readFile(join(directory, keyPem), 'utf8'),
      }
      if (`${digestOf(read).slice(0, 32)}.crt` !== certificatePem)
        throw new Error('a certificate is not what was stored')
      return read
    }),
  )
  return { ...snapshot, certificates }
}

async function isLeftOver(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > LEFT_OVER_MS
}

const isThere = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex')

async function writeDurably(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch {
    // Not there, or a file system without links: it is written anew.
    return false
  }
}
