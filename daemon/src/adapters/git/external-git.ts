import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { formatGitUrl, hostNameOf, parseGitUrl, resolveGitUrl } from '@vastrox/shared/git-url.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import type { GuardedDownload } from '#adapters/system/guarded-download.ts'
import { pathMatcher } from '#adapters/system/path-patterns.ts'
import type { ExternalGit, FetchedCommit, GitRemote, RemoteRef } from '#ports/external-git.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { HttpClient } from '#ports/http-client.ts'
import { createExternalCall } from './external-call.ts'
import type { ExternalSocket } from './external-socket.ts'
import { config, git, gitOk } from './git-program.ts'
import { joinTars } from './joined-tar.ts'
import { createLfsObjects, lfsFile } from './lfs-objects.ts'
import { findPointers } from './lfs-pointers.ts'
import { createSourceControl, repositoryPath } from './source-control.ts'
import { parseTree, type TreeEntry } from './tree.ts'

interface Deps {
  /** The folder that holds `<appId>.git`: not the one of what is pushed. */
  repositories: string
  addresses: GuardedAddresses
  socket: ExternalSocket
  http: HttpClient
  download: GuardedDownload
  /** A file of all authorities that hosts may prove themselves by; undefined: the system's. */
  caFile?: () => Promise<string | undefined>
  /** Of one fetch. */
  maxBytes?: number
}

interface Module {
  path: string
  sha: string
}

const Modules = z.object({
  sha: z.string(),
  modules: z.array(z.object({ path: z.string(), sha: z.string() })),
  /** Whose content is in Git LFS, and is here. */
  lfs: z.array(z.object({ path: z.string(), oid: z.string(), sizeBytes: z.int() })).default([]),
})

const LIST_TIMEOUT_MS = 30_000
const FETCH_TIMEOUT_MS = 600_000
const MAX_BYTES = 512 * 2 ** 20
const MAX_LISTING_BYTES = 8 * 2 ** 20
const MAX_MESSAGE = 64 * 1_024
const MAX_MODULES = 100
const MAX_MODULE_DEPTH = 5
const MAX_MISSING = 20
const MODULE = '160000'
const CURRENT = 'refs/vastrox/current'
const BEFORE = 'refs/vastrox/before'
const NEXT = 'refs/vastrox/next'
const MODULES_FILE = 'vastrox-modules.json'

const FETCH_OPTIONS = [
  ...config('fetch.fsckObjects', 'true'),
  // Old repositories hold these, and they do no harm.
  ...config('fetch.fsck.zeroPaddedFilemode', 'ignore'),
  ...config('fetch.fsck.badTimezone', 'ignore'),
  ...config('fetch.fsck.missingSpaceBeforeDate', 'ignore'),
  ...config('fetch.unpackLimit', '1'),
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--no-show-forced-updates',
  '--force',
]

