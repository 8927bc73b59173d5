import type { Actor } from '@vastrox/shared/actor.ts'
import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import type { BackupSubject } from '@vastrox/shared/backup.ts'
import type { AddonCounts, AddonKind, AddonRoot } from '#ports/addon-kind.ts'

/** What was written down of a subject when it was backed up. */
export interface RecordedContent {
  /** Rows of each table before the dump began and after it: what is in it lies between. */
  counts: { before: AddonCounts; after: AddonCounts } | null
  sizeBytes: number
  files: number
  /** Of the whole dump; null for files, which are named by content. */
  sha256: string | null
  addon: { kind: string; version: string; memoryBytes: number } | null
}

/** Resolves to how the turn is ended. Whoever has one waits for no backup. */
export type TakeTurn = (signal: AbortSignal) => Promise<() => void>

/** A backup that is there and whole, as far as whoever made it can tell. */
export interface GoodBackup {
  id: string
  teamId: string
  subject: BackupSubject
  snapshotId: string
  destinationId: string
  endedAt: string
  content: RecordedContent
}

/** Backups, as far as drills and restores need them. */
export interface KeptBackups {
  /** Of the actor's team. Throws BACKUP_NOT_FOUND, and BACKUP_NOT_GOOD where it is not done. */
  find(actor: Actor, id: string): GoodBackup
  /** undefined where it has gone, or is not good any more. */
  findForPlatform(id: string): GoodBackup | undefined
  /** The newest good one of every subject that is still there. */
  listNewestForPlatform(): GoodBackup[]
  /** Opened for the call alone. */
  repositoryOf(destinationId: string): Promise<Repository>
  /** Backs up what is there now, to where the backup is that is to come back; resolves once it is done and good, otherwise throws. */
  saveNow(
    restore: { teamId: string; subject: BackupSubject; backupId: string | null },
    signal: AbortSignal,
  ): Promise<{ id: string; endedAt: string }>
}

/** A server that nobody but us can reach. */
export interface ThrowAway {
  /** What the node calls it. */
  addonId: string
  root: AddonRoot
  /** It goes, with its data, unless `replaceData` has given them to an add-on. */
  stop(): Promise<void>
}

/** An add-on as it is now. */
export interface KnownAddon {
  id: string
  /** What the node calls the server behind it. */
  serverId: string
  name: string
  teamId: string
  kind: string
  version: string
  memoryBytes: number
  volumeId: string | null
  root: AddonRoot
}

/** Add-ons, as far as drills and restores need them. */
export interface Servers {
  kindOf(kind: string): AddonKind | undefined
  /** Also one in the trash, for what kind it was. */
  findForPlatform(addonId: string): KnownAddon | undefined
  /** Of the actor's team, by name. Throws ADDON_NOT_FOUND. */
  find(actor: Actor, name: string): KnownAddon
  isNameTaken(teamId: string, name: string): boolean
  /** On a bridge of its own, with nobody attached. Gone, with its data, after a crash. */
  startThrowAway(
    wish: {
      kind: string
      version: string
      memoryBytes: number
      volumeId: string
      /** The add-on whose users are to be known to it: a dump may name them. */
      like?: string
    },
    signal: AbortSignal,
  ): Promise<ThrowAway>
  /**
   * The server of the throw-away that has this volume takes the place of the add-on's own, which goes
   * to the trash for 7 days. Resolves once it answers.
   */
  replaceData(addonId: string, volumeId: string): Promise<void>
  /** An empty one beside the others, by the id that is given; resolves once its server answers. */
  create(
    teamId: string,
    wish: { id: string; name: string; kind: string; version: string; memoryBytes: number },
    signal: AbortSignal,
  ): Promise<KnownAddon>
  /** Into the trash; one that is not there is fine. */
  destroy(addonId: string): Promise<void>
  /** Nobody changes it meanwhile, and everybody sees why. */
  sayRestoring(addonId: string, isRestoring: boolean): void
  /** Users and rights of the apps that are attached are as they should be. */
  restoreUsers(addonId: string): Promise<void>
}
