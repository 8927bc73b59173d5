import { Readable } from 'node:stream'
import type { Actor } from '@vastrox/shared/actor.ts'
import { mustBeAble } from '@vastrox/shared/actor.ts'
import type { CreateRestore, Restore } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import { readHead } from '#core/restores/import-head.ts'
import type { AddonLoader, Place } from '#core/drills/load-addon.ts'
import type { AddonContent, RestoreAddon } from '#core/restores/restore-addon.ts'
import type { RestoreRunner } from '#core/restores/restore-runner.ts'
import { type RestoreService, showRestore } from '#core/restores/restore-service.ts'
import type { RestoreVolume, VolumeContent } from '#core/restores/restore-volume.ts'
import type { KnownAddon, Servers } from '#core/backups/way-back.ts'
import { atLeastRate } from '#lib/least-rate.ts'
import { createPlaces } from '#lib/places.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import type { RestoreStore } from '#store/restore-store.ts'
import type { VolumeStore } from '#store/volume-store.ts'

interface Deps {
  servers: Pick<Servers, 'find' | 'kindOf'>
  finder: AppFinder
  volumes: Pick<VolumeStore, 'listForApp'>
  node: Pick<NodeBackups, 'importContent'>
  loader: AddonLoader
  addon: RestoreAddon
  volume: RestoreVolume
  service: Pick<RestoreService, 'openImport'>
  runner: Pick<RestoreRunner, 'hold'>
  restores: Pick<RestoreStore, 'findForPlatform'>
}

export interface ImportWish {
  /** As the file is called; its ending helps to tell what it is. */
  fileName: string
  how: CreateRestore['how']
  name?: string | undefined
  confirm?: string | undefined
  signal: AbortSignal
  /** Asked once all of it is there, which may take hours. */
  mayStill: () => boolean
}

const IMPORT_MS = 12 * 3_600_000
/** On their way in, of everybody, and of one user or token. */
const MAX_ARRIVING = 4
const MAX_OF_ACTOR = 2
const LEAST_RATE = { leastBytes: 480_000, everyMs: 60_000 }

/**
 * People's own dumps: they go into a server or a volume that nobody uses, are looked at there, and only
 * then take the place of what is there. What cannot be read says so in the tool's own words, and what
 * was there serves on.
 */
