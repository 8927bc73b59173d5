import { CodedError, ERRORS, type ErrorCode, hintOf } from '@vastrox/shared/errors.ts'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  type ZodFastifySchemaValidationError,
} from 'fastify-type-provider-zod'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

/** What the daemon writes to its own log; never a secret, never a body. */
export type LogError = (line: string, error: unknown) => void

/**
 * Every failure leaves as `{ error: { code, message, hint, details } }`. What nobody expected is
 * logged with the request's id and leaves as INTERNAL: no stack and no message of it goes out.
 */
export const errors = (logError: LogError) =>
  rootPlugin(async (server: FastifyInstance) => {
    server.setErrorHandler<FastifyError>((error, request, reply) => {
      const coded = codedFrom(error)
      if (coded) {
        const seconds = coded.details['retryAfterSeconds']
        if (typeof seconds === 'number') void reply.header('retry-after', String(seconds))
        return reply.code(ERRORS[coded.code].status).send(replyOf(coded.code, coded.details))
      }
      logError(`${request.id} ${request.method} ${loggablePathOf(request)}`, error)
      return reply.code(ERRORS.INTERNAL.status).send(replyOf('INTERNAL', { requestId: request.id }))
    })
  })

/** The body of an error reply. */
export const replyOf = (code: ErrorCode, details: Record<string, unknown>) => {
  const { reason } = details
  const hint = hintOf(code)
  return {
    error: {
      code,
      message: typeof reason === 'string' ? reason : ERRORS[code].message,
      ...(hint === undefined ? {} : { hint }),
      details,
    },
  }
}

/** Without its query: that is where clients put what should not be logged. */
export const pathOf = (url: string): string => url.split('?', 1)[0] ?? url

/** Pages of the dashboard are not named: the path of one holds the token of a sign-in link. */
function loggablePathOf({ url, routeOptions }: FastifyRequest): string {
  const path = pathOf(url)
  return path.startsWith('/api/') ? path : (routeOptions.url ?? '?')
}

function codedFrom(error: FastifyError): CodedError | undefined {
  if (error instanceof CodedError) return error
  if (hasZodFastifySchemaValidationErrors(error))
    return new CodedError('REQUEST_INVALID', { fields: error.validation.map(fieldOf) })
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new CodedError('REQUEST_TOO_LARGE')
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new CodedError('REQUEST_INVALID', {
      reason: 'Send JSON: content-type: application/json.',
    })
  const isFastifys = typeof error.code === 'string' && error.code.startsWith('FST_ERR_')
  const isParser = error instanceof SyntaxError && error.statusCode === 400
  if ((isFastifys || isParser) && error.statusCode !== undefined && error.statusCode < 500)
    return new CodedError('REQUEST_INVALID', { reason: 'The request cannot be read.' })
  return undefined
}

const fieldOf = ({ instancePath, message }: ZodFastifySchemaValidationError) => ({
  path: instancePath.slice(1).replaceAll('/', '.'),
  message,
})
