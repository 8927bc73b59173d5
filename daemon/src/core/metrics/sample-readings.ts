import type { ContainerSample, NodeSample, Sample } from '@vastrox/shared/agent-api-metrics.ts'

/** Subject, metric, value. */
export type Reading = (subject: string, metric: string, value: number) => void

export interface SampledAddon {
  id: string
  /** null: no number that would say something. */
  maxConnections: number | null
}

interface Deps {
  nodeName: string
  /** The add-on that a server of the node is of; undefined where it is of none that is kept. */
  addonOf: (serverId: string) => SampledAddon | undefined
}

const PAGE_BYTES = 4_096
const PERCENT = 100
const USEC_A_MS = 1_000

/**
 * What samples say: levels as they are, counters as how fast they rose since the sample before. The first
 * sample says levels only. A counter of another container, boot or process, or one that has fallen, began
 * at nothing.
 */
export function createSampleReadings({ nodeName, addonOf }: Deps) {
  let before: Sample | undefined

  return {
    /** Only to measure from: it was read already. */
    remember(sample: Sample): void {
      before = sample
    },

    last: (): Sample | undefined => before,

    read(sample: Sample, say: Reading): void {
      const at = Date.parse(sample.at)
      const last = before
      const sinceMs = last ? at - Date.parse(last.at) : 0
      // Somebody has put the clock back: there is no telling how long it was.
      const elapsedMs = sinceMs > 0 ? sinceMs : undefined
      const node = last?.epoch === sample.epoch ? last.node : undefined
      readNode(nodeName, sample.node, last && elapsedMs ? { node, elapsedMs } : undefined, say)
      // Where there was none at all the engine may have been away: then none of these began since.
      const isKnown = last !== undefined && last.containers.length > 0
      readContainers(
        sample.containers,
        isKnown && elapsedMs
          ? { containers: new Map(last.containers.map((one) => [one.id, one])), elapsedMs }
          : undefined,
        addonOf,
        say,
      )
      for (const { name, pid, cpuUsec, residentBytes, descriptors } of sample.platform) {
        const subject = `platform:${name}`
        say(subject, 'resident', residentBytes)
        say(subject, 'descriptors', descriptors)
        const known = last?.platform.find((one) => one.name === name)
        // Who has begun before we looked has used what we do not know when.
        if (elapsedMs && known?.pid === pid)
          say(subject, 'cpu', rise(cpuUsec, known.cpuUsec) / (elapsedMs * USEC_A_MS))
      }
      before = sample
    },
  }
}
export type SampleReadings = ReturnType<typeof createSampleReadings>

/** How far a counter rose; one that has fallen began at nothing. */
const rise = (now: number, before: number): number => (now >= before ? now - before : now)

function readNode(
  name: string,
  node: NodeSample,
  last: { node: NodeSample | undefined; elapsedMs: number } | undefined,
  say: Reading,
): void {
  const subject = `node:${name}`
  const [load1, load5, load15] = node.load
  say(subject, 'load1', load1)
  say(subject, 'load5', load5)
  say(subject, 'load15', load15)
  say(subject, 'memory', Math.max(0, node.memoryBytes - node.memoryAvailableBytes))
  say(subject, 'memoryAvailable', node.memoryAvailableBytes)
  say(subject, 'memoryTotal', node.memoryBytes)
  say(subject, 'memoryCache', node.memoryCacheBytes)
  say(subject, 'swap', Math.max(0, node.swapBytes - node.swapFreeBytes))
  say(subject, 'swapTotal', node.swapBytes)
  say(subject, 'processes', node.processes)
  for (const disk of node.disks) {
    const place = `disk:${name}/${disk.holds}`
    say(place, 'total', disk.bytes)
    say(place, 'available', disk.availableBytes)
    say(place, 'used', Math.max(0, disk.bytes - disk.availableBytes))
    if (disk.inodes > 0)
      say(place, 'inodesUsed', PERCENT * (1 - disk.availableInodes / disk.inodes))
  }
  if (last?.node) readNodeRates(name, node, last.node, last.elapsedMs, say)
}

function readNodeRates(
  name: string,
  node: NodeSample,
  last: NodeSample,
  elapsedMs: number,
  say: Reading,
): void {
  const subject = `node:${name}`
  const seconds = elapsedMs / 1_000
  const times = risesOf(node.cpuUsec, last.cpuUsec)
  const all = Object.values(times).reduce((sum, one) => sum + one, 0)
  if (all > 0) {
    say(subject, 'cpuUser', (PERCENT * (times.user + times.nice)) / all)
    say(subject, 'cpuSystem', (PERCENT * (times.system + times.irq)) / all)
    say(subject, 'cpuIowait', (PERCENT * times.iowait) / all)
    say(subject, 'cpuSteal', (PERCENT * times.steal) / all)
    say(subject, 'cpuBusy', (PERCENT * (all - times.idle - times.iowait)) / all)
  }
  if (node.pressure && last.pressure)
    for (const [metric, what] of PRESSURES) {
      const stalled = rise(node.pressure[what].someUsec, last.pressure[what].someUsec)
      say(subject, metric, Math.min(PERCENT, (PERCENT * stalled) / (elapsedMs * USEC_A_MS)))
    }
  say(subject, 'swapIn', (rise(node.swapInPages, last.swapInPages) * PAGE_BYTES) / seconds)
  say(subject, 'swapOut', (rise(node.swapOutPages, last.swapOutPages) * PAGE_BYTES) / seconds)
  say(subject, 'oomKills', rise(node.oomKills, last.oomKills))
  for (const disk of node.disks) {
    const known = last.disks.find(({ holds }) => holds === disk.holds)
    if (!known) continue
    const place = `disk:${name}/${disk.holds}`
    say(place, 'read', rise(disk.readBytes, known.readBytes) / seconds)
    say(place, 'written', rise(disk.writtenBytes, known.writtenBytes) / seconds)
    say(place, 'busy', Math.min(PERCENT, (PERCENT * rise(disk.ioMs, known.ioMs)) / elapsedMs))
  }
  for (const one of node.networks) {
    const known = last.networks.find((other) => other.name === one.name)
    if (!known) continue
    const place = `net:${name}/${one.name}`
    say(place, 'received', rise(one.receivedBytes, known.receivedBytes) / seconds)
    say(place, 'sent', rise(one.sentBytes, known.sentBytes) / seconds)
    say(place, 'errors', rise(one.errors, known.errors) / seconds)
    say(place, 'drops', rise(one.drops, known.drops) / seconds)
  }
}

