/** One line of JSON to supervisor.sock; one line comes back and the connection ends. */
export type ControlRequest =
  | { verb: 'status' }
  | {
      verb: 'restart'
      /** Every one without; `proxy` means every worker, one after the other. */
      process?: string | undefined
      /** Tests only: the crash point of the run that begins now, and of no later one. */
      crashAt?: string | undefined
    }
  /** Ends one process and keeps it ended until a restart, a hand-over or the end of the supervisor. */
  | { verb: 'stop-process'; process: string }
  /** Replies before it stops. */
  | { verb: 'stop' }
  /** The supervisor of this bundle takes over the sockets and starts processes of its own. */
  | { verb: 'hand-over'; bundleDir: string }

export type ControlReply = { ok: true; result: unknown } | { ok: false; reason: string }

/** Throws for anything else than a request. By hand, as in settings.ts. */
export function parseRequest(line: string): ControlRequest {
  const raw: unknown = JSON.parse(line)
  const fields = new Map(typeof raw === 'object' && raw !== null ? Object.entries(raw) : [])
  const text = (name: string): string | undefined => {
    const value: unknown = fields.get(name)
    if (value === undefined || typeof value === 'string') return value
    throw new Error(`${name} must be a text`)
  }
  const needed = (name: string): string => {
    const value = text(name)
    if (value === undefined) throw new Error(`${name} is missing`)
    return value
  }
  const verb = needed('verb')
  switch (verb) {
    case 'status':
    case 'stop':
      return { verb }
    case 'restart':
      return { verb, process: text('process'), crashAt: text('crashAt') }
    case 'stop-process':
      return { verb, process: needed('process') }
    case 'hand-over': {
      const bundleDir = needed('bundleDir')
      if (!bundleDir.startsWith('/')) throw new Error('bundleDir must be absolute')
      return { verb, bundleDir }
    }
    default:
      throw new Error(`there is no verb ${verb}`)
  }
}
