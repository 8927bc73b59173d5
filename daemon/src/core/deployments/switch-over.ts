import { systemActor } from '#core/access/system-actor.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { DeploymentLog } from '#core/deployments/deployment-log.ts'
import type { DeploymentStates } from '#core/deployments/deployment-states.ts'
import { type Change, isWanted } from '#core/deployments/roll-out.ts'
import { scaleOf } from '#core/processes/scale.ts'
import type { RoutingService } from '#core/routing/routing-service.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Clock } from '#ports/clock.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { DeploymentRecord } from '#store/deployment-store.ts'
import type { InstanceRecord, InstanceStore } from '#store/instance-store.ts'
import type { ReleaseRecord } from '#store/release-store.ts'

interface Deps {
  apps: AppStore
  instances: InstanceStore
  states: DeploymentStates
  routing: RoutingService
  sourceControl: SourceControl
  audit: Pick<AuditLog, 'append'>
  clock: Clock
}

const RETRY_MS = 1_000
/** Each try lost means that another push of the app has moved the branch in between. */
const MAX_MOVES = 3

/** The switch of decision 1: branch, rows, proxy, in this order. */
export function createSwitchOver(deps: Deps) {
  const { apps, instances, states, routing, sourceControl, clock } = deps

  return {
    /**
     * Throws NEWER_PUSH_WON where the branch says by now what this push does not build on. Where it
     * says the push's own commit, another push has brought it there: that is noted as what was there
     * before, and never taken back. To be asked before the switch begins: later it may be us.
     */
    async mustNotHaveLost({ id, appId, ref, oldSha, commit }: DeploymentRecord): Promise<void> {
      if (ref === null || commit === null) return
      const now = await sourceControl.readRef(appId, ref)
      if (now === (oldSha ?? undefined)) return
      if (now === commit.sha) states.note(id, () => ({ oldSha: now }))
      else if (now === undefined || !(await sourceControl.isAncestor(appId, now, commit.sha)))
        throw newerPushWon(ref)
    },

    /**
     * Moves the branch by compare-and-swap. A push made while another was still under way builds on
     * it, where it is a descendant of what the branch says by now: no commit is lost then. Throws
     * NEWER_PUSH_WON otherwise; "already there" is fine, it was us.
     */
    async moveBranch({ id, appId, ref, oldSha, commit }: DeploymentRecord): Promise<void> {
      if (ref === null || commit === null) return
      let expected = oldSha ?? undefined
      for (let attempt = 0; attempt < MAX_MOVES; attempt += 1) {
        if (await sourceControl.moveRef(appId, ref, commit.sha, expected)) return
        const now = await sourceControl.readRef(appId, ref)
        if (now === commit.sha) return
        if (now === undefined || !(await sourceControl.isAncestor(appId, now, commit.sha))) break
        // Row first: this is what the branch goes back to should the switch fail.
        states.note(id, () => ({ oldSha: now }))
        expected = now
      }
      throw newerPushWon(ref)
    },

    /**
     * Takes the branch back where a switch that had begun could not be made; another push that moved
     * it is left alone.
     */
    async moveBranchBack({ appId, ref, oldSha, commit }: DeploymentRecord): Promise<void> {
      if (ref === null || commit === null || commit.sha === oldSha) return
      await sourceControl.moveRef(appId, ref, oldSha ?? undefined, commit.sha)
    },

    /** The commit point: one transaction. Replaced instances stay warm where they may be needed again. */
    switchRows(
      app: AppRecord,
      deployment: DeploymentRecord,
      release: ReleaseRecord,
      change: Change,
      keepWarm: boolean,
    ): void {
      const wanted = isWanted(app, deployment)
      const scale = { ...app.scale, ...deployment.scale }
      states.note(deployment.id, () => {
        apps.setLiveReleaseForPlatform(app.id, release.id)
        if (wanted !== app.wanted) apps.saveWantedForPlatform(app.id, wanted)
        if (deployment.scale) apps.saveScaleForPlatform(app.id, scale, [])
        for (const row of change.fresh) instances.saveForPlatform({ ...row, state: 'live' })
        for (const row of change.replaced)
          instances.saveForPlatform({ ...row, state: retiredState(row, keepWarm) })
        routing.writeRoutes(app, routeStateOf(wanted, release, scale))
        return { switchedAt: clock.now().toISOString() }
      })
    },

    /** The way back of the watch: the same switch, to the instances that are still warm. */
    switchBack(
      app: AppRecord,
      deployment: DeploymentRecord,
      previous: ReleaseRecord,
      change: Change,
      reason: string,
    ): void {
      states.move(deployment.id, 'reverted', { reason }, () => {
        apps.setLiveReleaseForPlatform(app.id, previous.id)
        for (const row of change.fresh) instances.saveForPlatform({ ...row, state: 'draining' })
        for (const row of change.replaced) instances.saveForPlatform({ ...row, state: 'live' })
        routing.writeRoutes(app, routeStateOf(app.wanted, previous, app.scale))
        deps.audit.append({
          actor: systemActor(app.teamId),
          action: 'deployment.revert',
          target: app.name,
          details: { number: deployment.number, release: previous.number, reason },
        })
      })
    },

    /**
     * Until every live worker has the new routes. It does not give up: the switch has been made, and
     * until a worker has taken it the old instances must go on serving what that worker sends them.
     */
    async publish(log: Pick<DeploymentLog, 'error'>, signal: AbortSignal): Promise<void> {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await routing.publish()
          return
        } catch {
          signal.throwIfAborted()
          if (attempt === 1) log.error('the proxy has not taken the new routes yet; trying again')
          await clock.sleep(RETRY_MS, signal)
        }
      }
    },
  }
}
export type SwitchOver = ReturnType<typeof createSwitchOver>

const newerPushWon = (ref: string): CodedError =>
  new CodedError('NEWER_PUSH_WON', { ref, reason: 'a newer push won' })

/** An app that has nothing to serve with by intention is stopped; one whose instances are gone is down. */
const routeStateOf = (
  wanted: boolean,
  release: ReleaseRecord,
  scale: Record<string, number>,
): 'serving' | 'stopped' =>
  wanted && (scaleOf(scale, release.processes)['web'] ?? 0) > 0 ? 'serving' : 'stopped'

const retiredState = (row: InstanceRecord, keepWarm: boolean): 'warm' | 'draining' =>
  keepWarm && row.state === 'live' ? 'warm' : 'draining'
