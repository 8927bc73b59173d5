import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AgentClient } from '#test/agent-client.ts'
import { collect, outputOf } from '#test/collect.ts'
import { type RunningAgent, runAgent } from '#test/running-agent.ts'
import { idsOf } from '#test/test-installation.ts'
import { tarOf } from '#test/tar-of.ts'

const Images = z.object({
  images: z.array(
    z.object({
      imageId: z.string(),
      appId: z.string(),
      buildId: z.string(),
      sizeBytes: z.number(),
    }),
  ),
})
const FROM = 'FROM vastrox/node:26\n'
const SECRET = `s3cret-${randomBytes(12).toString('hex')}`
/** Keeps steps from being found in the cache of an earlier run. */
const ONCE = randomBytes(6).toString('hex')

let agent: RunningAgent
let client: AgentClient

async function build(
  files: Record<string, string>,
  changes: Record<string, unknown> = {},
  signal?: AbortSignal,
) {
  const spec = {
    appId: 'app00001',
    appName: 'blog',
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: false,
    secrets: {},
    timeoutMs: 60_000,
    ...changes,
  }
  return client.build(spec, await tarOf(files), signal)
}

const built = async (files: Record<string, string>, changes: Record<string, unknown> = {}) =>
  collect(await build(files, changes))

/** Command lines of every process of the machine. */
async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
}

async function until(look: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    if (await look()) return
    await sleep(100)
  }
  throw new Error('it did not come about in 30 s')
}

const untilGone = (marker: string): Promise<void> =>
  until(async () => !(await commandLines()).some((line) => line.includes(marker)))

beforeAll(async () => {
  agent = await runAgent({ VASTROX_BUILD_MEMORY_BYTES: String(2 ** 30) })
  client = agent.client()
})
afterAll(() => agent.remove())

describe('preparing an image', () => {
  it('gives the tags to build with, and finds them there the second time', async () => {
    const first = await collect(client.stream('prepare-image', { stack: 'node', version: '26' }))
    const again = await collect(client.stream('prepare-image', { stack: 'node', version: '26' }))

    const done = {
      type: 'done',
      runtimeImage: 'vastrox/node:26',
      buildImage: 'vastrox/node-build:26',
    }
    expect(first.at(-1)).toMatchObject(done)
    expect(again).toEqual([{ ...done, prepared: false }])
  })

  it('can be given up at any moment, leaves no process, and holds nobody else up', async () => {
    const leaving = new AbortController()
    const version = '22.12.0'
    const preparing = client.stream('prepare-image', { stack: 'node', version }, leaving.signal)
    const first = preparing.next()
    await until(async () => (await commandLines()).some((line) => line.includes(`@${version}`)))
    const meanwhile = await collect(
      client.stream('prepare-image', { stack: 'node', version: '26' }),
    )

    leaving.abort()
    await first.catch(() => undefined)

    expect(meanwhile).toMatchObject([{ type: 'done', prepared: false }])
    await untilGone(`@${version}`)
    expect(await readdir(join(agent.paths.agent, 'scratch')).catch(() => [])).toEqual([])
  })

  it('refuses a version that is not offered', async () => {
    const events = await collect(client.stream('prepare-image', { stack: 'node', version: '17' }))

    expect(events).toMatchObject([{ type: 'refused', error: { code: 'IMAGE_PREPARE_FAILED' } }])
  })
})

describe('the build image of Node', () => {
  it('compiles a native module, with nothing fetched for it but the compiler’s own input', async () => {
    const events = await built({
      Dockerfile: `FROM vastrox/node-build:26
WORKDIR /srv/app
COPY . .
RUN npm_config_disturl=http://127.0.0.1:1/ npm install --no-audit --no-fund && node -e 'console.log(require("./build/Release/hello.node").hello + " ${ONCE}")'
`,
      'package.json': JSON.stringify({
        name: 'hello',
        version: '1.0.0',
        scripts: { install: 'node-gyp rebuild' },
      }),
      'binding.gyp': "{ 'targets': [{ 'target_name': 'hello', 'sources': ['hello.c'] }] }",
      'hello.c': `#include <node_api.h>
static napi_value Init(napi_env env, napi_value exports) {
  napi_value text;
  napi_create_string_utf8(env, "native", NAPI_AUTO_LENGTH, &text);
  napi_set_named_property(env, exports, "hello", text);
  return exports;
}
NAPI_MODULE(NODE_GYP_MODULE_NAME, Init)
`,
    })

    expect(outputOf(events)).toContain(`native ${ONCE}`)
    expect(events.at(-1)).toMatchObject({ type: 'done' })
  })
})

