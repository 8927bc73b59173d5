import type { BuildSecrets } from './build-secrets.ts'
import { BUNDLE_PATH } from './java-bundle.ts'

export interface JavaImage {
  tool: 'maven' | 'gradle'
  /** Run in the folder of the whole build. */
  build: string
  /** Asked first, so that a tool that cannot be fetched says so in words; null for what is there. */
  first: string | null
  /** Where the build tool leaves what it made: `target`, `app/build`. */
  output: string
  /** A process names files of the source or the build: everything is kept as it was built. */
  keepsAll: boolean
  secrets: BuildSecrets
  command: string | null
}

const CACHES = {
  maven: { id: 'maven', target: '/root/.m2' },
  gradle: { id: 'gradle', target: '/root/.gradle' },
}
const CA = '--mount=type=secret,id=vastrox-ca,target=/run/vastrox/ca.pem'

/** Libraries are a layer below the app's own classes: a change of code moves kilobytes. */
export function javaDockerfile(image: JavaImage): string {
  const { secrets, tool } = image
  const cache = CACHES[tool]
  const run = (command: string): string =>
    `RUN --mount=type=cache,id=${cache.id},target=${cache.target} ${CA} ${secrets.mounts}${secrets.exports}VASTROX_CACHE=${cache.target} ${command}`
  return [
    'FROM @BUILD@ AS build',
    'WORKDIR /srv/app',
    'COPY . .',
    ...(image.first === null ? [] : [run(`vastrox-java ${image.first}`)]),
    run(`vastrox-java ${image.build}`),
    ...(image.keepsAll ? [] : [`RUN sh ${BUNDLE_PATH} ${image.output}`]),
    '',
    'FROM @RUNTIME@',
    ...(image.keepsAll
      ? ['COPY --chown=1000:1000 --from=build /srv/app /srv/app']
      : [
          'COPY --chown=1000:1000 --from=build /srv/out/lib /srv/app/lib',
          'COPY --chown=1000:1000 --from=build /srv/out/app /srv/app',
        ]),
    'WORKDIR /srv/app',
    'USER 1000:1000',
    ...(image.command === null ? [] : [`CMD ${JSON.stringify(['/bin/sh', '-c', image.command])}`]),
    '',
  ].join('\n')
}
