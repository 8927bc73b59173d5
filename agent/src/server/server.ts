import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { FENCING_HEADER, FRAMED } from '@vastrox/shared/agent-api.ts'
import { CodedError, ERRORS } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { createServer } from '#agent/node/http.ts'
import { log } from '#agent/node/log.ts'
import type { BoundStream, BoundVerb } from '#agent/server/bind.ts'
import { readFrame, readJson } from '#agent/server/body.ts'
import { type Fencing, parseToken } from '#agent/server/fencing.ts'

/** What may be asked without a token: it changes nothing that a daemon decides. */
const UNFENCED = new Set([
  'describe-node',
  'prepare-image',
  'list-instances',
  'list-addons',
  'list-images',
  'list-stack-images',
  'preview-firewall',
  'read-firewall',
  'list-exposure',
  'read-host-care',
  'list-backup-roots',
  'read-samples',
])

/** Only looks; asked every few seconds. */
const QUIET = new Set([
  'describe-node',
  'list-instances',
  'list-listeners',
  'list-images',
  'list-stack-images',
  'describe-image-tag',
  'measure-instances',
  'list-addons',
  'exec-addon',
  'preview-firewall',
  'read-firewall',
  'list-exposure',
  'read-host-care',
  'read-logs',
  'read-addon-logs',
  'watch',
  'list-snapshots',
  'list-snapshot-files',
  'measure-repository',
  'list-backup-roots',
  'read-samples',
  // It would print a line each time that its lines are read.
  'read-platform-log',
])

const Subject = z.object({
  appId: z.string().optional(),
  addonId: z.string().optional(),
  generation: z.number().optional(),
  buildId: z.string().optional(),
  backupId: z.string().optional(),
  snapshotId: z.string().optional(),
  snapshotIds: z.array(z.string()).optional(),
  releaseNumber: z.number().optional(),
  process: z.string().optional(),
  names: z.array(z.string()).optional(),
  imageIds: z.array(z.string()).optional(),
  stack: z.string().optional(),
  version: z.string().optional(),
})

interface Deps {
  verbs: Record<string, BoundVerb>
  streams: Record<string, BoundStream>
  fencing: Fencing
}

/** The agent's border: `POST /v1/<verb>` over the unix socket, see shared/src/agent-api.ts. */
export function createAgentServer({ verbs, streams, fencing }: Deps) {
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 60_000 })

  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      replyFailure(response, request.url ?? '', error)
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = nameOf(request)
    await admit(request, name)
    const boundVerb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
    if (boundVerb) {
      const raw = await readJson(request)
      record(name, raw)
      const reply = await boundVerb(raw)
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
      return
    }
    const boundStream = Object.hasOwn(streams, name) ? streams[name] : undefined
    if (!boundStream) throw new CodedError('VERB_NOT_FOUND', { verb: name })
    const framed = FRAMED.includes(name)
    const raw = framed ? await readFrame(request) : await readJson(request)
    record(name, raw)
    await answerStream(response, name, (call) =>
      boundStream(raw, { ...call, body: framed ? request : Readable.from([]) }),
    )
  }

  async function admit(request: IncomingMessage, name: string): Promise<void> {
    const header = request.headers[FENCING_HEADER]
    if (header === undefined && UNFENCED.has(name)) return
    await fencing.admit(parseToken(header))
  }

  return server
}

/** A line before the effect: what was asked, of which app. Never env, command or secrets. */
function record(verb: string, raw: unknown): void {
  if (QUIET.has(verb)) return
  const subject = Subject.safeParse(raw).data ?? {}
  log('verb.called', { verb, ...subject })
}

function nameOf(request: IncomingMessage): string {
  const match = /^\/v1\/([a-z-]{1,40})$/.exec(request.url ?? '')
  if (request.method !== 'POST' || !match?.[1])
    throw new CodedError('VERB_NOT_FOUND', { verb: request.url ?? '' })
  return match[1]
}

/** NDJSON until the handler is done; the head is sent with the first event, so that earlier failures have a status. */
async function answerStream(
  response: ServerResponse,
  name: string,
  handle: (call: {
    write: (events: readonly unknown[]) => Promise<void>
    signal: AbortSignal
  }) => Promise<void>,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const write = async (events: readonly unknown[]): Promise<void> => {
    if (gone.signal.aborted || events.length === 0) return
    if (!response.headersSent)
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders()
    if (!response.write(events.map((event) => `${JSON.stringify(event)}\n`).join('')))
      await once(response, 'drain', { signal: gone.signal }).catch(() => {
        // The reader has gone; the handler learns it from the signal.
      })
  }
  try {
    await handle({ write, signal: gone.signal })
    response.end()
  } catch (error) {
    if (gone.signal.aborted) {
      log('stream.cancelled', { verb: name })
      return
    }
    if (!response.headersSent) throw error
    response.end(`${JSON.stringify({ type: 'failed', ...failureOf(name, error) })}\n`)
  }
}

function replyFailure(response: ServerResponse, url: string, error: unknown): void {
  const { code, reason, details } = failureOf(url, error)
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  response
    .writeHead(ERRORS[code].status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ error: { code, message: reason, details } }))
}

function failureOf(verb: string, error: unknown) {
  const failure =
    error instanceof CodedError ? error : new CodedError('INTERNAL', {}, { cause: error })
  if (failure.code === 'INTERNAL')
    log('verb.failed', { verb, error: error instanceof Error ? error.stack : String(error) })
  const { reason } = failure.details
  return {
    code: failure.code,
    reason: typeof reason === 'string' ? reason : failure.message,
    details: failure.details,
  }
}
