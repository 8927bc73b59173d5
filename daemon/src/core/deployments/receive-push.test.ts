import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { ReceivedPush } from '#ports/git-transport.ts'
import type { SourceControl } from '#ports/source-control.ts'
import { owner } from '#test/fakes/actors.ts'
import { appRecord } from '#test/fakes/apps-for-git.ts'
import { noDeclaredEnv } from '#test/fakes/declared-env.ts'
import { createFakeDeployments, fail, type Script, succeed } from '#test/fakes/deployments.ts'
import { createFakeSourceArchive, createFakeSourceControl } from '#test/fakes/sources.ts'
import { fakeStack } from '#test/fakes/stack.ts'
import { createReceivePush, PIN_PREFIX } from './receive-push.ts'
import { createRemovePushLeftovers } from './receive-push-leftovers.ts'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const MAIN = 'refs/heads/main'
const app = appRecord()

function setUp(change: Partial<SourceControl> = {}, script: Script = succeed) {
  const control = createFakeSourceControl()
  const sourceControl = { ...control, ...change }
  const sourceArchive = createFakeSourceArchive()
  const deployments = createFakeDeployments(control)
  deployments.fake.script = script
  const errors: unknown[] = []
  const said: string[] = []
  let ids = 0
  const receivePush = createReceivePush({
    sourceControl,
    sourceArchive,
    deployments,
    stacks: [fakeStack],
    declaredEnv: noDeclaredEnv,
    diskRoom: { mustHaveRoom: async () => {} },
    urlsOf: () => ['http://hello.localhost', 'https://hello.localhost'],
    newId: () => `source${(ids += 1)}`,
    clock: { now: () => new Date(0), elapsedMs: () => 0, sleep: () => Promise.resolve() },
    onError: (error) => errors.push(error),
  })
  const push = (commands: ReceivedPush['commands'], options: string[] = []) =>
    receivePush({
      actor: owner(),
      app,
      push: { commands, options },
      say: (text) => said.push(text),
    })
  const pins = () => control.listRefs(app.id, PIN_PREFIX)
  return { control, sourceArchive, deployments: deployments.fake, errors, said, push, pins }
}

const toMain = (newSha: string | undefined = A, oldSha?: string) => ({ ref: MAIN, oldSha, newSha })

