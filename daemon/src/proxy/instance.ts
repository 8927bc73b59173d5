import type { RouteInstance } from '#ports/routing-snapshot.ts'
import type { Limits } from './limits.ts'
import { Roll } from './roll.ts'
import { UpstreamConnection } from './upstream-connection.ts'

/** What can be ended from outside when the drain limit has passed (rule D1). */
export interface UnderWay {
  cut(): void
}

/** Less than this is noise of the event loop and no time-out of the upstream's. */
const SMALLEST_LESSON_MS = 1

/** One instance as the worker knows it: its idle connections, what is under way to it, its mood. */
export class Instance {
  readonly underWay = new Roll<UnderWay>()
  /** A retired instance gets no new requests; its idle connections are closed as they come free. */
  retired = false
  /** When it last answered anything. */
  private answeredAt = 0
  private faults = 0
  private asideUntil = 0
  private idle: UpstreamConnection[] = []
  /** The shortest time after which this upstream was seen closing an idle connection (rule D4). */
  private closesAfterMs = Number.POSITIVE_INFINITY
  /** How long it was seen to keep an idle connection, at least (rule D4). */
  private keptForMs = 0
  private sweptAt = 0

  readonly app: string
  readonly spec: RouteInstance
  private readonly limits: Limits

  constructor(app: string, spec: RouteInstance, limits: Limits) {
    this.app = app
    this.spec = spec
    this.limits = limits
  }

  /** It refused: for a while others are asked first, longer each time it refuses again. */
  leaveAside(now: number): void {
    // Requests that were turned away together are one refusal.
    if (now < this.asideUntil) return
    const { refusedPauseMs, refusedPauseMaxMs } = this.limits
    this.asideUntil = now + Math.min(refusedPauseMaxMs, refusedPauseMs * 2 ** this.faults)
    this.faults = Math.min(this.faults + 1, 10)
  }

  /** It took too long for a request sent at `since`; that says something where it answered nothing else. */
  noteTimeout(since: number, now: number): void {
    if (this.answeredAt < since) this.leaveAside(now)
  }

  noteAnswer(now: number): void {
    this.answeredAt = now
    this.faults = 0
    this.asideUntil = 0
  }

  /** Passed over while another one lives; after its pause one request at a time tries it. */
  isAside(now: number): boolean {
    return this.faults > 0 && (now < this.asideUntil || this.underWay.size > 0)
  }

  /**
   * A connection for one request: the one used last, unless its upstream may be about to close it.
   * A request that must not be sent twice takes none that is not safe; it is left to those that may.
   */
  acquire(replayable: boolean): UpstreamConnection {
    if (!replayable) return this.takeSafe() ?? this.dial()
    const now = performance.now()
    for (let found = this.idle.pop(); found; found = this.idle.pop()) {
      if (isFresh(found, now)) return found
      found.socket.destroy()
    }
    return this.dial()
  }

  /** The one used last: where it is not safe, those that have been idle for longer are not either. */
  private takeSafe(): UpstreamConnection | undefined {
    const latest = this.idle.at(-1)
    return latest && this.isSafe(latest) ? this.idle.pop() : undefined
  }

  /**
   * Whether a request that must not be sent twice may go on it: only within the time that the app
   * announces, else a short one of which it was seen to keep the double, and never more than half
   * of the time after which it was seen to close.
   */
  isSafe(connection: UpstreamConnection): boolean {
    const { hinted, idleLimitMs, sentAt, socket } = connection
    const unsaid = Math.min(idleLimitMs, this.limits.upstreamIdleUnsafeMs, this.keptForMs / 2)
    const said = hinted ? idleLimitMs : unsaid
    return !socket.destroyed && performance.now() - sentAt < Math.min(said, this.closesAfterMs / 2)
  }

  dial(forUpgrade = false): UpstreamConnection {
    const { connectTimeoutMs, upstreamIdleMs, upstreamIdleMaxMs } = this.limits
    const { host, port } = this.spec
    return new UpstreamConnection(
      host,
      port,
      connectTimeoutMs,
      this,
      upstreamIdleMs,
      upstreamIdleMaxMs,
      forUpgrade,
    )
  }

  onFree(connection: UpstreamConnection, reusable: boolean): void {
    if (!reusable) {
      const at = this.idle.indexOf(connection)
      if (at === -1) return
      this.idle.splice(at, 1)
      this.learn(connection)
      return
    }
    if (this.retired || this.idle.length >= this.limits.upstreamIdleSockets) {
      connection.socket.destroy()
      return
    }
    this.idle.push(connection)
  }

  /** Closes idle connections before their upstream does, and slowly forgets what it was taught. */
  sweep(now: number): void {
    this.closesAfterMs *= 1.02
    this.noteKept(now)
    const kept: UpstreamConnection[] = []
    const old: UpstreamConnection[] = []
    for (const connection of this.idle)
      (now - connection.idleSince < connection.idleLimitMs ? kept : old).push(connection)
    if (old.length === 0) return
    this.idle = kept
    for (const connection of old) connection.socket.destroy()
  }

  /**
   * What was idle at the last sweep and still is was kept until then. Until now is not said: its end may
   * have arrived and wait to be read.
   */
  private noteKept(now: number): void {
    for (const { idleSince, socket } of this.idle)
      if (!socket.destroyed) this.keptForMs = Math.max(this.keptForMs, this.sweptAt - idleSince)
    this.sweptAt = now
  }

  retire(): void {
    this.retired = true
    this.closeIdle()
  }

  /** Ends everything there is to this instance. */
  cut(): void {
    for (const exchange of this.underWay) exchange.cut()
    this.closeIdle()
  }

  private closeIdle(): void {
    const { idle } = this
    this.idle = []
    for (const connection of idle) connection.socket.destroy()
  }

  get idleConnections(): number {
    return this.idle.length
  }

  /** The upstream has closed an idle connection; how long it had kept it is remembered. */
  learn({ idleSince }: UpstreamConnection): void {
    const idleMs = performance.now() - idleSince
    if (idleMs < this.closesAfterMs) this.closesAfterMs = Math.max(SMALLEST_LESSON_MS, idleMs)
  }
}

const isFresh = ({ idleSince, idleLimitMs, socket }: UpstreamConnection, now: number): boolean =>
  !socket.destroyed && now - idleSince < idleLimitMs
