import { PassThrough, pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Actor, isSameReach } from '@vastrox/shared/actor.ts'
import { CodedError, ERRORS, hintOf, sayError } from '@vastrox/shared/errors.ts'
import { plain } from '@vastrox/shared/terminal-text.ts'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { errorPacket, type GitAccess } from '#core/sources/git-service.ts'
import { addressOf } from '#http/address-of.ts'
import { FLUSH, pktLine, PktLineError } from '#lib/pkt-line.ts'

type GitService = 'git-receive-pack' | 'git-upload-pack'

interface Deps {
  git: GitAccess
  /** Throws TOKEN_INVALID. */
  authenticateToken: (token: string, address: string) => Actor
  onError: (error: unknown) => void
}

interface Params {
  repository: string
}

/** The password decides who somebody is; no permission is checked before the app is known. */
const ACCESS = { access: { permission: 'public', scope: 'platform' } } as const
const SERVICES: readonly GitService[] = ['git-receive-pack', 'git-upload-pack']
/** What git prints of a refusal is the body, when it is plain text. */
const TEXT = 'text/plain; charset=utf-8'

/** git's smart protocol at /git/<app>.git, with an API token as the password. */
export const gitHttp =
  ({ git, authenticateToken, onError }: Deps): FastifyPluginAsync =>
  async (server) => {
    // Bodies are streams of any length; git's own limits hold.
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

    server.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-cache, max-age=0, must-revalidate')
    })

    server.setErrorHandler((error, _request, reply) => {
      if (error instanceof PktLineError) return sayText(reply, 400, 'That is not the git protocol.')
      if (error instanceof CodedError)
        return sayText(reply, ERRORS[error.code].status, ...textOf(error))
      onError(error)
      return sayText(reply, 500, ERRORS.INTERNAL.message)
    })

    function actorOf(request: FastifyRequest, reply: FastifyReply): Actor | undefined {
      try {
        const token = passwordOf(request.headers.authorization)
        if (token !== undefined) return authenticateToken(token, addressOf(request))
        askForPassword(reply, 'Use an API token as the password; the user name does not matter.')
      } catch (error) {
        if (!(error instanceof CodedError) || error.code !== 'TOKEN_INVALID') throw error
        askForPassword(reply, ...textOf(error))
      }
      return undefined
    }

    /** Whether the token is still good for what it was good for when the request began. */
    function mayStill(actor: Actor, request: FastifyRequest): boolean {
      try {
        const token = passwordOf(request.headers.authorization)
        return (
          token !== undefined && isSameReach(actor, authenticateToken(token, addressOf(request)))
        )
      } catch {
        // It has expired or was revoked.
        return false
      }
    }

    server.get<{ Params: Params; Querystring: { service?: string } }>(
      '/git/:repository/info/refs',
      { config: ACCESS },
      async (request, reply) => {
        const service = SERVICES.find((known) => known === request.query.service)
        if (!service)
          return sayText(reply, 403, 'Only the smart protocol is spoken here: git 1.6.6 or later.')
        const actor = actorOf(request, reply)
        if (!actor) return reply
        reply.type(`application/x-${service}-advertisement`)
        const protocol = protocolOf(request, service)
        try {
          const refs = await git.advertise(actor, nameOf(request.params), service, protocol)
          const hello = protocol === undefined ? [pktLine(`# service=${service}\n`), FLUSH] : []
          return Buffer.concat([...hello, refs])
        } catch (error) {
          // To somebody who is known git says it best in its own words: "fatal: remote error: …".
          if (error instanceof CodedError) return errorPacket(error)
          throw error
        }
      },
    )

    for (const service of SERVICES)
      server.post<{ Params: Params; Body: Readable }>(
        `/git/:repository/${service}`,
        { config: ACCESS },
        async (request, reply) => {
          const actor = actorOf(request, reply)
          if (!actor) return reply
          if (request.headers['content-type'] !== `application/x-${service}-request`)
            return sayText(reply, 415, `Send application/x-${service}-request.`)
          const output = new PassThrough()
          output.on('error', () => {
            // Who waits for `work` is told; the stream only ends the connection.
          })
          const streams = { input: bodyOf(request), output, gone: goneSignal(reply) }
          const name = nameOf(request.params)
          const work =
            service === 'git-receive-pack'
              ? git.receive(actor, name, streams, () => mayStill(actor, request))
              : git.fetch(actor, name, streams, protocolOf(request, service))
          const ended = work.then(
            () => output.end(),
            (error: Error) => output.destroy(error),
          )
          // Until git has said something, an error can still be said with a status of its own.
          await Promise.race([work, untilFirstByte(output)])
          reply.type(`application/x-${service}-result`).send(output)
          await ended
          return reply
        },
      )
  }

const nameOf = ({ repository }: Params): string => repository.replace(/\.git$/, '')

/** Version 2 is for fetching; what else a client may ask for is not passed on to git's environment. */
const protocolOf = (request: FastifyRequest, service: GitService): string | undefined =>
  service === 'git-upload-pack' && request.headers['git-protocol'] === 'version=2'
    ? 'version=2'
    : undefined

/** Git zips what it asks for; how much may come out of it is git-transport's to count. */
function bodyOf(request: FastifyRequest<{ Body: Readable }>): Readable {
  if (request.headers['content-encoding'] !== 'gzip') return request.body
  return pipeline(request.body, createGunzip(), () => {
    // Whoever reads it is told by the stream itself.
  })
}

function goneSignal({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.on('close', () => {
    if (!raw.writableFinished) gone.abort()
  })
  return gone.signal
}

function untilFirstByte(output: PassThrough): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  output.once('readable', resolve)
  return promise
}

function passwordOf(header: string | undefined): string | undefined {
  const encoded = header?.match(/^basic +([a-z0-9+/]+=*)$/i)?.[1]
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString()
  return pair.slice(pair.indexOf(':') + 1)
}

function askForPassword(reply: FastifyReply, ...lines: string[]): void {
  reply.header('www-authenticate', 'Basic realm="Vastrox", charset="UTF-8"')
  void sayText(reply, 401, ...lines)
}

const sayText = (reply: FastifyReply, status: number, ...lines: string[]): FastifyReply =>
  reply
    .code(status)
    .type(TEXT)
    .send(lines.map((line) => `${plain(line)}\n`).join(''))

function textOf(error: CodedError): string[] {
  const hint = hintOf(error.code)
  return [sayError(error), ...(hint === undefined ? [] : [hint])]
}