describe('building an image', () => {
  it('tells its steps, ends with an image that is ours, small and runs', async () => {
    const buildId = randomBytes(8).toString('hex')
    const events = await built(
      { Dockerfile: `${FROM}COPY a.txt /a.txt\nRUN cat /a.txt\n`, 'a.txt': `hello ${ONCE}\n` },
      { buildId },
    )
    const done = events.at(-1)

    expect(done).toMatchObject({
      type: 'done',
      imageId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    })
    expect(done.sizeBytes).toBeLessThan(240e6)
    expect(outputOf(events)).toBe(`hello ${ONCE}\n`)
    expect(events.flatMap((event) => (event.type === 'step' ? [event.name] : []))).toEqual([
      expect.stringContaining('FROM'),
      '[2/3] COPY a.txt /a.txt',
      '[3/3] RUN cat /a.txt',
      'exporting to image',
    ])
    expect(Images.parse((await client.call('list-images')).body).images).toContainEqual({
      imageId: done.imageId,
      appId: 'app00001',
      buildId,
      sizeBytes: done.sizeBytes,
    })
  })

  it('does nothing twice: a repeat is from the cache, and noCache is not', async () => {
    const files = { Dockerfile: `${FROM}RUN echo ${ONCE}-twice\n` }
    await built(files)
    const repeated = await built(files)
    const fresh = await built(files, { noCache: true })

    expect(repeated).toContainEqual({
      type: 'step',
      name: `[2/2] RUN echo ${ONCE}-twice`,
      cached: true,
    })
    expect(outputOf(repeated)).toBe('')
    expect(outputOf(fresh)).toBe(`${ONCE}-twice\n`)
  })

  it('fails in one line that names the step and its exit code', async () => {
    const events = await built({ Dockerfile: `${FROM}RUN echo before ${ONCE}; exit 7\n` })

    expect(outputOf(events)).toBe(`before ${ONCE}\n`)
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      code: 'BUILD_FAILED',
      reason: `The step "[2/2] RUN echo before ${ONCE}; exit 7" failed with exit code 7.`,
      details: { exitCode: 7 },
    })
  })

  it.each([
    [
      'a Dockerfile that cannot be read',
      { Dockerfile: 'FROM scratch\nRUNX\n' },
      /unknown instruction/,
    ],
    ['a file that is not there', { Dockerfile: `${FROM}COPY nowhere /x\n` }, /nowhere.*not found/],
    [
      'a foreign build program',
      { Dockerfile: `# syntax=evil/frontend:1\n${FROM}` },
      /evil\/frontend:1.*not allowed/,
    ],
    ['no Dockerfile', { 'a.txt': 'a' }, /Dockerfile/],
  ])('fails with a reason on %s', async (_what, files, reason) => {
    const last = (await built(files)).at(-1)

    expect(last.code ?? last.error.code).toBe('BUILD_FAILED')
    expect(last.reason ?? last.error.message).toMatch(reason)
  })

  it.each([
    ['of an app', `FROM vastrox-0a1b2c/shop:01abc\n`, /is the image of an app/],
    ['of an app, in pieces', 'ARG A=vast\nFROM ${A}rox-0a1b2c/shop:1\n', /is the image of an app/],
    [
      'of an app, to copy from',
      `${FROM}COPY --from=docker.io/vastrox-0a1b2c/shop:1 / /x\n`,
      /is the image of an app/,
    ],
    [
      'that was only made on this machine',
      'FROM local-only-of-a-test:1\n',
      /^No registry answers, so local-only-of-a-test:1 cannot be fetched\.$/,
    ],
    [
      'of a registry that is none',
      'FROM registry.invalid/a:1\n',
      /^registry\.invalid does not lead to a registry on the internet\./,
    ],
  ])(
    'refuses to build on an image %s, whoever asks for it (rule C7)',
    async (_what, Dockerfile, reason) => {
      await agent.engine.act('POST', '/images/vastrox/base:trixie/tag', {
        query: { repo: 'local-only-of-a-test', tag: '1' },
      })

      const events = await built({ Dockerfile }, { buildArguments: {} })
      await agent.engine.act('DELETE', '/images/local-only-of-a-test:1')

      expect(events.at(-1)).toMatchObject({
        error: {
          code: expect.stringMatching(
            /^(DOCKERFILE_REFUSED|BASE_IMAGE_UNAVAILABLE|IMAGE_REFERENCE_REFUSED)$/,
          ),
          details: { reason: expect.stringMatching(reason) },
        },
      })
    },
  )

  it('refuses build arguments that replace the build program', async () => {
    const events = await built({ Dockerfile: FROM }, { buildArguments: { BUILDKIT_SYNTAX: 'x/y' } })

    expect(events.at(-1)).toMatchObject({ error: { code: 'DOCKERFILE_REFUSED' } })
  })

  it('takes Docker’s own # syntax= line as a comment, and says so', async () => {
    const events = await built({ Dockerfile: `# syntax=docker/dockerfile:1\n${FROM}RUN true\n` })

    expect(outputOf(events)).toContain('is ignored')
    expect(events.at(-1).type).toBe('done')
  })
})

