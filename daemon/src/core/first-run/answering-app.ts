import type { Actor } from '@vastrox/shared/actor.ts'
import { UptimeExpect } from '@vastrox/shared/uptime.ts'
import type { FoundStep } from '#core/first-run/found-step.ts'
import type { Clock } from '#ports/clock.ts'
import type { UptimeProbe } from '#ports/uptime-probe.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'

interface Deps {
  apps: Pick<AppStore, 'list'>
  probe: Pick<UptimeProbe, 'look'>
  urlsOf: (appName: string) => string[]
  clock: Clock
}

/** What install.sh pushes to show that all works: it is nobody's own. */
const EXAMPLE_APP = 'hello'
const MOST_ASKED = 5
const LOOK_MS = 5_000
/** A page that is looked at often asks an app no more often than that. */
const KEPT_MS = 15_000

/** Whether an app of the team's own is live and answers visitors, by asking it as one. */
export function createFindAnsweringApp({ apps, probe, urlsOf, clock }: Deps) {
  const last = new Map<string, { at: number; step: FoundStep }>()

  async function ask(app: AppRecord, signal: AbortSignal): Promise<FoundStep> {
    const [url = ''] = urlsOf(app.name)
    const { isUp, reason } = await probe.look(
      {
        kind: 'http',
        target: `${url}${app.settings.healthPath ?? '/'}`,
        method: 'GET',
        expect: UptimeExpect.parse({}),
        followRedirects: true,
        throughProxy: { alsoUp: [401] },
      },
      AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]),
    )
    return isUp
      ? { state: 'done', found: `${app.name} is live and has answered at ${url}.`, app: app.name }
      : {
          state: 'open',
          found: `${app.name} is deployed and does not answer as it should: ${reason ?? 'nothing came.'}`,
          app: app.name,
        }
  }

  async function look(actor: Actor, signal: AbortSignal): Promise<FoundStep> {
    const own = apps.list(actor).filter(({ name }) => name !== EXAMPLE_APP)
    const [first] = own
    if (!first) return { state: 'open', found: 'There is no app of yours yet.' }
    const live = own.filter(({ liveReleaseId, wanted }) => liveReleaseId !== null && wanted)
    if (live.length === 0)
      return {
        state: 'open',
        found: `${first.name} waits for its first deployment.`,
        app: first.name,
      }
    const answers = await Promise.all(live.slice(0, MOST_ASKED).map((app) => ask(app, signal)))
    const [said = { state: 'open', found: 'No app answers.' }] = answers
    return answers.find(({ state }) => state === 'done') ?? said
  }

  return async (actor: Actor, signal: AbortSignal): Promise<FoundStep> => {
    const key = `${actor.teamId} ${actor.appIds === null ? '*' : [...actor.appIds].join(' ')}`
    const known = last.get(key)
    // What was missing is looked for anew each time.
    if (known?.step.state === 'done' && clock.elapsedMs() - known.at < KEPT_MS) return known.step
    const step = await look(actor, signal)
    if (last.size > 1_000) last.clear()
    last.set(key, { at: clock.elapsedMs(), step })
    return step
  }
}
export type FindAnsweringApp = ReturnType<typeof createFindAnsweringApp>
