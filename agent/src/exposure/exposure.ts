import { join } from 'node:path'
import { type ExposureReport, MOST_EXPOSED } from '@vastrox/shared/exposure.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { markerOf } from '#agent/exposure/cable.ts'
import { readHolders } from '#agent/exposure/holders.ts'
import { type KeptTest, readKeptTest, testedOf, writeKeptTest } from '#agent/exposure/kept-test.ts'
import { findOtherFilters } from '#agent/exposure/other-filters.ts'
import { hasPublic, machineAddresses, readOwnAddresses } from '#agent/exposure/own-addresses.ts'
import { probeFromOutside, type Probe } from '#agent/exposure/probe-from-outside.ts'
import { readPublishedPorts } from '#agent/exposure/published-ports.ts'
import { addressesToTry, type Seen, workOut } from '#agent/exposure/work-out.ts'
import { isUntouched } from '#agent/exposure/untouched.ts'
import type { Known } from '#agent/firewall/firewall.ts'
import { tableOf } from '#agent/firewall/names.ts'
import { readSockets } from '#agent/firewall/sockets.ts'
import { readEngineInfo } from '#agent/node/describe-node.ts'

interface Deps {
  engine: Engine
  instance: string
  firewall: { known(): Promise<Known> }
  /** `<data>/agent/exposure`: the last test is kept there. */
  directory: string
}

interface Looked {
  seen: Seen
  /** Why the firewall is not what it should be. */
  problem: string | null
  generation: number
}

/** Most connections of one test. */
const MOST_PROBES = 4_000
const CHANGED =
  'Somebody has changed the firewall’s table in the kernel: what is worked out may not be so. A restart of the agent loads it anew.'
const NOT_LOADED = 'The rules of the firewall are not in the kernel: nothing of them holds.'

let isTesting = false

const testFileOf = (directory: string): string => join(directory, 'tested.json')

/** What is reachable on this machine, with what the last test said. */
export async function listExposure(deps: Deps): Promise<ExposureReport> {
  return report(await look(deps), await readKeptTest(testFileOf(deps.directory)))
}

/** Tries every port from outside, and keeps what came of it. */
export async function testExposure(deps: Deps): Promise<ExposureReport> {
  if (isTesting) throw new CodedError('EXPOSURE_TEST_RUNNING')
  isTesting = true
  try {
    const looked = await look(deps)
    const machine = machineAddresses(looked.seen.own)
    const probes: Probe[] = workOut(looked.seen).flatMap(({ protocol, port, addresses }) =>
      addressesToTry(addresses, machine).map((address) => ({ protocol, port, address })),
    )
    const tries = await probeFromOutside(
      { instance: deps.instance, marker: markerOf(deps.directory) },
      unique(probes).slice(0, MOST_PROBES),
    )
    const test = { at: new Date().toISOString(), generation: looked.generation, tries }
    await writeKeptTest(testFileOf(deps.directory), test)
    return report(looked, test)
  } finally {
    isTesting = false
  }
}

async function look(deps: Deps): Promise<Looked> {
  const { engine, instance, firewall } = deps
  const [sockets, holders, others, known] = await Promise.all([
    readSockets(),
    readHolders(),
    findOtherFilters(),
    firewall.known(),
  ])
  // Without an engine nothing is known but the programs that forward for it.
  const ofEngine = await readPublishedPorts(engine, instance).catch(() => undefined)
  const info = ofEngine && (await readEngineInfo(engine).catch(() => undefined))
  const { generation, isLoaded, state, facts } = known
  const problem = await problemOf(deps, known)
  return {
    generation,
    problem,
    seen: {
      sockets,
      holders,
      others,
      own: readOwnAddresses(),
      containers: ofEngine?.containers ?? [],
      published: ofEngine?.published ?? [],
      loaded: { state, facts, now: new Date() },
      isLoaded,
      engineMajor: info ? Number.parseInt(info.ServerVersion, 10) : null,
    },
  }
}

/** Whoever loads other rules at this very moment is not taken for somebody who has changed them. */
async function problemOf({ instance, firewall }: Deps, known: Known): Promise<string | null> {
  if (!known.isLoaded) return NOT_LOADED
  if (await isAsLoaded(instance, known.text)) return null
  return (await isAsLoaded(instance, (await firewall.known()).text)) ? null : CHANGED
}

const isAsLoaded = async (instance: string, text: string | undefined): Promise<boolean> =>
  text === undefined || (await isUntouched(tableOf(instance), text)) !== false

function report({ seen, generation, problem }: Looked, test: KeptTest | undefined): ExposureReport {
  const ports = workOut(seen)
  const machine = machineAddresses(seen.own)
  return {
    at: new Date().toISOString(),
    mode: seen.loaded.state.mode,
    problem,
    addresses: machine,
    hasPublicAddress: hasPublic(seen.own),
    others: [...new Set(seen.others.map(({ message }) => message))],
    ports: ports.slice(0, MOST_EXPOSED).map((worked) => ({
      ...worked,
      tested: testedOf(worked, addressesToTry(worked.addresses, machine), test, generation),
    })),
    leftOff: Math.max(0, ports.length - MOST_EXPOSED),
    testedAt: test?.at ?? null,
    testIsStale: test !== undefined && test.generation !== generation,
  }
}

const unique = (probes: readonly Probe[]): Probe[] => [
  ...new Map(
    probes.map((probe) => [`${probe.protocol} ${probe.port} ${probe.address}`, probe]),
  ).values(),
]
