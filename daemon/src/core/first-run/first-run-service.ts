import { type Actor, mayDo, mustBeAble } from '@vastrox/shared/actor.ts'
import type { DomainCertificate } from '@vastrox/shared/domain.ts'
import type {
  ChangeFirstRun,
  FirstRun,
  FirstStep,
  FirstStepKey,
} from '@vastrox/shared/first-run.ts'
import type { Permission } from '@vastrox/shared/permissions.ts'
import type { SignInWays } from '@vastrox/shared/sign-in.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { FoundStep } from '#core/first-run/found-step.ts'
import type { FindAnsweringApp } from '#core/first-run/answering-app.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { Clock } from '#ports/clock.ts'
import type { FirstRunStore } from '#store/first-run-store.ts'
import type { Transact } from '#store/database.ts'

interface Deps {
  store: FirstRunStore
  findApp: FindAnsweringApp
  waysFor: (actor: Actor) => SignInWays
  place: { baseDomain(): string; dashboardHost(): string }
  certificateOf: (host: string) => DomainCertificate | null
  /** Whether browsers trust the certificate of the host by themselves. */
  isTrusted: (host: string) => boolean
  /** Whether a CA that the operator has named, a company's own among them, has given it one. */
  isIssued: (host: string) => boolean
  audit: Pick<AuditLog, 'append'>
  events: Pick<EventStream, 'emit'>
  clock: Clock
  transact: Transact
}

/** Who may take each; one's own account is everybody's own. */
const NEEDS: Record<FirstStepKey, Permission | null> = {
  account: null,
  app: 'app.create',
  domain: 'app.change',
  backups: 'backup.manage',
  channel: 'channel.manage',
  passkey: null,
}

/**
 * The first steps with a new installation. Each is looked at when somebody asks, for real: an app has
 * answered, a name has a certificate, a backup was restored, a message was taken. Nothing can be ticked.
 */
