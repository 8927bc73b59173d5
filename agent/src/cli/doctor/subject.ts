import { X509Certificate } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { get } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { ExposureReport } from '@vastrox/shared/exposure.ts'
import { FIRST_FIREWALL_STATE } from '@vastrox/shared/firewall-rule.ts'
import type { HostFinding } from '@vastrox/shared/host-care.ts'
import { type Machine, thisMachine } from '#agent/care/machine.ts'
import { idsOf } from '#agent/cli/install/accounts.ts'
import { checkDomain, type DomainCheck } from '#agent/cli/install/domain-check.ts'
import { holdersOf, type PortHolder } from '#agent/cli/install/listeners.ts'
import { anchorOf } from '#agent/cli/install/trust.ts'
import { type Installation, PROGRAMS } from '#agent/cli/installation.ts'
import type { Platform } from '#agent/cli/platform/platform-port.ts'
import { createEngine, type Engine } from '#agent/engine/engine.ts'
import { listExposure } from '#agent/exposure/exposure.ts'
import { lookAtForwarding } from '#agent/firewall/engine-forwarding.ts'
import { gatherLocal, gatherSsh } from '#agent/firewall/gather-facts.ts'
import { isOpenAnyway } from '#agent/firewall/host-chains.ts'
import { joinPorts } from '#agent/firewall/load-kept.ts'
import { openKeptFiles } from '#agent/firewall/kept-files.ts'
import { tableOf } from '#agent/firewall/names.ts'
import { listTables } from '#agent/firewall/nft.ts'
import { hasConntrack } from '#agent/firewall/port-flows.ts'

export type Finding = HostFinding

interface Ids {
  uid: number
  gid: number
}

/** All that the doctor looks at and asks. Nothing of it needs a living daemon or agent; tests plant faults in it. */
export interface Subject {
  installation: Installation
  platform: Pick<Platform, 'kind' | 'status'>
  machine: Machine
  engine: Engine
  /** Who owns what. */
  owners: { root: Ids; daemon: Ids; proxy: Ids }
  /** Where programs lie, `/opt/vastrox`. */
  programs: string
  /** Where this machine keeps the CAs that it trusts by itself. */
  anchor: string
  domain: () => Promise<DomainCheck>
  holders: (ports: readonly number[]) => Promise<PortHolder[]>
  /** Undefined when the dashboard answers under the CA, else why not. */
  handshake: (port: number, ca: string) => Promise<string | undefined>
  /** Every table of the kernel, as `inet name`. Throws FIREWALL_UNAVAILABLE where there is no nftables. */
  tables: () => Promise<string[]>
  exposure: () => Promise<ExposureReport>
  /** Why the engine lets nothing through to raw ports; undefined where it does. */
  forwarding: (instance: string) => Promise<string | undefined>
  hasConntrack: () => boolean
  close: () => void
}

/** Owns nothing. */
export const NO_ACCOUNT: Ids = { uid: -1, gid: -1 }

export type Check = (subject: Subject) => Promise<Finding[]>

const AGENT_TIMEOUT_MS = 20_000
const ENGINE_SOCKET = '/var/run/docker.sock'

/** An installation on this machine. */
export async function subjectOf(installation: Installation, platform: Platform): Promise<Subject> {
  const { config, paths } = installation
  const engine = createEngine(ENGINE_SOCKET)
  const owners = {
    root: { uid: 0, gid: 0 },
    daemon: await idsOf('vastrox').catch(() => NO_ACCOUNT),
    proxy: await idsOf('vastrox-proxy').catch(() => NO_ACCOUNT),
  }
  return {
    installation,
    platform,
    machine: thisMachine,
    engine,
    owners,
    programs: PROGRAMS,
    anchor: anchorOf(config.instance),
    domain: () => checkDomain(config),
    holders: holdersOf,
    handshake,
    tables: listTables,
    exposure: async () =>
      (await askAgent(paths.agentSocket)) ??
      listExposure({
        engine,
        instance: config.instance,
        directory: join(paths.agent, 'exposure'),
        firewall: { known: () => knownWithoutAgent(installation) },
      }),
    forwarding: lookAtForwarding,
    hasConntrack,
    close: () => engine.close(),
  }
}

/** What the agent would say of its firewall, from its files. */
async function knownWithoutAgent({ config, paths }: Installation) {
  const files = openKeptFiles(join(paths.agent, 'firewall'))
  const kept = (await files.pending()) ?? (await files.confirmed())
  const [local, ssh, tables, loadedText, ports] = await Promise.all([
    gatherLocal(config.instance, config, {}),
    gatherSsh(),
    listTables().catch((): string[] => []),
    files.confirmedText().catch(() => undefined),
    files.ports().catch(() => []),
  ])
  // An sshd that has moved since the agent died is not in the kernel's rules.
  const ofSsh = kept
    ? {
        sshPorts: joinPorts(
          kept.facts.sshPorts,
          ssh.sshPorts.filter((port) => isOpenAnyway(loadedText, port)),
        ),
        operators: kept.facts.operators,
      }
    : ssh
  return {
    generation: kept?.generation ?? 0,
    state: kept?.state ?? FIRST_FIREWALL_STATE,
    facts: { ...local, ...kept?.facts, ...ofSsh, ports },
    isLoaded: tables.includes(`inet ${tableOf(config.instance)}`),
    text: undefined,
  }
}

/** The agent knows what it has loaded; undefined where none answers in time. */
async function askAgent(socketPath: string): Promise<ExposureReport | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const asked = request(
    { socketPath, method: 'POST', path: '/v1/list-exposure', timeout: AGENT_TIMEOUT_MS },
    resolve,
  )
  asked.on('timeout', () => asked.destroy(new Error('the agent does not answer')))
  asked.on('error', reject)
  asked.end('{}')
  try {
    const reply = await promise
    const body: unknown = JSON.parse(await text(reply))
    return reply.statusCode === 200 ? ExposureReport.parse(body) : undefined
  } catch {
    // Dead, or of a version that does not know it: the doctor looks by itself.
    return undefined
  }
}

function handshake(port: number, ca: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const asked = get({ host: 'localhost', port, ca, path: '/', timeout: 5_000 }, (response) => {
    response.resume()
    resolve(undefined)
  })
  asked.on('timeout', () => asked.destroy(new Error('it does not answer')))
  asked.on('error', (error) => resolve(error.message))
  return promise
}

/** Of what is there to read; undefined for what is no certificate. */
export function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}