const PRESSURES = [
  ['cpuPressure', 'cpu'],
  ['memoryPressure', 'memory'],
  ['ioPressure', 'io'],
] as const

const risesOf = (now: NodeSample['cpuUsec'], before: NodeSample['cpuUsec']) => ({
  user: rise(now.user, before.user),
  nice: rise(now.nice, before.nice),
  system: rise(now.system, before.system),
  idle: rise(now.idle, before.idle),
  iowait: rise(now.iowait, before.iowait),
  irq: rise(now.irq, before.irq),
  steal: rise(now.steal, before.steal),
})

/** While an instance is replaced there are two of its place: what both take is its. */
function readContainers(
  containers: readonly ContainerSample[],
  last: { containers: ReadonlyMap<string, ContainerSample>; elapsedMs: number } | undefined,
  addonOf: Deps['addonOf'],
  say: Reading,
): void {
  const sums = new Map<string, Map<string, number>>()
  for (const one of containers) {
    const addon = one.kind === 'addon' ? addonOf(one.owner) : undefined
    const subject = subjectOf(one, addon)
    if (subject === undefined) continue
    const of = sums.get(subject) ?? new Map<string, number>()
    sums.set(subject, of)
    readContainer(one, last, (metric, value) => {
      const before = of.get(metric)
      if (before === undefined) of.set(metric, value)
      else of.set(metric, metric === 'cpuThrottled' ? Math.max(before, value) : before + value)
    })
    if (addon) readAddon(one, addon, (metric, value) => of.set(metric, value))
  }
  for (const [subject, of] of sums) for (const [metric, value] of of) say(subject, metric, value)
}

/** undefined: a server of a drill, which is nobody's. */
function subjectOf(
  { kind, owner, process, ordinal }: ContainerSample,
  addon: SampledAddon | undefined,
): string | undefined {
  if (kind === 'build') return 'platform:builds'
  if (kind === 'run') return `app:${owner}/run.0`
  if (kind === 'instance') return `app:${owner}/${process}.${ordinal}`
  return addon && `addon:${addon.id}`
}

/** While its server is replaced the newer one counts: both have the same data. */
function readAddon(
  { addon: seen }: ContainerSample,
  { maxConnections }: SampledAddon,
  say: (metric: string, value: number) => void,
): void {
  if (!seen) return
  if (seen.sizeBytes !== null) say('size', seen.sizeBytes)
  if (seen.connections === null) return
  say('connections', seen.connections)
  if (maxConnections !== null) say('maxConnections', maxConnections)
}

function readContainer(
  one: ContainerSample,
  last: { containers: ReadonlyMap<string, ContainerSample>; elapsedMs: number } | undefined,
  say: (metric: string, value: number) => void,
): void {
  if (one.kind === 'build') say('resident', one.memoryBytes)
  else {
    say('memory', one.memoryBytes)
    say('memoryCache', one.memoryCacheBytes)
    if (one.memoryLimitBytes > 0) say('memoryLimit', one.memoryLimitBytes)
    say('swap', one.swapBytes)
    say('pids', one.pids)
  }
  if (!last) return
  const known = last.containers.get(one.id) ?? NOTHING
  const seconds = last.elapsedMs / 1_000
  const usec = last.elapsedMs * USEC_A_MS
  say('cpu', rise(one.cpuUsec, known.cpuUsec) / usec)
  if (one.kind === 'build') return
  say(
    'cpuThrottled',
    Math.min(PERCENT, (PERCENT * rise(one.throttledUsec, known.throttledUsec)) / usec),
  )
  say('received', rise(one.receivedBytes, known.receivedBytes) / seconds)
  say('sent', rise(one.sentBytes, known.sentBytes) / seconds)
  say('read', rise(one.readBytes, known.readBytes) / seconds)
  say('written', rise(one.writtenBytes, known.writtenBytes) / seconds)
  say('oomKills', rise(one.oomKills, known.oomKills))
  say('restarts', rise(one.restarts, known.restarts))
}

/** What a container that was not there before had counted. */
const NOTHING = {
  cpuUsec: 0,
  throttledUsec: 0,
  receivedBytes: 0,
  sentBytes: 0,
  readBytes: 0,
  writtenBytes: 0,
  oomKills: 0,
  restarts: 0,
}
