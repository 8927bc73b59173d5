import type { BackupContent } from '@vastrox/shared/agent-api-backups.ts'
import { type PlatformManifest, STAGED, STAGING_NAME } from '@vastrox/shared/platform-backup.ts'
import type { SubjectContent } from '#core/backups/subjects.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { createOneAtATime } from '#lib/one-at-a-time.ts'
import type { Clock } from '#ports/clock.ts'
import type { PlatformStaging } from '#ports/platform-staging.ts'
import type { MetaStore } from '#store/meta-store.ts'
import type { PlatformStore } from '#store/platform-store.ts'

interface Deps {
  store: PlatformStore
  meta: MetaStore
  staging: PlatformStaging
  /** Hex, one a line, newest first, as `master.key` holds them; those of a systemd credential too. */
  masterKeys: () => string
  addons: () => PlatformManifest['addons']
  installation: { instance: string; publicAddress: string; baseDomain: string }
  version: string
  clock: Clock
  newIncarnation: () => string
}

export type PlatformContent = Extract<BackupContent, { type: 'platform' }>

const INCARNATION = 'incarnation='

/**
 * Whoever was restored from these backups stores there as another incarnation. Where that has happened
 * after a backup of ours, we are the server that was given up: throws BACKUP_OTHER_INSTALLATION.
 */
export function mustBeAlone(
  stored: readonly { time: string; tags: readonly string[] }[],
  own: string,
): void {
  const known = stored
    .map(({ time, tags }) => ({
      at: Date.parse(time),
      by: tags.find((tag) => tag.startsWith(INCARNATION)),
    }))
    .filter(({ by }) => by !== undefined)
    .toSorted((one, other) => one.at - other.at)
  const newest = known.at(-1)
  if (newest === undefined || newest.by === own || !known.some(({ by }) => by === own)) return
  throw new CodedError('BACKUP_OTHER_INSTALLATION', { since: new Date(newest.at).toISOString() })
}

/**
 * What of a backup of the platform only the daemon can give: a consistent copy of its database, the
 * master key, and what stood beside them at that moment. One at a time: its directory has one name.
 */
export function createPlatformSubject(deps: Deps) {
  const { store, meta, staging, clock } = deps
  const inTurn = createOneAtATime()

  function incarnation(): string {
    const known = meta.readNoteForPlatform('incarnation')
    if (known !== undefined) return known
    const made = deps.newIncarnation()
    meta.writeNoteForPlatform('incarnation', made)
    return made
  }

  /** What is older may be ahead of nothing: signatures and refs first, then the rows that tell of them. */
  async function stage(backupId: string): Promise<PlatformContent> {
    const pathOf = await staging.begin()
    await staging.keepAuditAnchors()
    await staging.keepRefs()
    await store.copyForPlatform(pathOf(STAGED.database))
    const apps = store.listAppsForPlatform()
    const manifest: PlatformManifest = {
      format: 1,
      backupId,
      takenAt: clock.now().toISOString(),
      version: deps.version,
      ...deps.installation,
      incarnation: incarnation(),
      apps,
      volumes: store.listVolumesForPlatform(),
      addons: deps.addons(),
    }
    await staging.write(STAGED.masterKey, deps.masterKeys())
    await staging.write(STAGED.manifest, JSON.stringify(manifest))
    const images = [...store.listRunningImagesForPlatform(), ...apps.map(({ imageId }) => imageId)]
    return {
      type: 'platform',
      stagingName: STAGING_NAME,
      imageIds: [...new Set(images.filter((id) => id !== null))],
    }
  }

  return {
    incarnation,

    /** Its content, staged until `end` is called; another one waits until then. */
    async contentOf(backupId: string): Promise<SubjectContent & { content: PlatformContent }> {
      const { promise: ended, resolve } = Promise.withResolvers<void>()
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
      void inTurn(async () => {
        begin()
        await ended
      })
      await begun
      const end = async (): Promise<void> => {
        await staging.end().finally(resolve)
      }
      try {
        const content = await stage(backupId)
        const own = `${INCARNATION}${incarnation()}`
        return {
          content,
          body: null,
          mode: null,
          fileName: null,
          origin: {},
          holdAppId: null,
          tags: [own],
          judge: (stored) => mustBeAlone(stored, own),
          end,
        }
      } catch (error) {
        await end()
        throw error
      }
    },

    /** After a crash: the copy holds what the database holds, and is nobody's. */
    tidy: (): Promise<void> => inTurn(() => staging.end()),
  }
}
export type PlatformSubject = ReturnType<typeof createPlatformSubject>
