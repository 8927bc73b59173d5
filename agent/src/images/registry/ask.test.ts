import { describe, expect, it } from 'vitest'
import { authorization, pullFailure } from '#agent/images/registry/ask.ts'

describe('credentials for the engine', () => {
  it('are base64 of the URL alphabet, padded as the engine wants it', () => {
    for (const password of ['a', 'ab', 'abc', 'ÿÿÿ>>>???']) {
      const { 'X-Registry-Auth': header } = authorization({ username: 'me', password })

      expect(header).toMatch(/^[A-Za-z0-9_-]+={0,2}$/)
      expect(String(header).length % 4).toBe(0)
      expect(JSON.parse(Buffer.from(String(header), 'base64url').toString())).toEqual({
        username: 'me',
        password,
      })
    }
  })
})

describe('what a registry says', () => {
  it.each([
    ['manifest for x:1 not found: manifest unknown: manifest unknown', 'IMAGE_NOT_FOUND'],
    ['manifest unknown: manifest unknown', 'IMAGE_NOT_FOUND'],
    ['name unknown: repository name not known to registry', 'IMAGE_NOT_FOUND'],
    ['no basic auth credentials', 'IMAGE_PULL_FAILED'],
    [
      'pull access denied for x, repository does not exist or may require login',
      'IMAGE_PULL_FAILED',
    ],
    ['dial tcp 127.0.0.1:9: connect: connection refused', 'IMAGE_PULL_FAILED'],
  ])('"%s" becomes %s', (message, code) => {
    expect(pullFailure(message, 'x:1')).toMatchObject({ code })
  })
})
