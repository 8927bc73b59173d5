import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '@vastrox/shared/node/is-alive.ts'
import { type HostProgram, type RunOptions, type RunResult, run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'
import { createEngine, type Engine } from '#agent/engine/engine.ts'

const IP = '/usr/sbin/ip'
const NSENTER = '/usr/bin/nsenter'
const DOCKERD = '/usr/sbin/dockerd'
const ENGINE_UP_MS = 60_000
const ENGINE_DOWN_MS = 30_000
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const LAB_PROGRAMS = join(import.meta.dirname, 'lab')
/** What Node needs to run in a container that has nothing of its own. */
const BINDS = ['/usr', '/lib', '/lib64', process.execPath, LAB_PROGRAMS]

const Started = z.object({
  State: z.object({ Pid: z.int() }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
  }),
})

/** Addresses of the lab; documentation ranges, so that a mistake reaches nobody. */
export const LAB = {
  host: {
    internet4: '203.0.113.10',
    internet6: '2001:db8:1::10',
    lan4: '198.51.100.10',
    lan6: '2001:db8:2::10',
  },
  internet: { v4: '203.0.113.1', v6: '2001:db8:1::1' },
  neighbour: { v4: '198.51.100.20', v6: '2001:db8:2::20' },
} as const

/** A network namespace of the lab, and what runs in it. */
export interface Place {
  name: string
  /** Runs a program to its end in this namespace. */
  run(program: string, args: readonly string[], options?: Partial<RunOptions>): Promise<RunResult>
  /** The same; anything but exit code 0 throws what it said. Resolves with what it printed. */
  must(program: string, args: readonly string[], options?: Partial<RunOptions>): Promise<string>
  /** Starts a program that goes on; the lab ends it when it closes. */
  start(program: string, args: readonly string[], env?: Record<string, string>): ChildProcess
  /** The same place as programs see it that find these files or directories at these paths. */
  withFiles(files: Record<string, string>): Place
}

/**
 * Three network namespaces, joined by cables of their own over IPv4 and IPv6: `internet` (where the
 * default route of the host leads), `neighbour` (on the host's other network, with routes to the
 * addresses of its containers), and `host`, where agents, engines and rulesets are tried that enforce.
 * The namespace of the machine is never touched. Close it in `finally` or `afterAll`: what was started
 * ends, engines with their data, and the namespaces go.
 */
