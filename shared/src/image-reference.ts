/** The name of an image as its parts. */
export interface ImageReference {
  /** `registry.example:5000`; null for the registry that the engine asks by itself. */
  host: string | null
  /** `library/nginx`, `team/app`: everything between host and tag, written out. */
  path: string
  /** `latest` where nothing was said, null where only a digest was. */
  tag: string | null
  digest: string | null
}

const MAX_LENGTH = 300
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,10}(?::[0-9]{1,5})?$/
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/

/**
 * Reads `nginx`, `team/app:1.2`, `registry.example:5000/team/app@sha256:…` by the grammar of image
 * names (rule C2); undefined for anything else.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const [named = '', digest, ...more] = text.split('@')
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined
  const lastSlash = named.lastIndexOf('/')
  const colon = named.indexOf(':', lastSlash + 1)
  const whole = colon === -1 ? named : named.slice(0, colon)
  const tag = colon === -1 ? undefined : named.slice(colon + 1)
  if (tag !== undefined && !TAG.test(tag)) return undefined
  const parts = whole.split('/')
  const [first = ''] = parts
  const hasHost = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost')
  const host = hasHost ? first.toLowerCase() : null
  const components = hasHost ? parts.slice(1) : parts
  if (host !== null && !isHost(host)) return undefined
  if (!components.every((component) => COMPONENT.test(component))) return undefined
  const path = components.join('/')
  return {
    host,
    path: host === null && components.length === 1 ? `library/${path}` : path,
    tag: tag ?? (digest === undefined ? 'latest' : null),
    digest: digest ?? null,
  }
}

/** A host name with a port or without, as it may stand before an image's path. */
export function isHost(text: string): boolean {
  const port = /:(\d+)$/.exec(text)?.[1]
  return HOST.test(text) && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535))
}

/** As people write it: `nginx:1.27`, not `library/nginx:1.27`. */
export function formatImageReference({ host, path, tag, digest }: ImageReference): string {
  const name = host === null ? path.replace(/^library\//, '') : `${host}/${path}`
  return `${name}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`
}

/** The prepared image that `vastrox/node:22` or `vastrox/node-build:22` names; undefined for any other. */
export function parseStackImageName(text: string): { stack: string; version: string } | undefined {
  const found = /^vastrox\/([a-z]{1,20}?)(?:-build)?:([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})$/.exec(text)
  const [, stack, version] = found ?? []
  return stack === undefined || version === undefined ? undefined : { stack, version }
}
