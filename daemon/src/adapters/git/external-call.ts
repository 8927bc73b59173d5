import { readdir, stat } from 'node:fs/promises'
import { isIP, isIPv6 } from 'node:net'
import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import {
  formatGitUrl,
  type GitUrl,
  hostNameOf,
  parseGitUrl,
  portOf,
} from '@vastrox/shared/git-url.ts'
import { createRedactor, redact } from '@vastrox/shared/node/redactor.ts'
import { connectSsh } from '#adapters/system/guarded-ssh.ts'
import type { GitRemote } from '#ports/external-git.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { ExternalSocket, HelperSession, HelperStreams } from './external-socket.ts'
import { config, git } from './git-program.ts'

interface Deps {
  addresses: GuardedAddresses
  socket: ExternalSocket
  /** A file of all authorities that hosts may prove themselves by; undefined: the system's. */
  caFile?: (() => Promise<string | undefined>) | undefined
  maxBytes: number
}

interface Call {
  /** Where objects go, and whose size is watched. */
  repository: string
  args: (url: string) => string[]
  timeoutMs: number
  signal?: AbortSignal | undefined
}

export interface CallResult {
  stdout: Buffer
  /** What an SSH host proved itself with. */
  hostKey: string | null
}

const LOOK_AT_SIZE_EVERY_MS = 500
/** As `http.lowSpeedTime`, for SSH. */
const SILENT_AT_MOST_MS = 60_000
/** Where it is older, git does not know how to be told an address, and would look the host up again. */
const GIT_WITH_ADDRESSES = [2, 37] as const

/**
 * One call of git's that reaches a remote: to an address that the guard has looked up, with secrets
 * that only its helpers are told, and no more bytes than are allowed.
 */
export function createExternalCall({ addresses, socket, caFile, maxBytes }: Deps) {
  let isNewEnough: Promise<boolean> | undefined

  return async (remote: GitRemote, call: Call): Promise<CallResult> => {
    const url = mustParse(remote.url)
    const shown: Shown = { hostKey: null, problem: undefined }
    const session = url.protocol === 'ssh' ? overSsh(remote, url, shown) : overHttps(remote, url)
    const reach = url.protocol === 'ssh' ? [] : await httpsOptions(url, call.signal)
    const { env, end } = socket.begin(session)
    const watch = watchSize(call.repository, maxBytes)
    const signal = call.signal ? AbortSignal.any([call.signal, watch.signal]) : watch.signal
    try {
      const result = await git(
        call.repository,
        [
          ...reach,
          ...config(`protocol.${url.protocol}.allow`, 'always'),
          ...call.args(formatGitUrl(url)),
        ],
        { timeoutMs: call.timeoutMs, signal, env: { ...env, GIT_ALLOW_PROTOCOL: url.protocol } },
      )
      if (await watch.isTooLarge()) throw tooLarge(maxBytes)
      if (result.exitCode === 0) return { stdout: result.stdout, hostKey: shown.hostKey }
      throw shown.problem ?? explain(withoutSecrets(result.stderr, remote), url)
    } catch (error) {
      if (await watch.isTooLarge()) throw tooLarge(maxBytes)
      if (error instanceof CodedError) throw error
      call.signal?.throwIfAborted()
      throw new CodedError(
        'HOST_UNREACHABLE',
        { reason: `${url.host} took too long, or said more than is taken.` },
        { cause: error },
      )
    } finally {
      watch.stop()
      end()
    }
  }

  async function httpsOptions(url: GitUrl, signal: AbortSignal | undefined): Promise<string[]> {
    isNewEnough ??= git('/nonexistent', ['version'], { timeoutMs: 10_000 }).then(({ stdout }) =>
      isAtLeast(stdout.toString(), GIT_WITH_ADDRESSES),
    )
    if (!(await isNewEnough))
      throw new CodedError('HOST_UNREACHABLE', {
        reason: `Repositories over HTTPS need git ${GIT_WITH_ADDRESSES.join('.')} or later on this server: use an SSH address.`,
      })
    const host = hostNameOf(url)
    const found = await addresses.resolve(host, portOf(url), signal)
    const authorities = await caFile?.()
    const list = found.map((address) => (isIPv6(address) ? `[${address}]` : address)).join(',')
    return [
      // An address that is written out is looked up by nobody.
      ...(isIP(host) === 0 ? config('http.curloptResolve', `${host}:${portOf(url)}:${list}`) : []),
      ...config('http.followRedirects', 'false'),
      ...config('http.sslVerify', 'true'),
      ...config('http.proxy', ''),
      ...config('http.lowSpeedLimit', '1000'),
      ...config('http.lowSpeedTime', '60'),
      ...(authorities === undefined ? [] : config('http.sslCAInfo', authorities)),
    ]
  }

  function overHttps({ credentials }: GitRemote, url: GitUrl): HelperSession {
    const origin = `https://${url.host}${url.port === null ? '' : `:${url.port}`}`
    return {
      answer(prompt) {
        const asked = /^(Username|Password) for '(https:\/\/)(?:[^@']*@)?([^'/]+)[^']*': ?$/.exec(
          prompt,
        )
        // Only ever the host that the secret is for.
        if (credentials.kind !== 'token' || `${asked?.[2]}${asked?.[3]}` !== origin)
          return undefined
        return asked?.[1] === 'Username' ? credentials.username : credentials.token
      },
    }
  }

  function overSsh(remote: GitRemote, url: GitUrl, shown: Shown): HelperSession {
    return {
      answer: () => undefined,
      run: async (command, streams) => {
        try {
          return await runRemote(remote, url, { command, streams, shown })
        } catch (error) {
          shown.problem = error
          throw error
        }
      },
    }
  }

  async function runRemote(
    { credentials, hostKey }: GitRemote,
    url: GitUrl,
    { command, streams, shown }: { command: string; streams: HelperStreams; shown: Shown },
  ): Promise<number> {
    const { client, hostKey: proof } = await connectSsh(
      addresses,
      {
        host: hostNameOf(url),
        port: portOf(url),
        user: url.user ?? 'git',
        hostKey,
        ...(credentials.kind === 'key' ? { privateKey: credentials.privateKey } : {}),
        ...(credentials.kind === 'token' ? { password: credentials.token } : {}),
      },
      streams.gone,
    )
    shown.hostKey = proof
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const remoteHost = url.host
    streams.gone.addEventListener('abort', () => client.destroy(), { once: true })
    client.on('close', () => resolve(255))
    client.on('error', reject)
    client.exec(command, { env: { GIT_PROTOCOL: 'version=2' } }, (error, channel) => {
      if (error) {
        reject(error)
        return
      }
      let exitCode = 255
      const silence = setTimeout(() => {
        reject(unreachable(remoteHost, 'it has said nothing for a minute'))
        client.destroy()
      }, SILENT_AT_MOST_MS)
      channel.on('close', () => clearTimeout(silence))
      channel.on('exit', (code: number | null) => {
        exitCode = code ?? 255
      })
      channel.on('close', () => resolve(exitCode))
      // What git says after the host has closed it is an error of the channel's: nobody else would hear it.
      channel.on('error', reject)
      channel.on('data', (bytes: Buffer) => {
        silence.refresh()
        channel.pause()
        void streams.output(bytes).then(() => channel.resume())
      })
      channel.stderr.on('data', (bytes: Buffer) => streams.error(bytes))
      streams.input.pipe(channel)
    })
    try {
      return await promise
    } finally {
      client.end()
    }
  }
}
export type ExternalCall = ReturnType<typeof createExternalCall>

