import { execFile } from 'node:child_process'
import { expect, it } from 'vitest'
import { createMeasuredApps } from '#test/measured-apps.ts'

const TIMEOUT_MS = 60_000

/** Debian's package `prometheus`, which test.sh installs. */
async function promtool(text: string): Promise<{ code: number; said: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; said: string }>()
  const child = execFile(
    'promtool',
    ['check', 'metrics'],
    { timeout: TIMEOUT_MS },
    (error, stdout, stderr) =>
      resolve({
        code: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
        said: stdout + stderr,
      }),
  )
  child.stdin?.end(text)
  return promise
}

it('accepts everything that Prometheus is told, without a word', {
  timeout: 2 * TIMEOUT_MS,
}, async () => {
  const { harness, metrics, stop } = await createMeasuredApps()
  const prometheus = await metrics.openPrometheus()

  expect(await promtool(prometheus.expose(harness.actor, 'text'))).toEqual({ code: 0, said: '' })
  expect((await promtool('a{b="c} 1\n')).code).not.toBe(0)
  await stop()
})
