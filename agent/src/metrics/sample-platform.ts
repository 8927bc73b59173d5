import { readdirSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import type { PlatformSample } from '@vastrox/shared/agent-api-metrics.ts'
import { PROCESS_ENV } from '@vastrox/shared/installation-paths.ts'
import { readKernelFile } from '#agent/metrics/kernel-file.ts'
import { readProcessStat } from '#agent/metrics/process-files.ts'

/** As many as a sample may hold (shared/src/agent-api-metrics.ts). */
const MOST = 40
/** Who is there is looked for anew after so many samples, and when one is gone. */
const LOOK_EVERY = 4
/** Looks after which a process that stayed what it was is known not to be ours, and all of them are asked anew. */
const STRANGER_AFTER = 2
const FORGET_STRANGERS_EVERY = 15
const PAGE_BYTES = 4_096
const BUNDLE = /^(supervisor|agent|daemon|proxy)\.mjs$/
const ENGINE = 'dockerd'
const WORKER = /^\d{1,3}$/

interface Found {
  name: string
  pid: number
  start: string
}

/** The platform's own processes of this installation, and the engine. */
export function createPlatformSampler({
  dataDir,
  proc = '/proc',
}: {
  dataDir: string
  proc?: string
}) {
  let found: Found[] = []
  let looks = 0
  let fullLooks = 0
  const strangers = new Map<string, number>()

  const toSample = ({ name, pid, start }: Found): PlatformSample | undefined => {
    const stat = readProcessStat(pid, proc)
    if (stat?.start !== start) return undefined
    return {
      name,
      pid,
      cpuUsec: stat.cpuUsec,
      residentBytes: stat.residentPages * PAGE_BYTES,
      descriptors: entriesOf(`${proc}/${pid}/fd`).length,
    }
  }

  return function samplePlatform(): PlatformSample[] {
    const known = looks % LOOK_EVERY === 0 ? undefined : found.map(toSample)
    looks += 1
    if (known?.every((one) => one !== undefined)) return known
    // Where one of ours is gone, its successor may have any number.
    if (known || fullLooks % FORGET_STRANGERS_EVERY === 0) strangers.clear()
    fullLooks += 1
    found = newestOfEach(look(dataDir, proc, strangers)).slice(0, MOST)
    return found.flatMap((one) => toSample(one) ?? [])
  }
}

/**
 * `strangers`: by pid, how often it was looked at and none of ours. A process may become one of ours while it
 * starts, or another have its number later: hence more than one look, and all of them anew now and then.
 */
function look(dataDir: string, proc: string, strangers: Map<string, number>): Found[] {
  const ours = pidNamespaceOf('self', proc)
  return entriesOf(proc)
    .filter((name) => /^\d+$/.test(name) && (strangers.get(name) ?? 0) < STRANGER_AFTER)
    .flatMap((entry) => {
      const pid = Number(entry)
      const named = nameOf(pid, dataDir, proc)
      const isOurs = named !== undefined && pidNamespaceOf(entry, proc) === ours
      const start = isOurs ? readProcessStat(pid, proc)?.start : undefined
      if (!isOurs) strangers.set(entry, (strangers.get(entry) ?? 0) + 1)
      return start === undefined || named === undefined ? [] : [{ name: named, pid, start }]
    })
}

/** By the program and by what its supervisor gave it: another installation's have another directory. */
function nameOf(pid: number, dataDir: string, proc: string): string | undefined {
  if (readKernelFile(`${proc}/${pid}/comm`, 64)?.trim() === ENGINE) return 'engine'
  const words = (readKernelFile(`${proc}/${pid}/cmdline`, 4_096) ?? '').split('\0')
  const bundle = words.map((word) => BUNDLE.exec(basename(word))?.[1]).find(Boolean)
  if (pid !== process.pid && bundle === undefined) return undefined
  const env = (readKernelFile(`${proc}/${pid}/environ`) ?? '').split('\0')
  const valueOf = (name: string): string | undefined =>
    env.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1)
  if (valueOf(PROCESS_ENV.dataDir) !== dataDir) return undefined
  if (bundle === undefined) return 'agent'
  if (bundle !== 'proxy') return bundle
  const worker = valueOf(PROCESS_ENV.worker) ?? '0'
  return WORKER.test(worker) ? `proxy-${worker}` : undefined
}

/** Apps and builds have their own: what they call themselves is theirs to choose. */
function pidNamespaceOf(entry: string, proc: string): string | undefined {
  try {
    return readlinkSync(`${proc}/${entry}/ns/pid`)
  } catch {
    return undefined
  }
}

/** While one is replaced there are two of a name. */
function newestOfEach(all: readonly Found[]): Found[] {
  const newest = new Map<string, Found>()
  for (const one of all) {
    const other = newest.get(one.name)
    if (!other || Number(other.start) < Number(one.start)) newest.set(one.name, one)
  }
  return [...newest.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
