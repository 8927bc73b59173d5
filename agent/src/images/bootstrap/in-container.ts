import type { Engine } from '#agent/engine/engine.ts'
import { BASE_SETTINGS, baseRecipe, OPTIONS } from '#agent/images/bootstrap/base-recipe.ts'
import { buildStage } from '#agent/images/build-stage.ts'
import { readDebianMirrors, sourceLines } from '#agent/images/debian-mirrors.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import { CA, installPackages } from '#agent/images/recipes/apt.ts'
import type { Suite } from '#agent/images/recipes/recipe.ts'
import { stackLabels } from '#agent/images/stack-image.ts'
import { stampLine } from '#agent/images/stamp.ts'

type Say = (text: string) => Promise<void>

/**
 * Makes a base inside a build step, where maintainer scripts are root of a container with the
 * engine's default capabilities. Returns why it failed, in one line.
 */
export async function bootstrapInContainer(
  engine: Engine,
  { suite, maker, tag }: { suite: Suite; maker: string; tag: string },
  { say, signal, stamp }: { say: Say; signal: AbortSignal; stamp: string },
): Promise<string | undefined> {
  const lines = sourceLines(await readDebianMirrors(), suite)
  const startedAt = performance.now()
  await say(`Debian ${suite}: installing the base system from signed packages\n`)
  const failure = await buildStage(
    engine,
    {
      target: 'base',
      tag,
      labels: stackLabels({ tag, recipe: baseRecipe(suite, 'distribution'), suite }),
      context: bareContext(makerDockerfile({ suite, maker, lines, stamp })),
    },
    signal,
  )
  if (failure !== undefined) return failure
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  await say(`Debian ${suite}: ready (${seconds} s)\n`)
  return undefined
}

/** The host's authorities are put in place in the stage that is thrown away. */
export const makerDockerfile = ({
  suite,
  maker,
  lines,
  stamp,
}: {
  suite: Suite
  maker: string
  lines: readonly string[]
  stamp: string
}): string =>
  [
    `FROM ${maker} AS maker`,
    installPackages(['mmdebstrap']),
    stampLine(stamp),
    `RUN ${CA} if test -s /run/vastrox/ca.pem; then cat /run/vastrox/ca.pem > /etc/ssl/certs/ca-certificates.crt; fi` +
      ` && ${command([...OPTIONS, suite, '/base.tar', ...lines])} 2>&1` +
      ' && mkdir /made && tar -xpf /base.tar -C /made --xattrs --exclude=./dev/* --numeric-owner && rm /base.tar',
    '',
    'FROM scratch AS base',
    'COPY --from=maker /made /',
    ...BASE_SETTINGS,
    '',
  ].join('\n')

const command = (words: readonly string[]): string =>
  ['mmdebstrap', ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
