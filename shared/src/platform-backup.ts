import { z } from 'zod'

/** The daemon writes them, and root makes paths of them. */
const Id = z.string().regex(/^[a-z0-9]{1,64}$/)

/**
 * What a backup of the platform says about itself, `manifest.json` beside the copy of the database: the
 * first thing that a restore reads, on a machine that has nothing else.
 */
export const PlatformManifest = z.object({
  format: z.literal(1),
  backupId: Id,
  takenAt: z.iso.datetime(),
  version: z.string(),
  /** 6 hex digits: in the names of everything that the installation has made. */
  instance: z.string().regex(/^[0-9a-f]{6}$/),
  /** Another one with each restore: two that live at once are told apart by it. */
  incarnation: z.string().regex(/^[0-9a-f]{12}$/),
  publicAddress: z.string(),
  baseDomain: z.string(),
  apps: z.array(
    z.object({
      id: Id,
      name: z.string(),
      /** Of the live release; null: nothing is live. */
      imageId: z.string().nullable(),
      /** Domains that it serves besides its name beneath the base domain. */
      hosts: z.array(z.string()),
    }),
  ),
  volumes: z.array(
    z.object({
      id: Id,
      /** The app that it belongs to. */
      ownerId: Id,
      /** `shop/uploads` */
      name: z.string(),
    }),
  ),
  addons: z.array(
    z.object({
      id: Id,
      name: z.string(),
      kind: z.string(),
      version: z.string(),
      /** null: it keeps nothing. */
      volumeId: Id.nullable(),
    }),
  ),
})
export type PlatformManifest = z.infer<typeof PlatformManifest>

/** What lies beside the manifest, in the directory that the daemon stages for a backup of the platform. */
export const STAGED = {
  manifest: 'manifest.json',
  database: 'control.db',
  masterKey: 'master.key',
  auditAnchors: 'audit-anchors.jsonl',
  /** `<appId>.git/{HEAD,packed-refs,refs}`: what the repositories pointed to at that moment. */
  refs: 'refs',
} as const

/** Below `<data>/daemon`; always the same, so that restic knows the paths of the backup before. */
export const STAGING_NAME = 'platform-backup'

/** `<data>/daemon/restoring.json`: the daemon holds its apps back until what they need is there. */
export const RestoringNote = z.object({
  format: z.literal(1),
  backupId: Id,
  snapshotId: z.string(),
  takenAt: z.iso.datetime(),
  begunAt: z.iso.datetime(),
})
export type RestoringNote = z.infer<typeof RestoringNote>
