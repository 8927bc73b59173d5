import type { RegistryCredentials } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { ImageReference } from '@vastrox/shared/image-reference.ts'
import { hostProxies } from '#agent/builds/host-proxies.ts'
import { decideHost } from '#agent/images/registry/allowed-host.ts'
import { type Located, locate } from '#agent/images/registry/locate.ts'
import { openPassage } from '#agent/images/registry/passage.ts'
import type { Network } from '#agent/images/registry/pinned-request.ts'
import type { RegistrySettings } from '#agent/images/registry/settings.ts'

interface Wish {
  reference: ImageReference
  credentials: RegistryCredentials | null
}

/**
 * Does some work with the registry of an image, where that may be reached: by its own name, or by a
 * passage to the address that was decided on (rule C11, decision 122). Throws IMAGE_REFERENCE_REFUSED
 * where it may not. On a server behind a proxy it is the proxy who looks names up and connects.
 */
export async function withRegistry<Result>(
  {
    instance,
    settings,
    network = {},
  }: { instance: string; settings: RegistrySettings; network?: Network | undefined },
  { reference, credentials }: Wish,
  signal: AbortSignal,
  work: (located: Located) => Promise<Result>,
): Promise<Result> {
  const { host, path, tag, digest } = reference
  const decision = await decideHost(host, settings, network.resolve)
  if (host === null || decision.by === 'engine' || isBehindProxy())
    return work(locate(reference, settings, credentials))
  const way = { instance, host, path, addresses: decision.addresses, credentials }
  const passage = await openPassage(network, way, signal)
  try {
    return await work({
      name: passage.name,
      shownAs: `${host}/${path}`,
      tag,
      digest,
      credentials: null,
    })
  } catch (error) {
    signal.throwIfAborted()
    const isAnswer = error instanceof CodedError && error.code === 'IMAGE_NOT_FOUND'
    throw (isAnswer ? undefined : passage.problem()) ?? error
  } finally {
    passage.close()
  }
}

const isBehindProxy = (): boolean =>
  Object.keys(hostProxies(process.env)).some((name) => /^https_proxy$/i.test(name))
