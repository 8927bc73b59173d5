import { CA_MOUNT, exportSecrets, runShell, secretMounts, secretsDigest } from './build-steps.ts'

export interface GoImage {
  toolchain: string
  /** What go builds: `.`, `./cmd/api`. */
  folders: readonly string[]
  /** What the program of the root is called. */
  rootName: string | undefined
  cgo: boolean
  /** Run before the build; null where the repository has all that it needs. */
  prepare: string | null
  /** In place of go build. */
  buildCommand: string | null
  assets: readonly string[]
  /** Names of env variables that the build reads. */
  secrets: readonly string[]
  command: string | null
}

const CACHES = [
  '--mount=type=cache,id=go-modules,target=/root/go/pkg/mod',
  '--mount=type=cache,id=go-build,target=/root/.cache/go-build,from=@BUILD@,source=/usr/local/share/vastrox/go-build',
]
const WITH_CA =
  'if test -s /run/vastrox/ca.pem; then export SSL_CERT_FILE=/run/vastrox/ca.pem GIT_SSL_CAINFO=/run/vastrox/ca.pem; fi; '

/** The compiler's own cache makes a change of code quick; what runs is the binaries and what they read. */
export function goDockerfile(image: GoImage): string {
  const { secrets } = image
  const run = (command: string): string =>
    runShell(
      [...CACHES, CA_MOUNT, ...secretMounts(secrets)],
      `${WITH_CA}${exportSecrets(secrets)}${command}`,
    )
  return [
    'FROM @BUILD@ AS build',
    'WORKDIR /srv/app',
    `ENV CGO_ENABLED=${image.cgo ? 1 : 0} GOTOOLCHAIN=${image.toolchain} GOFLAGS=-buildvcs=false`,
    'COPY . .',
    ...secretsDigest(secrets),
    ...(image.prepare === null ? [] : [run(image.prepare)]),
    run(`mkdir -p /srv/out/bin /srv/out/files && ${image.buildCommand ?? goBuild(image)}`),
    ...(image.buildCommand === null ? [] : ['RUN test ! -d bin || cp -r bin/. /srv/out/bin/']),
    ...(image.assets.length === 0
      ? []
      : [
          `RUN for name in ${image.assets.join(' ')}; do test ! -e "$name" || cp -r "$name" /srv/out/files/; done`,
        ]),
    '',
    'FROM @RUNTIME@',
    'ENV PATH=/srv/app/bin:$PATH',
    'COPY --chown=1000:1000 --from=build /srv/out/files/ /srv/app/',
    'COPY --chown=1000:1000 --from=build /srv/out/bin/ /srv/app/bin/',
    'WORKDIR /srv/app',
    'USER 1000:1000',
    ...(image.command === null ? [] : [`CMD ${JSON.stringify(['/bin/sh', '-c', image.command])}`]),
    '',
  ].join('\n')
}

/** The folder's name is the program's; that of the root is the module's, which go cannot know for sure. */
function goBuild({ folders, rootName }: GoImage): string {
  const build = 'go build -trimpath -ldflags="-s -w"'
  const nested = folders.filter((folder) => folder !== '.')
  return [
    ...(rootName === undefined ? [] : [`${build} -o /srv/out/bin/${rootName} .`]),
    ...(nested.length === 0 ? [] : [`${build} -o /srv/out/bin/ ${nested.join(' ')}`]),
  ].join(' && ')
}