/** Repositories elsewhere: one bare repository for each app, of the one commit that was taken last. */
export function createExternalGit(deps: Deps): ExternalGit {
  const control = createSourceControl(deps)
  const call = createExternalCall({ maxBytes: MAX_BYTES, ...deps })
  const lfs = createLfsObjects({ maxBytes: MAX_BYTES, ...deps })
  const pathOf = (appId: string): string => repositoryPath(deps.repositories, appId)

  async function bring(
    remote: GitRemote,
    from: string,
    to: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const repository = pathOf(remote.appId)
    const fetch = (depth: string[]): Promise<unknown> =>
      call(remote, {
        repository,
        args: (url) => [...FETCH_OPTIONS, ...depth, '--end-of-options', url, `+${from}:${to}`],
        timeoutMs: FETCH_TIMEOUT_MS,
        signal,
      })
    try {
      await fetch(['--depth=1'])
    } catch (error) {
      // What had come of it is of no use, and takes room.
      if (error instanceof CodedError && error.code === 'SOURCE_TOO_LARGE')
        await control.removeRepository(remote.appId)
      // A host that only serves files knows nothing of depth.
      if (
        !(error instanceof CodedError) ||
        !/shallow|dumb http/i.test(String(error.details['reason']))
      )
        throw error
      await fetch([])
    }
  }

  async function resolve(appId: string, name: string): Promise<string> {
    const result = await git(pathOf(appId), [
      'rev-parse',
      '--verify',
      '--quiet',
      `${name}^{commit}`,
    ])
    if (result.exitCode !== 0)
      throw new CodedError('SOURCE_UNSAFE', { reason: 'what the repository names is no commit' })
    return result.stdout.toString().trim()
  }

  async function messageOf(appId: string, sha: string): Promise<string> {
    const output = await gitOk(pathOf(appId), [
      'log',
      '--max-count=1',
      '--no-show-signature',
      '--no-notes',
      '--encoding=UTF-8',
      '--format=%B',
      sha,
    ])
    return output.toString('utf8', 0, MAX_MESSAGE)
  }

  const treeOf = async (appId: string, sha: string): Promise<TreeEntry[]> =>
    parseTree(
      await gitOk(pathOf(appId), ['ls-tree', '-r', '-l', '-z', '--full-tree', sha], {
        maxOutputBytes: 32 * 2 ** 20,
      }),
    )

  async function bringModules(
    remote: GitRemote,
    sha: string,
    { signal, prefix = '', depth = 1, found = [] }: Walk,
  ): Promise<Module[]> {
    const wanted = (await treeOf(remote.appId, sha)).filter(({ mode }) => mode === MODULE)
    if (wanted.length === 0) return found
    if (depth > MAX_MODULE_DEPTH || found.length + wanted.length > MAX_MODULES)
      throw new CodedError('SOURCE_TOO_LARGE', {
        reason: `the repository has more than ${MAX_MODULES} submodules, or more than ${MAX_MODULE_DEPTH} inside of each other`,
      })
    const addresses = await moduleAddresses(remote.appId, sha)
    for (const { path, oid } of wanted) {
      const full = `${prefix}${path}`
      const module = moduleRemote(remote, full, addresses.get(path))
      const ref = `refs/vastrox/modules/${found.length}`
      await bring(module, oid, ref, signal).catch((error: unknown) => {
        if (!(error instanceof CodedError)) throw error
        const why =
          typeof error.details['reason'] === 'string' ? error.details['reason'] : error.message
        throw new CodedError(
          error.code,
          { reason: `The submodule ${full}: ${why}` },
          { cause: error },
        )
      })
      found.push({ path: full, sha: oid })
      const next = { signal, prefix: `${full}/`, depth: depth + 1, found }
      await bringModules(module, oid, next)
    }
    return found
  }

  async function moduleAddresses(appId: string, sha: string): Promise<Map<string, string>> {
    const result = await git(
      pathOf(appId),
      ['config', `--blob=${sha}:.gitmodules`, '--null', '--list'],
      {
        maxOutputBytes: MAX_LISTING_BYTES,
      },
    )
    const named = new Map<string, { path?: string; url?: string }>()
    for (const entry of result.stdout.toString().split('\0')) {
      const [, name = '', key = '', value = ''] =
        /^submodule\.(.+)\.(path|url)\n(.*)$/s.exec(entry) ?? []
      if (name !== '') named.set(name, { ...named.get(name), [key]: value })
    }
    return new Map(
      [...named.values()].flatMap(({ path, url }) =>
        path === undefined || url === undefined ? [] : [[path, url] as const],
      ),
    )
  }

  return {
    async list(remote, patterns, signal) {
      await control.ensureRepository(remote.appId)
      const { stdout, hostKey } = await call(remote, {
        repository: pathOf(remote.appId),
        args: (url) => ['ls-remote', '--quiet', '--end-of-options', url, ...patterns],
        timeoutMs: LIST_TIMEOUT_MS,
        signal,
      })
      return { refs: parseListing(stdout.subarray(0, MAX_LISTING_BYTES).toString()), hostKey }
    },

    async fetch(remote, wanted, { submodules, signal }) {
      const { appId } = remote
      await control.ensureRepository(appId)
      await bring(remote, checkedRef(wanted.ref), NEXT, signal)
      const sha = await resolve(appId, NEXT)
      const entries = await treeOf(appId, sha)
      const modules = submodules ? await bringModules(remote, sha, { signal }) : []
      const pointers = await findPointers(pathOf(appId), entries)
      const missing = await lfs.fetch(pathOf(appId), pointers, { remote, signal })
      const inLfs = pointers.filter((one) => !missing.includes(one))
      await writeAtomically(
        join(pathOf(appId), MODULES_FILE),
        JSON.stringify({ sha, modules, lfs: inLfs } satisfies z.infer<typeof Modules>),
      )
      const name = wanted.ref.replace(/^refs\/(heads|tags)\//, '')
      const [commit, message, ...looks] = await Promise.all([
        control.readCommit(appId, sha, name),
        messageOf(appId, sha),
        control.inspectTree(appId, sha),
        ...modules.map((module) => control.inspectTree(appId, module.sha)),
      ])
      // The one before stays too: what is new is told against it.
      const before = await git(pathOf(appId), ['rev-parse', '--verify', '--quiet', CURRENT])
      const old = before.stdout.toString().trim()
      if (before.exitCode === 0 && old !== sha)
        await gitOk(pathOf(appId), ['update-ref', '--no-deref', BEFORE, old])
      await gitOk(pathOf(appId), ['update-ref', '--no-deref', CURRENT, sha])
      await control.tidy(appId)
      return {
        commit,
        message,
        lfs: {
          files: inLfs.length,
          bytes: inLfs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
          missing: missing.slice(0, MAX_MISSING).map(({ path }) => path),
        },
        unsafeLinks: looks.flatMap((look) => look.unsafeLinks),
        leftOut: submodules ? [] : (looks[0]?.submodules ?? []),
      } satisfies FetchedCommit
    },

    async archive(appId, sha) {
      const text = await readFile(join(pathOf(appId), MODULES_FILE), 'utf8').catch(() => '')
      const known = text === '' ? undefined : Modules.parse(JSON.parse(text))
      const { modules, lfs: inLfs } = known?.sha === sha ? known : { modules: [], lfs: [] }
      const main = await control.archive(appId, sha)
      if (modules.length === 0 && inLfs.length === 0) return main
      return joinTars(
        [
          { prefix: '', tar: () => Promise.resolve(main) },
          ...modules.map((module) => ({
            prefix: `${module.path}/`,
            tar: () => control.archive(appId, module.sha),
          })),
        ],
        new Map(
          inLfs.map(({ path, oid, sizeBytes }) => [
            path,
            { file: lfsFile(pathOf(appId), oid), sizeBytes },
          ]),
        ),
      )
    },

    async touches(appId, from, to, patterns) {
      const result = await git(
        pathOf(appId),
        ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--end-of-options', from, to],
        { maxOutputBytes: 32 * 2 ** 20 },
      )
      // What was there before has gone: then everything may have changed.
      if (result.exitCode !== 0) return true
      const isWatched = pathMatcher(patterns)
      return result.stdout
        .toString()
        .split('\0')
        .some((path) => path !== '' && isWatched(path))
    },

    forget: (appId) => control.removeRepository(appId),
  }
}

interface Walk {
  signal: AbortSignal | undefined
  prefix?: string
  depth?: number
  found?: Module[]
}

/** A submodule is let in with its parent's secret only where it is on the same host. */
function moduleRemote(parent: GitRemote, path: string, address: string | undefined): GitRemote {
  const above = parseGitUrl(parent.url)
  if ('reason' in above) throw new Error('the address of the parent was checked')
  const parsed =
    address === undefined
      ? { reason: 'it is not named in .gitmodules' }
      : resolveGitUrl(above.url, address)
  if ('reason' in parsed)
    throw new CodedError('REPOSITORY_URL_INVALID', {
      reason: `The submodule ${path.replaceAll(/\p{C}/gu, '?').slice(0, 100)}: ${parsed.reason}`,
    })
  const { url } = parsed
  const isSame =
    url.protocol === above.url.protocol &&
    hostNameOf(url) === hostNameOf(above.url) &&
    url.port === above.url.port
  return {
    appId: parent.appId,
    url: formatGitUrl(url),
    credentials: isSame ? parent.credentials : { kind: 'open' },
    hostKey: isSame ? parent.hostKey : null,
  }
}

/** Lines of `<sha>\t<ref>`; a tag that is an object of its own is told again as the commit behind it. */
function parseListing(text: string): RemoteRef[] {
  const refs = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, sha = '', ref = ''] = /^([0-9a-f]{40,64})\t(refs\/[^\0\n]+)$/.exec(line) ?? []
    if (ref !== '') refs.set(ref.replace(/\^\{\}$/, ''), sha)
  }
  return [...refs].map(([ref, sha]) => ({ ref, sha }))
}

function checkedRef(ref: string): string {
  if (!/^refs\/(heads|tags)\/(?!-)[A-Za-z0-9._/+@-]{1,200}$/.test(ref) || ref.includes('..'))
    throw new CodedError('REPOSITORY_REF_NOT_FOUND', {
      reason: 'The name of that branch or tag is not one that is taken here.',
    })
  return ref
}
