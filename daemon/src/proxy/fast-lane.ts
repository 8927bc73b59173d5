import type { Socket } from 'node:net'
import { BareSocket } from './bare-socket.ts'
import type { Client } from './client.ts'
import type { RequestSide, ResponseSide } from './client-sides.ts'
import { mayBecomePlainHead, readPlainHead } from './fast-head.ts'
import { FastRequest } from './fast-request.ts'
import { FastResponse } from './fast-response.ts'
import type { RawRequest } from './head-rules.ts'
import { type LaneListener, listenTo } from './lane-socket.ts'
import type { Limits } from './limits.ts'
import type { Plane, Swept } from './plane.ts'
import type { Visit } from './visit.ts'
import { NOWHERE, type Roll } from './roll.ts'
import { finishVisit } from './finish-visit.ts'

export interface FastLane {
  plane: Plane
  /** Its connections, looked at once a second. */
  open: Roll<Swept>
  /** Answers the request; the visit is for the access log. */
  serve: (req: RequestSide & RawRequest, res: ResponseSide) => Visit | undefined
  /** The stream of this connection, made where it was a bare one. */
  streamOf: (client: Client, socket: Socket | BareSocket) => Socket
  /** Node's own server goes on with this connection. */
  handOver: (socket: Socket) => void
  /** Nothing came of a new connection in time (rule P8). */
  onSilence: (socket: Socket) => void
}

/** A plain head comes in one piece or in few; who sends it by the drop is for Node's parser. */
const MAX_PIECES = 8

/** The beginning of a head, until the rest of it comes or its time is over. */
interface BegunHead {
  bytes: Buffer
  pieces: number
  since: number
}

/** What of the requests behind the one that is answered is kept; then the client waits. */
const MAX_BEHIND_BYTES = 65_536

/** Sends plain requests of this connection down the fast lane, and the rest of it, once one is not plain, to Node. */
export function takeConnection(lane: FastLane, client: Client, socket: Socket | BareSocket): void {
  new FastConnection(lane, client, socket).open()
}

/**
 * A connection of the fast lane of decision 4. It takes requests that readPlainHead understands, one
 * at a time, and gives connection and bytes away between two requests, never within one.
 */
class FastConnection implements Swept, LaneListener {
  private req: FastRequest | undefined
  private res: FastResponse | undefined
  private visit: Visit | undefined
  /** Came while a request was under way: the next ones. */
  private behind: Buffer | undefined
  private begun: BegunHead | undefined
  private served = 0
  private leaving = false
  /** Of `performance.now()`, when it was first looked at since. */
  private leavingSince = 0
  /** The client asked for the end of the connection with its last request. */
  private asksForEnd = false
  private place: number = NOWHERE
  /** Where the connection is a stream. */
  private unlisten: (() => void) | undefined

  private readonly lane: FastLane
  private readonly client: Client
  private readonly socket: Socket | BareSocket

  constructor(lane: FastLane, client: Client, socket: Socket | BareSocket) {
    this.lane = lane
    this.client = client
    this.socket = socket
  }

  open(): void {
    const { socket } = this
    this.place = this.lane.open.enter(this)
    if (socket instanceof BareSocket) socket.open(this)
    else this.unlisten = listenTo(socket, this)
  }

  /** All that is kept of these bytes is a copy. */
  onShared(chunk: Buffer): void {
    if (this.leaving) return
    if (this.req || this.begun) this.onData(Buffer.from(chunk))
    else this.begin(chunk, true)
  }

  onData(chunk: Buffer): void {
    if (this.leaving) return
    const { req } = this
    if (!req) {
      this.begin(chunk, false)
      return
    }
    const rest = req.complete ? chunk : req.feed(chunk)
    if (rest) this.keep(rest)
    // The answer was given before all of its request had come.
    if (!this.res && req.complete) this.next()
  }

  private keep(chunk: Buffer): void {
    this.behind = this.behind ? Buffer.concat([this.behind, chunk]) : chunk
    if (this.behind.length >= MAX_BEHIND_BYTES) this.socket.pause()
  }

