import { describe, expect, it } from 'vitest'
import { inspectDockerfile, inspectTriggers } from './dockerfile-policy.ts'

const inspect = (text: string, buildArguments: Record<string, string> = {}) =>
  inspectDockerfile(text, { buildArguments, architecture: 'amd64' })
const imagesOf = (text: string, buildArguments: Record<string, string> = {}) =>
  inspect(text, buildArguments).images.map(({ host, path, tag }) => `${host ?? ''}/${path}:${tag}`)

const VICTIM = 'vastrox-0a1b2c/shop:01abc'

describe('what a Dockerfile may build on', () => {
  it('is images of others, stages of its own and prepared images', () => {
    const verdict = inspect(
      [
        'ARG BASE=node:22',
        'FROM ${BASE} AS Build',
        'RUN npm ci',
        'FROM scratch AS empty',
        'FROM build AS test',
        'FROM vastrox/python:3.13',
        'COPY --from=build /a /a',
        'COPY --from=1 /b /b',
        'COPY --from=later /c /c',
        'COPY --from=vastrox/node-build:26 /d /d',
        'RUN --mount=type=bind,from=ghcr.io/x/y:1,target=/y --mount=type=cache,target=/z true',
        'FROM vastrox/base:trixie AS later',
      ].join('\n'),
    )

    expect(verdict.problems).toEqual([])
    expect(verdict.images.map(({ path }) => path)).toEqual(['library/node', 'x/y'])
    expect(verdict.prepared).toEqual([
      { stack: 'python', version: '3.13' },
      { stack: 'node', version: '26' },
    ])
  })

  it('is found where ARG says it, the build argument before the default', () => {
    const text = 'ARG V=20\nARG IMAGE="node:${V}"\nFROM ${IMAGE}-$TARGETARCH'

    expect(imagesOf(text)).toEqual(['/library/node:20-amd64'])
    expect(imagesOf(text, { V: '24' })).toEqual(['/library/node:24-amd64'])
    expect(imagesOf(text, { IMAGE: 'x/y:1' })).toEqual(['/x/y:1-amd64'])
    expect(imagesOf('ARG A\nFROM ${A:-debian}${A:+:old}')).toEqual(['/library/debian:latest'])
  })
})

describe('the image of another app is refused', () => {
  it.each([
    ['as it is', `FROM ${VICTIM}`],
    ['in small letters', `from ${VICTIM}`],
    ['with the registry before it', `FROM docker.io/${VICTIM}`],
    ['with the old registry before it', `FROM index.docker.io/${VICTIM}`],
    ['with a platform', `FROM --platform=linux/amd64 ${VICTIM} AS x`],
    ['in quotes', `FROM "${VICTIM}"`],
    ['with an escape in it', 'FROM vastrox\\-0a1b2c/shop:01abc'],
    ['by ARG', `ARG A=${VICTIM}\nFROM $A`],
    ['by ARG in pieces', 'ARG A=vast\nARG B=${A}rox-0a1b2c\nFROM ${B}/shop:1'],
    ['by a default', `FROM \${NOTHING:-${VICTIM}}`],
    ['over two lines', 'FROM \\\n  # why not\n\n  vastrox-0a1b2c/shop:1'],
    ['after an escape directive', `# escape=\`\nFROM \`\n${VICTIM}`],
    [
      'after a syntax and an escape directive',
      `# syntax=docker/dockerfile:1\n# escape=\`\nFROM \`\n${VICTIM}`,
    ],
    [
      'after a line that only looks continued',
      `FROM scratch\nRUN echo \\\\\nCOPY --from=${VICTIM} / /`,
    ],
    ['after a heredoc', `FROM scratch\nRUN <<EOF\necho \\\nEOF\nCOPY --from=${VICTIM} / /`],
    ['with a byte order mark', `\uFEFFFROM ${VICTIM}`],
    ['with line ends of Windows', `FROM scratch\r\nCOPY --from=${VICTIM} / /\r\n`],
    ['behind a blank of another kind', `\u00a0FROM ${VICTIM}`],
    ['copied from', `FROM scratch\nCOPY --from=${VICTIM} / /`],
    [
      'copied from, in quotes',
      `FROM scratch\nCOPY "--from=${VICTIM}" / /\nCOPY --f"rom"=${VICTIM} / /`,
    ],
    ['mounted', `FROM scratch\nRUN --mount=type=bind,from=${VICTIM},target=/x true`],
    ['mounted, in quotes', `FROM scratch\nRUN --mount=type=bind,"from=${VICTIM}" true`],
    ['mounted, in capitals', `FROM scratch\nRUN --mount=type=bind,FROM=${VICTIM} true`],
    ['for whoever builds on it', `FROM scratch\nONBUILD COPY --from=${VICTIM} / /`],
    ['by its digest', `FROM vastrox-0a1b2c/shop@sha256:${'a'.repeat(64)}`],
    ['although a stage has its name', `FROM scratch AS ${VICTIM}\nCOPY --from=${VICTIM} / /`],
  ])('%s', (_how, text) => {
    expect(inspect(text).problems.join('\n')).toMatch(/is the image of an app/)
  })

  it('by a build argument', () => {
    expect(inspect('ARG A=node:26\nFROM $A', { A: VICTIM }).problems).toHaveLength(1)
  })
})

