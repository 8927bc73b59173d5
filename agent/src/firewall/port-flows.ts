import { existsSync } from 'node:fs'
import { run } from '@vastrox/shared/node/run.ts'
import { isServed, type LoadedPort } from '#agent/firewall/loaded-port.ts'

const CONNTRACK = '/usr/sbin/conntrack'
const TIMEOUT_MS = 10_000
/** Programs at the same time. */
const AT_ONCE = 4
/** More than any change of one app needs. */
const MOST = 4_000
/** What it says where there was nothing to end. */
const NOTHING = /0 flow entries/

/** A kind of connections that the kernel is to forget. */
export interface Flows {
  protocol: 'tcp' | 'udp'
  /** That was asked for. */
  port: number
  /** Where they lead. */
  target?: string
  /** Of whom, by address or network. */
  from?: string
  /** Those that were not translated: at this address of the machine. */
  at?: string
  /** Of TCP: only those that nobody has answered yet. */
  unanswered?: true
}

/**
 * What the kernel remembers and must not any more, on the way from one list to the other: a connection is
 * translated as it was at its first packet, whatever the rules have become since.
 */
export function flowsToEnd(
  before: readonly LoadedPort[],
  after: readonly LoadedPort[],
  own: readonly string[],
): Flows[] {
  const now = new Map(after.flatMap((port) => eachOf(port).map((each) => [each.key, each])))
  const were = new Map(before.flatMap((port) => eachOf(port).map((each) => [each.key, each])))
  const gone = [...were.values()].flatMap(({ key, protocol, port, of }): Flows[] => {
    const is = now.get(key)?.of
    return [...new Set([...of.targets, ...of.spared])].flatMap((target): Flows[] => {
      if (is?.targets.includes(target)) return []
      if (!is?.spared.includes(target)) return [{ protocol, port, target }]
      // Whoever has not got an answer yet asks again, and is led to the new one then.
      return protocol === 'tcp' ? [{ protocol, port, target, unanswered: true }] : []
    })
  })
  const freshlyLed = [...now.values()].flatMap(({ key, protocol, port, of }): Flows[] => {
    const was = were.get(key)?.of
    const isSame = was !== undefined && isServed(was) && admitsAs(was) === admitsAs(of)
    if (protocol === 'tcp' || !isServed(of) || isSame) return []
    return own.map((at) => ({ protocol, port, at }))
  })
  return [...gone, ...freshlyLed].slice(0, MOST)
}

/** Throws what keeps it from being done, in words. */
export async function endFlows(flows: readonly Flows[]): Promise<void> {
  if (flows.length === 0) return
  if (!hasConntrack()) throw new Error(NO_CONNTRACK)
  const waiting = flows.values()
  const next = async (): Promise<void> => {
    for (const each of waiting) {
      const result = await run(CONNTRACK, argumentsOf(each), { timeoutMs: TIMEOUT_MS })
      if (result.exitCode !== 0 && !NOTHING.test(result.stderr))
        throw new Error(`conntrack: ${result.stderr.trim().split('\n')[0] ?? ''}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
}

export const hasConntrack = (): boolean => existsSync(CONNTRACK)
export const NO_CONNTRACK =
  'The program conntrack is missing (apt-get install conntrack): who plays on goes on being led to where it was before a deployment.'

function argumentsOf({ protocol, port, target, from, at, unanswered }: Flows): string[] {
  return [
    '--delete',
    '--family',
    'ipv4',
    '--proto',
    protocol,
    '--orig-port-dst',
    String(port),
    ...(target === undefined ? [] : ['--reply-src', target]),
    ...(from === undefined ? [] : ['--orig-src', from]),
    ...(at === undefined ? [] : ['--orig-dst', at]),
    ...(unanswered === true ? ['--state', 'SYN_SENT'] : []),
  ]
}

const admitsAs = ({ sources, newPerSecond, connections }: LoadedPort): string =>
  JSON.stringify([sources, newPerSecond, connections])

const eachOf = (of: LoadedPort) =>
  Array.from({ length: of.last - of.first + 1 }, (_, at) => ({
    key: `${of.protocol} ${of.first + at}`,
    protocol: of.protocol,
    port: of.first + at,
    of,
  }))
