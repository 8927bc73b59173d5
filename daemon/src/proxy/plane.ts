import type { AccessLog } from './access-log.ts'
import type { AlpnChallenges } from './alpn-challenge.ts'
import type { Balancer } from './balancer.ts'
import type { ChallengeTable } from './challenge-table.ts'
import type { Hold } from './hold.ts'
import type { EdgeMeter } from './edge-meter.ts'
import type { Limits } from './limits.ts'
import type { Meter } from './meter.ts'
import type { ReachAnswers } from './reach-answers.ts'
import type { Refusals } from './refusals.ts'
import type { Roll } from './roll.ts'
import type { RouteTable } from './route-match.ts'
import type { ClientLimits } from './rules/client-limits.ts'
import type { Doorkeeper } from './rules/doorkeeper.ts'
import type { KeptAssets } from './rules/kept-assets.ts'
import type { Encoders } from './rules/encoders.ts'
import type { SlowBodies } from './slow-bodies.ts'
import type { Sticky } from './sticky.ts'
import type { TrustedPeers } from './trusted-peers.ts'
import type { Waking } from './waking.ts'

/** Something with time limits of its own that is looked at once a second; no timer per request. */
export interface Swept {
  sweep(now: number): void
}

/** What a worker is made of. A snapshot replaces the tables, all in one go. */
export interface Plane {
  readonly limits: Limits
  readonly balancer: Balancer
  readonly hold: Hold
  readonly waking: Waking
  readonly meter: Meter
  readonly edge: EdgeMeter
  readonly refusals: Refusals
  readonly accessLog: AccessLog
  readonly clientLimits: ClientLimits
  readonly doorkeeper: Doorkeeper
  readonly encoders: Encoders
  readonly sticky: Sticky
  readonly assets: KeptAssets
  readonly swept: Roll<Swept>
  readonly slowBodies: SlowBodies
  /** Plain requests are read by us; off: Node's server reads them all. */
  readonly fastLane: boolean
  routes: RouteTable
  challenges: ChallengeTable
  reach: ReachAnswers
  alpnChallenges: AlpnChallenges
  trusted: TrustedPeers
  httpsPort: number
  /** The worker is stopping: every answer closes its connection. */
  stopping: boolean
}