describe('what would leave the fence, or is not understood, is refused', () => {
  it.each([
    ['FROM sha256:' + 'a'.repeat(64), /is the id of an image/],
    [`FROM ${'a'.repeat(64)}`, /is the id of an image/],
    ['FROM ' + 'a'.repeat(301), /is not the name of an image/],
    ['FROM $NOTHING', /is empty: give the ARG a default/],
    ['FROM ${A#x}', /is not the name of an image/],
    ['FROM vastrox/nodejs:26', /There is no vastrox\/nodejs:26/],
    ['FROM vastrox/node', /There is no vastrox\/node:latest: name a stack and its version/],
    ['FROM vastrox/base:sid', /There is no vastrox\/base:sid/],
    ['FROM scratch\nRUN --security=insecure true', /leave the fence/],
    ['FROM scratch\nRUN --network=host true', /reach the server itself/],
    ['FROM scratch\nRUN --net"work"=host true', /reach the server itself/],
    ['FROM scratch\nRUN --mount=type=ssh true', /no SSH agent/],
    ['FROM scratch\nCOPY --from=$A / /', /variables are not expanded/],
    ['FROM scratch\nADD http://127.0.0.1:2019/x /', /fetched by the engine/],
    ['FROM scratch\nADD h"ttp"://127.0.0.1/x /', /fetched by the engine/],
    ['FROM scratch\nADD ["https://x.test/y", "/"]', /fetched by the engine/],
    ['FROM scratch\nADD git@x.test:y.git /', /fetched by the engine/],
    ['FROM scratch\nARG U\nADD $U /', /may become an address/],
    ['FROM scratch\nONBUILD ADD http://127.0.0.1/x /', /fetched by the engine/],
    ['FROM scratch\nONBUILD ONBUILD RUN true', /is no instruction/],
    [
      'FROM scratch AS a\nRUN --mount=type=cache,id=c,target=/c,source=sub true\nFROM scratch\nRUN --mount=type=cache,id=c,target=/c true',
      /Line 2 .* a part of a cache that other stages use/,
    ],
    [
      'FROM scratch AS a\nRUN --mount=type=cache,target=/c/,src=sub true\nFROM scratch\nRUN --mount=type=cache,dst=/c true',
      /Line 2 .* a part of a cache/,
    ],
    [
      'FROM scratch AS a\nRUN --mount=type=cache,id=c,target=/c,source=sub true\nFROM scratch\nRUN --mount=type=cache,id=$X,target=/d true',
      /Line 2 .* a part of a cache/,
    ],
    ['FROM scratch\nONBUILD RUN --mount=type=cache,target=/c,source=x true', /a part of a cache/],
  ])('%s', (text, reason) => {
    const { problems } = inspect(text)
    expect(problems.join('\n')).toMatch(reason)
  })

  it('build arguments that steer the engine', () => {
    expect(inspect('FROM scratch', { BUILDKIT_SYNTAX: 'x/y' }).problems).toEqual([
      'The build argument BUILDKIT_SYNTAX steers the engine itself and cannot be set.',
    ])
  })

  it('more than a Dockerfile can be', () => {
    expect(() => inspect('#'.repeat(2 ** 20 + 1))).toThrow(RangeError)
  })
})

