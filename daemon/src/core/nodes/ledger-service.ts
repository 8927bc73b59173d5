import type { Actor } from '@vastrox/shared/actor.ts'
import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import type { DiskMeasure } from '@vastrox/shared/agent-api-disk.ts'
import { deploymentFloorOf } from '@vastrox/shared/disk-floor.ts'
import {
  LEDGER_PARTS,
  type Ledger,
  type LedgerDisk,
  type LedgerLine,
} from '@vastrox/shared/ledger.ts'
import { forecast, growthOf } from '#core/nodes/forecast.ts'
import { linesOf, type OwnedBytes, PLATFORM, sourcesOf } from '#core/nodes/ledger-lines.ts'
import { maySee, type NamedOwner, type OwnerDeps, readOwners } from '#core/nodes/ledger-owners.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeDiskUse } from '#ports/node-disk.ts'
import type { Transact } from '#store/database.ts'
import type { DiskDayStore } from '#store/disk-day-store.ts'

interface Deps extends OwnerDeps {
  disk: Pick<NodeDiskUse, 'measure'>
  days: DiskDayStore
  /** Name of the node in the rows. */
  node: string
  clock: Clock
  transact: Transact
}

/** Measuring walks over the whole disk. */
const KEEP_MS = 60_000
/** Whoever asks gets the measurement before, rather than wait for longer. */
const WAIT_MS = 20_000
const MOST_SUBJECTS = 1_000

interface Measured {
  at: Date
  measure: DiskMeasure
  /** The app of each source that was found. */
  sources: ReadonlyMap<string, string>
}

/** Where the bytes of the node are, day by day, and when the disk is full. */
export function createLedgerService(deps: Deps) {
  const { clock, days, node } = deps
  let last: Measured | undefined
  let running: Promise<Measured> | undefined
  /** Of every owner, from one measurement to the next: nothing else changes the days. */
  let growth: ReadonlyMap<string, number | undefined> | undefined

  function growths(): ReadonlyMap<string, number | undefined> {
    growth ??= new Map(
      [...days.listAllForPlatform(node)].map(([owner, samples]) => [owner, growthOf(samples)]),
    )
    return growth
  }

  function measureAgain(): Promise<Measured> {
    running ??= deps.disk
      .measure()
      .then((measure) => {
        const sources = deps.deployments.listSourceOwnersForPlatform(sourcesOf(measure))
        last = { at: clock.now(), measure, sources }
        keepDay(last)
        return last
      })
      .finally(() => {
        running = undefined
      })
    return running
  }

  /** The last measurement of a day stands for it. What was not measured is no number of that day's. */
  function keepDay({ at, measure, sources }: Measured): void {
    const lines =
      measure.missing.length > 0 ? [] : linesOf(measure, readOwners(deps, sources).owners)
    const subjects = [
      ...measure.disks.map((disk) => ({ subject: `disk:${disk.holds}`, bytes: usedOf(disk) })),
      ...lines
        .map((line) => ({ subject: line.owner, bytes: sumOf(line) }))
        .toSorted((one, other) => other.bytes - one.bytes)
        .slice(0, MOST_SUBJECTS),
    ]
    deps.transact(() => days.saveForPlatform(node, dayOf(at), subjects))
    growth = undefined
  }

  /** At most a minute old, or the one before where measuring takes long. */
  async function recent(): Promise<Measured> {
    if (last && clock.now().getTime() - last.at.getTime() < KEEP_MS) return last
    const measuring = measureAgain()
    const before = last
    if (!before) return measuring
    const late = new AbortController()
    try {
      return await Promise.race([measuring, clock.sleep(WAIT_MS, late.signal).then(() => before)])
    } finally {
      late.abort()
      // Whoever asks next is told why.
      measuring.catch(() => undefined)
    }
  }

  function diskOf(
    disk: NodeDisk,
    all: readonly OwnedBytes[],
    isOnly: boolean,
    at: Date,
  ): LedgerDisk {
    const inEngine = all.reduce((sum, line) => sum + line.engineBytes, 0)
    const inAll = all.reduce((sum, line) => sum + sumOf(line), 0)
    const onIt = disk.holds === 'images' ? inEngine : inAll - (isOnly ? 0 : inEngine)
    const used = usedOf(disk)
    const samples = days.listForPlatform(node, `disk:${disk.holds}`)
    const floorBytes = deploymentFloorOf(disk)
    return {
      holds: disk.holds,
      bytes: disk.bytes,
      availableBytes: disk.availableBytes,
      // What changes while it is measured makes no negative number.
      oursBytes: Math.min(onIt, used),
      othersBytes: Math.max(0, used - onIt),
      deploymentFloorBytes: floorBytes,
      days: samples.map(({ day, bytes }) => ({ day, usedBytes: bytes })),
      forecast: forecast(samples, { at, availableBytes: disk.availableBytes, floorBytes }),
    }
  }

  return {
    /** Lines of apps that the actor does not see are one together. */
    async get(actor: Actor): Promise<Ledger> {
      const { at, measure, sources } = await recent()
      const { owners, named } = readOwners(deps, sources)
      const all = linesOf(measure, owners)
      const growing = growths()
      const shown = all.map((line) =>
        show(line, named.get(line.owner), actor, growing.get(line.owner)),
      )
      return {
        measuredAt: at.toISOString(),
        disks: measure.disks.map((disk) =>
          diskOf(disk, all, measure.disks.length === 1, clock.now()),
        ),
        lines: together(shown).toSorted((one, other) => other.bytes - one.bytes),
        othersImageBytes: measure.othersImageBytes,
        othersCacheBytes: measure.othersCacheBytes,
        missing: measure.missing,
      }
    },

    /** A measurement that is not older than that. */
    measureWithin: async (ms: number): Promise<DiskMeasure> =>
      (last && clock.now().getTime() - last.at.getTime() < ms ? last : await measureAgain())
        .measure,

    /** What each has, for lists of other things; empty as long as nothing was measured. */
    bytesOf: (owner: string): number | null => {
      if (!last) return null
      const line = linesOf(last.measure, readOwners(deps, last.sources).owners).find(
        (one) => one.owner === owner,
      )
      return line ? sumOf(line) : 0
    },

    /** One look a day at least. */
    async keepToday(): Promise<boolean> {
      if (days.hasDayForPlatform(node, dayOf(clock.now()))) return false
      await measureAgain()
      return true
    },
  }
}
export type LedgerService = ReturnType<typeof createLedgerService>

