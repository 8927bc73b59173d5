/** Where a repository of somebody else's is, in parts that have been checked (rules C2, C3). */
export interface GitUrl {
  protocol: 'https' | 'ssh'
  host: string
  /** null: the protocol's own. */
  port: number | null
  /** Of SSH; null for HTTPS, where whoever signs in says so elsewhere. */
  user: string | null
  /** With a slash at its beginning, except where SSH counts it from the user's home. */
  path: string
}

export type ParsedGitUrl = { url: GitUrl } | { reason: string }

const MAX_LENGTH = 500
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*\\.?|\\[[0-9A-Fa-f:.]{2,45}\\])$`)
const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/
const HTTPS_PATH = /^\/[A-Za-z0-9._~/+@=:,!%-]+$/
const SSH_PATH = /^[A-Za-z0-9._~/][A-Za-z0-9._~/+@=:,!-]*$/
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):(\/\/|:)/

/**
 * Reads `https://host/path`, `ssh://user@host/path` and `user@host:path`, and nothing else: no other
 * protocol, no helper of git's (`ext::`), nothing that looks like an option, no password.
 */
export function parseGitUrl(text: string): ParsedGitUrl {
  const trimmed = text.trim()
  if (trimmed === '') return { reason: 'Give the address of a repository.' }
  if (trimmed.length > MAX_LENGTH)
    return { reason: `An address has at most ${MAX_LENGTH} characters.` }
  const scheme = SCHEME.exec(trimmed)
  if (!scheme) return parseShort(trimmed)
  const [all, name = '', separator] = scheme
  const protocol = name.toLowerCase()
  if (separator !== '//' || (protocol !== 'https' && protocol !== 'ssh'))
    return { reason: 'Use an address that begins with https:// or ssh://, or git@host:path.' }
  const rest = trimmed.slice(all.length)
  const slash = rest.indexOf('/')
  if (slash === -1) return { reason: 'The address names a host but no repository on it.' }
  return build(protocol, rest.slice(0, slash), rest.slice(slash))
}

/** As git takes it. */
export function formatGitUrl({ protocol, host, port, user, path }: GitUrl): string {
  const at = user === null ? '' : `${user}@`
  if (!path.startsWith('/')) return `${at}${host}:${path}`
  return `${protocol}://${at}${host}${port === null ? '' : `:${port}`}${path}`
}

export const portOf = ({ protocol, port }: GitUrl): number =>
  port ?? (protocol === 'https' ? 443 : 22)

/** `owner/name` as the host's own API calls it. */
export const repositoryOf = ({ path }: GitUrl): string =>
  path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')

/** The host without the brackets of an IPv6 address, in lower case. */
export const hostNameOf = ({ host }: Pick<GitUrl, 'host'>): string =>
  host.replace(/^\[|\]$/g, '').toLowerCase()

/**
 * The address of a submodule: one of its own, or one that is told from its parent's (`../other.git`).
 */
export function resolveGitUrl(parent: GitUrl, text: string): ParsedGitUrl {
  if (!/^\.\.?\//.test(text)) return parseGitUrl(text)
  const isAbsolute = parent.path.startsWith('/')
  const parts = parent.path.split('/').filter((part) => part !== '')
  for (const part of text.split('/')) {
    if (part === '.' || part === '') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined)
      return { reason: 'The address of a submodule leads out of its host.' }
  }
  const path = `${isAbsolute ? '/' : ''}${parts.join('/')}`
  return parseGitUrl(formatGitUrl({ ...parent, path }))
}

/** `user@host:path`, as ssh's own tools write it. */
function parseShort(text: string): ParsedGitUrl {
  const match = /^(?:([^@/:]+)@)?(\[[^\]]+\]|[^:/@[\]]+):(?!:)(.+)$/s.exec(text)
  const [, user, host = '', path = ''] = match ?? []
  if (!match)
    return { reason: 'Use an address that begins with https:// or ssh://, or git@host:path.' }
  // A single letter in front of the colon is a drive, and `host:22/path` a port that was meant.
  if (user === undefined) return { reason: 'Say as whom to sign in: git@host:path.' }
  return build('ssh', `${user}@${host}`, path)
}

function build(protocol: 'https' | 'ssh', authority: string, path: string): ParsedGitUrl {
  const at = authority.lastIndexOf('@')
  const name = at === -1 ? null : authority.slice(0, at)
  const [, host = '', portText] =
    /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority.slice(at + 1)) ?? []
  if (name?.includes(':'))
    return { reason: 'An address holds no password or token: give that by itself.' }
  if (name !== null && !USER.test(name)) return { reason: 'The user name in it is not allowed.' }
  if (!HOST.test(host)) return { reason: 'The host name in it is not allowed.' }
  const port = portText === undefined ? null : Number(portText)
  if (port !== null && !(/^[0-9]{1,5}$/.test(portText ?? '') && port > 0 && port < 65_536))
    return { reason: 'The port in it is not allowed.' }
  const pathRule = protocol === 'https' ? HTTPS_PATH : SSH_PATH
  if (!pathRule.test(path) || path.split('/').some((part) => /^(\.\.?|-.*)$/.test(part)))
    return {
      reason: 'The path in it is not allowed: use letters, digits and . _ ~ / + @ = : , ! -',
    }
  if (path.replaceAll('/', '') === '')
    return { reason: 'The address names a host but no repository on it.' }
  const user = protocol === 'https' ? null : (name ?? 'git')
  // Without the dot of a whole name: curl would look that up apart from the address that it is told.
  return { url: { protocol, host: host.toLowerCase().replace(/\.$/, ''), port, user, path } }
}