export function createFirstRunService(deps: Deps) {
  const { store, clock } = deps

  function account(actor: Actor): FoundStep {
    const { hasPassword } = deps.waysFor(actor)
    return hasPassword
      ? { state: 'done', found: 'You come back by your name and your password.' }
      : { state: 'open', found: 'You came by a link that works once: set a password.' }
  }

  function passkey(actor: Actor): FoundStep {
    const { passkeys, canAddPasskeys } = deps.waysFor(actor)
    if (passkeys.length > 0) return { state: 'done', found: 'You sign in with a passkey.' }
    return canAddPasskeys
      ? { state: 'open', found: 'This browser can sign you in by a fingerprint, a face or a PIN.' }
      : {
          state: 'not-yet-possible',
          found:
            'Browsers make passkeys for a name with a certificate that they trust: with a domain of your own.',
        }
  }

  function domain(actor: Actor): FoundStep {
    const { place, isTrusted, isIssued } = deps
    const base = place.baseDomain()
    if (isTrusted(place.dashboardHost()) && base === place.dashboardHost())
      return { state: 'done', found: `${base} leads here, with a certificate that browsers trust.` }
    const hosts = store.hostsForPlatform(actor.teamId)
    const ready = hosts.filter(({ state }) => state === 'ready')
    const good =
      ready.find(({ host }) => isTrusted(host)) ?? ready.find(({ host }) => isIssued(host))
    if (good)
      return {
        state: 'done',
        found: `${good.host} leads to ${good.app}, with a certificate ${isTrusted(good.host) ? 'that browsers trust' : `by ${deps.certificateOf(good.host)?.issuer}`}.`,
        app: good.app,
      }
    const [first] = hosts
    if (!first)
      return { state: 'open', found: `Apps are at *.${base}: there is no domain of yours yet.` }
    if (first.state !== 'ready')
      return {
        state: 'open',
        found: `${first.host} does not lead here yet: look at its DNS records.`,
        app: first.app,
      }
    const problem = deps.certificateOf(first.host)?.problem
    return {
      state: 'open',
      found: `${first.host} leads here, and waits for its certificate${problem ? `: ${problem}` : '.'}`,
      app: first.app,
    }
  }

  function backups({ teamId }: Actor): FoundStep {
    const proven = store.lastProvenForPlatform(teamId)
    if (proven)
      return {
        state: 'done',
        found: `A backup of ${proven.name} was restored on trial on ${proven.at.slice(0, 10)}: it can be trusted.`,
      }
    if (store.countBackupsForPlatform(teamId) > 0)
      return {
        state: 'open',
        found: 'There are backups. None was restored on trial yet: a backup counts when it was.',
      }
    return store.countDestinationsForPlatform(teamId) > 0
      ? { state: 'open', found: 'There is a place for backups, and no backup in it yet.' }
      : { state: 'open', found: 'Nothing is backed up yet: choose where backups are kept.' }
  }

  function channel({ teamId }: Actor): FoundStep {
    const best = store.bestChannelForPlatform(teamId)
    if (!best) return { state: 'open', found: 'Nobody is told when something is wrong.' }
    if (best.failingSince !== null)
      return {
        state: 'open',
        found: `${best.name} takes nothing since ${best.failingSince.slice(0, 10)}.`,
      }
    return best.deliveredAt === null
      ? { state: 'open', found: `${best.name} was not tried yet: send a test.` }
      : { state: 'done', found: `${best.name} took a message on ${best.deliveredAt.slice(0, 10)}.` }
  }

  async function look(actor: Actor, signal: AbortSignal): Promise<FirstRun> {
    const { isDismissed, skipped } = store.findForPlatform(actor.teamId)
    const found: [FirstStepKey, FoundStep][] = [
      ...(actor.userId === null
        ? []
        : [['account', account(actor)] satisfies [FirstStepKey, FoundStep]]),
      ['app', await deps.findApp(actor, signal)],
      ['domain', domain(actor)],
      ['backups', backups(actor)],
      ['channel', channel(actor)],
      ...(actor.userId === null
        ? []
        : [['passkey', passkey(actor)] satisfies [FirstStepKey, FoundStep]]),
    ]
    const steps = found.map(([key, step]): FirstStep => {
      const needs = NEEDS[key]
      return {
        key,
        state: step.state,
        found: step.found,
        isSkipped: step.state !== 'done' && skipped.includes(key),
        isYours: needs === null || mayDo(actor, needs),
        app: step.app ?? null,
      }
    })
    return {
      steps,
      isDismissed,
      isComplete: steps.every(
        ({ key, state, isSkipped }) => state === 'done' || isSkipped || key === 'passkey',
      ),
    }
  }

  return {
    get(actor: Actor, signal: AbortSignal): Promise<FirstRun> {
      mustBeAble(actor, 'app.read')
      return look(actor, signal)
    },

    /** Puts the list away, or has it back; says which steps are not for this team. */
    change(actor: Actor, change: ChangeFirstRun, signal: AbortSignal): Promise<FirstRun> {
      mustBeAble(actor, 'app.create')
      const before = store.findForPlatform(actor.teamId)
      const next = {
        isDismissed: change.isDismissed ?? before.isDismissed,
        skipped: change.skipped ? [...new Set(change.skipped)] : before.skipped,
      }
      deps.transact(() => {
        store.saveForPlatform(actor.teamId, next, clock.now().toISOString())
        const details = { dismissed: next.isDismissed, skipped: next.skipped }
        deps.audit.append({ actor, action: 'first-run.change', target: 'team', details })
      })
      const { teamId } = actor
      deps.events.emit({ teamId, type: 'first-run.changed', app: null, subject: null })
      return look(actor, signal)
    },
  }
}
export type FirstRunService = ReturnType<typeof createFirstRunService>
/** Loaded when somebody asks for it. */
export type LoadFirstRun = () => Promise<FirstRunService>