const dayOf = (at: Date): string => at.toISOString().slice(0, 10)
const usedOf = ({ bytes, availableBytes }: NodeDisk): number => Math.max(0, bytes - availableBytes)
const sumOf = ({ parts }: Pick<OwnedBytes, 'parts'>): number =>
  Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)

function show(
  line: OwnedBytes,
  named: NamedOwner | undefined,
  actor: Actor,
  growth: number | undefined,
): LedgerLine {
  const { parts, sharedImageBytes } = line
  const whole = {
    bytes: sumOf(line),
    parts,
    sharedImageBytes,
    growthBytesPerDay: growth === undefined ? null : Math.round(growth),
  }
  if (line.owner === PLATFORM || !named)
    return { kind: 'platform', name: 'Vastrox', isInTrash: false, ...whole }
  if (!maySee(actor, named))
    return { kind: 'teams', name: 'other teams', isInTrash: false, ...whole }
  return { kind: named.kind, name: named.name, isInTrash: named.isInTrash, ...whole }
}

/** One line for all that the actor does not see. */
function together(lines: readonly LedgerLine[]): LedgerLine[] {
  const [first, ...others] = lines.filter(({ kind }) => kind === 'teams')
  const rest = lines.filter(({ kind }) => kind !== 'teams')
  if (!first) return rest
  const all = others.reduce(
    (sum, line) => ({
      ...sum,
      bytes: sum.bytes + line.bytes,
      sharedImageBytes: Math.max(sum.sharedImageBytes, line.sharedImageBytes),
      parts: addParts(sum.parts, line.parts),
      growthBytesPerDay: sumOrNull(sum.growthBytesPerDay, line.growthBytesPerDay),
    }),
    first,
  )
  return [...rest, all]
}

function addParts(one: LedgerLine['parts'], other: LedgerLine['parts']): LedgerLine['parts'] {
  const sum = { ...one }
  for (const part of LEDGER_PARTS) {
    const more = other[part]
    if (more !== undefined) sum[part] = (sum[part] ?? 0) + more
  }
  return sum
}

const sumOrNull = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : one + other
