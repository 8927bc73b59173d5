import { CA_MOUNT, exportSecrets, runShell, secretMounts, secretsDigest } from './build-steps.ts'
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
  /** Names of env variables that the build reads. */
  secrets: readonly string[]
  command: string | null
}

const CACHES = {
  maven: { id: 'maven', target: '/root/.m2' },
  gradle: { id: 'gradle', target: '/root/.gradle' },
}

/** Libraries are a layer below the app's own classes: a change of code moves kilobytes. */
export function javaDockerfile(image: JavaImage): string {
  const { secrets, tool } = image
  const cache = CACHES[tool]
  const run = (command: string): string =>
    runShell(
      [
        `--mount=type=cache,id=${cache.id},target=${cache.target}`,
        CA_MOUNT,
        ...secretMounts(secrets),
      ],
      `${exportSecrets(secrets)}export VASTROX_CACHE=${cache.target}; vastrox-java ${command}`,
    )
  return [
    'FROM @BUILD@ AS build',
    'WORKDIR /srv/app',
    'COPY . .',
    ...secretsDigest(secrets),
    ...(image.first === null ? [] : [run(image.first)]),
    run(image.build),
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
