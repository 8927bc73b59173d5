import type { RegistryCredentials } from '@vastrox/shared/agent-api.ts'
import type { ImageReference } from '@vastrox/shared/image-reference.ts'
import { PUBLIC_REGISTRY, registryName } from '@vastrox/shared/image-source.ts'
import type { RegistrySettings } from '#agent/images/registry/settings.ts'

/** What the engine is asked for. */
export interface Located {
  /** Without tag and digest. */
  name: string
  /** What people call it, where that is something else. */
  shownAs?: string
  tag: string | null
  digest: string | null
  credentials: RegistryCredentials | null
}

/**
 * Where an image is fetched from. A name without a registry goes to the mirror that root has set, with
 * root's credentials; with credentials of its own it is somebody's private image, which no mirror has.
 */
export function locate(
  { host, path: written, tag, digest }: ImageReference,
  { mirror }: RegistrySettings,
  credentials: RegistryCredentials | null = null,
): Located {
  // `docker.io/node` is what `node` is, and the mirror has it.
  if (host !== null && registryName(host) !== PUBLIC_REGISTRY)
    return { name: `${host}/${written}`, tag, digest, credentials }
  const path = written.includes('/') ? written : `library/${written}`
  if (mirror === null || credentials !== null) return { name: path, tag, digest, credentials }
  return {
    name: `${mirror.host}/${mirror.prefix}${path}`,
    tag,
    digest,
    credentials: mirror.credentials,
  }
}
