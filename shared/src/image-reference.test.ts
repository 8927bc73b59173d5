import { describe, expect, it } from 'vitest'
import {
  formatImageReference,
  parseImageReference,
  parseStackImageName,
} from './image-reference.ts'

const DIGEST = `sha256:${'a1'.repeat(32)}`

describe('the name of an image (rule C2)', () => {
  it.each([
    ['nginx', { host: null, path: 'library/nginx', tag: 'latest', digest: null }],
    ['nginx:1.27-alpine', { host: null, path: 'library/nginx', tag: '1.27-alpine', digest: null }],
    ['team/app', { host: null, path: 'team/app', tag: 'latest', digest: null }],
    ['a/b/c-d__e.f:T_1', { host: null, path: 'a/b/c-d__e.f', tag: 'T_1', digest: null }],
    ['registry.example/app:2', { host: 'registry.example', path: 'app', tag: '2', digest: null }],
    [
      'Registry.Example:5000/t/app',
      { host: 'registry.example:5000', path: 't/app', tag: 'latest', digest: null },
    ],
    ['localhost/app', { host: 'localhost', path: 'app', tag: 'latest', digest: null }],
    ['127.0.0.1:5000/app', { host: '127.0.0.1:5000', path: 'app', tag: 'latest', digest: null }],
    [`nginx@${DIGEST}`, { host: null, path: 'library/nginx', tag: null, digest: DIGEST }],
    [`nginx:1@${DIGEST}`, { host: null, path: 'library/nginx', tag: '1', digest: DIGEST }],
  ])('%s is read into its parts', (text, expected) => {
    expect(parseImageReference(text)).toEqual(expected)
  })

  it.each([
    '',
    '/',
    'Nginx',
    'nginx:',
    'nginx: 1',
    ':1',
    '-nginx',
    'nginx-',
    'a//b',
    'a/../b',
    'http://registry.example/app',
    'user:password@registry.example/app',
    'registry.example:0/app',
    'registry.example:65536/app',
    'registry..example/app',
    '-registry.example/app',
    '[::1]:5000/app',
    'nginx@sha256:abc',
    `nginx@${DIGEST}@${DIGEST}`,
    `nginx@sha512:${'a'.repeat(128)}`,
    'nginx\n',
    'nginx;id',
    '$(id)',
    `nginx:${'1'.repeat(129)}`,
    'a'.repeat(301),
  ])('%j is none', (text) => {
    expect(parseImageReference(text)).toBeUndefined()
  })

  it('is read in a moment, whatever it is', () => {
    const startedAt = performance.now()
    for (const text of [
      'a-'.repeat(149),
      'a'.repeat(299) + '!',
      'a.'.repeat(140) + '/x',
      'a_'.repeat(149),
    ])
      expect(parseImageReference(text)).toBeUndefined()
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('is written as people write it', () => {
    for (const text of [
      'nginx:1.27',
      'team/app:latest',
      'registry.example:5000/a/b:1',
      `nginx@${DIGEST}`,
    ]) {
      const parsed = parseImageReference(text)
      expect(parsed && formatImageReference(parsed)).toBe(text)
    }
  })
})

describe('the name of a prepared image', () => {
  it('tells the stack and its version, of the image that runs and of the one that builds', () => {
    expect(parseStackImageName('vastrox/node:22')).toEqual({ stack: 'node', version: '22' })
    expect(parseStackImageName('vastrox/php-build:8.4')).toEqual({ stack: 'php', version: '8.4' })
  })

  it.each(['vastrox/node', 'vastrox/node:latest', 'node:22', 'other/node:22', 'vastrox/a/b:1'])(
    '%s is none',
    (text) => {
      expect(parseStackImageName(text)).toBeUndefined()
    },
  )
})
