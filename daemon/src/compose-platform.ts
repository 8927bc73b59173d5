import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Actor } from '@vastrox/shared/actor.ts'
import { syncDirectory } from '@vastrox/shared/node/atomic-file.ts'
import { STAGING_NAME } from '@vastrox/shared/platform-backup.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { PlatformRestored, RestoreEnd } from '#core/platform/platform-restored.ts'
import type { PlatformSubject } from '#core/platform/platform-staging.ts'
import type { SubjectContent } from '#core/backups/subjects.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { NodeBackups } from '#ports/node-backups.ts'
import { createAddonAttachmentStore } from '#store/addon-attachment-store.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createBackupStore } from '#store/backup-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import { type Database, transactionOf } from '#store/database.ts'
import { createFirewallStore } from '#store/firewall-store.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { createPlatformStore } from '#store/platform-store.ts'
import { createRestoreStore } from '#store/restore-store.ts'
import type { DaemonConfig } from './config.ts'

interface Deps {
  db: Database
  baseDomain: () => string
  config: DaemonConfig
  masterKeys: () => string
  agent: Pick<NodeAgent, 'listImages'>
  addonParts: OpenAddons
  node: Pick<NodeBackups, 'importContent'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  system: () => Actor
  startApps: () => Promise<void>
  nodeName: string
}

const INCARNATION_BYTES = 6

/** Wires the platform as a whole: its own backup, and its return on another machine. Loaded when needed. */
export function composePlatform(given: Deps) {
  const { db, config, clock } = given
  const { paths, installation } = config
  const newIncarnation = (): string => randomBytes(INCARNATION_BYTES).toString('hex')
  let subject: Promise<PlatformSubject> | undefined
  let restored: Promise<PlatformRestored> | undefined

  async function makeSubject(): Promise<PlatformSubject> {
    const [{ createPlatformSubject }, { createPlatformStaging }] = await Promise.all([
      import('#core/platform/platform-staging.ts'),
      import('#adapters/system/platform-staging.ts'),
    ])
    return createPlatformSubject({
      ...given,
      store: createPlatformStore(db),
      meta: createMetaStore(db),
      addons: () =>
        createAddonStore(db)
          .listForPlatform()
          .filter(({ isThrowAway, destroyedAt }) => !isThrowAway && destroyedAt === null)
          .map(({ id, name, kind, version, volumeId }) => ({ id, name, kind, version, volumeId })),
      staging: createPlatformStaging(paths),
      installation: {
        instance: installation.instance,
        publicAddress: installation.publicAddress,
        get baseDomain(): string {
          return given.baseDomain()
        },
      },
      version: config.version,
      newIncarnation,
    })
  }

  async function makeRestored(): Promise<PlatformRestored> {
    const [
      { createPlatformRestored },
      { createRestorableAddons },
      { createPlatformDumps },
      { RestoringNote },
    ] = await Promise.all([
      import('#core/platform/platform-restored.ts'),
      import('#core/platform/restorable-addons.ts'),
      import('#adapters/system/platform-dumps.ts'),
      import('@vastrox/shared/platform-backup.ts'),
    ])
    return createPlatformRestored({
      ...given,
      note: existsSync(paths.restoring)
        ? RestoringNote.parse(JSON.parse(readFileSync(paths.restoring, 'utf8')))
        : undefined,
      node: given.nodeName,
      addons: createRestorableAddons({
        addons: createAddonStore(db),
        attachments: createAddonAttachmentStore(db),
        open: given.addonParts,
        node: given.node,
        clock,
      }),
      dumps: createPlatformDumps(paths.restoringAddons),
      async forgetNote() {
        await rm(paths.restoring, { force: true })
        await syncDirectory(dirname(paths.restoring))
      },
      store: createPlatformStore(db),
      meta: createMetaStore(db),
      firewall: createFirewallStore(db),
      backups: createBackupStore(db),
      restores: createRestoreStore(db),
      builds: createBuildStore(db),
      clock,
      transact: transactionOf(db),
      newIncarnation,
    })
  }

  return {
    /** What a backup of the platform consists of. */
    contentOf: async (backupId: string): Promise<SubjectContent> =>
      (await (subject ??= makeSubject())).contentOf(backupId),
    /** What a daemon that was killed in the middle of one has left. */
    async tidy(): Promise<void> {
      if (existsSync(join(paths.daemon, STAGING_NAME)))
        await (await (subject ??= makeSubject())).tidy()
    },

    /** True where install.sh has not brought everything back yet that apps need. */
    isHeld: (): boolean => existsSync(paths.restoring),
    /** Before anybody is served. */
    async settle(): Promise<void> {
      if (existsSync(paths.restoring)) (await (restored ??= makeRestored())).settle()
    },
    finish: async (): Promise<RestoreEnd> => (await (restored ??= makeRestored())).finish(),
  }
}
export type PlatformParts = ReturnType<typeof composePlatform>
