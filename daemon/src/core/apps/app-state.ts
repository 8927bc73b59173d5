import type { AppState } from '@vastrox/shared/app.ts'

/** What rows and the engine say about an app right now. */
export interface AppFacts {
  /** False once the user has stopped it. */
  wanted: boolean
  hasRelease: boolean
  /** A deployment is on its way to its switch. */
  isDeploying: boolean
  /** It is stopped until somebody visits it. */
  isAsleep: boolean
  /** Instances of the live release that should run, and those of them that do. */
  instances: number
  running: number
}

/** Read downwards: the first that holds. A release with a scale of 0 runs as it was told to. */
export function appState(facts: AppFacts): AppState {
  if (facts.isDeploying) return 'deploying'
  if (!facts.hasRelease) return 'never-deployed'
  if (!facts.wanted) return 'stopped'
  if (facts.isAsleep) return 'asleep'
  if (facts.running === facts.instances) return 'running'
  return facts.running === 0 ? 'crashed' : 'degraded'
}