export async function createNetworkLab() {
  const tag = `vxlab${randomBytes(3).toString('hex')}`
  const directory = await mkdtemp(join(tmpdir(), `${tag}-`))
  const children = new Set<ChildProcess>()
  const engines: (() => Promise<void>)[] = []
  const names = ['internet', 'neighbour', 'host'].map((name) => `${tag}-${name}`)

  /** `enter`: what nsenter is told before the command. */
  const placeOf = (name: string, enter: readonly string[]): Place => {
    const place: Place = {
      name,
      run: (inner, args, options = {}) =>
        run(NSENTER, [...enter, inner, ...args], {
          timeoutMs: 30_000,
          env: { PATH },
          ...options,
        }),
      async must(inner, args, options) {
        const result = await place.run(inner, args, options)
        if (result.exitCode !== 0)
          throw new Error(`${inner} ${args.join(' ')}: ${result.stderr.trim()}`)
        return result.stdout.toString()
      },
      start(inner, args, env = {}) {
        const child = spawn(NSENTER, [...enter, inner, ...args], {
          stdio: ['pipe', 'pipe', 'inherit'],
          env: { PATH, ...env },
        })
        children.add(child)
        child.once('exit', () => children.delete(child))
        return child
      },
      withFiles(files) {
        const script = `${Object.entries(files)
          .map(([path, own]) => `mount --bind '${own}' '${path}' && `)
          .join('')}exec "$@"`
        return placeOf(name, [
          ...enter,
          '/usr/bin/unshare',
          '--mount',
          '/bin/sh',
          '-c',
          script,
          'sh',
        ])
      },
    }
    return place
  }
  const namespaceOf = (path: string): string[] => [`--net=${path}`, '--']
  const [internet, neighbour, host] = names.map((name) =>
    placeOf(name, namespaceOf(`/run/netns/${name}`)),
  )
  if (!internet || !neighbour || !host) throw new Error('three names make three places')

  async function close(): Promise<void> {
    for (const stop of engines) await stop()
    for (const child of children) child.kill('SIGKILL')
    for (const name of names) await run(IP, ['netns', 'del', name], { timeoutMs: 10_000 })
    await rm(directory, { recursive: true, force: true })
  }

  try {
    for (const name of names) await must(IP, ['netns', 'add', name])
    for (const place of [internet, neighbour, host])
      await place.must(IP, ['link', 'set', 'lo', 'up'])
    await cable(
      { place: internet, ...LAB.internet },
      { place: host, v4: LAB.host.internet4, v6: LAB.host.internet6 },
      'wan',
    )
    await cable(
      { place: neighbour, ...LAB.neighbour },
      { place: host, v4: LAB.host.lan4, v6: LAB.host.lan6 },
      'lan',
    )
    await host.must(IP, ['route', 'add', 'default', 'via', LAB.internet.v4])
    await host.must(IP, ['-6', 'route', 'add', 'default', 'via', LAB.internet.v6])
    for (const range of ['10.128.0.0/12', '172.16.0.0/12'])
      await neighbour.must(IP, ['route', 'add', range, 'via', LAB.host.lan4])
    await neighbour.must(IP, ['route', 'add', 'default', 'via', LAB.host.lan4])
    await neighbour.must(IP, ['-6', 'route', 'add', 'default', 'via', LAB.host.lan6])
  } catch (error) {
    await close()
    throw error
  }

  return {
    internet,
    neighbour,
    host,
    directory,
    close,

    /** The network of a process, such as the first one of a container. */
    placeOfProcess: (pid: number): Place =>
      placeOf(`process ${pid}`, namespaceOf(`/proc/${pid}/ns/net`)),

    /** An engine of its own inside `host`, with its own bridge, data and socket. */
    async startEngine(): Promise<LabEngine> {
      const engine = await startEngine(host, directory)
      engines.push(() => engine.stop())
      return engine
    },
  }
}
export type NetworkLab = Awaited<ReturnType<typeof createNetworkLab>>

export interface LabEngine {
  engine: Engine
  socketPath: string
  stop(): Promise<void>
  /** Ended, with what runs in it, and started again with what it had. */
  restart(): Promise<void>
  /** Copies an image of another engine, by its tag. */
  copyImage(from: Engine, tag: string): Promise<void>
  /**
   * Somebody else's container: started with these ports of it published (`0.0.0.0:5000`, or an address),
   * running Node with what is in test/lab. Resolves with its address on its
   * network and the process of the machine that is its first.
   */
  runContainer(spec: LabContainer): Promise<{ address: string; pid: number }>
}

export interface LabContainer {
  name: string
  /** Arguments of Node; the first is a file of test/lab. */
  command: readonly string[]
  /** TCP port inside → where it is published. */
  publish?: Record<number, { address: string; port: number }>
  /** The engine's default bridge where it is left out. */
  network?: string
}

interface End {
  place: Place
  v4: string
  v6: string
}

/** Both ends are made inside of their namespaces: the machine's own never sees them. */
async function cable(one: End, other: End, name: string): Promise<void> {
  await must(IP, [
    'link',
    'add',
    name,
    'netns',
    one.place.name,
    'type',
    'veth',
    'peer',
    'name',
    name,
    'netns',
    other.place.name,
  ])
  for (const { place, v4, v6 } of [one, other]) {
    await place.must(IP, ['addr', 'add', `${v4}/24`, 'dev', name])
    await place.must(IP, ['addr', 'add', `${v6}/64`, 'dev', name, 'nodad'])
    await place.must(IP, ['link', 'set', name, 'up'])
  }
}

