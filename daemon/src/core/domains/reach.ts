import { createHmac, randomBytes } from 'node:crypto'
import { REACH_PATH, reachText } from '#ports/reach-answer.ts'
import type { ReachOutcome, ReachProbe } from '#ports/reach-probe.ts'

export type Reached =
  /** Our proxy has answered. */
  | { kind: 'us' }
  /** A Vastrox, but not this one, or not under this name. */
  | { kind: 'other-vastrox' }
  | { kind: 'other'; status: number; location: string | null; server: string | null }
  | { kind: 'refused' | 'timeout' | 'unreachable' | 'broken' | 'not-asked' }

interface Deps {
  probe: ReachProbe
  /** Hex; the proxy has the same. */
  key: string
  /** The port that the world asks: 80. */
  port: number
}

/** Whether a name leads to our proxy, whatever stands between: only the proxy can give the answer. */
export const createReach =
  ({ probe, key, port }: Deps) =>
  async (host: string, address: string, signal: AbortSignal): Promise<Reached> => {
    const nonce = randomBytes(16).toString('hex')
    const question = { host, address, port, path: `${REACH_PATH}${nonce}` }
    return read(await probe.ask(question, signal), signed(key, host, nonce))
  }
export type Reach = ReturnType<typeof createReach>

const signed = (key: string, host: string, nonce: string): string =>
  createHmac('sha256', Buffer.from(key, 'hex')).update(reachText(host, nonce)).digest('hex')

function read(outcome: ReachOutcome, expected: string): Reached {
  if (outcome.kind !== 'answered') return outcome
  const { status, body, location, server } = outcome
  if (status === 200 && body.trim() === expected) return { kind: 'us' }
  if (status === 200 && /^[0-9a-f]{64}$/.test(body.trim())) return { kind: 'other-vastrox' }
  return { kind: 'other', status, location, server }
}
