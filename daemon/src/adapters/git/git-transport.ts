import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { CodedError, type ErrorCode } from '@vastrox/shared/errors.ts'
import { killGroup } from '@vastrox/shared/node/run.ts'
import { say as report } from '#lib/say.ts'
import type { DecidePush, GitService, GitStreams, GitTransport } from '#ports/git-transport.ts'
import { config, GIT, GIT_CONFIG, GIT_ENV, gitOk, letGoFirst } from './git-program.ts'
import { pumpIn, pumpOut } from './pump.ts'
import { PUSH_ID_ENV, PUSH_SOCKET_ENV } from './push-frames.ts'
import type { PushSocket } from './push-socket.ts'
import { ensureBareRepository, repositoryPath } from './source-control.ts'

interface Deps {
  repositories: string
  /** The folder of root's that holds `proc-receive` and nothing else. */
  hooks: string
  pushSocket: PushSocket
  limits?: Partial<GitLimits>
}

export interface GitLimits {
  /** The pack of one push. */
  maxPushBytes: number
  /** The request of a clone or fetch. */
  maxRequestBytes: number
  /** Pushes, clones and fetches at the same time. */
  maxSessions: number
  /** From the first byte until the objects are in. */
  receiveTimeoutMs: number
  /** Without a byte from the client while more is to come. */
  idleTimeoutMs: number
  /** The whole of a push, its deployment included. */
  sessionTimeoutMs: number
}

const LIMITS: GitLimits = {
  maxPushBytes: 512 * 2 ** 20,
  maxRequestBytes: 64 * 2 ** 20,
  maxSessions: 16,
  receiveTimeoutMs: 3_600_000,
  idleTimeoutMs: 60_000,
  sessionTimeoutMs: 3 * 3_600_000,
}

const TERM_GRACE_MS = 2_000

/** What every push is held to (rule C4). */
const receiveConfig = (hooks: string, maxPushBytes: number): string[] => [
  ...config('core.hooksPath', hooks),
  ...config('receive.procReceiveRefs', 'refs'),
  ...config('receive.advertisePushOptions', 'true'),
  // What is deployed and what is only stored are decided ref by ref.
  ...config('receive.advertiseAtomic', 'false'),
  ...config('receive.fsckObjects', 'true'),
  // Harmless faults of old tools, in the history of many a good repository.
  ...config('receive.fsck.missingSpaceBeforeDate', 'warn'),
  ...config('receive.fsck.badTimezone', 'warn'),
  ...config('receive.fsck.zeroPaddedFilemode', 'warn'),
  ...config('receive.maxInputSize', String(maxPushBytes)),
  // A pack is always fsynced, loose objects only by newer gits.
  ...config('receive.unpackLimit', '1'),
  ...config('receive.autogc', 'false'),
  ...config('receive.denyDeleteCurrent', 'ignore'),
  ...config('transfer.hideRefs', 'refs/vastrox'),
]

const uploadConfig = (): string[] => [
  ...config('transfer.hideRefs', 'refs/vastrox'),
  ...config('uploadpack.allowFilter', 'true'),
]