describe('another kind of machine', () => {
  it.each(['linux/arm64', 'arm64', 'windows/amd64', '$UNKNOWN/x', 'linux/amd64/v3'])(
    '%s is refused: its images would be looked up past what was decided (rule C11)',
    (platform) => {
      const { problems } = inspect(`FROM --platform=${platform} node:22`)
      expect(problems.join('\n')).toMatch(/is not this server's, which is linux\/amd64/)
    },
  )

  it.each(['linux/amd64', 'amd64', 'linux/x86_64', '$BUILDPLATFORM', '${TARGETPLATFORM}', 'linux'])(
    'but not %s, which is this one',
    (platform) => {
      expect(inspect(`FROM --platform=${platform} node:22`).problems).toEqual([])
    },
  )
})

describe('steps that an image leaves to whoever builds on it (rule C11)', () => {
  const problemsOf = (...triggers: string[]) =>
    inspectTriggers(triggers, { stages: ['deps'], caches: [] }).problems

  it.each([
    [`COPY --from=${VICTIM} / /`, /is the image of an app/],
    [`RUN --mount=type=bind,from=${VICTIM},target=/x cat /x/env`, /is the image of an app/],
    ['COPY --from=ghcr.io/x/y:1 / /', /only stages can be named there/],
    ['ADD http://169.254.169.254/latest /x', /fetched by the engine/],
    ['RUN --network=host true', /reach the server itself/],
    ['RUN --security=insecure true', /leave the fence/],
    [`# escape=\`\nCOPY \`\n--from=${VICTIM} / /`, /several lines/],
    ['FROM node:22', /is no step/],
    ['ONBUILD RUN true', /is no step/],
    ['# nothing', /is no step/],
  ])('%j is refused', (trigger, reason) => {
    expect(problemsOf('RUN true', trigger).join('\n')).toMatch(reason)
  })

  it('are held to no more than that', () => {
    expect(
      problemsOf(
        'COPY package.json /app/',
        'RUN npm install',
        'COPY --from=deps / /',
        'COPY --from=vastrox/node:26 /x /x',
        'ADD ./a.tar.gz /srv/',
        'CMD ["node", "."]',
      ),
    ).toEqual([])
  })

  it('share no cache of which the Dockerfile mounts a part (CVE-2024-23651)', () => {
    const { stages, caches } = inspect(
      'FROM scratch\nRUN --mount=type=cache,id=x,source=a,target=/x true\nFROM scratch',
    )
    const trigger = (id: string) => [`RUN --mount=type=cache,id=${id},target=/x true`]

    expect(inspectTriggers(trigger('x'), { stages, caches }).problems).toHaveLength(1)
    expect(inspectTriggers(trigger('y'), { stages, caches }).problems).toEqual([])
  })

  it('are not more than anybody writes', () => {
    expect(problemsOf(...Array.from({ length: 201 }, () => 'RUN true'))).toHaveLength(1)
    expect(problemsOf(`RUN ${'a'.repeat(30_000)}`)).toHaveLength(1)
  })
})

it('lets through what people write', () => {
  const text = [
    'FROM vastrox/node:26',
    'ADD src/app-$V.tar.gz ./x /srv/',
    'ADD --chown=1000:1000 . .',
    'RUN --network=none make',
    'RUN --mount=type=cache,target=/c,source=sub true',
    'RUN --mount=type=cache,target=/c,source=sub true && true',
    'RUN cat <<-EOF > /x && echo "FROM vastrox-0a1b2c/shop"',
    '\tFROM vastrox-0a1b2c/shop',
    '\tEOF',
    'COPY <<EOF /y',
    'FROM vastrox-0a1b2c/shop:1',
    'EOF',
    'CMD ["node", "a.js"]',
  ].join('\n')

  expect(inspect(text)).toMatchObject({ problems: [], images: [], hasHeredocs: true })
})

it('takes a moment for the longest and worst of them', () => {
  const startedAt = performance.now()
  for (const text of [
    `FROM scratch\n${'RUN a \\\n'.repeat(19_000)}`,
    `# escape=\`\n${'ONBUILD '.repeat(120_000)}`,
    `FROM ${'${A:-'.repeat(100_000)}`,
    `RUN ${'--mount=type=bind,"'.repeat(50_000)}`,
    `RUN ${'<<E '.repeat(200_000)}`,
    `ARG ${'A=$A '.repeat(150_000)}\nFROM $A`,
    ' '.repeat(1_000_000),
  ])
    inspect(text)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})
