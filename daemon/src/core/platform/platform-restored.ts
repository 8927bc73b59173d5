import type { Actor } from '@vastrox/shared/actor.ts'
import { FirewallMode } from '@vastrox/shared/firewall-rule.ts'
import type { RestoringNote } from '@vastrox/shared/platform-backup.ts'
import { z } from 'zod'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { type RestorableAddons, restoreAddons } from '#core/platform/platform-addons.ts'
import { FirewallPlan } from '#core/firewall/plan.ts'
import { createOneAtATime } from '#lib/one-at-a-time.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import type { PlatformDumps } from '#ports/platform-dumps.ts'
import type { BackupStore } from '#store/backup-store.ts'
import type { BuildStore } from '#store/build-store.ts'
import type { Transact } from '#store/database.ts'
import type { FirewallStore } from '#store/firewall-store.ts'
import type { MetaStore } from '#store/meta-store.ts'
import type { PlatformStore } from '#store/platform-store.ts'
import type { RestoreStore } from '#store/restore-store.ts'

interface Deps {
  /** What `install.sh --restore` has left; undefined where nothing was restored, or all of it is done. */
  note: RestoringNote | undefined
  /** Takes the note away. */
  forgetNote: () => Promise<void>
  store: PlatformStore
  meta: MetaStore
  firewall: FirewallStore
  backups: Pick<BackupStore, 'listUnderWayForPlatform' | 'saveForPlatform'>
  restores: Pick<RestoreStore, 'listOpenForPlatform' | 'saveForPlatform'>
  builds: BuildStore
  agent: Pick<NodeAgent, 'listImages'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  /** Acts for the platform where nobody asks. */
  system: () => Actor
  newIncarnation: () => string
  node: string
  /** undefined: there is no add-on. */
  addons: RestorableAddons | undefined
  dumps: PlatformDumps
  /** Lets the apps start. */
  startApps: () => Promise<void>
}

/** In `meta`, as `restored_from`. */
const RestoredFrom = z.object({
  snapshotId: z.string(),
  begunAt: z.string(),
  sessionsEnded: z.int(),
  /** What the firewall did before; null where it was never set. */
  firewall: FirewallMode.nullable(),
})
type RestoredFrom = z.infer<typeof RestoredFrom>

export interface RestoreEnd {
  apps: { name: string; hasImage: boolean }[]
  /** `reason`: why its content could not be put back. */
  addons: { name: string; reason: string | null }[]
  sessionsEnded: number
  firewall: RestoredFrom['firewall']
}

/**
 * The daemon's part of a restore on another machine. Until `finish` its apps are held back: an app that
 * meets an empty database makes its tables there.
 */
