import { readKernelFile } from '#agent/metrics/kernel-file.ts'

/** The unit of times in /proc, the same on every machine that we run on. */
const TICKS_A_SECOND = 100
export const USEC_A_TICK = 1_000_000 / TICKS_A_SECOND

export interface ProcessStat {
  /** With the pid it names one process for ever. */
  start: string
  cpuUsec: number
  residentPages: number
}

/** undefined when there is no such process. */
export function readProcessStat(pid: number, proc: string): ProcessStat | undefined {
  const text = readKernelFile(`${proc}/${pid}/stat`, 2_048)
  if (text === undefined) return undefined
  /** The name may hold blanks and brackets; fields are counted behind it, from the third on. */
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {
    start: fields[19] ?? '',
    cpuUsec: (Number(fields[11]) + Number(fields[12])) * USEC_A_TICK,
    residentPages: Number(fields[21]),
  }
}

export interface NetworkCounters {
  name: string
  receivedBytes: number
  sentBytes: number
  receivedPackets: number
  sentPackets: number
  errors: number
  drops: number
}

/** /proc/net/dev, or that of a process: every interface of its network but loopback. */
export function readNetworks(path: string): NetworkCounters[] | undefined {
  const text = readKernelFile(path)
  return text
    ?.split('\n')
    .slice(2)
    .flatMap((line) => {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).trim()
      if (colon < 0 || name === 'lo') return []
      const n = line
        .slice(colon + 1)
        .trim()
        .split(/\s+/)
        .map(Number)
      return [
        {
          name,
          receivedBytes: n[0] ?? 0,
          receivedPackets: n[1] ?? 0,
          sentBytes: n[8] ?? 0,
          sentPackets: n[9] ?? 0,
          errors: (n[2] ?? 0) + (n[10] ?? 0),
          drops: (n[3] ?? 0) + (n[11] ?? 0),
        },
      ]
    })
}
