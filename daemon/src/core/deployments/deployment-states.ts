import type { DeploymentState } from '@vastrox/shared/deployment.ts'
import { advance } from '#core/deployments/deployment.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { AppStore } from '#store/app-store.ts'
import type { Transact } from '#store/database.ts'
import type { DeploymentRecord, DeploymentStore } from '#store/deployment-store.ts'

interface Deps {
  apps: AppStore
  deployments: DeploymentStore
  events: EventStream
  clock: Clock
  transact: Transact
  /** Told of each move, inside its transaction: what it writes is kept with it or not at all. */
  noteMove?: (deployment: DeploymentRecord) => void
}

type Change = Partial<
  Pick<
    DeploymentRecord,
    | 'reason'
    | 'hint'
    | 'commit'
    | 'sourceId'
    | 'image'
    | 'oldSha'
    | 'releaseId'
    | 'previousReleaseId'
    | 'switchedAt'
    | 'cancelRequested'
  >
>

/** Keeps deployments' rows, and tells those who wait for them. */
export function createDeploymentStates(deps: Deps) {
  const { apps, deployments, events, clock, transact } = deps
  const listeners = new Set<(deployment: DeploymentRecord) => void>()

  function get(id: string): DeploymentRecord {
    const found = deployments.findForPlatform(id)
    if (!found) throw new Error(`there is no deployment ${id}`)
    return found
  }

  function tell(deployment: DeploymentRecord): void {
    const app = apps.findByIdForPlatform(deployment.appId)?.name ?? null
    const { teamId, id } = deployment
    events.emit({ teamId, type: 'deployment.changed', app, subject: id })
    events.emit({ teamId, type: 'app.changed', app, subject: null })
    for (const listener of listeners) listener(deployment)
  }

  return {
    get,

    /** Writes the state, and with it `change` and the rows that `alongside` writes, in one transaction. */
    move(
      id: string,
      to: DeploymentState,
      change: Change = {},
      alongside: () => void = () => {},
    ): DeploymentRecord {
      const moved = transact(() => {
        const next = { ...advance(get(id), to, clock.now()), ...change }
        deployments.saveForPlatform(next)
        alongside()
        deps.noteMove?.(next)
        return next
      })
      tell(moved)
      return moved
    },

    /** Writes what is not the state; `change` may write other rows in the same transaction. */
    note(id: string, change: () => Change): DeploymentRecord {
      const noted = transact(() => {
        const next = { ...get(id), ...change() }
        deployments.saveForPlatform(next)
        return next
      })
      tell(noted)
      return noted
    },

    tell,

    /** Calls `listener` at every change of any deployment. Returns the way to stop. */
    onChange(listener: (deployment: DeploymentRecord) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    /**
     * Resolves as soon as `is` holds, at once where it does already; rejects with the signal's reason
     * when it aborts first.
     */
    until(
      id: string,
      is: (deployment: DeploymentRecord) => boolean,
      signal?: AbortSignal,
    ): Promise<DeploymentRecord> {
      const { promise, resolve, reject } = Promise.withResolvers<DeploymentRecord>()
      const now = get(id)
      if (is(now)) resolve(now)
      else {
        const stop = this.onChange((deployment) => {
          if (deployment.id !== id || !is(deployment)) return
          stop()
          resolve(deployment)
        })
        const onAbort = (): void => {
          stop()
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', onAbort, { once: true })
      }
      return promise
    },
  }
}
export type DeploymentStates = ReturnType<typeof createDeploymentStates>
