import { randomBytes } from 'node:crypto'
import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import {
  type ChangeUploads,
  MAX_UPLOAD_BYTES,
  MAX_UPLOAD_ENTRIES,
  type UploadPassword,
  type Uploads,
} from '@vastrox/shared/upload.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { UploadChanges } from '#core/sources/upload-changes.ts'
import { uploadRecordOf } from '#core/sources/upload-record.ts'
import { hashOfPassword, type UploadSessions } from '#core/sources/upload-sessions.ts'
import type { UploadTrees } from '#core/sources/upload-trees.ts'
import type { Clock } from '#ports/clock.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { UploadRecord, UploadStore } from '#store/upload-store.ts'

interface Deps {
  finder: AppFinder
  apps: Pick<AppStore, 'listForPlatform'>
  uploads: UploadStore
  trees: Pick<UploadTrees, 'open'>
  sessions: Pick<UploadSessions, 'clientsOf' | 'closeThoseByPassword'>
  changes: Pick<UploadChanges, 'tell'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  /** Where clients connect; null for a way in that is off. */
  addresses: { sftp: Address | null; ftps: Address | null }
  /** The wish to publish by itself may have come true by now. */
  onChange: (app: AppRecord) => void
}

interface Address {
  host: string
  port: number
}

/** 160 bits, in letters that every client takes. */
const PASSWORD_BYTES = 20

/** How an app takes uploads. */
export function createUploadSettings(deps: Deps) {
  const { finder, uploads, audit, clock, transact } = deps

  function save(actor: Actor, app: AppRecord, change: Partial<UploadRecord>, action: string): void {
    transact(() => {
      uploads.saveForPlatform({ ...uploadRecordOf(uploads, app), ...change })
      const { passwordHash: _, ...details } = change
      audit.append({ actor, action, target: app.name, details })
    })
    deps.changes.tell(app)
  }

  async function show(app: AppRecord): Promise<Uploads> {
    const record = uploadRecordOf(uploads, app)
    const tree = await deps.trees.open(app)
    const used = tree.usage()
    const { sftp, ftps } = deps.addresses
    return {
      publishOnIdle: record.publishOnIdle,
      plainFtp: record.plainFtp,
      passwordChangedAt: record.passwordChangedAt,
      openTransfers: tree.openTransfers(),
      incomplete: tree.incomplete().slice(0, 100),
      clients: deps.sessions.clientsOf(app.id),
      changedAt: record.changedAt,
      problem: record.problem,
      usedBytes: used.bytes,
      usedEntries: used.entries,
      maxBytes: MAX_UPLOAD_BYTES,
      maxEntries: MAX_UPLOAD_ENTRIES,
      sftp: sftp && { ...sftp, user: app.name },
      ftps: ftps && { ...ftps, user: app.name },
    }
  }

  return {
    get: (actor: Actor, appName: string): Promise<Uploads> => {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.read', app.id)
      return show(app)
    },

    change: (actor: Actor, appName: string, wish: ChangeUploads): Promise<Uploads> => {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      const { publishOnIdle, plainFtp } = wish
      // What goes in the clear is readable on the operator's network: it is theirs to allow.
      if (plainFtp === true && !uploadRecordOf(uploads, app).plainFtp)
        mustBeAble(actor, 'node.change')
      save(
        actor,
        app,
        {
          ...(publishOnIdle !== undefined && { publishOnIdle, problem: null }),
          ...(plainFtp !== undefined && { plainFtp }),
        },
        'uploads.change',
      )
      if (publishOnIdle === true) deps.onChange(app)
      return show(app)
    },

    /** Whether somebody who names the app may come in by plain FTP. */
    isPlainFtpAllowed(appName: string): boolean {
      const app = deps.apps.listForPlatform().find(({ name }) => name === appName)
      return app !== undefined && uploadRecordOf(uploads, app).plainFtp
    },

    /** A new one in place of the old: clients that came in with that are hung up on. */
    async createPassword(actor: Actor, appName: string): Promise<UploadPassword> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      // Nobody gives a password what they may not do themselves.
      mustBeAble(actor, 'app.deploy', app.id)
      const password = randomBytes(PASSWORD_BYTES).toString('hex')
      const passwordChangedAt = clock.now().toISOString()
      const passwordHash = hashOfPassword(password)
      const passwordUserId = actor.isRoot ? null : actor.userId
      save(actor, app, { passwordHash, passwordChangedAt, passwordUserId }, 'uploads.password')
      await deps.sessions.closeThoseByPassword(app.id)
      return { user: app.name, password }
    },

    async removePassword(actor: Actor, appName: string): Promise<void> {
      const app = finder.find(actor, appName)
      mustBeAble(actor, 'app.change', app.id)
      const none = { passwordHash: null, passwordChangedAt: null, passwordUserId: null }
      save(actor, app, none, 'uploads.password-remove')
      await deps.sessions.closeThoseByPassword(app.id)
    },
  }
}
export type UploadSettings = ReturnType<typeof createUploadSettings>