interface Shown {
  hostKey: string | null
  problem: unknown
}

function mustParse(text: string): GitUrl {
  const parsed = parseGitUrl(text)
  if ('reason' in parsed) throw new CodedError('REPOSITORY_URL_INVALID', { reason: parsed.reason })
  return parsed.url
}

function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const [, first = '0', second = '0'] = /(\d+)\.(\d+)/.exec(text) ?? []
  return Number(first) > major || (Number(first) === major && Number(second) >= minor)
}

const REFUSED =
  /Authentication failed|could not read (Username|Password)|Permission denied|access denied|not authorized|\b40[13]\b|repository .*not found|Repository not found|does not appear to be a git repository|not exist/i

/** Of what git said: most of it may be the host's, and of any length. */
const MAX_SAID = 16_384

/** A host may say what it was given: not even the beginning of it is passed on. */
export function withoutSecrets(said: string, { credentials }: Pick<GitRemote, 'credentials'>) {
  if (credentials.kind === 'open') return said
  const secret = credentials.kind === 'token' ? credentials.token : credentials.privateKey
  return redact(createRedactor([secret]), said)
}

/** What git said, for people: the line that tells most, without control characters. */
export function explain(said: string, url: GitUrl): CodedError {
  const stderr = said.slice(-MAX_SAID)
  const lines = stderr
    .split('\n')
    .map((line) => line.replaceAll(/\p{C}/gu, ' ').trim())
    .filter((line) => line !== '')
  const told =
    lines.find((line) => /^(fatal|remote|error|ERROR):/i.test(line)) ?? lines[0] ?? 'no answer'
  const text = told.slice(0, 200)
  if (/redirect/i.test(stderr))
    return new CodedError('HOST_UNREACHABLE', {
      reason: `${url.host} sends us on to another address. Use that one: ${text}`,
    })
  if (REFUSED.test(stderr))
    return new CodedError('REPOSITORY_REFUSED', { reason: `${url.host} refuses: ${text}` })
  return new CodedError('HOST_UNREACHABLE', { reason: `${url.host} could not be asked: ${text}` })
}

const unreachable = (host: string, why: string): CodedError =>
  new CodedError('HOST_UNREACHABLE', { reason: `${host} could not be asked: ${why}.` })

const tooLarge = (maxBytes: number): CodedError =>
  new CodedError('SOURCE_TOO_LARGE', {
    reason: `the repository sends more than ${Math.round(maxBytes / 2 ** 20)} MB for one commit`,
  })

/** git fetch has no limit of its own: what grows beyond it is ended. */
function watchSize(repository: string, maxBytes: number) {
  const abort = new AbortController()
  const folder = join(repository, 'objects/pack')
  const before = sizeOf(folder)
  const look = async (): Promise<void> => {
    if ((await sizeOf(folder)) - (await before) > maxBytes) abort.abort()
  }
  const timer = setInterval(() => void look(), LOOK_AT_SIZE_EVERY_MS)
  return {
    signal: abort.signal,
    /** Looks once more: what came fast was never seen. */
    isTooLarge: async () => {
      await look()
      return abort.signal.aborted
    },
    stop: () => clearInterval(timer),
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder).catch(() => []))
    bytes += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0
  return bytes
}
