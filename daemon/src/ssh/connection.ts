import type { Connection, PublicKeyAuthContext, ServerChannel, Session as Ssh2Session } from 'ssh2'
import { isSameReach } from '@vastrox/shared/actor.ts'
import { SESSION_SIGNALS } from '@vastrox/shared/node/session-frames.ts'
import type { SignedIn, SshSignIns } from '#core/access/ssh-sign-ins.ts'
import { createAuthenticator, type Role } from '#ssh/authenticate.ts'
import { type Session, writeTo } from '#ssh/session.ts'

/** What is done for somebody who has signed in; each gives an exit code and never throws. */
export interface Services {
  git: (signedIn: SignedIn, session: Session) => Promise<number>
  console: (signedIn: SignedIn, session: Session) => Promise<number>
  sftp: (signedIn: SignedIn, app: string, session: Session) => Promise<number>
}

export type ServiceName = keyof Services

interface Deps {
  client: Connection
  address: string
  /** When its TCP connection was accepted. */
  begunAt: Date
  signIns: SshSignIns
  services: Services
  /** How people reach this server. */
  place: { host: string; port: number }
  verify: (ctx: PublicKeyAuthContext) => boolean
  /** A place among the connections of one user; undefined where all are taken. */
  takePlace: (userId: string) => (() => void) | undefined
  onReady: () => void
  onError: (error: unknown) => void
}

const MAX_CHANNELS = 10
/** A connection without a channel is of no use to anybody. */
const IDLE_MS = 60_000
/** What somebody may do is looked at again this often, while they are at it (rule C17). */
const LOOK_AGAIN_MS = 60_000
const EXIT_REFUSED = 1
const TOLD_MS = 1_000
const MAX_WINDOW = 1_000

