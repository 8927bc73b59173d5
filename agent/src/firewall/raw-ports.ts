import type { PortOutput } from '@vastrox/shared/agent-api-ports.ts'
import { sayError } from '@vastrox/shared/errors.ts'
import { readOwnAddresses } from '#agent/exposure/own-addresses.ts'
import { isOfContainers } from '#agent/exposure/bind-reach.ts'
import { keepForwarding } from '#agent/firewall/engine-forwarding.ts'
import type { KeptFiles } from '#agent/firewall/kept-files.ts'
import type { LoadedPort } from '#agent/firewall/loaded-port.ts'
import { endFlows, flowsToEnd, hasConntrack, NO_CONNTRACK } from '#agent/firewall/port-flows.ts'
import { createPortTallies } from '#agent/firewall/port-tallies.ts'
import { log } from '#agent/node/log.ts'

interface Deps {
  files: Pick<KeptFiles, 'ports' | 'writePorts'>
  instance: string
  table: string
  /** Whether something else is led into our networks. */
  leadsElse: () => boolean
}

/** The raw ports of this node, and what has to be looked after besides the rules themselves. */
export function createRawPorts({ files, instance, table, leadsElse }: Deps) {
  const tallies = createPortTallies(table)
  let ports: LoadedPort[] = []
  /** By what is wrong with it. */
  const problems = new Map<'wish' | 'forwarding' | 'flows', string>()

  const note = (about: 'wish' | 'forwarding' | 'flows', problem: string | undefined): void => {
    if (problem === undefined) {
      problems.delete(about)
      return
    }
    if (problems.get(about) !== problem) log('ports.problem', { reason: problem })
    problems.set(about, problem)
  }

  const forward = async (): Promise<void> => {
    const isWanted = ports.length > 0 || leadsElse()
    note('forwarding', await keepForwarding(instance, isWanted).catch(sayError))
  }

  return {
    all: (): readonly LoadedPort[] => ports,
    forward,

    /** What was kept, at the start. */
    async open(): Promise<void> {
      ports = await files.ports()
    },

    /** On disk before they are in the kernel. */
    async keep(next: LoadedPort[], problem: string | undefined): Promise<void> {
      await files.writePorts(next)
      ports = next
      note('wish', problem)
    },

    /** Once they are in the kernel: connections that were translated by what was there before. */
    async settle(before: readonly LoadedPort[]): Promise<void> {
      await forward()
      const own = readOwnAddresses()
        .filter(({ device, address }) => !isOfContainers(device) && !address.includes(':'))
        .map(({ address }) => address)
      try {
        await endFlows(flowsToEnd(before, ports, own))
        note('flows', undefined)
      } catch (error) {
        note('flows', sayError(error))
      }
    },

    /** Others flush what they think is theirs, ours in it. */
    async standUp(): Promise<void> {
      if (ports.length > 0 || leadsElse()) await forward()
    },

    /** Before another ruleset takes the place of this one: its counts would be lost. */
    keepTallies: () => tallies.keep(ports),

    async read(): Promise<PortOutput<'read-ports'>> {
      const missing = ports.length > 0 && !hasConntrack() ? NO_CONNTRACK : null
      return {
        ports: await tallies.totals(ports),
        problem: [...problems.values()][0] ?? missing,
      }
    },
  }
}
export type RawPorts = ReturnType<typeof createRawPorts>
