import { describe, expect, it } from 'vitest'
import { pinImages } from './dockerfile-pin.ts'
import { inspectDockerfile } from './dockerfile-policy.ts'

const PIN = 'vastrox.invalid/0a1b2c/base:'
const order = { buildArguments: {}, architecture: 'amd64' as const }

function pinned(text: string): string {
  const { uses, problems } = inspectDockerfile(text, order)
  expect(problems).toEqual([])
  return pinImages(text, uses, (name) => `${PIN}${name.replaceAll(/\W/g, '_')}`)
}

describe('images of others get names that mean one image only (rule C11)', () => {
  it.each([
    ['FROM node:22', `FROM ${PIN}node_22`],
    ['from  node:22 as Build\nFROM build', `from  ${PIN}node_22 as Build\nFROM build`],
    ['FROM node:22 AS node', `FROM ${PIN}node_22 AS node`],
    ['FROM "node:22"', `FROM ${PIN}node_22`],
    ['ARG V=22\nFROM node:${V}-slim', `ARG V=22\nFROM ${PIN}node_22_slim`],
    ['FROM --platform=$BUILDPLATFORM node:22', `FROM --platform=$BUILDPLATFORM ${PIN}node_22`],
    [
      'FROM \\\n  # node:22 is old\n  node:22 \\\n  AS x',
      `FROM \\\n  # node:22 is old\n  ${PIN}node_22 \\\n  AS x`,
    ],
    ['FROM node:22\r\nRUN true\r\n', `FROM ${PIN}node_22\r\nRUN true\r\n`],
    ['FROM node:22\nFROM node:22', `FROM ${PIN}node_22\nFROM ${PIN}node_22`],
    ['FROM vastrox/node:26', 'FROM vastrox/node:26'],
    [
      'FROM scratch\nCOPY --from=a/b:1 /x /a/b:1',
      `FROM scratch\nCOPY --from=${PIN}a_b_1 /x /a/b:1`,
    ],
    [
      'FROM scratch\nRUN --mount=from=a/b,target=/b --mount=type=bind,from=a/b,target=/c echo from=a/b',
      `FROM scratch\nRUN --mount=from=${PIN}a_b,target=/b --mount=type=bind,from=${PIN}a_b,target=/c echo from=a/b`,
    ],
    [
      'FROM scratch\nCOPY --from=a/b:1 / /\nRUN echo a/b:1 <<E\nFROM a/b:1\nE',
      `FROM scratch\nCOPY --from=${PIN}a_b_1 / /\nRUN echo a/b:1 <<E\nFROM a/b:1\nE`,
    ],
  ])('%j', (text, expected) => {
    expect(pinned(text)).toBe(expected)
  })

  it.each([
    'FROM no\\\nde:22',
    'FROM scratch\nCOPY --fr"om"=a/b:1 / /',
    'FROM scratch\nCOPY --from=a/"b":1 / /',
  ])('but not %j, which whoever looks again finds as it was', (text) => {
    expect(inspectDockerfile(pinned(text), order).images).toHaveLength(1)
  })
})
