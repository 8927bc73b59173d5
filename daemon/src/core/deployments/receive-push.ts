import type { Actor } from '@vastrox/shared/actor.ts'
import type { Deployment, DeploymentLogLine } from '@vastrox/shared/deployment.ts'
import { CodedError, hintOf, sayError } from '@vastrox/shared/errors.ts'
import { harmlessLines, plain } from '@vastrox/shared/terminal-text.ts'
import { crashPoint } from '@vastrox/shared/node/crash-point.ts'
import type { Commit } from '@vastrox/shared/release.ts'
import type { DeclaredEnvService } from '#core/env/declared-env.ts'
import type { DiskRoom } from '#core/nodes/disk-room.ts'
import type { Clock } from '#ports/clock.ts'
import type { ReceivedPush, RefVerdict } from '#ports/git-transport.ts'
import type { NewId } from '#ports/ids.ts'
import type { SourceArchive } from '#ports/source-archive.ts'
import type { SourceControl } from '#ports/source-control.ts'
import type { Stack } from '#ports/stack.ts'
import type { AppRecord } from '#store/app-store.ts'
import { explainPush } from './receive-push-dry-run.ts'
import { type PushOptions, parsePushOptions } from './receive-push-options.ts'
import { deployBranchesOf, type Judgement, judgeRefs } from './receive-push-refs.ts'
import {
  body,
  briefLogLine,
  commitLine,
  deployed,
  logLine,
  reasonOf,
  step,
  warning,
} from './receive-push-text.ts'

/** What a push needs of the deployment service. */
export interface DeploymentsForPush {
  requestPush(push: {
    actor: Actor
    app: AppRecord
    commit: Commit
    ref: string
    oldSha: string | undefined
    sourceId: string
    noCache: boolean
  }): { id: string; number: number }
  follow(id: string, afterSeq: number, listener: (line: DeploymentLogLine) => void): () => void
  untilSwitched(id: string): Promise<Deployment>
}

interface Deps {
  sourceControl: SourceControl
  sourceArchive: SourceArchive
  deployments: DeploymentsForPush
  stacks: readonly Stack[]
  declaredEnv: Pick<DeclaredEnvService, 'look' | 'buildKeys'>
  diskRoom: DiskRoom
  urlsOf: (app: AppRecord) => readonly string[]
  newId: NewId
  clock: Clock
  /** Told of what nobody expected; the user only hears that something went wrong. */
  onError: (error: unknown) => void
}

interface Order {
  actor: Actor
  app: AppRecord
  push: ReceivedPush
  /** Prints to the user's git at once. */
  say: (text: string) => void
}

type Deploy = Extract<Judgement, { kind: 'deploy' }>
type Outcome = { result: 'moved' } | { result: 'refused'; reason: string }

/** The pin that keeps a pushed commit until its deployment has ended. */
export const PIN_PREFIX = 'refs/vastrox/deployments/'

/**
 * A push from the moment its objects are in (docs/decisions/0001, steps 2 to 4, then waiting for the
 * switch). The deploy branch moves at the switch or not at all; a client that has gone away changes
 * nothing of it. Gives one verdict for each command and never rejects.
 */
