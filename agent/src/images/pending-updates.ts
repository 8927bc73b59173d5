import { randomUUID } from 'node:crypto'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { buildStage } from '#agent/images/build-stage.ts'
import type { ImageNames } from '#agent/images/image-names.ts'
import { bareContext } from '#agent/images/installed-node.ts'
import { CA } from '#agent/images/recipes/apt.ts'

const MAX_PACKAGES = 500

/**
 * Packages of an image that have security updates, found out inside a container of it. The lists of
 * the security suite alone are fetched where the image names it on a line of its own: 0.3 s in place
 * of 4 s. Throws IMAGE_PREPARE_FAILED where that cannot be found out.
 */
export async function pendingUpdates(
  { engine, names }: { engine: Engine; names: ImageNames },
  image: string,
  { signal, stamp }: { signal: AbortSignal; stamp: string },
): Promise<string[]> {
  const tag = `${names.namespace}/check:${randomUUID()}`
  let said = ''
  try {
    const failure = await buildStage(
      engine,
      { target: 'answer', tag, labels: {}, context: bareContext(checkDockerfile(image, stamp)) },
      signal,
      async (text) => {
        said += text
      },
    )
    if (failure !== undefined)
      throw new CodedError('IMAGE_PREPARE_FAILED', {
        reason: `Security updates of ${image} could not be looked up: ${failure}`,
      })
    return readPending(said)
  } finally {
    await engine.act('DELETE', `/images/${tag}`).catch(() => {
      // It was never made.
    })
  }
}

/** Of what the check has printed. */
export const readPending = (said: string): string[] => {
  const found = [...said.matchAll(/^pending: ([a-z0-9][a-z0-9.+-]*)$/gm)].map(
    ([, name = '']) => name,
  )
  return [...new Set(found)].toSorted().slice(0, MAX_PACKAGES)
}

const SECURITY = '/tmp/security.list'
const APT = 'apt-get -qq -o Acquire::https::CAInfo=/run/vastrox/ca.pem'

const checkDockerfile = (image: string, stamp: string): string =>
  [
    `FROM ${image} AS check`,
    `ARG VASTROX_MADE=${stamp}`,
    'USER root',
    // One without packages (the image that Go programs run on) is known by its base and its build image.
    `RUN ${CA} touch /done; command -v apt-get >/dev/null || exit 0;` +
      ` grep -hE '^deb .*-security ' /etc/apt/sources.list > ${SECURITY} || true;` +
      ` only=; if test -s ${SECURITY}; then only="-o Dir::Etc::sourcelist=${SECURITY} -o Dir::Etc::sourceparts=-"; fi;` +
      ` ${APT} $only update && apt list --upgradable $only 2>/dev/null > /tmp/upgradable` +
      ` && sed -n 's,^\\([a-z0-9.+-]*\\)/[^ ]*-security.*,pending: \\1,p' /tmp/upgradable`,
    'FROM scratch AS answer',
    'COPY --from=check /done /done',
    '',
  ].join('\n')
