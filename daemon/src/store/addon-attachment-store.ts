import type { Actor } from '@vastrox/shared/actor.ts'
import { z } from 'zod'
import { type Database, fromJson } from '#store/database.ts'
import { isVisible } from '#store/visible.ts'

/** An app that has an add-on's variables. */
export interface AddonAttachmentRecord {
  addonId: string
  appId: string
  appName: string
  teamId: string
  prefix: string
  username: string
  /** Of the variables. */
  names: string[]
  /** A flat JSON object; empty until the server has the user. */
  variablesSealed: Buffer
  attachedAt: string
}

/** A user of a server that belongs to one app. */
export interface AddonUserRecord {
  addonId: string
  username: string
  appId: string
  passwordSealed: Buffer
  createdAt: string
  /** null: the server does not have it yet. */
  madeAt: string | null
  /** It is dropped once nothing of its app uses it any more. */
  leavingAt: string | null
  /** The number of the newest release of the app then: it and those before may run with it. */
  leavingAfter: number
  droppedAt: string | null
}

interface AttachmentRow {
  addon_id: string
  app_id: string
  app_name: string
  team_id: string
  prefix: string
  username: string
  names_json: string
  variables_sealed: Buffer
  attached_at: string
}

interface UserRow {
  addon_id: string
  username: string
  app_id: string
  password_sealed: Buffer
  created_at: string
  made_at: string | null
  leaving_at: string | null
  leaving_after: number
  dropped_at: string | null
}

const Names = z.array(z.string())
/** Apps in the trash have theirs still, and nobody sees it. */
const SHOWN = `SELECT addon_attachments.*, apps.name AS app_name FROM addon_attachments
  JOIN apps ON apps.id = addon_attachments.app_id AND apps.destroyed_at IS NULL`