export function createReceivePush(deps: Deps) {
  const { sourceControl, sourceArchive, deployments, clock } = deps

  return async (given: Order): Promise<RefVerdict[]> => {
    // Commits, builds and hosts say what they like: none of it steers the terminal of who pushes (C15).
    const order = { ...given, say: (text: string) => given.say(harmlessLines(text)) }
    const verdicts = await decide(order)
    return verdicts.map((verdict) =>
      verdict.result === 'refused' ? { ...verdict, reason: plain(verdict.reason) } : verdict,
    )
  }

  async function decide(order: Order): Promise<RefVerdict[]> {
    const judgements = judgeRefs(order.push.commands, order.app.settings.deployBranch)
    try {
      const options = parsePushOptions(order.push.options)
      const say = options.verbose ? timed(order.say, clock) : order.say
      return options.dryRun
        ? await rehearse({ ...order, say }, judgements)
        : await receive({ ...order, say }, judgements, options)
    } catch (error) {
      const reason = explain(error, order.say)
      return order.push.commands.map(({ ref }) => ({ ref, result: 'refused', reason }))
    }
  }

  async function receive(
    order: Order,
    judgements: readonly Judgement[],
    options: PushOptions,
  ): Promise<RefVerdict[]> {
    for (const judgement of judgements)
      if (judgement.kind === 'store-branch') order.say(notice(judgement.branch, order.app))

    const verdicts: RefVerdict[] = []
    for (const judgement of judgements) {
      const { ref } = judgement.command
      if (judgement.kind === 'refuse')
        verdicts.push({ ref, result: 'refused', reason: judgement.reason })
      else if (judgement.kind === 'deploy')
        verdicts.push({ ref, ...(await deploy(order, judgement, options)) })
      else verdicts.push({ ref, result: 'left-to-git' })
    }
    return verdicts
  }

  async function deploy(order: Order, judgement: Deploy, options: PushOptions): Promise<Outcome> {
    try {
      return await deployBranch(order, judgement, options)
    } catch (error) {
      return { result: 'refused', reason: explain(error, order.say) }
    }
  }

  async function deployBranch(
    { actor, app, say }: Order,
    { command, branch, sha }: Deploy,
    { noCache, verbose }: PushOptions,
  ): Promise<Outcome> {
    if ((await sourceControl.readRef(app.id, command.ref)) !== command.oldSha)
      throw new CodedError('NEWER_PUSH_WON', { reason: NEWER_PUSH })
    await deps.diskRoom.mustHaveRoom('pushes are')

    const sourceId = deps.newId()
    const pin = `${PIN_PREFIX}${sourceId}`
    let deployment: { id: string; number: number }
    try {
      await sourceControl.moveRef(app.id, pin, sha, undefined)
      crashPoint('push.afterPin')
      const { commit, sizeBytes } = await keepSource(app.id, { sha, branch, sourceId, say })
      crashPoint('push.afterSource')
      if (verbose) say(body(`source: ${Math.ceil(sizeBytes / 1_000)} kB`))
      const { ref, oldSha } = command
      deployment = deployments.requestPush({ actor, app, commit, ref, oldSha, sourceId, noCache })
      crashPoint('push.afterQueued')
    } catch (error) {
      await sourceArchive.remove(sourceId)
      await unpin(app.id, pin, sha)
      throw error
    }
    try {
      return await untilDecided(deployment.id, { app, say, verbose })
    } finally {
      await unpin(app.id, pin, sha)
    }
  }

  /** The tree is looked at while it is written: nothing is queued before both are done. */
  async function keepSource(
    appId: string,
    {
      sha,
      branch,
      sourceId,
      say,
    }: { sha: string; branch: string; sourceId: string; say: Order['say'] },
  ): Promise<{ commit: Commit; sizeBytes: number }> {
    const looks = Promise.all([
      sourceControl.readCommit(appId, sha, branch),
      sourceControl.inspectTree(appId, sha),
    ])
    const [looked, kept] = await Promise.allSettled([
      looks,
      sourceControl.archive(appId, sha).then((tar) => sourceArchive.put(sourceId, tar)),
    ])
    if (looked.status === 'rejected') throw looked.reason
    const [commit, { unsafeLinks, submodules }] = looked.value
    say(commitLine(commit))
    refuseLinks(unsafeLinks)
    if (kept.status === 'rejected') throw kept.reason
    for (const path of submodules)
      say(
        warning(`The submodule ${path} is not deployed: only what is in the repository itself is.`),
      )
    return { commit, sizeBytes: kept.value.sizeBytes }
  }

  async function untilDecided(
    id: string,
    { app, say, verbose }: Pick<Order, 'app' | 'say'> & { verbose: boolean },
  ): Promise<Outcome> {
    let errors = ''
    const stop = deployments.follow(id, 0, (line) => {
      if (line.kind === 'error') errors += line.text
      const text = verbose ? logLine(line) : briefLogLine(line)
      if (text !== '') say(text)
    })
    const deployment = await deployments.untilSwitched(id).finally(stop)
    if (hasSwitched(deployment)) {
      say(deployed(deployment, deps.urlsOf(app)))
      return { result: 'moved' }
    }
    const { reason, hint } = deployment
    if (reason !== null && !errors.includes(reason)) say(warning(reason))
    if (hint !== null && !errors.includes(hint)) say(warning(hint))
    return { result: 'refused', reason: reasonOf(deployment) }
  }

  async function rehearse(order: Order, judgements: readonly Judgement[]): Promise<RefVerdict[]> {
    const { app, say } = order
    for (const judgement of judgements) {
      if (judgement.kind === 'store-branch') say(notice(judgement.branch, app))
      if (judgement.kind !== 'deploy') continue
      const { sha, branch } = judgement
      say(commitLine(await sourceControl.readCommit(app.id, sha, branch)))
      refuseLinks((await sourceControl.inspectTree(app.id, sha)).unsafeLinks)
      await explainPush(deps, { app, sha, say })
    }
    return judgements.map(({ command: { ref }, ...judgement }) =>
      judgement.kind === 'refuse'
        ? { ref, result: 'refused', reason: judgement.reason }
        : { ref, result: 'shown', shownAs: ref.replace('refs/', 'refs/dry-run/') },
    )
  }

  /** What is left of a pin that cannot be removed is found by remove-leftovers. */
  async function unpin(appId: string, pin: string, sha: string): Promise<void> {
    try {
      await sourceControl.moveRef(appId, pin, undefined, sha)
    } catch (error) {
      deps.onError(error)
    }
  }

  function explain(error: unknown, say: Order['say']): string {
    const hint = error instanceof CodedError ? hintOf(error.code) : undefined
    if (!(error instanceof CodedError)) deps.onError(error)
    const reason = sayError(error)
    say(warning(reason))
    if (hint !== undefined) say(warning(hint))
    return reason.replace(/\.$/, '')
  }
}
export type ReceivePush = ReturnType<typeof createReceivePush>

