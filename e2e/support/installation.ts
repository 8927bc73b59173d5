import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { InstallationConfig, pathsOf } from '@vastrox/shared/installation.ts'
import { type RunResult, run } from '@vastrox/shared/node/run.ts'
import { PlatformStatus } from '@vastrox/shared/platform-status.ts'
import { z } from 'zod'
import type { Remote } from '#support/working-copy.ts'

/** The JSON line of `install.sh --json` with what test.sh adds to it, in the file VASTROX_E2E names. */
const Handed = z.object({
  dataDir: z.string(),
  /** The launcher of this installation. */
  command: z.string().startsWith('/'),
  apiUrl: z.string(),
  apiToken: z.string(),
  dashboardUrl: z.string(),
  signInUrl: z.string(),
  caFile: z.string(),
})

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** The installed Vastrox under test, or the one whose file is given, seen from the outside. */
export function connectInstallation(file = process.env['VASTROX_E2E']) {
  if (!file) throw new Error('VASTROX_E2E must name the file that test.sh writes')
  const handed = Handed.parse(JSON.parse(readFileSync(file, 'utf8')))
  const paths = pathsOf(handed.dataDir)
  const config = InstallationConfig.parse(JSON.parse(readFileSync(paths.config, 'utf8')))
  const ca = readFileSync(handed.caFile, 'utf8')

  function ask(
    method: string,
    url: string,
    options: {
      headers?: Record<string, string>
      body?: string
      timeoutMs?: number
      /** Trusted in place of the installation's own. */
      ca?: string
      /** The name that is asked for by TLS, where the address says another one. */
      servername?: string
    } = {},
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const target = new URL(url)
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(
      target,
      {
        method,
        headers: {
          ...options.headers,
          ...(options.body === undefined
            ? {}
            : { 'content-length': String(Buffer.byteLength(options.body)) }),
        },
        ca: options.ca ?? ca,
        ...(options.servername === undefined ? {} : { servername: options.servername }),
        agent: false,
        timeout: options.timeoutMs ?? 30_000,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    request.on('timeout', () => request.destroy(new Error(`${method} ${url}: no answer in time`)))
    request.on('error', reject)
    request.end(options.body)
    return promise
  }

  async function api(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(method, `${handed.apiUrl}${path}`, {
      headers: {
        authorization: `Bearer ${handed.apiToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: 120_000,
    })
  }

  const command = (...args: string[]): Promise<RunResult> =>
    run(commandPath(handed.command), args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', VASTROX_DATA_DIR: handed.dataDir },
      timeoutMs: 300_000,
    })

  async function status(): Promise<PlatformStatus> {
    return PlatformStatus.parse(JSON.parse((await command('status', '--json')).stdout.toString()))
  }

  return {
    ...handed,
    /** The path of the launcher. */
    program: handed.command,
    paths,
    config,
    ask,
    api,
    command,
    status,

    /** The reply of a call that must succeed, checked. */
    async read<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.infer<Schema>> {
      const answer = await api('GET', path)
      if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.body}`)
      return schema.parse(JSON.parse(answer.body))
    },

    remote(app: string, token = handed.apiToken): Remote {
      const url = new URL(handed.dashboardUrl)
      return { url: `https://git:${token}@${url.host}/git/${app}.git`, caFile: handed.caFile }
    },

    hostOf: (app: string): string => `${app}.${config.baseDomain}`,

    /** A visitor's request through the proxy. */
    visit: (app: string, path = '/', headers: Record<string, string> = {}): Promise<Answer> =>
      ask('GET', `http://127.0.0.1:${config.httpPort}${path}`, {
        headers: { host: `${app}.${config.baseDomain}`, ...headers },
        timeoutMs: 40_000,
      }),

    async pidOf(name: string): Promise<number> {
      const found = (await status()).processes.find((process) => process.name === name)
      if (!found?.pid) throw new Error(`${name} does not run`)
      return found.pid
    },

    async kill(name: string, signal: NodeJS.Signals): Promise<number> {
      const pid = await this.pidOf(name)
      process.kill(pid, signal)
      return pid
    },
  }
}
export type Installation = ReturnType<typeof connectInstallation>

/** Waits until `check` gives something; rejects with what it was waiting for. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const found = await check()
      if (found) return found
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited ${timeoutMs} ms for: ${what}`, { cause: last })
}

function commandPath(path: string): `/${string}` {
  return `/${path.slice(1)}`
}
