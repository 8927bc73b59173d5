import type { ServerResponse } from 'node:http'

/** What the listener knows about each connection, whichever lane it is on. */
export interface Client {
  /** The stream, once there is one. */
  socket: { destroy(): unknown }
  underWay: number
  /** Of `performance.now()`. */
  idleSince: number
  latest: ServerResponse | undefined
  /** Pipelined requests behind the one that is being answered. */
  waiting: (() => void)[]
}