/** One client, from its first word of SSH to its end. */
export function serveConnection(deps: Deps) {
  const { client, address, signIns, services, onError } = deps
  const open = new Map<ServiceName, number>()
  const gone = new AbortController()
  let channels = 0
  let me: { signedIn: SignedIn; role: Role; blob: Buffer | undefined } | undefined
  let freePlace: (() => void) | undefined
  let idle: NodeJS.Timeout | undefined

  const authenticator = createAuthenticator({
    signIns,
    address,
    verify: deps.verify,
    hangUp: () => client.end(),
    onError,
    onSignedIn: (signedIn, role, blob) => {
      me = { signedIn, role, blob }
    },
  })
  const recheck = (): void => {
    if (me && !stillIn(me)) client.end()
  }
  const lookAgain = setInterval(recheck, LOOK_AGAIN_MS)

  client.on('authentication', (ctx) => authenticator.answer(ctx))
  client.on('ready', () => {
    if (!me) return
    deps.onReady()
    freePlace = deps.takePlace(me.signedIn.actor.id)
    signIns.succeeded(me.signedIn, nameOf(me.role))
    waitForChannel()
  })
  client.on('session', (accept, reject) => {
    if (channels >= MAX_CHANNELS || !me) return reject()
    channels += 1
    clearTimeout(idle)
    const session = accept()
    let isOpen = true
    session.on('close', () => {
      if (!isOpen) return
      isOpen = false
      channels -= 1
      if (channels === 0) waitForChannel()
    })
    serveSession(session)
  })
  // Forwarding, in whichever direction: there is none. ssh2 refuses what nobody listens for.
  client.on('error', () => {
    // The peer's: it is told by `close`, and what can be said has been.
  })
  client.on('close', () => {
    gone.abort()
    clearInterval(lookAgain)
    clearTimeout(idle)
    freePlace?.()
    if (!me && authenticator.failures() > 0) signIns.failed(address, authenticator.kind())
  })

  function waitForChannel(): void {
    clearTimeout(idle)
    idle = setTimeout(() => client.end(), IDLE_MS)
  }

  /** The actor as it is now; undefined when the key is gone or its user may do something else. */
  function stillIn({ signedIn, role, blob }: NonNullable<typeof me>): SignedIn | undefined {
    if (!blob) return signedIn
    const now = signIns.byKey(blob, address, role)
    return now && isSameReach(now.actor, signedIn.actor) ? now : undefined
  }

  /** Until it asks for something; only the first thing that it asks for is done. */
  function serveSession(session: Ssh2Session): void {
    let pty: Session['pty'] = null
    let gitProtocol: string | undefined
    let onWindow: Parameters<Session['onWindow']>[0] = () => {}
    let onSignal: Parameters<Session['onSignal']>[0] = () => {}
    const ended = new AbortController()
    session.on('close', () => ended.abort())

    session.on('pty', (accept, reject, { cols, rows, term }) => {
      if (me?.role.kind !== 'console') return reject?.()
      pty = {
        size: { columns: within(cols, 80), rows: within(rows, 24) },
        term,
      }
      accept?.()
    })
    session.on('window-change', (accept, _reject, { cols, rows }) => {
      const size = { columns: within(cols, 80), rows: within(rows, 24) }
      if (pty) pty.size = size
      onWindow(size)
      accept?.()
    })
    // Nothing of the client's environment is taken (rule C4) but which of its protocols git speaks.
    session.on('env', (accept, reject, { key, val }) => {
      if (key !== 'GIT_PROTOCOL' || val !== 'version=2') return reject?.()
      gitProtocol = val
      accept?.()
    })
    session.on('signal', (accept, _reject, { name }) => {
      const signal = SESSION_SIGNALS.find((each) => each === `SIG${name}`)
      if (signal) onSignal(signal)
      accept?.()
    })

    const begin = (channel: ServerChannel, command: string, wants: 'command' | 'sftp'): void => {
      const signal = AbortSignal.any([gone.signal, ended.signal])
      const say = (stream: ServerChannel | ServerChannel['stderr']) => (text: string) =>
        writeTo(stream, Buffer.from(pty ? text.replaceAll(/\r?\n/g, '\r\n') : text), signal)
      channel.on('error', () => {
        // The connection's.
      })
      const asked: Session = {
        command,
        pty,
        origin: { kind: 'connection', begunAt: deps.begunAt.toISOString(), address },
        gitProtocol,
        input: channel,
        output: channel,
        errorOutput: channel.stderr,
        gone: signal,
        onWindow: (listener) => {
          onWindow = listener
        },
        onSignal: (listener) => {
          onSignal = listener
        },
        print: say(channel),
        printError: say(channel.stderr),
      }
      serve(asked, wants)
        .catch((error: unknown) => {
          onError(error)
          return EXIT_REFUSED
        })
        .then((code) => {
          if (signal.aborted) return
          channel.exit(code)
          channel.end()
        })
        .catch(onError)
    }

    session.on('exec', (accept, _reject, { command }) => begin(accept(), command, 'command'))
    session.on('shell', (accept) => begin(accept(), '', 'command'))
    session.on('subsystem', (accept, reject, { name }) => {
      if (name !== 'sftp' || me?.role.kind !== 'uploads') return reject()
      begin(accept(), '', 'sftp')
    })
  }

  async function serve(session: Session, wants: 'command' | 'sftp'): Promise<number> {
    if (!me) return EXIT_REFUSED
    const { role } = me
    const signedIn = stillIn(me)
    if (!signedIn || !freePlace) {
      await session.printError(
        signedIn
          ? 'Too many of your connections are open already; close one.\n'
          : 'That key lets nobody in any more.\n',
      )
      // A client that is hung up on at once shows nothing of what it was told.
      setTimeout(() => client.end(), TOLD_MS)
      return EXIT_REFUSED
    }
    if (role.kind === 'git') return counted('git', () => services.git(signedIn, session))
    if (role.kind === 'console')
      return counted('console', () => services.console(signedIn, session))
    if (wants === 'sftp') return counted('sftp', () => services.sftp(signedIn, role.app, session))
    const { host, port } = deps.place
    await session.printError(
      `This user takes files for ${role.app}: sftp -P ${port} ${role.app}@${host}\n` +
        `Commands go to another one: ssh -p ${port} vastrox@${host} help\n`,
    )
    return EXIT_REFUSED
  }

  async function counted(name: ServiceName, work: () => Promise<number>): Promise<number> {
    open.set(name, (open.get(name) ?? 0) + 1)
    try {
      return await work()
    } finally {
      open.set(name, (open.get(name) ?? 1) - 1)
    }
  }

  return {
    /** The key that it came in with. */
    keyId: (): string | undefined => me?.signedIn.key?.id,
    openOf: (name: ServiceName): number => open.get(name) ?? 0,
    isBusy: (): boolean => channels > 0,
    /** Hangs up on whoever may not do any more what they could when they came in. */
    recheck,
    end: (): void => void client.end(),
  }
}
export type ServedConnection = ReturnType<typeof serveConnection>

function nameOf(role: Role): string {
  if (role.kind === 'uploads') return role.app
  return role.kind === 'git' ? 'git' : 'vastrox'
}

/** A window of nothing is one that is not known. */
const within = (size: number, fallback: number): number =>
  Number.isInteger(size) && size > 0 ? Math.min(size, MAX_WINDOW) : fallback
