import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { BASE_SETTINGS, baseRecipe, OPTIONS } from '#agent/images/bootstrap/base-recipe.ts'
import { readDebianMirrors, sourceLines } from '#agent/images/debian-mirrors.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import type { Suite } from '#agent/images/recipes/recipe.ts'
import { stackLabels } from '#agent/images/stack-image.ts'

const TIMEOUT_MS = 300_000

interface Deps {
  engine: Engine
  scratch: string
  names: ImageNames
}

/** Returns why it failed, in one line; undefined where the image is there. */
export async function bootstrapOnHost(
  { engine, scratch, names }: Deps,
  suite: Suite,
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
    await importTar(engine, { file, suite, tag: names.base(suite) }, signal)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    await say(`Debian ${suite}: ready (${seconds} s)\n`)
    return undefined
  } finally {
    await rm(file, { force: true })
  }
}

async function importTar(
  engine: Engine,
  { file, suite, tag }: { file: string; suite: Suite; tag: string },
  signal: AbortSignal,
): Promise<void> {
  const [repo] = tag.split(':')
  const labels = stackLabels({ tag, recipe: baseRecipe(suite, 'distribution'), suite })
  await engine.act('POST', '/images/create', {
    query: {
      fromSrc: '-',
      repo,
      tag: suite,
      changes: [
        `LABEL ${Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(' ')}`,
        ...BASE_SETTINGS,
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