const NEWER_PUSH = 'a newer push won: fetch it, then push again'

function refuseLinks(links: readonly { path: string; target: string }[]): void {
  const [first] = links
  if (!first) return
  const others = links.length === 1 ? '' : ` (and ${links.length - 1} more)`
  throw new CodedError('SOURCE_UNSAFE', {
    reason: `the symlink ${shown(first.path)} points outside of the repository (${shown(first.target)})${others}`,
  })
}

const shown = (text: string): string => text.replaceAll(/\p{C}/gu, '?').slice(0, 200)

const hasSwitched = ({ state, phases }: Deployment): boolean =>
  state === 'watching' || state === 'live' || phases.some(({ state }) => state === 'watching')

function notice(branch: string, app: AppRecord): string {
  const [deploying = 'main'] = deployBranchesOf(app.settings.deployBranch)
  return (
    step(
      `${branch} is stored; only ${deployBranchesOf(app.settings.deployBranch).join(' or ')} is deployed.`,
    ) + body(`To deploy this branch: git push <remote> ${branch}:${deploying}`)
  )
}

/** Each line after the seconds since the push arrived. */
function timed(say: Order['say'], clock: Clock): Order['say'] {
  const startedAt = clock.now().getTime()
  return (text) => {
    const seconds = ((clock.now().getTime() - startedAt) / 1_000).toFixed(2).padStart(6)
    say(text.replaceAll(/^(?=.)/gm, `${seconds} `))
  }
}
