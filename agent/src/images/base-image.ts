import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError } from '@vastrox/shared/errors.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { readDebianMirrors, sourceLines } from '#agent/images/debian-mirrors.ts'
import { recipeId, recipeIn } from '#agent/images/stack-image.ts'

/** The newest that works; the one before where a mirror does not carry it. */
const SUITES = ['trixie', 'bookworm'] as const
/** What Node and HTTPS need beyond the essential packages. */
const PACKAGES = 'ca-certificates,libatomic1,libstdc++6'
const TIMEOUT_MS = 300_000

const OPTIONS = [
  '--variant=minbase',
  '--mode=root',
  '--format=tar',
  `--include=${PACKAGES}`,
  '--aptopt=Apt::Install-Recommends "false"',
  '--aptopt=Acquire::Languages "none"',
  ...['doc', 'man', 'info', 'locale', 'lintian', 'bug'].map(
    (folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`,
  ),
  '--dpkgopt=path-include=/usr/share/doc/*/copyright',
] as const

interface Deps {
  engine: Engine
  /** For the tar between mmdebstrap and the engine. */
  scratch: string
}

const tagOf = (suite: string): string => `vastrox/base:${suite}`

export interface Base {
  tag: string
  recipe: string
}

/** Every base there may be, best first. */
export const listBases = (): Base[] =>
  SUITES.map((suite) => ({ tag: tagOf(suite), recipe: recipeOf(suite) }))

/**
 * The Debian root file system under everything else, from the distribution's signed packages, with
 * the security suite. Made on the host: there is no container yet to make it in.
 */
export async function prepareBase(
  deps: Deps,
  say: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<Base> {
  for (const base of listBases())
    if ((await recipeIn(deps.engine, base.tag)) === base.recipe) return base
  const failures: string[] = []
  for (const suite of SUITES) {
    const failure = await bootstrap(deps, suite, say, signal)
    if (failure === undefined) return { tag: tagOf(suite), recipe: recipeOf(suite) }
    failures.push(`${suite}: ${failure}`)
  }
  throw new CodedError('IMAGE_PREPARE_FAILED', {
    reason: `The Debian base could not be made (${failures.join('; ')}).`,
  })
}

const recipeOf = (suite: string): string => recipeId([suite, ...OPTIONS])

/** Returns why it failed, in one line. */
async function bootstrap(
  { engine, scratch }: Deps,
  suite: string,
  say: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const mirrors = await readDebianMirrors()
  const file = join(scratch, `base-${suite}.tar`)
  const startedAt = performance.now()
  await say(`Debian ${suite}: installing the base system from signed packages\n`)
  await mkdir(scratch, { recursive: true, mode: 0o700 })
  try {
    const result = await run(
      '/usr/bin/mmdebstrap',
      [...OPTIONS, suite, file, ...sourceLines(mirrors, suite)],
      { env: environment(scratch), signal, timeoutMs: TIMEOUT_MS },
    )
    if (result.exitCode !== 0) return lastLine(result.stderr)
    await importTar(engine, file, suite, signal)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    await say(`Debian ${suite}: ready (${seconds} s)\n`)
    return undefined
  } finally {
    await rm(file, { force: true })
  }
}

async function importTar(
  engine: Engine,
  file: string,
  suite: string,
  signal: AbortSignal,
): Promise<void> {
  await engine.act('POST', '/images/create', {
    query: {
      fromSrc: '-',
      repo: 'vastrox/base',
      tag: suite,
      changes: [
        `LABEL ${LABEL.kind}=stack ${LABEL.recipe}=${recipeOf(suite)}`,
        'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'ENV LANG=C.UTF-8',
        'CMD ["/bin/bash"]',
      ],
    },
    headers: { 'Content-Type': 'application/x-tar' },
    body: createReadStream(file),
    timeoutMs: TIMEOUT_MS,
    signal,
  })
}

/** Proxies of the operator's reach apt; nothing else of our environment does. */
function environment(scratch: string): Record<string, string> {
  const proxies = Object.entries(process.env).flatMap(([key, value]) =>
    /^(http|https|no)_proxy$/i.test(key) && value !== undefined ? [[key, value]] : [],
  )
  return {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    TMPDIR: scratch,
    ...Object.fromEntries(proxies),
  }
}

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .filter((line) => /^E:|error|fail/i.test(line))
    .at(-1)
    ?.slice(0, 300) ?? 'mmdebstrap failed'
