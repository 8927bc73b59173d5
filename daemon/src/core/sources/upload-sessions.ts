import { createHash, timingSafeEqual } from 'node:crypto'
import { type Actor, mustBeAble, NO_GRANTS } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { UploadClient as ShownClient } from '@vastrox/shared/upload.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { UploadTrees } from '#core/sources/upload-trees.ts'
import { createPlaces } from '#lib/places.ts'
import type { Clock } from '#ports/clock.ts'
import type { FileTree } from '#ports/file-tree.ts'
import type { NewId } from '#ports/ids.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { UploadStore } from '#store/upload-store.ts'

export interface UploadClient {
  protocol: 'sftp' | 'ftps' | 'api'
  /** Of the peer, without a port. */
  address: string
}

/** An app's files, as one client has them open. */
export interface UploadSession {
  id: string
  app: { id: string; name: string }
  tree: FileTree
  /** Aborts when the app is destroyed or the password that was used is replaced: hang up. */
  closed: AbortSignal
  /** However the connection ended: what is open is closed, what was being written is marked. */
  end: () => Promise<void>
}

interface Deps {
  finder: AppFinder
  apps: Pick<AppStore, 'listForPlatform' | 'findByIdForPlatform'>
  uploads: Pick<UploadStore, 'findForPlatform'>
  trees: Pick<UploadTrees, 'open'>
  clock: Clock
  newId: NewId
  onChange: (app: Pick<AppRecord, 'teamId' | 'name'>) => void
  /** Whether who made an app's password may still deploy it. */
  mayDeploy: (userId: string, app: AppRecord) => boolean
}

interface Open extends ShownClient {
  appId: string
  byPassword: boolean
  closing: AbortController
  end(): Promise<void>
}

const MAX_OF_APP = 16
const MAX_OF_ALL = 128
const PASSWORD_ACTOR = 'upload:'

/** Who has which app's files open. */
export function createUploadSessions(deps: Deps) {
  const { uploads, clock } = deps
  const open = new Map<string, Open>()
  /** The hash of the password that let an actor in: of no use once it is replaced. */
  const letInBy = new WeakMap<Actor, string>()
  const ofApp = createPlaces(MAX_OF_APP)
  const ofAll = createPlaces(MAX_OF_ALL)

  function takePlaces(appId: string): () => void {
    const free = ofApp.take(appId)
    const freeOfAll = free && ofAll.take('all')
    if (!freeOfAll) {
      free?.()
      throw new CodedError('UPLOAD_SESSIONS_FULL')
    }
    return () => {
      free()
      freeOfAll()
    }
  }

  /** A connection that was let in by a password may ask again after that was replaced. */
  function mustStillBeGood(actor: Actor, appId: string): void {
    if (!actor.id.startsWith(PASSWORD_ACTOR)) return
    const hash = letInBy.get(actor)
    const app = deps.apps.findByIdForPlatform(appId)
    if (hash === undefined || !app || hash !== goodHashOf(app))
      throw new CodedError('NOT_SIGNED_IN')
  }

  /** undefined where there is no password, or where who made it may not come in any more. */
  function goodHashOf(app: AppRecord): string | undefined {
    const record = uploads.findForPlatform(app.id)
    const maker = record?.passwordUserId ?? null
    if (maker !== null && !deps.mayDeploy(maker, app)) return undefined
    return record?.passwordHash ?? undefined
  }

  async function closeWhere(isMeant: (session: Open) => boolean): Promise<void> {
    for (const session of [...open.values()].filter(isMeant)) {
      session.closing.abort()
      await session.end()
    }
  }

  return {
    /**
     * Who the password lets in as the user `<app>`: an actor that may read and deploy that app and
     * nothing else. Takes the same time for what is wrong and what is not there. Whoever calls it
     * throttles.
     */
    async verifyUploadPassword(
      appName: string,
      password: string,
      address: string,
    ): Promise<Actor | undefined> {
      const app = deps.apps.listForPlatform().find(({ name }) => name === appName)
      const hash = app && goodHashOf(app)
      const isRight = timingSafeEqual(
        Buffer.from(hashOfPassword(password)),
        Buffer.from(hash ?? hashOfPassword('')),
      )
      if (!app || !hash || !isRight || password === '') return undefined
      const actor: Actor = {
        kind: 'token',
        id: `${PASSWORD_ACTOR}${app.id}`,
        name: `upload password of ${app.name}`,
        userId: null,
        teamId: app.teamId,
        permissions: new Set(['app.read', 'app.deploy'] as const),
        appIds: new Set([app.id]),
        grants: NO_GRANTS,
        address,
      }
      letInBy.set(actor, hash)
      return actor
    },

    /**
     * Throws APP_NOT_FOUND, PERMISSION_DENIED, UPLOAD_SESSIONS_FULL, and NOT_SIGNED_IN where the
     * password that let the actor in has been replaced since.
     */
    async open(actor: Actor, appName: string, client: UploadClient): Promise<UploadSession> {
      const app = deps.finder.find(actor, appName)
      mustBeAble(actor, 'app.deploy', app.id)
      const free = takePlaces(app.id)
      try {
        const staging = await deps.trees.open(app)
        // Last, with nothing to wait for until the session is one that a replacement closes.
        mustStillBeGood(actor, app.id)
        const id = deps.newId()
        const tree = staging.session(actor.name)
        const closing = new AbortController()
        const end = async (): Promise<void> => {
          if (!open.delete(id)) return
          free()
          await tree.end()
          if (client.protocol !== 'api') deps.onChange(app)
        }
        open.set(id, {
          ...client,
          appId: app.id,
          name: actor.name,
          since: clock.now().toISOString(),
          byPassword: actor.id.startsWith(PASSWORD_ACTOR),
          closing,
          end,
        })
        if (client.protocol !== 'api') deps.onChange(app)
        return { id, app: { id: app.id, name: app.name }, tree, closed: closing.signal, end }
      } catch (error) {
        free()
        throw error
      }
    },

    /** Those of an app that are there to be seen. */
    clientsOf: (appId: string): ShownClient[] =>
      [...open.values()]
        .filter((session) => session.appId === appId && session.protocol !== 'api')
        .map(({ protocol, address, name, since }) => ({ protocol, address, name, since })),

    /** Of an app that is on its way to the trash. */
    closeThoseOf: (appId: string): Promise<void> =>
      closeWhere((session) => session.appId === appId),

    /** Once somebody may do something else than before: by passwords that let nobody in any more. */
    recheck: (): Promise<void> =>
      closeWhere(({ appId, byPassword }) => {
        const app = byPassword ? deps.apps.findByIdForPlatform(appId) : undefined
        return app !== undefined && goodHashOf(app) === undefined
      }),

    closeThoseByPassword: (appId: string): Promise<void> =>
      closeWhere((session) => session.appId === appId && session.byPassword),

    /** Those of apps that are in the trash, or gone. */
    closeThoseOfDestroyed: (): Promise<void> =>
      closeWhere(({ appId }) => deps.apps.findByIdForPlatform(appId)?.destroyedAt !== null),

    closeAll: (): Promise<void> => closeWhere(() => true),
  }
}
export type UploadSessions = ReturnType<typeof createUploadSessions>

/** Of 160 random bits: it needs no slow hash. */
export const hashOfPassword = (password: string): string =>
  createHash('sha256').update(password).digest('hex')
