import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { pageOf } from '@vastrox/shared/page.ts'
import { Release } from '@vastrox/shared/release.ts'
import { StackImageList } from '@vastrox/shared/stack-image.ts'
import { destroyApp } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../examples')

/** At most so many MB, on the newest base. */
const GOALS: Record<string, number> = { 'node-express': 240, flask: 180, 'php-plain': 160 }

interface Size {
  name: string
  megabytes: number | null
  goal?: number
  /** Why there is none. */
  failed?: string
}

/** Sizes of the bases, of what is prepared for all apps, and of every example, which is pushed for it. */
export async function benchImages(vastrox: Installation, only: readonly string[]) {
  const examples: Size[] = []
  for (const name of readdirSync(EXAMPLES).toSorted())
    if (only.length === 0 || only.includes(name)) examples.push(await sizeOf(vastrox, name))
  const { items, bases } = await vastrox.read(StackImageList, '/stack-images')
  return {
    bases: bases.map(({ suite, sizeBytes }) => ({
      name: suite,
      megabytes: inMegabytes(sizeBytes),
    })),
    prepared: items.flatMap(({ stack, version, prepared }) =>
      prepared === null
        ? []
        : {
            name: `${stack}:${version}`,
            megabytes: inMegabytes(prepared.sizeBytes),
            toBuildWith: inMegabytes(prepared.buildSizeBytes),
          },
    ),
    examples,
    ok: examples.every(
      ({ megabytes, goal }) => goal === undefined || (megabytes !== null && megabytes <= goal),
    ),
  }
}

async function sizeOf(vastrox: Installation, example: string): Promise<Size> {
  const app = `bench-${example}`.slice(0, 40)
  const goal = GOALS[example]
  const copy = createWorkingCopy(vastrox.remote(app))
  try {
    await copy.init()
    copy.copyFrom(`${EXAMPLES}/${example}`)
    await copy.commit('the example')
    const pushed = await copy.push('--force', 'main')
    const { items } = await vastrox.read(pageOf(Release), `/apps/${app}/releases?limit=1`)
    const [release] = items
    return {
      name: example,
      megabytes: release ? inMegabytes(release.imageSizeBytes) : null,
      ...(goal === undefined ? {} : { goal }),
      ...(pushed.exitCode === 0 ? {} : { failed: lastLine(pushed.output) }),
    }
  } finally {
    await destroyApp(vastrox, app)
    copy.remove()
  }
}

const inMegabytes = (bytes: number): number => Math.round(bytes / 1e6)

const lastLine = (output: string): string =>
  output
    .split('\n')
    .filter((line) => /!|error|failed/i.test(line))
    .at(-1) ?? output.slice(-200)
