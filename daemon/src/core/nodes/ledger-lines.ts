import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import type { LedgerPart } from '@vastrox/shared/ledger.ts'
import { onceFor } from '#core/nodes/once-for.ts'

/** `app:<id>`, `addon:<id>`, `platform`. */
export type Owner = string

export const PLATFORM: Owner = 'platform'

/** What belongs to one of them. */
export interface OwnedBytes {
  owner: Owner
  parts: Partial<Record<LedgerPart, number>>
  sharedImageBytes: number
  /** Of all parts, what lies where the engine keeps its things. */
  engineBytes: number
}

export interface Owners {
  ofVolume(volumeId: string): Owner | undefined
  ofSource(sourceId: string): Owner | undefined
  /** Of a folder or repository that is named by an id. */
  ofId(id: string): Owner | undefined
  /** What backups of each have added to folders of this server. */
  backups: ReadonlyMap<Owner, number>
}

/** Says of every byte that was measured whose it is, once; what is nobody's is the platform's. */
export function linesOf(measure: DiskMeasure, owners: Owners): OwnedBytes[] {
  const lines = new Map<Owner, OwnedBytes>()
  const of = (owner: Owner): OwnedBytes => {
    const line = lines.get(owner) ?? { owner, parts: {}, sharedImageBytes: 0, engineBytes: 0 }
    lines.set(owner, line)
    return line
  }
  const add = (owner: Owner | undefined, part: LedgerPart, bytes: number): void => {
    const { parts } = of(owner ?? PLATFORM)
    parts[part] = (parts[part] ?? 0) + bytes
  }
  const addInEngine = (owner: Owner, part: LedgerPart, bytes: number): void => {
    add(owner, part, bytes)
    of(owner).engineBytes += bytes
  }

  for (const { owner, bytes, sharers } of layersByOwner(measure)) {
    addInEngine(owner, 'images', bytes)
    for (const sharer of sharers) of(sharer).sharedImageBytes += bytes
  }
  addInEngine(PLATFORM, 'cache', measure.cacheBytes)
  for (const { owner, writesBytes, logBytes } of measure.containers) {
    addInEngine(knownOr(owners, owner), 'writes', writesBytes)
    addInEngine(knownOr(owners, owner), 'logs', logBytes)
  }
  for (const { owner, bytes } of shareBackups(measure.backupBytes, owners.backups))
    add(owner, 'backups', bytes)
  let named = 0
  const addNamed = (owner: Owner | undefined, part: LedgerPart, bytes: number): void => {
    add(owner, part, bytes)
    named += bytes
  }
  for (const { volumeId, sizeBytes } of measure.volumes)
    addNamed(owners.ofVolume(volumeId), 'volumes', sizeBytes)
  for (const { folder, id, sizeBytes } of foldersOf(measure)) {
    const place = placeOf(folder, id, owners)
    if (place) addNamed(place.owner, place.part, sizeBytes)
  }
  add(PLATFORM, 'other', Math.max(0, measure.dataBytes - named) + measure.programBytes)
  return [...lines.values()]
}

/** By what each has added, as far as there is so much; what they have in common is the platform's. */
function shareBackups(
  bytes: number,
  added: ReadonlyMap<Owner, number>,
): { owner: Owner; bytes: number }[] {
  const sum = [...added.values()].reduce((all, one) => all + one, 0)
  const part = sum > bytes ? bytes / sum : 1
  const shares = [...added].map(([owner, one]) => ({ owner, bytes: Math.floor(one * part) }))
  const shared = shares.reduce((all, share) => all + share.bytes, 0)
  return bytes > shared ? [...shares, { owner: PLATFORM, bytes: bytes - shared }] : shares
}

/** A container of an app whose row is gone is the platform's to clear away. */
const knownOr = (owners: Owners, owner: Owner): Owner =>
  owners.ofId(owner.slice(owner.indexOf(':') + 1)) ?? PLATFORM

/** Layers that one app alone stands on are its own; those of several, or of prepared images, the platform's. */
const layersByOwner = onceFor(({ layers, images }) => {
  const usedBy = layers.map(() => new Set<Owner>())
  for (const { kind, appId, layers: indices } of images) {
    const owner = kind === 'build' && appId !== null ? `app:${appId}` : PLATFORM
    for (const index of indices) usedBy[index]?.add(owner)
  }
  return layers.flatMap(({ bytes }, index) => {
    const users = [...(usedBy[index] ?? [])]
    const [only] = users
    if (only === undefined) return []
    if (users.length === 1) return [{ owner: only, bytes, sharers: [] }]
    return [{ owner: PLATFORM, bytes, sharers: users.filter((user) => user !== PLATFORM) }]
  })
})

const BY_FOLDER: Record<string, LedgerPart> = {
  repositories: 'sources',
  external: 'sources',
  remote: 'sources',
  uploads: 'uploads',
  logs: 'logs',
}

/** Undefined for what is counted otherwise: a folder as a whole, and what is in no folder of an app's. */
function placeOf(
  folder: string | null,
  id: string,
  owners: Owners,
): { owner: Owner | undefined; part: LedgerPart } | undefined {
  if (folder === null) return { owner: PLATFORM, part: 'logs' }
  if (folder === 'sources') return { owner: owners.ofSource(id), part: 'sources' }
  const part = BY_FOLDER[folder]
  return part && { owner: owners.ofId(id), part }
}

/** The ids of the sources that were found on the disk. */
export const sourcesOf = (measure: DiskMeasure): string[] =>
  foldersOf(measure).flatMap(({ folder, id }) => (folder === 'sources' ? [id] : []))

interface NamedFolder {
  /** null: the platform's own logs. */
  folder: string | null
  /** What names it there. */
  id: string
  sizeBytes: number
}

/** Folders of ours that are somebody's. */
const foldersOf = onceFor(({ folders }) =>
  folders.flatMap(({ path, sizeBytes }): NamedFolder[] => {
    if (path === 'log' || path === 'access') return [{ folder: null, id: '', sizeBytes }]
    const [daemon, folder, name, ...rest] = path.split('/')
    if (daemon !== 'daemon' || folder === undefined || name === undefined || rest.length > 0)
      return []
    return [{ folder, id: /^[a-z0-9]+/i.exec(name)?.[0] ?? '', sizeBytes }]
  }),
)
