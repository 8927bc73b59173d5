import { parseConnections } from '#agent/containers/proc-net-tcp.ts'
import { readSocketTables } from '#agent/containers/socket-tables.ts'
import { numberAfter, readKernelFile } from '#agent/metrics/kernel-file.ts'

/** In samples. A server that has just been started is not done with listening. */
const YOUNG = 8
const CHANGED_EVERY = 4
const ANYWAY_EVERY = 20

/**
 * How many are connected to a server, by the kernel's own files: no question to it, no process, no
 * password. The tables of sockets cost milliseconds (the kernel looks through those of the whole
 * machine); how many sockets there are costs next to nothing. So the tables tell from time to time how
 * many of them are no connections, and the number tells the rest (decision 0274).
 */
export function createConnectionCounter(proc = '/proc') {
  let samples = 0
  let exactAt = 0
  let inUseThen = -1
  /** What listens, and what the server itself has opened. */
  let others = 0

  function isDue(inUse: number): boolean {
    const since = samples - exactAt
    if (samples <= YOUNG || since >= ANYWAY_EVERY) return true
    return inUse !== inUseThen && since >= CHANGED_EVERY
  }

  /** Of the network that the process is in; null where nobody can tell. */
  return async function count(pid: number): Promise<number | null> {
    const inUse = socketsInUse(pid, proc)
    if (inUse === undefined) return null
    samples += 1
    if (!isDue(inUse)) return Math.max(0, inUse - others)
    const connected = parseConnections(await readSocketTables(pid, proc))
    exactAt = samples
    inUseThen = inUse
    others = Math.max(0, inUse - connected)
    return connected
  }
}
export type ConnectionCounter = ReturnType<typeof createConnectionCounter>

function socketsInUse(pid: number, proc: string): number | undefined {
  const text = readKernelFile(`${proc}/${pid}/net/sockstat`)
  if (text === undefined) return undefined
  const text6 = readKernelFile(`${proc}/${pid}/net/sockstat6`) ?? ''
  return numberAfter(text, 'TCP: inuse') + numberAfter(text6, 'TCP6: inuse')
}
