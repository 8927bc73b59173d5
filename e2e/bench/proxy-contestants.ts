import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { configsOf, type Yard } from './proxy-configs.ts'

const execute = promisify(execFile)

export interface Contestant {
  name: string
  /** Undefined where it is not offered. */
  port: number
  tlsPort: number | undefined
  speaksHttp2: boolean
  pids: number[]
}

/** From the registry, for the bench alone: none of them is a dependency of the product. */
const LIBRARIES = ['http-proxy', 'http-proxy-3', 'httpxy', '@fastify/http-proxy']
const LIBRARY_PACKAGES = [...LIBRARIES, 'fastify']

/** Starts every rival that this machine can have, or those that are asked for. */
export async function startRivals(
  yard: Yard,
  wanted: (name: string) => boolean,
  /** Every process that was started is put here at once; the caller ends them. */
  children: ChildProcess[],
): Promise<{ contestants: Contestant[]; missing: string[] }> {
  const contestants: Contestant[] = []
  const missing: string[] = []
  let port = yard.upstream + 10

  const start = async (
    name: string,
    command: string,
    args: (port: number, tlsPort: number) => string[],
    options: { speaksHttp2: boolean; threads?: Record<string, string> },
  ): Promise<void> => {
    port += 2
    const tlsPort = port + 1
    const child = spawn(command, args(port, tlsPort), {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env['PATH'], HOME: yard.directory, ...options.threads },
    })
    children.push(child)
    await untilListening(port, child)
    const pids = await familyOf(child.pid ?? 0)
    contestants.push({ name, port, tlsPort, speaksHttp2: options.speaksHttp2, pids })
  }

  const libraries = LIBRARIES.filter(wanted)
  if (libraries.length > 0) {
    const home = join(yard.directory, 'libraries')
    await mkdir(home)
    await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }')
    await writeFile(join(home, 'pnpm-workspace.yaml'), 'packages: []\n')
    await execute('pnpm', ['add', '--ignore-scripts', '--dir', home, ...LIBRARY_PACKAGES], {
      timeout: 180_000,
    })
    for (const name of libraries) {
      const program = join(home, `${name.replace(/\W/g, '-')}.mjs`)
      await writeFile(program, configsOf(yard).library(name))
      const args = (http: number, tls: number) => [program, String(http), String(tls)]
      await start(name, process.execPath, args, { speaksHttp2: false })
    }
  }
  for (const { name, path, packages, configure, args, speaksHttp2, env } of servers(yard)) {
    if (!wanted(name)) continue
    if (!existsSync(path) && packages) await install(packages)
    if (!existsSync(path)) {
      missing.push(name)
      continue
    }
    const file = join(yard.directory, `${name}.conf`)
    await writeFile(file, configure(port + 2, port + 3))
    await start(name, path, () => args(file), { speaksHttp2, ...(env ? { threads: env } : {}) })
  }

  return { contestants, missing }
}

interface Server {
  name: string
  path: string
  /** Of Debian; installed where it is missing. */
  packages: string | undefined
  configure: (port: number, tlsPort: number) => string
  args: (file: string) => string[]
  speaksHttp2: boolean
  env?: Record<string, string>
}

function servers(yard: Yard): Server[] {
  const configs = configsOf(yard)
  return [
    {
      name: 'nginx',
      path: '/usr/sbin/nginx',
      packages: 'nginx-light',
      configure: configs.nginx,
      args: (file) => ['-c', file],
      speaksHttp2: true,
    },
    {
      name: 'haproxy',
      path: '/usr/sbin/haproxy',
      packages: 'haproxy',
      configure: configs.haproxy,
      args: (file) => ['-db', '-f', file],
      speaksHttp2: true,
    },
    {
      name: 'caddy',
      path: '/usr/bin/caddy',
      packages: 'caddy',
      configure: configs.caddy,
      args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
      speaksHttp2: true,
      env: { GOMAXPROCS: '1' },
    },
    {
      // Not to be built from Go's module proxy: its module lacks the built pages that it embeds.
      name: 'traefik',
      path: '/usr/local/bin/traefik',
      packages: undefined,
      configure: configs.traefik,
      args: (file) => ['--configFile', file],
      speaksHttp2: true,
      env: { GOMAXPROCS: '1' },
    },
  ]
}

async function install(packages: string): Promise<void> {
  const env = { ...process.env, RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' }
  await execute('apt-get', ['install', '-y', '--no-install-recommends', packages], {
    timeout: 300_000,
    env,
  }).catch(() => undefined)
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} has ended`)
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${child.spawnfile} does not listen`)
}

async function familyOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return [pid, ...text.trim().split(' ').filter(Boolean).map(Number)]
}
