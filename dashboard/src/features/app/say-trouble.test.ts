import type { Deployment } from '@vastrox/shared/deployment.ts'
import type { Process } from '@vastrox/shared/process.ts'
import { expect, it } from 'vitest'
import { sayTrouble } from './say-trouble.ts'

const at = '2026-11-22T12:00:00.000Z'
const LIMITS = { memoryBytes: 2 ** 29, cpuMillis: 0, stopGraceMs: 10_000 }
const web = (exitCode: number | null): Process => ({
  name: 'web',
  command: 'node server.js',
  scale: 1,
  limits: LIMITS,
  ownLimits: {},
  needsRestart: false,
  instances: [
    {
      id: '1',
      process: 'web',
      ordinal: 1,
      release: 3,
      node: 'main',
      state: exitCode === null ? 'running' : 'crashed',
      address: '10.128.0.2',
      port: 3000,
      restarts: 4,
      exitCode,
      memoryBytes: null,
      cpuPercent: null,
      startedAt: at,
      limits: LIMITS,
      lastCrash: null,
      nextTryAt: null,
    },
  ],
})
const deployment = (state: Deployment['state']): Deployment => ({
  id: '1',
  app: 'shop',
  number: 7,
  state,
  trigger: 'push',
  actor: 'anna',
  commit: null,
  release: null,
  previousRelease: 6,
  reason: 'npm ci exited with 1.',
  hint: 'Commit the lock file.',
  phases: [],
  createdAt: at,
  changedAt: at,
})

it('has nothing to say about an app that runs', () => {
  expect(sayTrouble({ state: 'running' }, [web(null)], [deployment('live')])).toBeUndefined()
  expect(sayTrouble({ state: 'deploying' }, [web(null)], [deployment('building')])).toBeUndefined()
})

it('names what crashed, and what an exit by SIGKILL means', () => {
  expect(sayTrouble({ state: 'crashed' }, [web(1)], [])).toMatchObject({
    tone: 'bad',
    title: 'web.1 crashed with exit code 1.',
    showsLog: true,
  })
  expect(sayTrouble({ state: 'degraded' }, [web(137)], [])?.text).toContain('memory')
})

it('says that an app is crash-looping, and for want of memory where the engine says so', () => {
  const looping = (oomKilled: boolean): Process => {
    const [instance] = web(1).instances
    if (!instance) throw new Error('web has an instance')
    const lastCrash = {
      number: 1,
      signal: null,
      explanation: null,
      at,
      process: 'web',
      ordinal: 1,
      release: 3,
      exitCode: oomKilled ? 137 : 1,
      oomKilled,
      memoryBytes: 2 ** 29,
      lines: [],
    }
    return { ...web(1), instances: [{ ...instance, state: 'crash-looping', lastCrash }] }
  }

  expect(sayTrouble({ state: 'crashed' }, [looping(false)], [])?.title).toBe(
    'web.1 is crash-looping with exit code 1.',
  )
  expect(sayTrouble({ state: 'crashed' }, [looping(true)], [])?.title).toBe(
    'web.1 is crash-looping and ran out of memory (limit 512 MB)',
  )
})

it('tells why the last deployment failed, and that visitors saw nothing of it', () => {
  expect(sayTrouble({ state: 'running' }, [web(null)], [deployment('failed')])).toEqual({
    tone: 'warn',
    title: 'The last deployment failed: npm ci exited with 1.',
    text: 'Commit the lock file. Visitors get the release before it.',
    showsLog: false,
    deployment: 7,
  })
})

it('offers to start what is stopped', () => {
  expect(sayTrouble({ state: 'stopped' }, [], [])?.verb).toBe('start')
})
