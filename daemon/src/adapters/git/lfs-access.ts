import { CodedError } from '@vastrox/shared/errors.ts'
import {
  formatGitUrl,
  type GitUrl,
  hostNameOf,
  parseGitUrl,
  portOf,
} from '@vastrox/shared/git-url.ts'
import { z } from 'zod'
import { connectSsh } from '#adapters/system/guarded-ssh.ts'
import type { GitRemote } from '#ports/external-git.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'

/** Where Git LFS is asked for a repository, and how it lets us in. */
export interface LfsAccess {
  /** Without a slash at its end. */
  href: string
  headers: Record<string, string>
}

const Authenticated = z.object({
  href: z.string().max(2_000),
  header: z.record(z.string().max(100), z.string().max(8_192)).nullish(),
})
const ANSWER_WITHIN_MS = 20_000
const MAX_ANSWER = 65_536

/**
 * As Git LFS finds it: beside the repository for HTTPS, by `git-lfs-authenticate` for SSH. What a
 * repository's own `.lfsconfig` says is not followed.
 */
export async function lfsAccessOf(
  addresses: GuardedAddresses,
  remote: GitRemote,
  signal?: AbortSignal,
): Promise<LfsAccess> {
  const parsed = parseGitUrl(remote.url)
  if ('reason' in parsed) throw new CodedError('REPOSITORY_URL_INVALID', { reason: parsed.reason })
  const { url } = parsed
  if (url.protocol === 'ssh') return overSsh(addresses, remote, { url, signal })
  const { credentials } = remote
  const name = credentials.kind === 'token' && `${credentials.username}:${credentials.token}`
  return {
    href: besideRepository(formatGitUrl(url)),
    headers: name ? { authorization: `Basic ${Buffer.from(name).toString('base64')}` } : {},
  }
}

async function overSsh(
  addresses: GuardedAddresses,
  { credentials, hostKey }: GitRemote,
  { url, signal }: { url: GitUrl; signal: AbortSignal | undefined },
): Promise<LfsAccess> {
  const limit = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const either = signal ? AbortSignal.any([signal, limit]) : limit
  const host = hostNameOf(url)
  const { client } = await connectSsh(
    addresses,
    {
      host,
      port: portOf(url),
      user: url.user ?? 'git',
      hostKey,
      ...(credentials.kind === 'key' ? { privateKey: credentials.privateKey } : {}),
      ...(credentials.kind === 'token' ? { password: credentials.token } : {}),
    },
    either,
  )
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const onAbort = (): void => {
    reject(
      new CodedError('HOST_UNREACHABLE', {
        reason: `${url.host} does not say where its Git LFS is.`,
      }),
    )
    client.destroy()
  }
  either.addEventListener('abort', onAbort, { once: true })
  client.on('error', reject)
  client.on('close', () => resolve(''))
  // Its path was checked: it holds no quote, and nothing of it is an option.
  client.exec(`git-lfs-authenticate '${url.path}' download`, (error, channel) => {
    if (error) {
      reject(error)
      return
    }
    let said = ''
    channel.on('error', reject)
    channel.stderr.resume()
    channel.on('data', (bytes: Buffer) => {
      said += bytes.toString('utf8')
      if (said.length > MAX_ANSWER) onAbort()
    })
    channel.on('close', () => resolve(said))
  })
  try {
    return readAnswer(await promise, url)
  } finally {
    either.removeEventListener('abort', onAbort)
    client.end()
  }
}

/** A host that knows no such command may still have Git LFS beside the repository. */
function readAnswer(text: string, url: GitUrl): LfsAccess {
  const parsed = Authenticated.safeParse(parseJson(text))
  if (parsed.success)
    return { href: parsed.data.href.replace(/\/+$/, ''), headers: parsed.data.header ?? {} }
  const path = url.path.startsWith('/') ? url.path : `/${url.path}`
  return { href: besideRepository(`https://${url.host}${path}`), headers: {} }
}

const besideRepository = (address: string): string =>
  `${address.replace(/\/+$/, '').replace(/\.git$/, '')}.git/info/lfs`

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