describe('a push to the branch that deploys', () => {
  it('is queued once its source is kept, and answered at the switch', async () => {
    const { push, control, sourceArchive, deployments, said, pins } = setUp()
    deployments.script = async (deployment, log) => {
      expect([...sourceArchive.tars.keys()]).toEqual([deployment.sourceId])
      expect(await pins()).toEqual([{ ref: `${PIN_PREFIX}source1`, sha: A }])
      expect(control.refs.get(`${app.id} ${MAIN}`)).toBeUndefined()
      return succeed(deployment, log)
    }

    const verdicts = await push([toMain()])

    expect(verdicts).toEqual([{ ref: MAIN, result: 'moved' }])
    expect(control.refs.get(`${app.id} ${MAIN}`)).toBe(A)
    expect(await pins()).toEqual([])
    expect(deployments.requested).toMatchObject([
      { ref: MAIN, oldSha: undefined, sourceId: 'source1', noCache: false, commit: { sha: A } },
    ])
    expect(said.join('')).toBe(
      [
        '-----> Received main aaaaaaa (change aaaa)',
        '-----> Node.js app detected (package.json)',
        '       added 65 packages',
        '=====> Application deployed as v1:',
        '       http://hello.localhost',
        '       https://hello.localhost',
        '',
      ].join('\n'),
    )
  })

  it('is refused with the reason of its deployment', async () => {
    const { push, control, said } = setUp(
      {},
      fail('The app listens on 127.0.0.1 only.', 'Use 0.0.0.0.'),
    )

    expect(await push([toMain()])).toEqual([
      {
        ref: MAIN,
        result: 'refused',
        reason: 'deployment failed: The app listens on 127.0.0.1 only',
      },
    ])
    expect(control.refs.size).toBe(0)
    expect(said.join('')).toContain(' !     Use 0.0.0.0.\n')
    expect(said.join('')).not.toContain('deployed as')
  })

  it('shows the steps of a build only to who asked for every line', async () => {
    const lines = [
      '       [tools 1/2] FROM docker.io/vastrox/node-build:26',
      '       [modules 2/2] RUN NODE_EXTRA_CA_CERTS=/run/vastrox/ca.pem npm ci --omit=dev',
      '       added 68 packages in 2s',
      '       [build 2/2] RUN npm run build (cached)',
      `       [build 3/3] RUN ${JSON.stringify(['/bin/sh', '-ec', 'for key in A B; do x; done; export CA=/a B=c; (cd web && npm test)'])}`,
      '       [build 4/4] RUN export CA=/a B=c && (cd api && npm test)',
      `       [site 1/1] RUN ${JSON.stringify(['node', 'prepare.mjs', 'dist'])}`,
      '       [stage-2 3/4] COPY --chown=1000:1000 . /srv/app',
      '       exporting to image',
      '       Built in 2.0 s, 210 MB',
    ]
    const script: Script = async (deployment, log) => {
      for (const line of lines) log('output', line)
      return { state: 'watching' }
    }
    const brief = setUp({}, script)
    const verbose = setUp({}, script)

    await brief.push([toMain()])
    await verbose.push([toMain()], ['verbose'])

    expect(brief.said.slice(1, -1).join('')).toBe(
      [
        '       $ npm ci --omit=dev',
        '       added 68 packages in 2s',
        '       $ (cd web && npm test)',
        '       $ (cd api && npm test)',
        '       $ node prepare.mjs dist',
        '       Built in 2.0 s, 210 MB',
        '',
      ].join('\n'),
    )
    for (const line of lines) expect(verbose.said).toContain(`  0.00 ${line}\n`)
  })

  it('says a reason once, where the log has said it', async () => {
    const { push, said } = setUp({}, async (_deployment, log) => {
      log('error', ' !     nothing listens')
      log('error', ' !     Listen on PORT.')
      return { state: 'failed', reason: 'nothing listens', hint: 'Listen on PORT.' }
    })

    await push([toMain()])

    expect(said.join('').split('nothing listens')).toHaveLength(2)
    expect(said.join('').split('Listen on PORT.')).toHaveLength(2)
  })

  it.each([
    ['superseded', 'a newer push is deployed instead'],
    ['cancelled', 'deployment cancelled'],
    ['failed', 'deployment failed'],
  ] as const)('is refused when its deployment is %s', async (state, reason) => {
    const { push } = setUp({}, async () => ({ state }))

    expect(await push([toMain()])).toEqual([{ ref: MAIN, result: 'refused', reason }])
  })

  it('deploys nothing when the branch has moved since the client looked', async () => {
    const { push, control, deployments } = setUp()
    control.refs.set(`${app.id} ${MAIN}`, B)

    expect(await push([toMain(A)])).toEqual([
      { ref: MAIN, result: 'refused', reason: 'a newer push won: fetch it, then push again' },
    ])
    expect(deployments.requested).toEqual([])
  })

  it.each([
    [
      'a link out of the tree',
      {
        inspectTree: async () => ({
          unsafeLinks: [{ path: 'x\u001b', target: '../../etc' }],
          submodules: [],
        }),
      },
      'the symlink x? points outside of the repository (../../etc)',
    ],
    [
      'a source that cannot be read',
      { archive: async () => Readable.from(failing()) },
      'Something went wrong inside Vastrox',
    ],
    [
      'a commit that cannot be read',
      { readCommit: () => Promise.reject(new Error('secret path')) },
      'Something went wrong inside Vastrox',
    ],
  ])('keeps no pin and no source of %s', async (_what, change, reason) => {
    const { push, pins, sourceArchive, deployments } = setUp(change)

    expect(await push([toMain()])).toEqual([{ ref: MAIN, result: 'refused', reason }])
    expect(await pins()).toEqual([])
    expect(sourceArchive.tars.size).toBe(0)
    expect(deployments.requested).toEqual([])
  })

  it('tells of what nobody expected, and shows the user nothing of it', async () => {
    const { push, errors, said } = setUp({ readCommit: () => Promise.reject(new Error('/srv/x')) })

    await push([toMain()])

    expect(String(errors)).toContain('/srv/x')
    expect(said.join('')).not.toContain('/srv/x')
  })

  it('warns of submodules, whose files are not deployed', async () => {
    const { push, said } = setUp({
      inspectTree: async () => ({ unsafeLinks: [], submodules: ['lib/x'] }),
    })

    expect(await push([toMain()])).toEqual([{ ref: MAIN, result: 'moved' }])
    expect(said.join('')).toContain(' !     The submodule lib/x is not deployed')
  })

  it('lets no output of a build steer the user’s terminal (rule C15)', async () => {
    const { push, said } = setUp({}, async (deployment, log) => {
      log('output', '\u001b[32mgreen\u001b[0m\u001b[2J\u001b]0;title\u0007\u001b[6n\r done\u0007')
      return succeed(deployment, log)
    })

    await push([toMain()])

    expect(said.join('')).toContain('\u001b[32mgreen\u001b[0m done\n')
    for (const steering of ['\u001b[2J', '\u001b[6n', '\u001b]', '\u0007', '\r', 'title'])
      expect(said.join('')).not.toContain(steering)
  })
})

