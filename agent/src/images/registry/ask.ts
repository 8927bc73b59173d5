import type { OutgoingHttpHeaders } from 'node:http'
import type { RegistryCredentials } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { EngineError } from '#agent/engine/engine-error.ts'
import type { Located } from '#agent/images/registry/locate.ts'

const Distribution = z.object({ Descriptor: z.object({ digest: z.string() }) })

/**
 * Credentials reach the engine by a header, never by an argument or an address. Its base64 is of the
 * URL alphabet and padded: without the padding an engine takes them for none.
 */
export const authorization = (credentials: RegistryCredentials | null): OutgoingHttpHeaders => ({
  'X-Registry-Auth': Buffer.from(JSON.stringify(credentials ?? {}))
    .toString('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_'),
})

/** `name:tag`, `name@digest`. */
export const nameOf = ({ name, tag, digest }: Omit<Located, 'credentials'>): string =>
  digest === null ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`

/** The same for people. */
export const shownName = ({ shownAs, ...located }: Omit<Located, 'credentials'>): string =>
  nameOf({ ...located, name: shownAs ?? located.name })

/**
 * The digest that the registry gives for a tag now; for a digest, whether it gives it. Throws IMAGE_NOT_FOUND or IMAGE_PULL_FAILED with
 * the registry's own words.
 */
export async function askDigest(
  engine: Engine,
  located: Located,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<string> {
  const late = AbortSignal.timeout(timeoutMs)
  try {
    const { Descriptor } = await engine.get(`/distribution/${nameOf(located)}/json`, Distribution, {
      headers: authorization(located.credentials),
      signal: signal ? AbortSignal.any([signal, late]) : late,
      timeoutMs,
    })
    return Descriptor.digest
  } catch (error) {
    signal?.throwIfAborted()
    if (late.aborted)
      throw new CodedError('IMAGE_PULL_FAILED', {
        reason: `The registry did not answer for ${shownName(located)} within ${timeoutMs / 1000} s.`,
      })
    throw asPullFailure(error, located)
  }
}

/** What the engine says of a registry, as a failure of ours; anything else stays what it is. */
export function asPullFailure(error: unknown, located: Located): unknown {
  if (!(error instanceof EngineError)) return error
  return pullFailure(withoutPassage(error.message, located), shownName(located), error)
}

/** The engine's words with the registry's own name in them. */
export function withoutPassage(message: string, { name, shownAs }: Located): string {
  if (shownAs === undefined) return message
  const [host = ''] = name.split('/', 1)
  const [shownHost = ''] = shownAs.split('/', 1)
  return message.replaceAll(name, shownAs).replaceAll(host, shownHost)
}

export function pullFailure(message: string, name: string, cause?: unknown): CodedError {
  const options = cause === undefined ? {} : { cause }
  if (
    /manifest (for .* )?(is )?(unknown|not found)|name unknown|no such (image|manifest)/i.test(
      message,
    )
  )
    return new CodedError(
      'IMAGE_NOT_FOUND',
      { reason: `The registry has no image ${name}.` },
      options,
    )
  if (
    /unauthorized|authentication required|access denied|denied:|^denied$|no basic auth|incorrect username/i.test(
      message,
    )
  )
    return new CodedError(
      'IMAGE_PULL_FAILED',
      {
        reason: `The registry lets nobody in to ${name} with these credentials, or there is no such image.`,
        isDenied: true,
      },
      options,
    )
  const said = message.replace(/^Error response from daemon: /, '').slice(0, 300)
  return new CodedError(
    'IMAGE_PULL_FAILED',
    { reason: `${name} could not be fetched: ${said}` },
    options,
  )
}