export function createImportService(deps: Deps) {
  const { servers, node, loader, service, runner } = deps
  const ofActor = createPlaces(MAX_OF_ACTOR)
  const ofAll = createPlaces(MAX_ARRIVING)

  function takePlaces(actor: Actor): () => void {
    const own = ofActor.take(actor.userId ?? actor.id)
    const all = own && ofAll.take('all')
    if (own && all)
      return () => {
        own()
        all()
      }
    own?.()
    throw new CodedError('UPLOAD_BUSY', { reason: 'Other dumps are on their way.' })
  }

  /** The bytes as they come, as long as they come; destroyed when whoever sends has gone. */
  async function withBody<Given>(
    actor: Actor,
    body: Readable,
    signal: AbortSignal,
    use: (head: Buffer, whole: Readable) => Promise<Given>,
  ): Promise<Given> {
    const free = takePlaces(actor)
    const onAbort = (): void => void body.destroy(new Error('the upload was ended'))
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const late = setTimeout(() => body.destroy(tooSlow()), LEAST_RATE.everyMs)
      const { head, whole } = await readHead(body).finally(() => clearTimeout(late))
      return await use(head, whole)
    } finally {
      signal.removeEventListener('abort', onAbort)
      body.destroy()
      free()
    }
  }

  /** Nothing of it goes further where whoever began it may not any more. */
  async function* whileAllowed(body: Readable, mayStill: () => boolean): AsyncGenerator<Buffer> {
    yield* atLeastRate(body, LEAST_RATE, tooSlow)
    if (!mayStill()) throw new CodedError('PERMISSION_DENIED', { permission: 'backup.restore' })
  }

  function contentOfAddon(
    { kind, version, memoryBytes }: KnownAddon,
    { fileName, mayStill, signal: gone }: ImportWish,
    head: Buffer,
    whole: Readable,
  ): AddonContent {
    return {
      addon: { kind, version, memoryBytes },
      counts: null,
      async load(place: Place, onProgress, signal) {
        const read = loader.backupOf(kind).importOf(fileName, head, place.root)
        if (!read) throw unknownFormat(kind)
        const { argv, env = {} } = read.command
        const target = {
          type: 'addon' as const,
          addonId: place.addonId,
          argv,
          env,
          fileName: 'import',
        }
        await node.importContent(
          { target, packed: read.packed, timeoutMs: IMPORT_MS },
          Readable.from(whileAllowed(whole, mayStill), { objectMode: false }),
          () => onProgress(null),
          AbortSignal.any([signal, gone]),
        )
        const found = await loader.count(kind, place)
        if (Object.entries(found).every(([what, count]) => what.startsWith('(') && count === 0))
          throw new CodedError('IMPORT_REFUSED', {
            reason: 'It was read to its end without an error, and nothing was in it.',
          })
        return []
      },
    }
  }

  const contentOfVolume = (
    { mayStill, signal: gone }: ImportWish,
    packed: 'none' | 'gzip',
    whole: Readable,
  ): VolumeContent => ({
    async load(target, onProgress, signal) {
      const done = await node.importContent(
        { target: { type: 'volume', ...target }, packed, timeoutMs: IMPORT_MS },
        Readable.from(whileAllowed(whole, mayStill), { objectMode: false }),
        () => onProgress(null),
        AbortSignal.any([signal, gone]),
      )
      const found = done.files.toLocaleString('en-US')
      return [{ what: 'files', expected: null, found, isGood: done.files > 0 }]
    },
  })

  function wishOf({ how, name, confirm }: ImportWish): CreateRestore {
    if (how === 'files' || how === 'in-place')
      throw new CodedError('REQUEST_INVALID', {
        reason: 'An import makes a new one, or takes the place of what is there: new or switch.',
      })
    return {
      how,
      ...(name === undefined ? {} : { name }),
      ...(confirm === undefined ? {} : { confirm }),
    }
  }

  const shown = (id: string): Restore => {
    const now = deps.restores.findForPlatform(id)
    if (!now) throw new CodedError('RESTORE_NOT_FOUND')
    return showRestore(now)
  }

  return {
    /** Resolves when it has its end, good or bad: the row says which. Throws IMPORT_REFUSED at once. */
    ofAddon: (actor: Actor, name: string, body: Readable, wish: ImportWish): Promise<Restore> => {
      mustBeAble(actor, 'backup.restore')
      const target = servers.find(actor, name)
      return withBody(actor, body, wish.signal, async (head, whole) => {
        const { kind, root } = target
        if (!loader.backupOf(kind).importOf(wish.fileName, head, root)) throw unknownFormat(kind)
        const subject = { type: 'addon' as const, id: target.id, name: target.name }
        const record = service.openImport(actor, subject, wishOf(wish))
        const content = contentOfAddon(target, wish, head, whole)
        await runner.hold(record, (stopping) => deps.addon.run(record, content, stopping))
        return shown(record.id)
      })
    },

    ofVolume: (
      actor: Actor,
      [appName, name]: readonly [app: string, volume: string],
      body: Readable,
      wish: ImportWish,
    ): Promise<Restore> => {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'backup.restore', app.id)
      const found = deps.volumes.listForApp(actor, app.id).find((one) => one.name === name)
      if (!found) throw new CodedError('VOLUME_NOT_FOUND', { name })
      return withBody(actor, body, wish.signal, async (head, whole) => {
        const packed = packingOf(head)
        const subject = { type: 'volume' as const, id: found.id, name: `${app.name}/${name}` }
        const record = service.openImport(actor, subject, wishOf(wish))
        const content = contentOfVolume(wish, packed, whole)
        await runner.hold(record, (stopping) => deps.volume.run(record, content, stopping))
        return shown(record.id)
      })
    },
  }
}
export type ImportService = ReturnType<typeof createImportService>

const tooSlow = (): CodedError =>
  new CodedError('UPLOAD_TOO_SLOW', {
    reason: `Less than ${LEAST_RATE.leastBytes / 1_000} KB of it came in a minute.`,
  })

const unknownFormat = (kind: string): CodedError =>
  new CodedError('IMPORT_REFUSED', { reason: `It is no dump that ${kind} is known to read.` })

const TAR_MAGIC_AT = 257

/** A tar says so in its first block; gzip in its first two bytes. */
function packingOf(head: Buffer): 'none' | 'gzip' {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5).toString('latin1') === 'ustar') return 'none'
  throw new CodedError('IMPORT_REFUSED', { reason: 'It is neither a tar nor a gzipped one.' })
}
