import { describe, expect, it } from 'vitest'
import { parseImageReference } from '@vastrox/shared/image-reference.ts'
import { locate } from '#agent/images/registry/locate.ts'

const NOTHING_SAID = { mirror: null, allowedHosts: [], isOff: false }
const MIRROR = { host: 'mirror.example', prefix: 'hub/', credentials: null }

function located(text: string, settings = {}): string {
  const reference = parseImageReference(text)
  if (!reference) throw new Error('it is a reference')
  return locate(reference, { ...NOTHING_SAID, ...settings }).name
}

describe('where an image is fetched from', () => {
  it.each([
    ['node:22', 'library/node', 'mirror.example/hub/library/node'],
    ['docker.io/node:22', 'library/node', 'mirror.example/hub/library/node'],
    ['index.docker.io/team/app', 'team/app', 'mirror.example/hub/team/app'],
    ['ghcr.io/team/app', 'ghcr.io/team/app', 'ghcr.io/team/app'],
  ])('%s', (text, plain, mirrored) => {
    expect(located(text)).toBe(plain)
    expect(located(text, { mirror: MIRROR })).toBe(mirrored)
  })

  it('credentials of one’s own go past the mirror: it has no private images', () => {
    const reference = parseImageReference('docker.io/team/secret')
    const own = { username: 'me', password: 'x' }
    if (!reference) throw new Error('it is a reference')

    expect(locate(reference, { ...NOTHING_SAID, mirror: MIRROR }, own)).toMatchObject({
      name: 'team/secret',
      credentials: own,
    })
  })
})