describe('secrets of a build (rule C14)', () => {
  it('reach the step that mounts them, and neither image, history nor any argument list', async () => {
    const dockerfile = `${FROM}RUN --mount=type=secret,id=NPM_TOKEN wc -c < /run/secrets/NPM_TOKEN; test -s /run/secrets/NPM_TOKEN && sleep 1 # ${ONCE}\n`
    const building = collect(
      await build({ Dockerfile: dockerfile }, { secrets: { NPM_TOKEN: SECRET } }),
    )
    const seen: string[] = []
    const looking = (async () => {
      for (let turn = 0; turn < 8; turn++) {
        seen.push(...(await commandLines()))
        await sleep(150)
      }
    })()
    const events = await building
    await looking
    const { imageId } = events.at(-1)
    const record = await Promise.all(
      [`/images/${imageId}/json`, `/images/${imageId}/history`].map((path) =>
        agent.engine.get(path, z.unknown()),
      ),
    )
    const found = await collect(
      client.stream('run-once', {
        appId: 'app00001',
        appName: 'blog',
        releaseId: 'release1',
        releaseNumber: 1,
        process: 'release',
        generation: 1,
        imageId,
        command: 'grep -rl "$NEEDLE" /run /tmp /etc /root /var /usr/local/lib || echo nothing',
        env: { NEEDLE: SECRET.slice(0, 12) },
        limits: { memoryBytes: 2 ** 28, cpuMillis: 0 },
        timeoutMs: 30_000,
      }),
    )

    expect(outputOf(events)).toBe(`${SECRET.length}\n`)
    expect(JSON.stringify(record)).not.toContain(SECRET)
    expect(outputOf(found)).toBe('nothing\n')
    expect(seen.some((line) => line.includes(SECRET))).toBe(false)
  })

  it('include the authorities of the host, which stay out of the image', async () => {
    const mount = '--mount=type=secret,id=vastrox-ca,target=/run/vastrox/ca.pem'
    const events = await built({
      Dockerfile: `${FROM}RUN ${mount} grep -c BEGIN /run/vastrox/ca.pem # ${ONCE}\nRUN test ! -s /run/vastrox/ca.pem && echo gone # ${ONCE}\n`,
    })

    expect(outputOf(events)).toMatch(/^\d{2,}\ngone\n$/)
  })

  it('that were not given fail the step that needs one', async () => {
    const mount = '--mount=type=secret,id=absent,required'
    const last = (await built({ Dockerfile: `${FROM}RUN ${mount} true # ${ONCE}\n` })).at(-1)

    expect(last).toMatchObject({ type: 'failed', code: 'BUILD_FAILED' })
  })
})

describe('cache mounts', () => {
  it('are kept between builds of one app, and are another app’s never', async () => {
    const look = (turn: string) => ({
      Dockerfile: `${FROM}RUN --mount=type=cache,id=shared-${ONCE},target=/c ls /c; touch /c/mark # ${turn}\n`,
    })
    const first = await built(look('1'))
    const second = await built(look('2'))
    const other = await built(look('3'), { appId: 'app00002', appName: 'shop' })

    expect([first, second, other].map((events) => outputOf(events))).toEqual(['', 'mark\n', ''])
  })
})