  private begin(chunk: Buffer, isShared: boolean): void {
    const { lane, socket, client, begun } = this
    const { limits } = lane.plane
    const bytes = begun ? Buffer.concat([begun.bytes, chunk]) : chunk
    const head = readPlainHead(bytes, limits.headBytes)
    if (!head) {
      this.waitOrGiveAway(isShared ? Buffer.from(bytes) : bytes)
      return
    }
    this.begun = undefined
    this.served += 1
    this.asksForEnd = head.closes
    client.underWay += 1
    const keepAlive = this.served < limits.requestsPerSocket && !head.closes
    const req = new FastRequest(socket, head)
    const res = new FastResponse(
      socket,
      head.method,
      keepAlive,
      keepAliveLines(limits),
      this.onFlushed,
    )
    this.req = req
    this.res = res
    if (bytes.length > head.length) {
      const behind = bytes.subarray(head.length)
      const rest = req.feed(isShared ? Buffer.from(behind) : behind)
      if (rest) this.keep(rest)
    }
    const visit = lane.serve(req, res)
    if (this.res === res) this.visit = visit
  }

  /** A slow head costs no more than its bytes: Node's objects are made for what is to be answered. */
  private waitOrGiveAway(bytes: Buffer): void {
    const { pieces = 0, since = performance.now() } = this.begun ?? {}
    if (pieces + 1 < MAX_PIECES && mayBecomePlainHead(bytes)) {
      this.begun = { bytes, pieces: pieces + 1, since }
      return
    }
    this.begun = undefined
    this.giveAway(bytes)
  }

  private giveAway(bytes: Buffer): void {
    const { lane, client, socket } = this
    this.leave()
    const stream = lane.streamOf(client, socket)
    // Paused meanwhile: what is put back must wait for its new reader, and then be sent on its way.
    stream.pause()
    stream.unshift(bytes)
    lane.handOver(stream)
    stream.resume()
  }

  private leave(): void {
    this.leaving = true
    this.place = this.lane.open.leave(this.place)
    this.unlisten?.()
  }

  /** With an error it went nowhere, and the socket's end follows. */
  private onFlushed = (error?: Error | null): void => {
    const { req, res, socket } = this
    if (error || !res || socket.destroyed) return
    const stays = res.shouldKeepAlive && !this.leaving
    this.settle(true)
    if (!stays) {
      this.leaving = true
      // Its next requests may be on their way: a reset for them could cost it this answer.
      const comesMore = !this.asksForEnd || this.behind !== undefined
      if (comesMore && socket instanceof BareSocket)
        socket.lingerAtEnd(this.lane.plane.limits.lingerMs)
      socket.destroySoon()
      return
    }
    if (req && !req.complete) {
      // What still comes of this request is read and dropped; the next one begins behind it.
      req.off('data').off('end').resume()
      return
    }
    this.next()
  }

  /** The answer is over, in one way or the other. */
  private settle(finished: boolean): void {
    const { res, visit, client, lane } = this
    if (!res) return
    this.res = undefined
    this.visit = undefined
    client.underWay -= 1
    client.idleSince = performance.now()
    res.close(finished)
    if (visit) finishVisit(lane.plane, visit)
  }

  private next(): void {
    this.req = undefined
    const { behind, socket } = this
    if (socket.isPaused()) socket.resume()
    if (!behind) return
    this.behind = undefined
    this.begin(behind, false)
  }

  onDrain(): void {
    this.res?.drained()
  }

  /** As with Node's server: a client that has ended its side waits for nothing any more. */
  onEnd(): void {
    this.leaving = true
    this.settle(false)
    this.socket.destroySoon()
  }

  onClose(): void {
    this.place = this.lane.open.leave(this.place)
    this.settle(false)
  }

  sweep(now: number): void {
    const { client, lane, socket } = this
    if (this.leaving) {
      // A client that takes nothing of what is left for it.
      this.leavingSince ||= now
      if (now - this.leavingSince > lane.plane.limits.stalledClientMs) socket.destroy()
      return
    }
    if (this.res) return
    if (this.begun) {
      if (now - this.begun.since > lane.plane.limits.headersTimeoutMs) this.giveUp()
      return
    }
    const idleMs = now - client.idleSince
    if (this.served > 0) {
      if (idleMs > lane.plane.limits.keepAliveTimeoutMs) socket.destroy()
    } else if (idleMs > lane.plane.limits.headersTimeoutMs / 2) {
      // Half of it: a head that begins and does not end has the whole of it once more.
      this.giveUp()
    }
  }

  private giveUp(): void {
    const { lane, client, socket } = this
    this.leave()
    const stream = lane.streamOf(client, socket)
    lane.onSilence(stream)
    stream.resume()
  }
}

/** As Node's server says it. */
function keepAliveLines({ keepAliveTimeoutMs, requestsPerSocket }: Limits): string {
  const timeoutS = Math.floor(keepAliveTimeoutMs / 1_000)
  return `Connection: keep-alive\r\nKeep-Alive: timeout=${timeoutS}, max=${requestsPerSocket}\r\n`
}