describe('the rest of a push', () => {
  it('is left to git beside the branch that deploys, each with its own verdict', async () => {
    const { push, said } = setUp({}, fail('no'))

    const verdicts = await push([
      { ref: 'refs/tags/v1', oldSha: undefined, newSha: A },
      toMain(),
      { ref: 'refs/heads/x', oldSha: undefined, newSha: A },
      { ref: 'refs/heads/-x', oldSha: undefined, newSha: A },
    ])

    expect(verdicts.map(({ result }) => result)).toEqual([
      'left-to-git',
      'refused',
      'left-to-git',
      'refused',
    ])
    expect(said.join('')).toContain('-----> x is stored; only main or master is deployed.\n')
  })

  it('moves nothing at all in a dry run', async () => {
    const { push, control, sourceArchive, said, deployments } = setUp({
      readTree: async () => ({ paths: new Set(['server.js']), read: () => undefined }),
    })

    const verdicts = await push(
      [toMain(), { ref: 'refs/tags/v1', oldSha: undefined, newSha: A }],
      ['dry-run'],
    )

    expect(verdicts).toEqual([
      { ref: MAIN, result: 'shown', shownAs: 'refs/dry-run/heads/main' },
      { ref: 'refs/tags/v1', result: 'shown', shownAs: 'refs/dry-run/tags/v1' },
    ])
    expect(said.join('')).toContain('=====> Dry run: nothing was deployed')
    expect([control.refs.size, sourceArchive.tars.size, deployments.requested.length]).toEqual([
      0, 0, 0,
    ])
  })

  it('is refused as a whole for an option that is not known', async () => {
    const { push, deployments } = setUp()

    const [verdict] = await push([toMain()], ['dry-rum'])

    expect(verdict).toMatchObject({
      result: 'refused',
      reason: expect.stringContaining('"dry-rum" is not known'),
    })
    expect(deployments.requested).toEqual([])
  })
})

describe('what a crash left of pushes', () => {
  it('goes, unless a row still needs it', async () => {
    const { control, sourceArchive } = setUp()
    for (const id of ['waiting', 'ended', 'unknown']) {
      control.refs.set(`${app.id} ${PIN_PREFIX}${id}`, A)
      await sourceArchive.put(id, Readable.from([]))
    }
    control.refs.set(`${app.id} ${MAIN}`, A)

    const removed = await createRemovePushLeftovers({
      sourceControl: control,
      sourceArchive,
      appIds: () => [app.id],
      isUnderWay: (id) => id === 'waiting',
      isNamed: (id) => id !== 'unknown',
      onProblem: () => {},
    })()

    expect(removed).toEqual({ pins: 2, sources: 1 })
    expect([...control.refs.keys()]).toEqual([
      `${app.id} ${PIN_PREFIX}waiting`,
      `${app.id} ${MAIN}`,
    ])
    expect([...sourceArchive.tars.keys()]).toEqual(['waiting', 'ended'])
  })

  it('keeps nobody from starting where a repository is damaged: it is said, and the next one is tidied', async () => {
    const { control, sourceArchive } = setUp()
    control.refs.set(`${app.id} ${PIN_PREFIX}ended`, A)
    const problems: string[] = []

    const removed = await createRemovePushLeftovers({
      sourceControl: {
        ...control,
        removeStaleLocks: async (id) => {
          if (id === 'damaged') throw new Error('not a git repository')
        },
      },
      sourceArchive,
      appIds: () => ['damaged', app.id],
      isUnderWay: () => false,
      isNamed: () => true,
      onProblem: (what) => problems.push(what),
    })()

    expect(removed.pins).toBe(1)
    expect(problems).toEqual(['the repository of app damaged could not be tidied'])
  })
})

async function* failing(): AsyncGenerator<Buffer> {
  yield Buffer.from('half')
  throw new Error('git died')
}
