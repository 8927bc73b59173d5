import type { Deployment } from '@vastrox/shared/deployment.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealDeployments, startRealDeployments } from '#test/real-deployments.ts'

let real: RealDeployments
beforeAll(async () => {
  real = await startRealDeployments()
})
afterAll(() => real.remove())

const manifest = JSON.stringify({ name: 'x', scripts: { start: 'node server.js' } })
const serverSaying = (text: string, host = '0.0.0.0', port = 'process.env.PORT'): string =>
  `require('node:http').createServer((q, s) => s.end('${text}')).listen(${port}, '${host}')`
const app = (server: string) => ({ 'package.json': manifest, 'server.js': server })

const took = ({ phases }: Deployment): string =>
  phases
    .map(({ state, at }, index) => {
      const next = phases[index + 1]
      return next ? `${state} ${Date.parse(next.at) - Date.parse(at)} ms` : ''
    })
    .filter(Boolean)
    .join(', ')

describe('a deployment on the real engine', () => {
  it('serves, is replaced by the next, and rolled back to', async () => {
    real.addApp('hello')

    const first = await real.push('hello', app(serverSaying('one')))
    expect(first).toMatchObject({ release: 1, reason: null })
    expect(await real.ask('hello')).toBe('one')

    const second = await real.push('hello', app(serverSaying('two')))
    expect(await real.ask('hello')).toBe('two')
    process.stdout.write(`code-only push: ${took(second)}\n`)

    const { id } = real.deployments.rollBack(real.actor, 'hello', 1, { with: 'code-and-env' })
    const back = await real.deployments.untilSwitched(id)
    expect(await real.ask('hello')).toBe('one')
    process.stdout.write(`roll back: ${took(back)}\n`)
    expect(real.problems).toEqual([])
  })

  it('that fails says why in one line and leaves nothing running (D2)', async () => {
    real.addApp('broken', { healthTimeoutMs: 4_000 })
    const failures: [files: Record<string, string>, reason: RegExp][] = [
      [app('throw new Error("no database")'), /^the app exited with code 1: .*no database/],
      [app(serverSaying('x', '127.0.0.1')), /listens on 127\.0\.0\.1:3000 only/],
      [app('setInterval(() => {}, 1000)'), /^health check: nothing listens on port 3000$/],
      [
        app("require('node:http').createServer((q, s) => s.writeHead(500).end()).listen(3000)"),
        /^health check: answers 500 to GET \/$/,
      ],
    ]

    for (const [files, reason] of failures) {
      const deployment = await real.push('broken', files)
      expect(deployment.state).toBe('failed')
      expect(deployment.reason).toMatch(reason)
    }

    const left = (await real.real.agent.listInstances()).filter(({ name }) =>
      name.includes('broken'),
    )
    expect(left).toEqual([])
    expect(real.problems).toEqual([])
  })

  it('finds an app that ignores PORT', async () => {
    real.addApp('stubborn')

    const deployment = await real.push('stubborn', app(serverSaying('here', '::', '8123')))

    expect(deployment.reason).toBeNull()
    expect(await real.ask('stubborn')).toBe('here')
  })

  it('is put in order again after its instance was removed by hand', async () => {
    const [before] = await real.processes.list(real.actor, 'hello')
    const name = before?.instances.find(({ state }) => state === 'running')?.id ?? ''

    await real.real.agent.stopInstances([name], 0)

    await expect.poll(() => real.ask('hello').catch(() => ''), { timeout: 20_000 }).toBe('one')
  })

  it('goes on when the agent is killed and is back in a moment', async () => {
    const restarting = real.real.restart(200)
    const { id } = real.deployments.restart(real.actor, 'hello')
    const deployment = await real.deployments.untilSwitched(id)
    await restarting

    expect(deployment.reason).toBeNull()
    expect(await real.ask('hello')).toBe('one')
  })
})
