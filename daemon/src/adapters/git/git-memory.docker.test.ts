import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { succeed } from '#test/fakes/deployments.ts'
import { createCheckout } from '#test/git/git-client.ts'
import { type GitServer, startGitServer } from '#test/git/git-server.ts'

let server: GitServer

beforeAll(async () => {
  server = await startGitServer()
  server.deployments.fake.script = succeed
})
afterAll(() => server.close())

/** Peak memory (kB) and oom_score_adj of each git that works on the server's repositories. */
async function gitProcesses(): Promise<{ verb: string; peakKb: number; oomScore: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const seen = await Promise.all(
    pids.map(async (pid) => {
      try {
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8')
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
        if (!`${environment}${command}`.includes(server.repositories)) return []
        const status = await readFile(`/proc/${pid}/status`, 'utf8')
        const oomScore = await readFile(`/proc/${pid}/oom_score_adj`, 'utf8')
        const peakKb = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0)
        const verb = /(receive-pack|index-pack|archive)/.exec(command)?.[1] ?? ''
        return [{ verb, peakKb, oomScore: oomScore.trim() }]
      } catch {
        // It has ended meanwhile.
        return []
      }
    }),
  )
  return seen.flat()
}

it('takes a file of 128 MB of zeros, which is a small pack, with little memory, and goes first when there is none', async () => {
  const client = await createCheckout(join(server.dir, 'client'), server.caFile)
  await client.init()
  await client.ok('config', 'core.bigFileThreshold', '16m')
  await writeFile(join(client.dir, 'server.js'), '')
  await writeFile(join(client.dir, 'zeros.bin'), '')
  await truncate(join(client.dir, 'zeros.bin'), 128 * 2 ** 20)
  const sha = await client.commit({})

  const over = new AbortController()
  const pushed = client
    .git('push', server.url('zeros', 'owner-token'), 'main')
    .finally(() => over.abort())
  const seen: Awaited<ReturnType<typeof gitProcesses>> = []
  while (!over.signal.aborted) {
    seen.push(...(await gitProcesses()))
    await sleep(10)
  }

  const { exitCode, text } = await pushed
  expect(text).toContain('Application deployed as v1')
  expect(exitCode).toBe(0)
  expect(await server.sourceControl.readRef('app0000zeros', 'refs/heads/main')).toBe(sha)
  const indexing = seen.filter(({ verb }) => verb === 'index-pack')
  expect(indexing.length).toBeGreaterThan(0)
  expect(Math.max(...indexing.map(({ peakKb }) => peakKb))).toBeLessThan(64 * 1024)
  expect(new Set(indexing.map(({ oomScore }) => oomScore))).toEqual(new Set(['500']))
})
