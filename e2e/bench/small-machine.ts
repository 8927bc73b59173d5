import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'

const ROOT = resolve(import.meta.dirname, '../..')
const PROGRAMS = join(ROOT, 'e2e/small-machine')
const CGROUPS = '/sys/fs/cgroup'
const RELAY_PORT = 3_128
const PROXY = `http://172.17.0.1:${RELAY_PORT}`
const IMAGES = [
  'vastrox/base:trixie',
  ...['node:26', 'python:3.13', 'php:8.4'].flatMap((name) => [
    `vastrox/${name}`,
    `vastrox/${name.replace(':', '-build:')}`,
  ]),
]
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const Result = z.looseObject({ ok: z.boolean() })

/**
 * A machine of so much memory, engine included: control groups, mounts and a network of its own, with
 * an engine and an installation in it. Its builds reach package registries by a proxy on a socket.
 * Three examples must build and answer, and a build that wants more must fail in words while they do.
 */
export async function benchSmallMachine(memoryBytes: number) {
  const groups = readdirSync(CGROUPS).filter((name) => existsSync(`${CGROUPS}/${name}/tasks`))
  if (!groups.includes('memory')) throw new Error('this needs control groups of version 1')
  const tag = `vxsmall${randomBytes(3).toString('hex')}`
  const directory = mkdtempSync(join(tmpdir(), `${tag}-`))
  // Accounts of the platform pass through it.
  chmodSync(directory, 0o711)
  const own = groups.map((name) => `${CGROUPS}/${name}/${tag}`)
  const children = new Set<ChildProcess>()
  const must = async (program: `/${string}`, ...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await run(program, args, { timeoutMs: 300_000, env: { PATH } })
    if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  }
  const start = (
    program: string,
    args: string[],
    env: Record<string, string> = {},
  ): ChildProcess => {
    const child = spawn(
      process.execPath,
      [join(PROGRAMS, 'enter.ts'), own.join(','), program, ...args],
      {
        env: { PATH, HOME: '/root', ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    children.add(child)
    child.once('exit', () => children.delete(child))
    return child
  }
  const proxy = createProxy()
  try {
    for (const group of own) mkdirSync(group)
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      if (existsSync(`${CGROUPS}/cpuset/${file}`))
        writeFileSync(`${CGROUPS}/cpuset/${tag}/${file}`, readFileSync(`${CGROUPS}/cpuset/${file}`))
    if (existsSync(`${CGROUPS}/cpuset/${tag}`))
      writeFileSync(`${CGROUPS}/cpuset/${tag}/cgroup.clone_children`, '1')
    writeFileSync(`${CGROUPS}/memory/${tag}/memory.limit_in_bytes`, String(memoryBytes))
    await must('/usr/sbin/ip', 'netns', 'add', tag)
    await must('/usr/sbin/ip', '-n', tag, 'link', 'set', 'lo', 'up')
    proxy.listen(`${directory}/proxy.sock`)

    const init = start('/usr/bin/nsenter', [
      `--net=/run/netns/${tag}`,
      '/usr/bin/unshare',
      '--cgroup',
      '--mount',
      process.execPath,
      join(PROGRAMS, 'init.ts'),
      directory,
    ])
    await untilSaid(init, 'ready')
    const inside = (program: string, args: string[], env?: Record<string, string>): ChildProcess =>
      start(
        '/usr/bin/nsenter',
        ['-t', String(init.pid), '--net', '--mount', '--cgroup', '--', program, ...args],
        env,
      )
    await untilSaid(
      inside(process.execPath, [
        join(PROGRAMS, 'relay.ts'),
        `${directory}/proxy.sock`,
        String(RELAY_PORT),
      ]),
      'ready',
    )
    inside('/usr/sbin/dockerd', [`--data-root=${directory}/engine`, '--log-level=fatal'])
    const engine = `unix://${directory}/run/docker.sock`
    await must('/usr/bin/docker', 'save', '-o', `${directory}/images.tar`, ...IMAGES)
    for (
      let waited = 0;
      waited < 30_000 && !existsSync(`${directory}/run/docker.sock`);
      waited += 200
    )
      await sleep(200)
    await must('/usr/bin/docker', '-H', engine, 'load', '-q', '-i', `${directory}/images.tar`)
    rmSync(`${directory}/images.tar`)

    const dataDir = `${directory}/vastrox`
    const flags = ['--data-dir', dataDir, '--public-address', '127.0.0.1', '--no-example', '--json']
    const ways = {
      HTTPS_PROXY: PROXY,
      HTTP_PROXY: PROXY,
      NO_PROXY: 'localhost,127.0.0.1,.localhost',
    }
    const installed = await outputOf(inside(`${ROOT}/install.sh`, flags, ways))
    const line = installed.split('\n').findLast((each) => each.startsWith('{'))
    if (line === undefined) throw new Error(installed)
    writeFileSync(`${directory}/installation.json`, line)
    try {
      const said = await outputOf(
        inside(process.execPath, [join(PROGRAMS, 'inside.ts')], {
          VASTROX_E2E: `${directory}/installation.json`,
        }),
      )
      return Result.parse(JSON.parse(said.trim().split('\n').at(-1) ?? ''))
    } finally {
      const remove = ['--uninstall', '--purge', '--data-dir', dataDir]
      await outputOf(inside(`${ROOT}/install.sh`, remove)).catch((error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
      })
    }
  } finally {
    proxy.close()
    await endAll(own)
    await run('/usr/sbin/ip', ['netns', 'del', tag], { timeoutMs: 10_000 })
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The way out for package managers: CONNECT and nothing else, on a socket that only root reaches. */
function createProxy() {
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connect', (request, client, head) => {
    const [host = '', port] = (request.url ?? '').split(':')
    const outside = connect(Number(port ?? 443), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      outside.write(head)
      outside.pipe(client).pipe(outside)
    })
    outside.on('error', () => client.destroy())
    client.on('error', () => outside.destroy())
  })
  return server
}

async function untilSaid(child: ChildProcess, word: string): Promise<void> {
  const { promise, resolve: done, reject } = Promise.withResolvers<void>()
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes(word)) done()
  })
  child.once('exit', () => reject(new Error(`it ended before it said ${word}`)))
  await promise
}

async function outputOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('it has no output')
  const ended = new Promise<number | null>((resolveCode) => child.once('exit', resolveCode))
  const said = await text(child.stdout)
  const exitCode = await ended
  if (exitCode !== 0) throw new Error(`${child.spawnargs.join(' ')} (${exitCode}): ${said}`)
  return said
}

/** Everything that is still in the groups, and then they. */
async function endAll(groups: readonly string[]): Promise<void> {
  const members = (): number[] =>
    groups.flatMap((group) => (existsSync(group) ? membersBelow(group) : []))
  for (const pid of members()) signal(pid, 'SIGTERM')
  for (let waited = 0; waited < 15_000 && members().length > 0; waited += 200) await sleep(200)
  for (const pid of members()) signal(pid, 'SIGKILL')
  await sleep(500)
  for (const group of groups) removeBelow(group)
}

function membersBelow(group: string): number[] {
  const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [
    ...readFileSync(`${group}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number),
    ...below.flatMap(({ name }) => membersBelow(`${group}/${name}`)),
  ]
}

function removeBelow(group: string): void {
  if (!existsSync(group)) return
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) removeBelow(`${group}/${entry.name}`)
  try {
    rmdirSync(group)
  } catch (error) {
    process.stderr.write(`${String(error)}\n`)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended.
  }
}