export function createPlatformRestored(deps: Deps) {
  const { store, meta, firewall, backups, restores, builds, clock, transact, node, note } = deps
  const inTurn = createOneAtATime()
  let isHeld = note !== undefined

  function restoredFrom(): RestoredFrom | undefined {
    const text = meta.readNoteForPlatform('restored_from')
    return text === undefined ? undefined : RestoredFrom.parse(JSON.parse(text))
  }

  /** The rules stay; that they close something is said anew by whoever sees this machine. */
  function onlyWatch(): RestoredFrom['firewall'] {
    const row = firewall.findConfirmedForPlatform(node)
    if (row === undefined || row.mode === 'observe') return row?.mode ?? null
    const plan = { ...FirewallPlan.parse(JSON.parse(row.planJson)), mode: 'observe' as const }
    const at = clock.now().toISOString()
    const change = firewall.insertForPlatform({
      node,
      teamId: row.teamId,
      state: 'confirmed',
      mode: 'observe',
      summary: 'restored on a new machine: it only watches until somebody sets it again',
      planJson: JSON.stringify(plan),
      guardMs: 0,
      actor: deps.system().name,
      actorAddress: null,
      createdAt: at,
    })
    firewall.saveForPlatform({ ...change, appliedAt: at, endedAt: at })
    return row.mode
  }

  /** A change that waited for its confirmation waits for it on another machine. */
  function endOpenChange(): void {
    const open = firewall.findOpenForPlatform(node)
    if (open === undefined) return
    const endedAt = clock.now().toISOString()
    const reason = 'The server was restored on another machine before it was confirmed.'
    firewall.saveForPlatform({ ...open, state: 'reverted', endedAt, reason })
  }

  /**
   * What was under way on the machine before is not gone on with: the backup that all this comes from is
   * one of them, and would be made anew over itself.
   */
  function endBackups({ backupId, snapshotId, takenAt }: RestoringNote): void {
    for (const record of backups.listUnderWayForPlatform()) {
      if (record.state === 'removing') continue
      const ended = { ...record, endedAt: takenAt, mayLinger: false, holdsApp: false }
      backups.saveForPlatform(
        record.id === backupId
          ? { ...ended, state: 'done', snapshotId, reason: null }
          : { ...ended, state: 'failed', snapshotId: null, reason: LOST },
      )
    }
  }

  /** Nor is what was being put back then: it would go over what comes back now. */
  function endRestores({ takenAt }: RestoringNote): void {
    for (const record of restores.listOpenForPlatform())
      restores.saveForPlatform(
        { ...record, state: 'failed', progress: null, reason: LOST, endedAt: takenAt },
        RESTORES_KEPT,
      )
  }

  /** Those that were not saved cannot be gone back to; what is live is said to whoever restores. */
  async function lookForImages(): Promise<RestoreEnd['apps']> {
    const there = new Set((await deps.agent.listImages()).map(({ imageId }) => imageId))
    const live = store.listAppsForPlatform().filter(({ imageId }) => imageId !== null)
    const wanted = new Set(live.map(({ imageId }) => imageId))
    const at = clock.now().toISOString()
    for (const { id } of live)
      for (const { imageId, imageRemovedAt } of builds.listForAppForPlatform(id))
        if (imageRemovedAt === null && !there.has(imageId) && !wanted.has(imageId))
          builds.markImageRemovedForPlatform(imageId, at)
    return live.map(({ name, imageId }) => ({
      name,
      hasImage: imageId !== null && there.has(imageId),
    }))
  }

  return {
    /** True until the restore has come to its end. */
    isHeld: (): boolean => isHeld,

    /** Once, before anybody is served: what of the rows does not hold on another machine. */
    settle(): void {
      if (note === undefined || restoredFrom()?.begunAt === note.begunAt) return
      transact(() => {
        endOpenChange()
        endBackups(note)
        endRestores(note)
        deps.addons?.holdBack()
        const mode = onlyWatch()
        const sessionsEnded = store.endSessionsForPlatform()
        meta.writeNoteForPlatform('incarnation', deps.newIncarnation())
        const { snapshotId, begunAt, takenAt } = note
        meta.writeNoteForPlatform(
          'restored_from',
          JSON.stringify({
            snapshotId,
            begunAt,
            sessionsEnded,
            firewall: mode,
          } satisfies RestoredFrom),
        )
        deps.audit.append({
          actor: deps.system(),
          action: 'platform.restore',
          target: snapshotId.slice(0, 8),
          details: { takenAt, sessionsEnded },
        })
      })
    },

    /** Everything that the apps need is there: lets them start. Called twice it says the same. */
    finish: (): Promise<RestoreEnd> =>
      inTurn(async () => {
        const apps = await lookForImages()
        const { addons, dumps } = deps
        const limit = AbortSignal.timeout(ADDONS_WITHIN_MS)
        const ends = isHeld && addons ? await restoreAddons({ addons, dumps }, limit) : []
        if (isHeld) {
          await deps.startApps()
          await dumps.removeAll()
          await deps.forgetNote()
          isHeld = false
        }
        const from = restoredFrom()
        return {
          apps,
          addons: ends,
          sessionsEnded: from?.sessionsEnded ?? 0,
          firewall: from?.firewall ?? null,
        }
      }),
  }
}
/** Of each team; `MOST_OPEN` of them can be open. */
const RESTORES_KEPT = 500
const ADDONS_WITHIN_MS = 12 * 3_600_000
const LOST = 'The server was lost while it was under way; everything was restored without it.'

export type PlatformRestored = ReturnType<typeof createPlatformRestored>
