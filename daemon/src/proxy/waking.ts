import type { Route, RoutingSnapshot, WorkerToDaemon } from '#ports/routing-snapshot.ts'
import type { RequestHead } from './head-rules.ts'

interface Options {
  send: (message: WorkerToDaemon) => void
  isConnected: () => boolean
  /** An app that nobody asked for in so long is not woken any more. */
  wantedMs: number
}

/** Programs that ask whether a site is up: they would keep every app awake (decision 146). */
const MONITORS =
  /uptimerobot|pingdom|statuscake|better ?(uptime|stack)|site24x7|hetrixtools|uptime-kuma|freshping|updown\.io|nodeping|uptimia|montastic|datadogsynthetics|newrelicpinger|googlestackdrivermonitoring|kube-probe|elb-healthchecker|googlehc|blackbox[ _-]exporter|check_http|monitis|cron-job\.org/i
/** What scanners of the whole internet look for: hidden files that no app serves. */
const HIDDEN = /\/\.(?!well-known(?:\/|$))[A-Za-z]/
const PHP =
  /\.php[0-9]?(?:$|[/?])|\/(?:wp-(?:admin|content|includes|json)|phpmyadmin|pma|cgi-bin)(?:\/|$)/i

/** Our own looks, whatever the app says of those of others. */
const OWN = /^Vastrox-Uptime\//

const KINDS: Record<string, (head: RequestHead) => boolean> = {
  monitors: (head) => MONITORS.test(userAgentOf(head)),
  hidden: ({ path }) => HIDDEN.test(path),
  php: ({ path }) => PHP.test(path),
}

/** True for a request that neither wakes an app nor keeps it awake. */
export const isIgnored = ({ sleep }: Route, head: RequestHead): boolean =>
  sleep !== undefined &&
  (OWN.test(userAgentOf(head)) || sleep.ignores.some((kind) => KINDS[kind]?.(head) ?? false))

export const isMonitor = ({ sleep }: Route, head: RequestHead): boolean =>
  sleep !== undefined &&
  (OWN.test(userAgentOf(head)) ||
    (sleep.ignores.includes('monitors') && MONITORS.test(userAgentOf(head))))

/** Which apps were visited, and which are to wake: a worker knows, and the daemon acts. */
export function createWaking({ send, isConnected, wantedMs }: Options) {
  /** Until when each app is wanted. */
  const wanted = new Map<string, number>()
  let visited = new Set<string>()

  return {
    /**
     * A request waits for the app. The daemon is told at once of the first, and again with every
     * sweep. False where it is away and nobody can wake the app.
     */
    ask(app: string): boolean {
      const isNew = !wanted.has(app)
      wanted.set(app, performance.now() + wantedMs)
      visited.add(app)
      if (isNew) send({ type: 'wake', apps: [app] })
      return isConnected()
    },

    noteVisit(route: Route, head: RequestHead): void {
      if (!isIgnored(route, head)) visited.add(route.app)
    },

    /** Apps of the snapshot that do not sleep any more are not wanted. */
    replace(snapshot: RoutingSnapshot): void {
      if (wanted.size === 0) return
      const asleep = new Set(
        snapshot.routes.filter(({ state }) => state === 'asleep').map(({ app }) => app),
      )
      for (const app of wanted.keys()) if (!asleep.has(app)) wanted.delete(app)
    },

    sweep(now: number): void {
      for (const [app, until] of wanted) if (now >= until) wanted.delete(app)
      if (wanted.size > 0) send({ type: 'wake', apps: [...wanted.keys()] })
    },

    /** Everything since the last call. */
    takeVisits(): string[] {
      if (visited.size === 0) return []
      const taken = [...visited]
      visited = new Set()
      return taken
    },
  }
}
export type Waking = ReturnType<typeof createWaking>

function userAgentOf({ headers }: RequestHead): string {
  for (let index = 0; index < headers.length; index += 2)
    if (headers[index]?.toLowerCase() === 'user-agent') return headers[index + 1] ?? ''
  return ''
}