export function createGitTransport({
  repositories,
  hooks,
  pushSocket,
  limits,
}: Deps): GitTransport {
  const limit = { ...LIMITS, ...limits }
  const empty = join(repositories, 'empty.git')
  let sessions = 0

  const configOf = (service: GitService): string[] =>
    service === 'git-receive-pack' ? receiveConfig(hooks, limit.maxPushBytes) : uploadConfig()

  async function session(work: () => Promise<void>): Promise<void> {
    if (sessions >= limit.maxSessions) throw new CodedError('GIT_BUSY')
    sessions += 1
    try {
      await work()
    } finally {
      sessions -= 1
    }
  }

  function start(
    service: GitService,
    repository: string,
    env: Record<string, string>,
    how: 'stateless' | 'whole' = 'stateless',
  ): GitChild {
    const verb = service.slice('git-'.length)
    const mode = how === 'stateless' ? ['--stateless-rpc'] : []
    const args = [...GIT_CONFIG, ...configOf(service), verb, ...mode, repository]
    const child = spawn(GIT, args, {
      shell: false,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...GIT_ENV, ...env },
    })
    letGoFirst(child.pid)
    return child
  }

  async function receive(appId: string, streams: GitStreams, decide: DecidePush): Promise<void> {
    const push = pushSocket.expect(decide)
    const git = start('git-receive-pack', repositoryPath(repositories, appId), {
      [PUSH_SOCKET_ENV]: pushSocket.path,
      [PUSH_ID_ENV]: push.id,
    })
    const { stop, check } = stopper(git)
    const ended = untilEnded(git)
    const onGone = (): void => {
      if (!push.handedOver()) stop()
    }
    const timers = [
      after(limit.receiveTimeoutMs, () => {
        if (!push.handedOver()) stop('PUSH_TIMED_OUT')
      }),
      after(limit.sessionTimeoutMs, () => stop('PUSH_TIMED_OUT')),
    ]
    streams.gone.addEventListener('abort', onGone, { once: true })
    if (streams.gone.aborted) onGone()
    try {
      const taken = pumpIn(streams, git.stdin, {
        // git itself says what is too much; what is far too much is not even listened to.
        maxBytes: limit.maxPushBytes * 2,
        idleTimeoutMs: limit.idleTimeoutMs,
        onTooMuch: () => stop('PUSH_TOO_LARGE'),
        onIdle: () => stop('PUSH_TIMED_OUT'),
      })
      const givenBytes = await pumpOut(git.stdout, streams)
      check(await ended, givenBytes)
      await taken
    } finally {
      for (const timer of timers) clearTimeout(timer)
      streams.gone.removeEventListener('abort', onGone)
      push.forget()
    }
  }

  async function upload(
    appId: string,
    streams: GitStreams,
    protocol: string | undefined,
    how: 'stateless' | 'whole' = 'stateless',
  ): Promise<void> {
    const git = start(
      'git-upload-pack',
      repositoryPath(repositories, appId),
      protocol === undefined ? {} : { GIT_PROTOCOL: protocol },
      how,
    )
    // Of a whole session only one side speaks for long: a client that takes a pack is not idle.
    let heard = false
    const isHeard = (): boolean => {
      const was = heard
      heard = false
      return was
    }
    const { stop, check } = stopper(git)
    const ended = untilEnded(git)
    const onGone = (): void => stop()
    const timer = after(limit.receiveTimeoutMs, () => stop('PUSH_TIMED_OUT'))
    streams.gone.addEventListener('abort', onGone, { once: true })
    if (streams.gone.aborted) onGone()
    try {
      const taken = pumpIn(streams, git.stdin, {
        maxBytes: limit.maxRequestBytes,
        idleTimeoutMs: limit.idleTimeoutMs,
        onTooMuch: () => stop('REQUEST_TOO_LARGE'),
        onIdle: () => stop('PUSH_TIMED_OUT'),
        isHeard,
      })
      const givenBytes = await pumpOut(git.stdout, streams, () => {
        heard = true
      })
      check(await ended, givenBytes)
      await taken
    } finally {
      clearTimeout(timer)
      streams.gone.removeEventListener('abort', onGone)
    }
  }

  return {
    async advertise(appId, service, protocol) {
      const repository = appId === undefined ? empty : repositoryPath(repositories, appId)
      // An app that was made and never pushed to has no repository yet.
      await ensureBareRepository(repository)
      return gitOk(
        repository,
        [
          ...configOf(service),
          service.slice('git-'.length),
          '--stateless-rpc',
          '--advertise-refs',
          repository,
        ],
        protocol === undefined ? {} : { env: { GIT_PROTOCOL: protocol } },
      )
    },

    receive: (appId, streams, decide) => session(() => receive(appId, streams, decide)),
    upload: (appId, streams, protocol) => session(() => upload(appId, streams, protocol)),
    serve: (appId, streams, protocol) =>
      session(async () => {
        await ensureBareRepository(repositoryPath(repositories, appId))
        await upload(appId, streams, protocol, 'whole')
      }),
  }
}

type GitChild = ChildProcessByStdio<Writable, Readable, Readable>

interface Ended {
  exitCode: number | null
  stderr: string
}

function untilEnded(child: GitChild): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < 2_000) stderr += text
  })
  child.on('error', (error) => resolve({ exitCode: null, stderr: error.message }))
  child.on('close', (exitCode) => resolve({ exitCode, stderr }))
  return promise
}

/**
 * Ends git and all that it started: politely first, so that receive-pack removes the objects it had
 * in quarantine. `check` then says what was wrong, where the client is to hear of it.
 */
function stopper(child: GitChild) {
  let stopped = false
  let failure: ErrorCode | undefined

  function stop(because?: ErrorCode): void {
    failure ??= because
    if (stopped) return
    stopped = true
    killGroup(child, 'SIGTERM')
    const timer = after(TERM_GRACE_MS, () => killGroup(child, 'SIGKILL'))
    child.on('close', () => clearTimeout(timer))
  }

  function check({ exitCode, stderr }: Ended, givenBytes: number): void {
    if (failure) throw new CodedError(failure)
    if (stopped || exitCode === 0) return
    // git has told its client already; where it has not, we must.
    report('git.failed', { exitCode, stderr: stderr.slice(0, 500) })
    if (givenBytes === 0)
      throw new CodedError('REQUEST_INVALID', { reason: 'git could not read the request' })
  }

  return { stop, check }
}

const after = (ms: number, work: () => void): NodeJS.Timeout => setTimeout(work, ms)