export function createAddonAttachmentStore(db: Database) {
  const upsert = db.prepare<Omit<AttachmentRow, 'app_name'>>(
    `INSERT INTO addon_attachments
       (addon_id, app_id, team_id, prefix, username, names_json, variables_sealed, attached_at)
     VALUES (@addon_id, @app_id, @team_id, @prefix, @username, @names_json, @variables_sealed,
       @attached_at)
     ON CONFLICT (addon_id, app_id) DO UPDATE SET username = @username, names_json = @names_json,
       variables_sealed = @variables_sealed`,
  )
  const remove = db.prepare<[addonId: string, appId: string]>(
    'DELETE FROM addon_attachments WHERE addon_id = ? AND app_id = ?',
  )
  const ofAddon = db.prepare<[addonId: string], AttachmentRow>(
    `${SHOWN} WHERE addon_id = ? ORDER BY apps.name LIMIT 1000`,
  )
  const ofApp = db.prepare<[appId: string], AttachmentRow>(
    `SELECT addon_attachments.*, apps.name AS app_name FROM addon_attachments
     JOIN apps ON apps.id = addon_attachments.app_id WHERE app_id = ? ORDER BY prefix`,
  )
  // Whoever has been detached is let go of once its last instance has another env.
  const links = db.prepare<
    [],
    { server_id: string; name: string; app_id: string; app_name: string }
  >(
    `SELECT addons.server_id, addons.name, apps.id AS app_id, apps.name AS app_name
     FROM (SELECT addon_id, app_id FROM addon_attachments
           UNION SELECT addon_id, app_id FROM addon_users WHERE dropped_at IS NULL) AS linked
     JOIN addons ON addons.id = linked.addon_id AND addons.destroyed_at IS NULL
     JOIN apps ON apps.id = linked.app_id AND apps.destroyed_at IS NULL
     ORDER BY addons.server_id, apps.id LIMIT 10000`,
  )
  const upsertUser = db.prepare<UserRow>(
    `INSERT INTO addon_users (addon_id, username, app_id, password_sealed, created_at, made_at,
       leaving_at, leaving_after, dropped_at)
     VALUES (@addon_id, @username, @app_id, @password_sealed, @created_at, @made_at, @leaving_at,
       @leaving_after, @dropped_at)
     ON CONFLICT (addon_id, username) DO UPDATE SET password_sealed = @password_sealed,
       made_at = @made_at, leaving_at = @leaving_at, leaving_after = @leaving_after,
       dropped_at = @dropped_at`,
  )
  const usersOf = db.prepare<[addonId: string], UserRow>(
    'SELECT * FROM addon_users WHERE addon_id = ? ORDER BY created_at, username LIMIT 5000',
  )
  const isLeaving = db
    .prepare<[], number>(
      `SELECT EXISTS (SELECT 1 FROM addon_users WHERE leaving_at IS NOT NULL AND dropped_at IS NULL)`,
    )
    .pluck()

  return {
    /** Without those of apps in the trash, and without apps that the actor is kept from. */
    list: (actor: Actor, addonId: string): AddonAttachmentRecord[] =>
      ofAddon
        .all(addonId)
        .filter((row) => isVisible(actor, row))
        .map(toAttachment),

    saveForPlatform: (attachment: AddonAttachmentRecord): void => {
      upsert.run(toAttachmentRow(attachment))
    },
    removeForPlatform: (addonId: string, appId: string): void => {
      remove.run(addonId, appId)
    },
    /** Without those of apps in the trash. */
    listForPlatform: (addonId: string): AddonAttachmentRecord[] =>
      ofAddon.all(addonId).map(toAttachment),
    /** In the trash or not. */
    listOfAppForPlatform: (appId: string): AddonAttachmentRecord[] =>
      ofApp.all(appId).map(toAttachment),
    /** Which apps are to reach which servers. */
    listLinksForPlatform: () =>
      links.all().map((row) => ({
        addonId: row.server_id,
        addonName: row.name,
        appId: row.app_id,
        appName: row.app_name,
      })),

    saveUserForPlatform: (user: AddonUserRecord): void => {
      upsertUser.run(toUserRow(user))
    },
    /** Those that were dropped too. */
    listUsersForPlatform: (addonId: string): AddonUserRecord[] => usersOf.all(addonId).map(toUser),
    isAnyLeavingForPlatform: (): boolean => isLeaving.get() === 1,
  }
}
export type AddonAttachmentStore = ReturnType<typeof createAddonAttachmentStore>

const toAttachment = (row: AttachmentRow): AddonAttachmentRecord => ({
  addonId: row.addon_id,
  appId: row.app_id,
  appName: row.app_name,
  teamId: row.team_id,
  prefix: row.prefix,
  username: row.username,
  names: fromJson(Names, row.names_json),
  variablesSealed: row.variables_sealed,
  attachedAt: row.attached_at,
})

const toAttachmentRow = (attachment: AddonAttachmentRecord): Omit<AttachmentRow, 'app_name'> => ({
  addon_id: attachment.addonId,
  app_id: attachment.appId,
  team_id: attachment.teamId,
  prefix: attachment.prefix,
  username: attachment.username,
  names_json: JSON.stringify(attachment.names),
  variables_sealed: attachment.variablesSealed,
  attached_at: attachment.attachedAt,
})

const toUser = (row: UserRow): AddonUserRecord => ({
  addonId: row.addon_id,
  username: row.username,
  appId: row.app_id,
  passwordSealed: row.password_sealed,
  createdAt: row.created_at,
  madeAt: row.made_at,
  leavingAt: row.leaving_at,
  leavingAfter: row.leaving_after,
  droppedAt: row.dropped_at,
})

const toUserRow = (user: AddonUserRecord): UserRow => ({
  addon_id: user.addonId,
  username: user.username,
  app_id: user.appId,
  password_sealed: user.passwordSealed,
  created_at: user.createdAt,
  made_at: user.madeAt,
  leaving_at: user.leavingAt,
  leaving_after: user.leavingAfter,
  dropped_at: user.droppedAt,
})
