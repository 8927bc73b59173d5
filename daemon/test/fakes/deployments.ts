import type { Deployment, DeploymentLogLine, DeploymentState } from '@vastrox/shared/deployment.ts'
import type { DeploymentsForPush } from '#core/deployments/receive-push.ts'
import type { SourceControl } from '#ports/source-control.ts'

type Requested = Parameters<DeploymentsForPush['requestPush']>[0] & { id: string; number: number }

interface End {
  state: DeploymentState
  reason?: string
  hint?: string
}

/** What a deployment does until its switch; by default it succeeds and says so in two lines. */
export type Script = (
  deployment: Requested,
  log: (kind: DeploymentLogLine['kind'], text: string) => void,
) => Promise<End>

const AT = '2026-11-22T12:00:00.000Z'

/**
 * Deploys without building: one deployment of an app at a time, and the branch moved by
 * compare-and-swap at the switch, as the real service does.
 */
export function createFakeDeployments(sourceControl: Pick<SourceControl, 'moveRef'>) {
  const requested: Requested[] = []
  const lines = new Map<string, DeploymentLogLine[]>()
  const listeners = new Map<string, Set<(line: DeploymentLogLine) => void>>()
  const ends = new Map<string, Promise<Deployment>>()
  const ofApp = new Map<string, Promise<unknown>>()
  const fake = { script: succeed, requested }

  async function deploy(deployment: Requested, before: Promise<unknown> | undefined) {
    await before
    const log = (kind: DeploymentLogLine['kind'], text: string): void => {
      const kept = lines.get(deployment.id) ?? []
      const line = { seq: kept.length + 1, at: AT, kind, text }
      lines.set(deployment.id, [...kept, line])
      for (const listener of listeners.get(deployment.id) ?? []) listener(line)
    }
    const end = await fake.script(deployment, log)
    if (end.state !== 'watching') return describe(deployment, end)
    const { app, ref, commit, oldSha } = deployment
    const isMoved = await sourceControl.moveRef(app.id, ref, commit.sha, oldSha)
    return describe(deployment, isMoved ? end : { state: 'failed', reason: 'a newer push won' })
  }

  const service: DeploymentsForPush = {
    requestPush(push) {
      const number = requested.length + 1
      const deployment = { ...push, id: `deployment${number}`, number }
      requested.push(deployment)
      const ended = deploy(deployment, ofApp.get(push.app.id))
      ofApp.set(push.app.id, ended)
      ends.set(deployment.id, ended)
      return deployment
    },
    follow(id, afterSeq, listener) {
      for (const line of lines.get(id) ?? []) if (line.seq > afterSeq) listener(line)
      const set = listeners.get(id) ?? new Set()
      listeners.set(id, set.add(listener))
      return () => set.delete(listener)
    },
    untilSwitched: (id) => ends.get(id) ?? Promise.reject(new Error(`no deployment ${id}`)),
  }
  return { ...service, fake }
}

export const succeed: Script = async (_deployment, log) => {
  log('step', '-----> Node.js app detected (package.json)')
  log('output', '       added 65 packages')
  log('done', '=====> Live')
  return { state: 'watching' }
}

export const fail =
  (reason: string, hint?: string): Script =>
  async (_deployment, log) => {
    log('step', '-----> Building')
    return { state: 'failed', reason, ...(hint === undefined ? {} : { hint }) }
  }

function describe(requested: Requested, { state, reason, hint }: End): Deployment {
  return {
    id: requested.id,
    app: requested.app.name,
    number: requested.number,
    state,
    trigger: 'push',
    actor: requested.actor.name,
    commit: requested.commit,
    release: state === 'watching' ? requested.number : null,
    previousRelease: null,
    reason: reason ?? null,
    hint: hint ?? null,
    phases: [{ state, at: AT }],
    createdAt: AT,
    changedAt: AT,
  }
}
