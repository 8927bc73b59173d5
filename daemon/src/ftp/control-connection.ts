import { isIPv4, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { COMMANDS, FOR_ANYBODY, type Given } from '#ftp/commands.ts'
import { encrypted, type PassivePorts, plainAddress } from '#ftp/data-channel.ts'
import type { FtpSignIns } from '#core/access/ftp-sign-ins.ts'
import type { UploadSessions } from '#core/sources/upload-sessions.ts'
import { newState } from '#ftp/ftp-session.ts'
import { createLineReader, type Line } from '#ftp/line-reader.ts'
import { codeOf, createTransfers } from '#ftp/transfers.ts'
import { FileError } from '#lib/file-error.ts'

export interface ControlDeps {
  signIns: FtpSignIns
  sessions: Pick<UploadSessions, 'open'>
  ports: PassivePorts
  /** One of its own for each client: its sessions are resumed by nobody else. */
  secureContext: () => SecureContext
  /** Whether anybody may come in to this app without encryption. */
  isPlainAllowed: (app: string) => boolean
  /** What PASV says to clients from elsewhere; null where the machine's own address will do. */
  publicAddress: string | null
  idleMs: number
  /** From the first byte until somebody is in, whatever is said meanwhile. */
  signInMs: number
  now: () => Date
  onError: (error: unknown) => void
}

const MAX_WAITING = 32
const MAX_FAILURES = 3
/** A client that is there this long after a file does not have to say so. */
const CONFIRMED_AFTER_MS = 1_000
const UNSAID = new Set(['PASS', 'ACCT'])
const TRANSFERS = new Set(['STOR', 'APPE', 'RETR', 'LIST', 'NLST', 'MLSD'])
const PRIVATE = /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/

/** One client's commands, one after the other, until it goes. */
export function serveControl(raw: Socket, deps: ControlDeps) {
  const { signIns, sessions } = deps
  const state = newState()
  const address = plainAddress(raw.remoteAddress)
  const waiting: Line[] = []
  let read = createLineReader()
  let socket = raw
  let isBusy = false
  let failures = 0
  let isOver = false
  let confirming: NodeJS.Timeout | undefined
  let context: SecureContext | undefined
  const transfers = createTransfers({
    state,
    reply: (code, text) => reply(code, text),
    context: () => context,
    now: deps.now,
  })
  const given: Given = { state, transfers, reply }

  const late = setTimeout(() => hangUp('Nobody has signed in for too long.'), deps.signInMs)
  listenTo(socket)
  reply(220, 'Vastrox: uploads of apps. AUTH TLS first, then the name of an app as the user.')

  function listenTo(on: Socket): void {
    on.on('data', take)
    on.on('error', () => {
      // Told by its close.
    })
    on.on('close', over)
    on.on('end', over)
    on.setTimeout(deps.idleMs, () => {
      if (state.transfer) return
      hangUp('Nothing was said for too long.')
    })
  }

  /** A line of the reply cannot hold what ends one. */
  function reply(code: number, ...lines: string[]): void {
    if (isOver) return
    const clean = lines.map((line) => line.replaceAll(/[\r\n]/g, ' '))
    const last = clean.pop() ?? ''
    const before = clean.map((line, at) => (at === 0 ? `${code}-${line}` : line))
    socket.write([...before, `${code} ${last}`].map((line) => `${line}\r\n`).join(''))
  }

  function take(chunk: Buffer): void {
    const lines = read(chunk)
    // Another word from the client: it is still there, and has sent its file to the end.
    if (lines.length > 0 && state.unconfirmed) void confirm()
    for (const line of lines) {
      if (line.kind === 'too-long' || waiting.length >= MAX_WAITING)
        return hangUp('That is more than a command.')
      // Said in the middle of a transfer, and meant at once.
      if (line.kind === 'line' && /^ABOR\s*$/i.test(line.text) && state.transfer)
        state.transfer.abort()
      waiting.push(line)
    }
    void work()
  }

  async function work(): Promise<void> {
    if (isBusy) return
    isBusy = true
    try {
      for (let line = waiting.shift(); line; line = waiting.shift()) await answer(line)
    } catch (error) {
      deps.onError(error)
      hangUp('Something went wrong inside Vastrox.')
    } finally {
      isBusy = false
    }
  }

  async function answer(line: Line): Promise<void> {
    if (isOver) return
    await confirm()
    if (line.kind !== 'line') return reply(501, 'Names must be UTF-8.')
    const match = /^([A-Za-z]{3,4})(?: (.*))?$/.exec(line.text.trimEnd())
    if (!match) return reply(500, 'That is no command.')
    const name = (match[1] ?? '').toUpperCase()
    const argument = UNSAID.has(name) ? line.text.slice(5) : (match[2] ?? '')
    try {
      await run(name, argument)
    } catch (error) {
      if (error instanceof FileError) reply(codeOf(error), error.message)
      else if (error instanceof CodedError) reply(550, sayError(error))
      else throw error
    }
    if (state.unconfirmed) confirming = setTimeout(() => void confirm(), CONFIRMED_AFTER_MS)
  }

  async function confirm(): Promise<void> {
    clearTimeout(confirming)
    const file = state.unconfirmed
    state.unconfirmed = undefined
    await file?.close().catch((error: unknown) => {
      if (!(error instanceof FileError)) throw error
    })
  }

  async function run(name: string, argument: string): Promise<void> {
    if (name === 'QUIT') {
      reply(221, 'Goodbye.')
      socket.end()
      return
    }
    if (name === 'ABOR') return reply(226, 'Nothing is under way.')
    if (name === 'AUTH') return startTls(argument)
    if (name === 'PBSZ') return reply(state.isEncrypted ? 200 : 503, 'PBSZ=0')
    if (name === 'PROT') return protect(argument)
    if (name === 'CCC') return reply(534, 'It stays encrypted.')
    if (name === 'USER') return user(argument)
    if (name === 'PASS') return password(argument)
    const open = FOR_ANYBODY[name]
    if (open) return open(given, argument)
    const handler = COMMANDS[name]
    if (!handler && name !== 'PASV' && name !== 'EPSV') return reply(502, 'That is not known here.')
    if (!state.session) return reply(530, 'Sign in first.')
    if (name === 'PASV' || name === 'EPSV') return passive(name, argument)
    if (TRANSFERS.has(name) && state.isEncrypted && !state.protectsData)
      return reply(521, 'Data must be encrypted: PROT P first.')
    await handler?.(given, argument)
  }

  async function startTls(kind: string): Promise<void> {
    if (state.isEncrypted || !/^(TLS|TLS-C|SSL)$/i.test(kind)) return reply(504, 'AUTH TLS, once.')
    reply(234, 'Go ahead.')
    // What was said in the clear before counts for nothing after (RFC 4217).
    waiting.length = 0
    read = createLineReader()
    state.user = undefined
    raw.off('data', take)
    raw.setTimeout(0)
    raw.pause()
    context = deps.secureContext()
    const secure = await encrypted(raw, context).catch(() => undefined)
    if (!secure) return over()
    socket = secure
    state.isEncrypted = true
    listenTo(secure)
  }

  function protect(level: string): void {
    if (!state.isEncrypted) return reply(503, 'AUTH TLS first.')
    if (/^C$/i.test(level)) return reply(536, 'Data must be encrypted: PROT P.')
    if (!/^P$/i.test(level)) return reply(504, 'PROT P.')
    state.protectsData = true
    reply(200, 'Data is encrypted.')
  }

  function user(name: string): void {
    if (state.session) return reply(530, 'You are in already.')
    if (!state.isEncrypted && !deps.isPlainAllowed(name))
      return reply(530, 'Plain FTP is off: use AUTH TLS (explicit FTP over TLS) first.')
    state.user = name
    reply(
      331,
      state.isEncrypted ? 'And the password?' : 'The password, for anybody on the way to read?',
    )
  }

  async function password(secret: string): Promise<void> {
    const { user: app } = state
    if (state.session || app === undefined) return reply(503, 'USER comes first.')
    const signedIn = await signIns.byPassword(app, secret, address)
    if (!signedIn) {
      failures += 1
      if (failures >= MAX_FAILURES) return hangUp('Too many wrong passwords.')
      return reply(530, 'That user or password is not right.')
    }
    const session = await sessions.open(signedIn, app, { protocol: 'ftps', address })
    if (isOver) return session.end()
    signIns.succeeded(signedIn, app, state.isEncrypted)
    clearTimeout(late)
    state.session = session
    session.closed.addEventListener('abort', () => hangUp('The password was replaced.'))
    reply(230, `These are the files of ${app}: the live release, and what is uploaded since.`)
  }

  async function passive(name: 'PASV' | 'EPSV', argument: string): Promise<void> {
    if (/^ALL$/i.test(argument)) return reply(200, 'EPSV it is.')
    const local = plainAddress(raw.localAddress)
    if (name === 'PASV' && !isIPv4(local)) return reply(425, 'Over IPv6 use EPSV.')
    state.channel?.close()
    const channel = await deps.ports.open(raw.localAddress ?? '::', address)
    state.channel = channel
    if (!channel) return reply(425, 'All passive ports are taken: try again in a moment.')
    if (name === 'EPSV') return reply(229, `Extended passive mode (|||${channel.port}|)`)
    const isFromElsewhere = !PRIVATE.test(address) && PRIVATE.test(local)
    const shown = isFromElsewhere ? (deps.publicAddress ?? local) : local
    const [high, low] = [channel.port >> 8, channel.port & 255]
    reply(227, `Passive mode (${shown.replaceAll('.', ',')},${high},${low}).`)
  }

  function hangUp(why: string): void {
    if (isOver) return
    reply(421, why)
    socket.end()
    over()
  }

  function over(): void {
    if (isOver) return
    isOver = true
    clearTimeout(late)
    clearTimeout(confirming)
    state.transfer?.abort()
    state.channel?.close()
    if (!state.session && failures > 0) signIns.failed(address)
    // A file that nobody has confirmed is left as one whose client went away.
    state.session?.end().catch(deps.onError)
    setTimeout(() => socket.destroy(), 500).unref()
  }

  return { hangUp, isSignedIn: (): boolean => state.session !== undefined }
}
export type ServedControl = ReturnType<typeof serveControl>