describe('the fence (promise 3)', () => {
  it('ends a build that fills it, says so, and the next build runs', async () => {
    const greedy = `node -e 'const a=[];for(;;)a.push(Buffer.alloc(1048576,1))' # ${ONCE}`
    const events = await built({ Dockerfile: `${FROM}RUN ${greedy}\n` })
    const next = await built({ Dockerfile: `${FROM}RUN true # ${ONCE} next\n` })

    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      code: 'BUILD_OUT_OF_MEMORY',
      reason: expect.stringContaining('limit 1024 MiB'),
      details: { limitBytes: 2 ** 30, step: expect.stringContaining('node -e') },
    })
    expect(next.at(-1).type).toBe('done')
  })

  it('holds processes as well: a fork bomb ends as a failed step', async () => {
    const bomb = `n=0; while :; do sleep 30 & n=$((n+1)); test $n -gt 4000 && exit 0; done # ${ONCE}`
    const events = await built({ Dockerfile: `${FROM}RUN ${bomb}\n` })

    expect(outputOf(events)).toMatch(/cannot fork/i)
    expect(events.at(-1)).toMatchObject({ code: 'BUILD_FAILED' })
    expect(events.at(-1).details.exitCode).not.toBe(0)
  })

  it('lets one build in at a time, and tells the other that it waits', async () => {
    const events = await build({ Dockerfile: `${FROM}RUN sleep 3 # ${ONCE}\n` })
    await events.next()
    const slow = collect(events)
    const waiting = await built({ Dockerfile: `${FROM}RUN true # ${ONCE} waits\n` })

    expect(outputOf(waiting)).toBe('Waiting: 1 other build is before this one.\n')
    expect((await slow).at(-1).type).toBe('done')
    expect(waiting.at(-1).type).toBe('done')
  })
})

describe('a build that is not wanted any more', () => {
  it('is ended when its caller goes, its processes included, and the next one is let in', async () => {
    const marker = `77${Number.parseInt(ONCE.slice(0, 6), 16)}`
    const leaving = new AbortController()
    const events = await build({ Dockerfile: `${FROM}RUN sleep ${marker}\n` }, {}, leaving.signal)
    await events.next()
    await until(async () => (await commandLines()).includes(`sleep\0${marker}\0`))

    leaving.abort()
    await collect(events).catch(() => undefined)

    await untilGone(`sleep\0${marker}`)
    expect((await built({ Dockerfile: `${FROM}RUN true # ${ONCE} after\n` })).at(-1).type).toBe(
      'done',
    )
  })

  it('may be given up at any moment of its beginning, and the agent lives on', async () => {
    const { length } = agent.lines.filter((line) => line['event'] === 'agent.bug')
    for (const afterMs of [0, 5, 10, 20, 40, 80]) {
      const leaving = new AbortController()
      const events = await build(
        { Dockerfile: `${FROM}RUN sleep 44444 # ${ONCE}\n` },
        {},
        leaving.signal,
      )
      const first = events.next().catch(() => undefined)
      await sleep(afterMs)
      leaving.abort()
      await first
    }

    expect((await built({ Dockerfile: `${FROM}RUN true # ${ONCE} early\n` })).at(-1).type).toBe(
      'done',
    )
    await untilGone('sleep\x0044444')
    expect(agent.lines.filter((line) => line['event'] === 'agent.bug')).toHaveLength(length)
    expect(agent.lines.filter((line) => line['event'] === 'agent.ready')).toHaveLength(1)
  })

  it('is ended when its time is up', async () => {
    const events = await built(
      { Dockerfile: `${FROM}RUN sleep 66666 # ${ONCE}\n` },
      { timeoutMs: 2_000 },
    )

    expect(events.at(-1)).toMatchObject({ type: 'failed', code: 'BUILD_TIMED_OUT' })
    await untilGone('sleep\x0066666')
  })

  it('is ended when the agent is killed', async () => {
    const events = await build({ Dockerfile: `${FROM}RUN sleep 55555 # ${ONCE}\n` })
    await events.next()
    await sleep(1_000)
    await agent.stop('SIGKILL')
    await collect(events).catch(() => undefined)
    await agent.start()

    await expect(untilGone('sleep\x0055555')).resolves.toBeUndefined()
  })
})

describe('removing images', () => {
  it('takes those of ours that nobody uses, and tells which', async () => {
    const done = (await built({ Dockerfile: `${FROM}RUN true # ${ONCE} remove\n` })).at(-1)
    const foreign = `sha256:${'f'.repeat(64)}`
    const base = await agent.engine.get(
      '/images/vastrox/node:26/json',
      z.object({ Id: z.string() }),
    )

    const { body } = await client.call('remove-images', {
      imageIds: [done.imageId, foreign, base.Id],
    })

    expect(body).toEqual({ removed: [done.imageId] })
    await client.call('remove-app', { appId: 'app00001' })
    await client.call('remove-app', { appId: 'app00002' })
    expect(await idsOf(agent.engine, '/images/json', agent.instance)).toEqual([])
  })
})
