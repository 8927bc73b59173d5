import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import type { Notices } from '#agent/containers/notices.ts'
import type { DiskBook } from '#agent/disk/disk-book.ts'
import {
  allowanceOf,
  fillerOf,
  isOver,
  judge,
  type Measured,
  type Verdict,
} from '#agent/disk/judge.ts'
import type { AppContainer } from '#agent/disk/measure.ts'
import { log } from '#agent/node/log.ts'

/** More than this in the volumes of a held app was put there by a command: it is ended. */
const SLACK_BYTES = 64 * 2 ** 20
const AGAIN = 'Its volumes are written to again.'

interface Deps {
  book: DiskBook
  notices: Notices
  remove: (name: string) => Promise<void>
  now: () => Date
}

/**
 * Whose volumes may be written to. A verdict is written down first, then the app's containers are
 * removed: the daemon starts them anew, and with what is written down they can only read (or write
 * again). No data is ever touched (promise 5). Commands keep their right to write, or nobody could
 * make room; one that fills further is ended.
 */
export function createHolds({ book, notices, remove, now }: Deps) {
  function tell(
    containers: readonly AppContainer[],
    appId: string,
    action: 'read-only' | 'writable',
    reason: string,
  ): void {
    const [one] = containers.filter(
      (container) => container.appId === appId && container.isInstance && container.hasVolumes,
    )
    if (one) notices.tell({ type: 'instance', name: one.name, action, exitCode: null, reason })
  }

  async function hold(
    containers: readonly AppContainer[],
    app: Measured,
    { cause, reason }: Verdict,
  ): Promise<void> {
    log('disk.held', { appId: app.appId, bytes: app.bytes, reason })
    await book.setHold(app.appId, { cause, reason, since: now().toISOString(), bytes: app.bytes })
    tell(containers, app.appId, 'read-only', reason)
  }

  async function release(containers: readonly AppContainer[], appId: string): Promise<void> {
    log('disk.released', { appId })
    await book.setHold(appId, undefined)
    tell(containers, appId, 'writable', AGAIN)
  }

  /** What stands in the book, done: also what an agent that died in the middle of it left. */
  async function enforce(
    containers: readonly AppContainer[],
    apps: readonly Measured[],
  ): Promise<void> {
    const filled = new Map(apps.map(({ appId, bytes }) => [appId, bytes]))
    const wrong = containers.filter(({ appId, hasVolumes, isInstance, isReadOnly }) => {
      if (!hasVolumes) return false
      const held = book.hold(appId)
      if (isInstance) return isReadOnly !== (held !== undefined)
      return held !== undefined && (filled.get(appId) ?? 0) > held.bytes + SLACK_BYTES
    })
    for (const { name } of wrong) await remove(name)
  }

  return {
    /** Decides about all apps that were measured, and does it. */
    async settle(
      disk: NodeDisk,
      apps: readonly Measured[],
      containers: readonly AppContainer[],
    ): Promise<void> {
      for (const app of apps) {
        const allowance = allowanceOf(disk, book.allowance(app.appId))
        const held = book.hold(app.appId)
        if (held) {
          if (isOver(disk, held.cause, app, allowance)) await release(containers, app.appId)
          continue
        }
        const verdict = judge(disk, app, allowance)
        if (verdict) await hold(containers, app, verdict)
      }
      const filler = fillerOf(
        disk,
        apps.filter(({ appId }) => book.hold(appId) === undefined),
      )
      if (filler) await hold(containers, filler.app, filler.verdict)
      await enforce(containers, apps)
    },

    /** Of apps that have no volume any more. */
    async forgetAllBut(appIds: ReadonlySet<string>): Promise<void> {
      for (const appId of book.held()) if (!appIds.has(appId)) await book.setHold(appId, undefined)
    },
  }
}
