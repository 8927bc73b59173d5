import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealDeployments, startRealDeployments } from '#test/real-deployments.ts'

const SERVER = `
const { createServer } = require('node:http')
createServer((request, reply) => {
  console.log('asked for ' + request.url)
  if (request.url === '/exit') process.exit(3)
  if (request.url === '/abort') process.abort()
  if (request.url === '/memory') {
    const taken = []
    for (;;) taken.push(Buffer.alloc(8 * 2 ** 20, 1))
  }
  reply.end('up')
}).listen(process.env.PORT)
`
const FILES = {
  'package.json': JSON.stringify({ name: 'falls', scripts: { start: 'node server.js' } }),
  'server.js': SERVER,
}
const MB = 2 ** 20
const PATIENCE = { timeout: 60_000, interval: 100 }

let deployments: RealDeployments
beforeAll(async () => {
  deployments = await startRealDeployments()
}, 120_000)
afterAll(() => deployments.remove(), 60_000)

describe('the black box on a real engine', () => {
  it('knows exit codes, signals and want of memory apart, with what was printed last', async () => {
    deployments.addApp('falls', { memoryBytes: 128 * MB, watchMs: 0 })
    expect((await deployments.push('falls', FILES)).state).not.toBe('failed')
    const crashes = () => deployments.processes.listCrashes(deployments.actor, 'falls')
    const isUp = () => deployments.ask('falls').catch(() => 'down')

    for (const [index, path] of ['/exit', '/abort', '/memory'].entries()) {
      await expect.poll(isUp, PATIENCE).toBe('up')
      await deployments.ask('falls', path).catch(() => undefined)
      await expect.poll(() => crashes().length, PATIENCE).toBe(index + 1)
    }

    const [memory, abort, exit] = crashes()
    expect(exit).toMatchObject({ exitCode: 3, signal: null, oomKilled: false, explanation: null })
    expect(exit?.lines.at(-1)).toBe('asked for /exit')
    expect(abort).toMatchObject({ oomKilled: false, signal: expect.stringMatching(/^SIG/) })
    expect(abort?.explanation).not.toBeNull()
    expect(memory).toMatchObject({
      oomKilled: true,
      explanation: expect.stringContaining('It ran out of memory: its limit is 128 MB.'),
    })
    expect(memory?.lines.at(-1)).toBe('asked for /memory')
    expect(deployments.problems).toEqual([])
  }, 180_000)
})
