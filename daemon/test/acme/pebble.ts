import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { certificateIn } from '#test/certificate.ts'

export interface PebbleOptions {
  /** Where it looks for proofs. */
  httpPort: number
  tlsPort: number
  /** Percent. */
  rejectedNonces?: number
  /** Reuses what was proven before, in percent of orders. */
  reusedProofs?: number
  profiles?: Record<string, { description: string; validityPeriod: number }>
  /** Customers' keys (EAB), by key id. */
  bindings?: Record<string, string>
  blocked?: string[]
  /** Where it asks for names; its own mock, which answers 127.0.0.1 to everything, unless one is given. */
  dnsServer?: string
  /** Seconds in Retry-After while it thinks. */
  retryAfter?: number
}

const WEEKS_MS = 90 * 24 * 3_600
const READY_MS = 20_000

/** The newest, where somebody has built it; else the distribution's. */
const PLACES = [process.env['VASTROX_PEBBLE_DIR'], '/usr/bin']

function find(program: string): string {
  const places = [...PLACES, ...(process.env['PATH'] ?? '').split(delimiter)]
  const found = places.find((place) => place && existsSync(join(place, program)))
  if (!found) throw new Error(`${program} is not installed: apt-get install pebble`)
  return join(found, program)
}

const optionsOf = (program: string): string =>
  spawnSync(find(program), ['-h'], { encoding: 'utf8' }).stderr

/** A real CA for tests, with a mock of the DNS. Everything of it is gone when it is stopped. */
export async function startPebble(options: PebbleOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-pebble-'))
  const { caFile } = certificateIn(folder)
  const [port, managementPort, dnsPort, dnsManagementPort] = await freePorts(4)
  const config = {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${managementPort}`,
      certificate: join(folder, 'ca.pem'),
      privateKey: join(folder, 'key.pem'),
      httpPort: options.httpPort,
      tlsPort: options.tlsPort,
      ocspResponderURL: '',
      externalAccountBindingRequired: options.bindings !== undefined,
      externalAccountMACKeys: options.bindings ?? {},
      domainBlocklist: options.blocked ?? [],
      retryAfter: { authz: options.retryAfter ?? 1, order: options.retryAfter ?? 1 },
      keyAlgorithm: 'ecdsa',
      profiles: options.profiles ?? {
        classic: { description: 'as ever', validityPeriod: WEEKS_MS },
        shortlived: { description: 'days', validityPeriod: 518_400 },
      },
    },
  }
  const configFile = join(folder, 'pebble.json')
  writeFileSync(configFile, JSON.stringify(config))
  const children: ChildProcess[] = []
  const said: string[] = []

  function start(program: string, args: string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(find(program), args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => said.push(part.toString()))
    children.push(child)
    return child
  }

  // DNS alone: proofs are shown by a worker of ours. Older ones have another word for it, and no DoH.
  const isOlder = !optionsOf('pebble-challtestsrv').includes('-dnsserver')
  const management = `127.0.0.1:${dnsManagementPort}`
  start('pebble-challtestsrv', [
    `${isOlder ? '-dns01' : '-dnsserver'}=127.0.0.1:${dnsPort}`,
    `-management=${management}`,
    '-http01=',
    '-https01=',
    '-tlsalpn01=',
    '-defaultIPv4=127.0.0.1',
    '-defaultIPv6=',
    ...(isOlder ? [] : ['-doh=']),
  ])
  let pebble = startAuthority()
  function startAuthority(): ChildProcess {
    const dns = options.dnsServer ?? `127.0.0.1:${dnsPort}`
    return start('pebble', ['-config', configFile, '-dnsserver', dns], {
      PEBBLE_VA_NOSLEEP: '1',
      PEBBLE_WFE_NONCEREJECT: String(options.rejectedNonces ?? 0),
      PEBBLE_AUTHZREUSE: String(options.reusedProofs ?? 0),
      PEBBLE_WFE_AUTHZREUSE: String(options.reusedProofs ?? 0),
    })
  }

  const caPem = readFileSync(caFile, 'utf8')
  const directoryUrl = `https://127.0.0.1:${port}/dir`
  await untilAnswers(port)

  async function untilAnswers(ofPort: number): Promise<void> {
    const deadline = performance.now() + READY_MS
    for (;;) {
      if (await takesConnections(ofPort)) return
      if (performance.now() > deadline) throw new Error(`Pebble does not start: ${said.join('')}`)
      await sleep(30)
    }
  }

  return {
    directoryUrl,
    caPem,
    caFile,
    managementUrl: `https://127.0.0.1:${managementPort}`,
    dnsManagementUrl: `http://127.0.0.1:${dnsManagementPort}`,
    dnsServer: `127.0.0.1:${dnsPort}`,
    said,
    /** Lines of its log in which that stands. */
    count: (text: string): number =>
      said
        .join('')
        .split('\n')
        .filter((line) => line.includes(text)).length,
    /** It forgets everything: accounts, orders, its own root. */
    async restart(): Promise<void> {
      await ended(pebble)
      pebble = startAuthority()
      await untilAnswers(port)
    },
    async stop(): Promise<void> {
      await Promise.all(children.map(ended))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type Pebble = Awaited<ReturnType<typeof startPebble>>

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const { promise, resolve } = Promise.withResolvers<void>()
  child.once('exit', () => resolve())
  child.kill('SIGKILL')
  await promise
}

async function freePorts(count: 4): Promise<[number, number, number, number]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => {
            const address: AddressInfo | string | null = server.address()
            resolve(typeof address === 'object' && address ? address.port : 0)
          })
        }),
    ),
  )
  for (const server of servers) server.close()
  const [one = 0, two = 0, three = 0, four = 0] = ports
  return [one, two, three, four]
}

async function takesConnections(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1', () => {
    resolve(true)
    socket.destroy()
  })
  socket.once('error', () => resolve(false))
  return promise
}