async function startEngine(host: Place, directory: string): Promise<LabEngine> {
  const root = join(directory, `engine-${randomBytes(2).toString('hex')}`)
  await mkdir(root)
  const socketPath = join(root, 'docker.sock')
  const start = (): ChildProcess => {
    const started = host.start(DOCKERD, [
      `--host=unix://${socketPath}`,
      `--data-root=${root}/data`,
      `--exec-root=${root}/exec`,
      `--pidfile=${root}/docker.pid`,
      '--log-level=fatal',
    ])
    started.stdout?.resume()
    return started
  }
  let child = start()
  const engine = createEngine(socketPath)
  const pidOf = async (): Promise<number> =>
    Number(await readFile(`${root}/docker.pid`, 'utf8').catch(() => child.pid))

  async function stop(): Promise<void> {
    engine.close()
    const pid = await pidOf()
    if (isAlive(pid)) process.kill(pid, 'SIGTERM')
    for (let waited = 0; waited < ENGINE_DOWN_MS && isAlive(pid); waited += 100) await sleep(100)
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n')
    for (const mount of mounts.map((line) => line.split(' ')[1] ?? '').toReversed())
      if (mount.startsWith(`${root}/`))
        await run('/usr/bin/umount', ['--lazy', mount], { timeoutMs: 10_000 })
  }

  async function untilUp(): Promise<void> {
    for (let waited = 0; ; waited += 200) {
      const answers = await engine.act('GET', '/info').then(
        () => true,
        () => false,
      )
      if (answers) return
      if (waited > ENGINE_UP_MS || child.exitCode !== null) {
        await stop()
        throw new Error('the engine of the lab does not come up')
      }
      await sleep(200)
    }
  }
  await untilUp()

  const load = async (path: string, query: Record<string, string>, body: Readable): Promise<void> =>
    engine.act('POST', path, { query, body, headers: { 'Content-Type': 'application/x-tar' } })

  return {
    engine,
    socketPath,
    stop,
    async restart() {
      const pid = await pidOf()
      process.kill(pid, 'SIGTERM')
      for (let waited = 0; waited < ENGINE_DOWN_MS && isAlive(pid); waited += 50) await sleep(50)
      child = start()
      await untilUp()
    },
    async copyImage(from, tag) {
      const image = await from.stream('GET', `/images/${encodeURIComponent(tag)}/get`)
      await load('/images/load', { quiet: 'true' }, image)
    },
    async runContainer({ name, command, publish = {}, network = 'bridge' }) {
      await load(
        '/images/create',
        { fromSrc: '-', repo: 'lab/empty', tag: '1' },
        Readable.from([Buffer.alloc(1_024)]),
      )
      const [file = '', ...args] = command
      const json = {
        Image: 'lab/empty:1',
        // Node as the first process of a container heeds no other.
        StopSignal: 'SIGKILL',
        Cmd: [process.execPath, join(LAB_PROGRAMS, file), ...args],
        ExposedPorts: Object.fromEntries(Object.keys(publish).map((port) => [`${port}/tcp`, {}])),
        HostConfig: {
          NetworkMode: network,
          Binds: BINDS.map((path) => `${path}:${path}:ro`),
          PortBindings: Object.fromEntries(
            Object.entries(publish).map(([port, { address, port: outside }]) => [
              `${port}/tcp`,
              [{ HostIp: address, HostPort: String(outside) }],
            ]),
          ),
        },
      }
      await engine.act('POST', '/containers/create', { query: { name }, json })
      await engine.act('POST', `/containers/${name}/start`)
      const { NetworkSettings, State } = await engine.get(`/containers/${name}/json`, Started)
      return { address: NetworkSettings.Networks[network]?.IPAddress ?? '', pid: State.Pid }
    },
  }
}

async function must(program: HostProgram, args: readonly string[]): Promise<void> {
  const result = await run(program, args, { timeoutMs: 10_000, env: { PATH } })
  if (result.exitCode !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${result.stderr.trim()}`)
}
